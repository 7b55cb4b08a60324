package record

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const childEnv = "STORMBELL_TEST_RECORD_CHILD"

// child accepts and appends until it is killed, and says each time what it was promised.
func child(file string) {
	ctx := context.Background()
	r, err := Open(ctx, Config{URL: "sqlite:" + file})
	if err != nil {
		panic(err)
	}
	for worker := range 8 {
		go func() {
			for n := 0; ; n++ {
				key := fmt.Sprintf("%d-%d", worker, n)
				got, err := r.AcceptAlerts(ctx, []Alert{{Source: "s", Key: key, Status: Firing}})
				if err != nil {
					panic(err)
				}
				if err := r.Append(ctx, Append{Incident: got[0].Incident, Workflow: key, Revision: 1, Entries: []Entry{{Seq: 1, Text: key}}}); err != nil {
					panic(err)
				}
				fmt.Println(key, got[0].Incident)
			}
		}()
	}
	select {}
}

// Three times in a row: everything answered before a SIGKILL is there after it.
func TestKill_everythingAnswered_isThere(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "record.db")
	promised := map[string]int{}
	for round := range 3 {
		cmd := exec.CommandContext(t.Context(), os.Args[0])
		cmd.Env = append(os.Environ(), childEnv+"="+file)
		out, err := cmd.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, cmd.Start())
		lines := bufio.NewScanner(out)
		for range 50 + 30*round {
			require.True(t, lines.Scan())
			key, number, _ := strings.Cut(lines.Text(), " ")
			incident, err := strconv.Atoi(number)
			require.NoError(t, err)
			if known := promised[key]; known != 0 {
				require.Equal(t, known, incident, "the key still belongs to its incident")
			}
			promised[key] = incident
		}
		require.NoError(t, cmd.Process.Kill())
		_ = cmd.Wait() // it was killed

		b := openBook(t, Config{URL: "sqlite:" + file})
		b.pass(time.Duration(round) * lease) // what earlier rounds claimed comes again
		require.Equal(t, "ok", integrity(t, b))
		for key, incident := range promised {
			require.NoError(t, b.Verify(t.Context(), incident))
			all, err := b.Timeline(t.Context(), incident, 0, 10)
			require.NoError(t, err)
			require.Len(t, all, 1)
			require.Equal(t, key, all[0].Text)
		}
		waiting := map[int]bool{}
		for _, batch := range b.claim(t, 100_000) {
			waiting[batch.Incident] = true
		}
		for _, incident := range promised {
			require.True(t, waiting[incident], "incident %d is handed on", incident)
		}
		require.NoError(t, b.Close())
	}
}

func integrity(t *testing.T, b *book) (result string) {
	t.Helper()
	require.NoError(t, b.reads.QueryRow("PRAGMA integrity_check").Scan(&result))
	return result
}
