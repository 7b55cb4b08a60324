package pump_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/api/pump"
	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/record"
	"github.com/stormbell/stormbell/workflows/client"
	"github.com/stormbell/stormbell/workflows/contract"
)

// later is longer than any lease and any rest between two batches.
const later = time.Minute

// engine stands in for Temporal: it notes what was handed on, as one line each.
type engine struct {
	mu    sync.Mutex
	heard []string
	tried int
	// fails says what becomes of a line; nil takes everything.
	fails func(line string) error
	// hangs keeps every command waiting until it is given up.
	hangs bool
}

func (e *engine) hear(ctx context.Context, format string, args ...any) error {
	line := fmt.Sprintf(format, args...)
	e.mu.Lock()
	defer e.mu.Unlock()
	e.tried++
	if e.hangs {
		e.mu.Unlock()
		<-ctx.Done()
		e.mu.Lock()
		return fmt.Errorf("%w: %w", client.ErrUnavailable, ctx.Err())
	}
	if e.fails != nil {
		if err := e.fails(line); err != nil {
			return err
		}
	}
	e.heard = append(e.heard, line)
	return nil
}

func (e *engine) Alerts(ctx context.Context, ref client.Ref, _ plan.Snapshot, news contract.AlertsInput) error {
	line := fmt.Sprintf("alerts %d-%d", ref.Year, ref.Number)
	for _, a := range news.Alerts {
		line += fmt.Sprintf(" %s/%s %s x%d", a.Source, a.Key, a.Status, a.Count)
	}
	return e.hear(ctx, "%s", line)
}

func (e *engine) Replied(ctx context.Context, workflow string, r effect.Replied) error {
	said, err := json.Marshal(r.Reply)
	if err != nil {
		return err
	}
	which := ""
	if r.Choose {
		which = "which: "
	}
	return e.hear(ctx, "replied %s: %s %s %s as %s to %s: %s%s", workflow, r.ID, r.Person, r.Via, r.Role, r.Ask, which, said)
}

func (e *engine) Reported(ctx context.Context, workflow string, r effect.Reported) error {
	return e.hear(ctx, "reported %s: %s %s %s", workflow, r.ID, r.Outcome.State, r.Outcome.Code)
}

func (e *engine) Courtesy(ctx context.Context, text string, in contract.CourtesyInput) error {
	return e.hear(ctx, "courtesy %s to %s: %s", text, in.Person, in.Notice.Kind)
}

func (e *engine) Confirmed(ctx context.Context, test string, c contract.Confirmation) error {
	return e.hear(ctx, "confirmed %s quietly=%v", test, c.Quietly)
}

// lines are what was handed on and begins with a word.
func (e *engine) lines(word string) (all []string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, line := range e.heard {
		if strings.HasPrefix(line, word) {
			all = append(all, line)
		}
	}
	return all
}

func (e *engine) breaks(fails func(string) error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.fails = fails
}

func (e *engine) tries() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.tried
}

// site is a real record with a clock that only the test moves.
type site struct {
	*record.Record
	*engine
	t   *testing.T
	db  *sql.DB
	log bytes.Buffer
	mu  sync.Mutex
	at  time.Time
	// phone is nobody's unless the test brings one.
	phone *line
}

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{engine: &engine{}, t: t, at: time.Date(2026, 11, 5, 3, 0, 0, 0, time.UTC)}
	file := filepath.Join(t.TempDir(), "record.db")
	var err error
	s.Record, err = record.Open(t.Context(), record.Config{URL: "sqlite:" + file, Now: s.now})
	require.NoError(t, err)
	s.db, err = sql.Open("sqlite", file)
	require.NoError(t, err)
	t.Cleanup(func() { _, _ = s.db.Close(), s.Close() })
	return s
}

func (s *site) now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.at
}

func (s *site) pass(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.at = s.at.Add(d)
}

// pump runs a pump until the test ends or stop is called; stop waits for its end.
func (s *site) pump(owner string) (stop func()) {
	if s.phone == nil {
		s.phone = &line{}
	}
	p := pump.New(pump.Config{
		Phone: s.phone, Record: s.Record, Commands: s.engine, Plan: people, Owner: owner, Now: s.now, Poll: 5 * time.Millisecond,
		Logger: slog.New(slog.NewTextHandler(&s.log, nil)),
	})
	ctx, cancel := context.WithCancel(s.t.Context())
	ended := make(chan struct{})
	go func() { p.Run(ctx); close(ended) }()
	stop = func() {
		cancel()
		select {
		case <-ended:
		case <-time.After(10 * time.Second):
			s.t.Error("the pump does not stop")
		}
	}
	s.t.Cleanup(stop)
	return stop
}

