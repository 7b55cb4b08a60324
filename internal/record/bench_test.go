package record

import (
	"fmt"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// 10,000 alerts in requests of one alert each from 64 senders, as accepted per second.
func BenchmarkAcceptAlerts(b *testing.B) {
	const alerts, senders = 10_000, 64
	for database, open := range map[string]func() string{
		"sqlite":   func() string { return "sqlite:" + filepath.Join(b.TempDir(), "record.db") },
		"postgres": func() string { return schema(b) },
	} {
		for name, key := range map[string]func(int) string{
			"repeats":  func(int) string { return "the same" },
			"distinct": func(i int) string { return fmt.Sprint("key ", i) },
		} {
			b.Run(database+"/"+name, func(b *testing.B) {
				for b.Loop() {
					b.StopTimer()
					book := openBook(b, Config{URL: open()})
					b.StartTimer()
					var all sync.WaitGroup
					for sender := range senders {
						all.Go(func() {
							for i := sender; i < alerts; i += senders {
								_, err := book.AcceptAlerts(b.Context(), []Alert{{Source: "s", Key: key(i), Status: Firing, Title: "Checkout down"}})
								if err != nil {
									b.Error(err)
								}
							}
						})
					}
					all.Wait()
				}
				b.ReportMetric(float64(alerts*b.N)/b.Elapsed().Seconds(), "accepted/s")
			})
		}
	}
}

// The pump takes 10,000 distinct keys out of the inbox, 50 at a time, as handed on per second.
func BenchmarkClaimAlerts(b *testing.B) {
	const alerts = 10_000
	for b.Loop() {
		b.StopTimer()
		book := openBook(b, Config{URL: "sqlite:" + filepath.Join(b.TempDir(), "record.db")})
		var all []Alert
		for i := range alerts {
			all = append(all, Alert{Source: "s", Key: fmt.Sprint("key ", i), Status: Firing})
		}
		_, err := book.AcceptAlerts(b.Context(), all)
		require.NoError(b, err)
		b.StartTimer()
		for handed := 0; handed < alerts; {
			batches := book.claim(b, 50)
			handed += len(batches)
			var done sync.WaitGroup
			for _, batch := range batches {
				done.Go(func() { book.finish(b, batch) })
			}
			done.Wait()
		}
	}
	b.ReportMetric(float64(alerts*b.N)/b.Elapsed().Seconds(), "handed/s")
}

// One workflow step after another, alone and from many workflows at once.
func BenchmarkAppend(b *testing.B) {
	for _, workflows := range []int{1, 32} {
		b.Run(fmt.Sprint(workflows), func(b *testing.B) {
			book := openBook(b, Config{URL: "sqlite:" + filepath.Join(b.TempDir(), "record.db")})
			for i := range workflows {
				book.alert(b, "s", fmt.Sprint(i), Firing)
			}
			b.ResetTimer()
			var all sync.WaitGroup
			for w := range workflows {
				all.Go(func() {
					for i := w; i < b.N; i += workflows {
						err := book.Append(b.Context(), Append{Incident: w + 1, Workflow: fmt.Sprint(w), Revision: int64(i) + 1,
							Entries: []Entry{entry(int64(i), "something happened")}, Asks: []Ask{{ID: "a", Person: fmt.Sprint(w)}}, Snapshot: []byte(`{"some":"state"}`)})
						if err != nil {
							b.Error(err)
						}
					}
				})
			}
			all.Wait()
			require.NoError(b, book.Verify(b.Context(), 1))
		})
	}
}
