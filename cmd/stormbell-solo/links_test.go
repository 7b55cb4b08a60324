package main

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"net/http"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite" // the record is read beside the program
)

// Whatever looks at links on the way to a person, however often, with GET or HEAD and wherever it
// is led from there, changes nothing: no row of the record, and nothing that anybody is sent.
func TestLinks_lookedAtAHundredTimes_changeNothing(t *testing.T) {
	n := newNight(t, "1") // minutes are minutes: nothing falls due while we look
	n.do(http.MethodPost, "/api/v1/people/anna/test-page", map[string]any{"by": []string{"sms", "email"}})
	n.do(http.MethodPost, "/api/v1/subscriptions", map[string]any{"channel": "email", "address": reader, "language": "en"})
	n.do(http.MethodPost, "/api/v1/subscriptions", map[string]any{"channel": "email", "address": "eva@acme.example", "language": "en"})
	n.until("the address is asked", func() bool { return len(n.mails()) == 1 })
	n.do(http.MethodPost, "/api/v1/subscriptions/"+questionLink.FindStringSubmatch(n.mails()[0].Text)[1]+"/confirm", nil)
	n.do(http.MethodPost, "/api/v1/incidents", map[string]any{"title": "Checkout down", "visibility": "core", "impact": "most", "declare": true})
	for _, role := range []string{"technical_slt", "business_lead", "customer_liaison"} {
		n.take(role)
		n.do(http.MethodPost, n.path("roles", role, "presence"), nil)
	}
	n.do(http.MethodPut, n.path("briefing"), map[string]any{"answers": []map[string]any{
		{"question": "triggering_error", "text": "payments fail at the checkout"}, {"question": "customers_affected", "text": "four in ten payments fail"}, {"question": "worst_case", "unknown": true},
	}})
	n.do(http.MethodPost, n.path("briefing", "confirm"), nil)
	for _, role := range []string{"marketing_officer", "social_officer", "legal_officer", "messaging_officer", "elt_approver"} {
		n.take(role)
	}
	n.publish("internal", "investigation", func(string) {})
	n.until("the reader has it", func() bool { return len(n.mails()) == 2 })

	links := n.links()
	kinds := map[string]int{}
	for _, link := range links {
		kinds[regexp.MustCompile(`^/(\w+)`).FindString(strings.TrimPrefix(link, n.base))]++
	}
	t.Logf("links: %v", kinds)
	for _, kind := range []string{"/r", "/me", "/c", "/u", "/status"} {
		require.Positive(t, kinds[kind], "no link of the kind %s was sent", kind)
	}
	n.rests()
	before, sent := n.everything(), len(n.lab.Log())
	n.visit(links, 100)
	n.rests()
	require.Empty(t, cmp.Diff(before, n.everything()), "the record has changed")
	require.Len(t, n.lab.Log(), sent, "somebody was sent something")
}

// links are all that were texted, mailed and posted, each once.
func (n *night) links() []string {
	var said strings.Builder
	for _, p := range n.lab.Phones() {
		for _, m := range p.Messages {
			said.WriteString(m.Body + "\n")
		}
	}
	for _, box := range n.lab.Inboxes() {
		for _, m := range box.Mails {
			fmt.Fprintln(&said, m.Text, m.HTML, slices.Sorted(maps.Values(m.Headers)))
		}
	}
	for _, p := range n.lab.Posts() {
		said.WriteString(p.Text + "\n")
	}
	found := regexp.MustCompile(regexp.QuoteMeta(n.base)+`/[\w/?=&;.-]*\w`).FindAllString(said.String(), -1)
	slices.Sort(found)
	return slices.Compact(found)
}

// visit looks at every link so many times, some at once: with GET and HEAD, with and without
// following where it leads.
func (n *night) visit(links []string, times int) {
	stays := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	queue := make(chan string)
	var readers sync.WaitGroup
	for range 8 {
		readers.Go(func() {
			for link := range queue {
				for i, client := range []*http.Client{stays, http.DefaultClient, stays} {
					method := []string{http.MethodGet, http.MethodGet, http.MethodHead}[i]
					req, err := http.NewRequestWithContext(context.Background(), method, strings.ReplaceAll(link, "&amp;", "&"), nil)
					if err != nil {
						n.t.Errorf("%s: %v", link, err)
						continue
					}
					req.Header.Set("Accept", "text/html")
					resp, err := client.Do(req)
					if err != nil {
						n.t.Errorf("%s %s: %v", method, link, err)
						continue
					}
					resp.Body.Close()
					if resp.StatusCode >= 400 {
						n.t.Errorf("%s %s: %d", method, link, resp.StatusCode)
					}
				}
			}
		})
	}
	for range times {
		for _, link := range links {
			queue <- link
		}
	}
	close(queue)
	readers.Wait()
}

// rests waits until nothing changes any more by itself.
func (n *night) rests() {
	n.t.Helper()
	last, calm := map[string][]string{}, 0
	n.until("the night is still", func() bool {
		now := n.everything()
		if calm++; !cmp.Equal(last, now) {
			last, calm = now, 0
		}
		return calm >= 20
	})
}

// everything is every row of the record, by table.
func (n *night) everything() map[string][]string {
	n.t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(n.dir, "data", "stormbell.db")+"?mode=ro&_pragma=busy_timeout(5000)")
	require.NoError(n.t, err)
	defer db.Close()
	all := map[string][]string{}
	for _, table := range n.rows(db, `SELECT name FROM sqlite_master WHERE type='table'`) {
		all[table] = n.rows(db, `SELECT * FROM "`+strings.Trim(table, "[]")+`" ORDER BY 1, 2`)
	}
	return all
}

func (n *night) rows(db *sql.DB, query string) (found []string) {
	n.t.Helper()
	rows, err := db.QueryContext(context.Background(), query)
	require.NoError(n.t, err, query)
	defer rows.Close()
	columns, err := rows.Columns()
	require.NoError(n.t, err)
	for rows.Next() {
		values := make([]any, len(columns))
		into := make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		require.NoError(n.t, rows.Scan(into...))
		found = append(found, fmt.Sprint(values))
	}
	require.NoError(n.t, rows.Err())
	return found
}