// folk all have the phone +49151 and their number.
var folk = []string{"anna", "ben", "carla", "dev", "eva", "finn"}

// pagesFrom and updatesFrom are the two numbers that texts come from.
const pagesFrom, updatesFrom = "+49157000", "+49157001"

func people() plan.Plan {
	var p plan.Plan
	p.Channels.Pages.From, p.Channels.Updates.From = pagesFrom, updatesFrom
	for i, name := range folk {
		p.People = append(p.People, plan.Person{ID: name, Email: name + "@acme.example", Phones: []plan.Phone{{Number: "+4930"}, {Number: phone(i)}}})
	}
	p.People[0].Name, p.People[0].Phones[0].Number = "Anna Vogel", "+4931"
	return p
}

func phone(i int) string { return fmt.Sprint("+4915100", i) }

// until waits for what must come true soon.
func (s *site) until(what string, holds func() bool) {
	s.t.Helper()
	for end := time.Now().Add(15 * time.Second); !holds(); {
		if time.Now().After(end) {
			s.t.Fatalf("never: %s\nheard: %s\nlog: %s", what, strings.Join(s.lines(""), "\n"), s.log.String())
		}
		select {
		case <-s.t.Context().Done():
			return
		case <-time.After(time.Millisecond):
		}
	}
}

// empty tells whether the inbox holds nothing that waits or is being handed on.
func (s *site) empty() bool {
	return s.count("SELECT (SELECT COUNT(*) FROM inbox_items WHERE done_at = 0) + (SELECT COUNT(*) FROM alert_changes) + (SELECT COUNT(*) FROM alert_queue WHERE claim_until > 0)") == 0
}

func (s *site) drained() {
	s.t.Helper()
	s.until("the inbox is empty", s.empty)
}

func (s *site) count(query string) (n int) {
	s.t.Helper()
	require.NoError(s.t, s.db.QueryRowContext(s.t.Context(), query).Scan(&n))
	return n
}

func (s *site) alert(key string, status record.AlertStatus, times int) {
	s.t.Helper()
	_, err := s.AcceptAlerts(s.t.Context(), slices.Repeat([]record.Alert{{Source: "s", Key: key, Status: status}}, times))
	require.NoError(s.t, err)
}

func (s *site) accept(items ...record.Item) {
	s.t.Helper()
	require.NoError(s.t, s.AcceptItems(s.t.Context(), items))
}

func item(kind record.ItemKind, key string, body any) record.Item {
	raw, err := json.Marshal(body)
	if err != nil {
		panic(err)
	}
	return record.Item{Kind: kind, Key: key, Body: raw}
}

func text(key string, person int, body string) record.Item {
	return item(record.ItemReply, key, pump.Text{From: phone(person), Body: body})
}

func receipt(key, n string, o delivery.Outcome) record.Item {
	return item(record.ItemReceipt, key, pump.Receipt{N: n, Outcome: o})
}

// incident opens incident 1.
func (s *site) incident() {
	s.t.Helper()
	_, err := s.OpenByHand(s.t.Context(), "hand", "k", "checkout is down", s.now())
	require.NoError(s.t, err)
}

// asks is what a workflow of incident 1 wants of people from now on.
func (s *site) asks(workflow string, revision int64, asks ...record.Ask) {
	s.t.Helper()
	require.NoError(s.t, s.Append(s.t.Context(), record.Append{Incident: 1, Workflow: workflow, Run: "r", Kind: record.KindPage, Revision: revision, Asks: asks}))
}

// sent is a delivery of a workflow that the provider has taken.
func (s *site) sent(n, workflow, person string, channel plan.Channel) {
	s.t.Helper()
	d := record.Delivery{N: n, Incident: 1, Workflow: workflow, Step: "step-" + n, Person: person, Channel: string(channel)}
	_, _, err := s.Begin(s.t.Context(), d, false)
	require.NoError(s.t, err)
	_, _, err = s.Settle(s.t.Context(), n, delivery.Outcome{State: delivery.Accepted, ProviderID: "P" + n})
	require.NoError(s.t, err)
}

func (s *site) stateOf(n string) delivery.State {
	s.t.Helper()
	d, err := s.Delivery(s.t.Context(), n)
	require.NoError(s.t, err)
	return d.State
}
