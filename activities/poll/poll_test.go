package poll_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/activities/poll"
	"github.com/stormbell/stormbell/activities/provider"
	"github.com/stormbell/stormbell/activities/twilio"
	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/lab"
	"github.com/stormbell/stormbell/internal/record"
)

const (
	sender = "+4915730000000"
	anna   = "+4915111111111"
)

// site is a ledger, a clock, and a carrier that calls nobody back.
type site struct {
	t      *testing.T
	record *record.Record
	lab    *lab.Lab
	phone  *twilio.Client
	mu     sync.Mutex
	now    time.Time
}

func newSite(t *testing.T, b lab.Behaviour) *site {
	t.Helper()
	s := &site{t: t, now: time.Now()}
	var err error
	s.record, err = record.Open(t.Context(), record.Config{URL: "sqlite:" + filepath.Join(t.TempDir(), "record.db"), Now: func() time.Time {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.now
	}})
	require.NoError(t, err)
	t.Cleanup(func() { _ = s.record.Close() })
	s.lab, err = lab.New(lab.Config{Phones: []lab.Phone{{Number: anna, Behaviour: b}}, Speed: 1000})
	require.NoError(t, err)
	server := httptest.NewServer(s.lab.Handler())
	t.Cleanup(func() { s.lab.Close(); server.Close() })
	s.phone, err = twilio.New(twilio.Config{Account: lab.DefaultAccountSID, Token: lab.DefaultAuthToken, From: sender, Endpoint: server.URL})
	require.NoError(t, err)
	return s
}

func (s *site) pass(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = s.now.Add(d)
}

func (s *site) poller(p poll.Phone) *poll.Poller {
	return poll.New(poll.Config{Record: s.record, Phone: p, Minute: func() time.Duration { return time.Minute }, Every: 5 * time.Millisecond})
}

// send sends and waits until the carrier knows how it ended.
func (s *site) send(n string, c plan.Channel) (want delivery.Outcome) {
	s.t.Helper()
	_, _, err := s.record.Begin(s.t.Context(), record.Delivery{N: n, Person: "anna", Channel: string(c), Workflow: "page:1", Step: n}, false)
	require.NoError(s.t, err)
	var sent provider.Result
	fetch := s.phone.FetchText
	if c == plan.Call {
		fetch = s.phone.FetchCall
		sent, err = s.phone.Call(s.t.Context(), twilio.Call{N: n, To: anna, Twiml: "<Response/>"})
	} else {
		sent, err = s.phone.Text(s.t.Context(), twilio.Text{N: n, To: anna, Body: "x"})
	}
	require.NoError(s.t, err)
	_, _, err = s.record.Settle(s.t.Context(), n, sent.Outcome)
	require.NoError(s.t, err)
	require.Eventually(s.t, func() bool {
		got, err := fetch(s.t.Context(), sent.ProviderID)
		want = got.Outcome
		return err == nil && delivery.Final(c, got.Outcome)
	}, 10*time.Second, 5*time.Millisecond)
	return want
}

// inbox takes what the pump would hand on.
func (s *site) inbox() (receipts []delivery.Receipt) {
	s.t.Helper()
	items, err := s.record.ClaimItems(s.t.Context(), "test", 100, time.Hour)
	require.NoError(s.t, err)
	for _, i := range items {
		require.Equal(s.t, record.ItemReceipt, i.Kind)
		var r delivery.Receipt
		require.NoError(s.t, json.Unmarshal(i.Body, &r))
		receipts = append(receipts, r)
		require.NoError(s.t, s.record.FinishItems(s.t.Context(), []int64{i.ID}))
	}
	return receipts
}

// No call-back came for a text and a call: both are asked for, and what is learned waits for
// the pump, once.
func TestSweep_noCallBack_asksAndTellsTheInbox(t *testing.T) {
	t.Parallel()
	s := newSite(t, lab.Busy)
	text, call := s.send("text", plan.SMS), s.send("call", plan.Call)
	p := s.poller(s.phone)
	require.NoError(t, p.Sweep(t.Context()))
	require.Empty(t, s.inbox(), "it may still call back")
	s.pass(time.Minute)
	require.NoError(t, p.Sweep(t.Context()))
	require.ElementsMatch(t, []delivery.Receipt{{N: "text", Outcome: text}, {N: "call", Outcome: call}}, s.inbox())
	require.Equal(t, delivery.Delivered, text.State)
	require.Equal(t, "busy", call.Code)

	// The pump has not come to it yet; asked once more, it is the same receipt.
	s.pass(5 * time.Minute)
	require.NoError(t, p.Sweep(t.Context()))
	require.Empty(t, s.inbox())
}

func TestSweep_nothingNew_tellsNobody(t *testing.T) {
	t.Parallel()
	s := newSite(t, lab.Off)
	_, _, err := s.record.Begin(t.Context(), record.Delivery{N: "n", Person: "anna", Channel: "sms"}, false)
	require.NoError(t, err)
	sent, err := s.phone.Text(t.Context(), twilio.Text{N: "n", To: anna, Body: "x"})
	require.NoError(t, err)
	_, _, err = s.record.Settle(t.Context(), "n", sent.Outcome)
	require.NoError(t, err)
	s.pass(time.Minute)
	still := fixed{provider.Result{Outcome: sent.Outcome}, nil}
	require.NoError(t, s.poller(still).Sweep(t.Context()))
	require.Empty(t, s.inbox())
}

func TestSweep_carrierSilent_asksAgainThreeTimesInAll(t *testing.T) {
	t.Parallel()
	s := newSite(t, lab.Answer)
	want := s.send("text", plan.SMS)
	s.pass(time.Minute)
	lost := errors.New("no answer")
	require.ErrorIs(t, s.poller(fixed{err: lost}).Sweep(t.Context()), lost)
	require.NoError(t, s.poller(s.phone).Sweep(t.Context()), "not again at once")
	require.Empty(t, s.inbox())
	s.pass(5 * time.Minute)
	require.ErrorIs(t, s.poller(fixed{err: lost}).Sweep(t.Context()), lost)
	s.pass(30 * time.Minute)
	require.NoError(t, s.poller(s.phone).Sweep(t.Context()))
	require.Equal(t, []delivery.Receipt{{N: "text", Outcome: want}}, s.inbox())
}

func TestRun_sweepsUntilItIsStopped(t *testing.T) {
	t.Parallel()
	s := newSite(t, lab.Answer)
	s.send("text", plan.SMS)
	s.pass(time.Minute)
	ctx, stop := context.WithCancel(t.Context())
	var runs sync.WaitGroup
	for range 2 { // two workers on one ledger
		runs.Go(func() { s.poller(s.phone).Run(ctx) })
	}
	var got []delivery.Receipt
	require.Eventually(t, func() bool { got = append(got, s.inbox()...); return len(got) == 1 }, 10*time.Second, 5*time.Millisecond)
	stop()
	runs.Wait()
	require.Empty(t, s.inbox())
}

// fixed answers everything alike.
type fixed struct {
	provider.Result
	err error
}

func (f fixed) FetchText(context.Context, string) (provider.Result, error) { return f.Result, f.err }
func (f fixed) FetchCall(context.Context, string) (provider.Result, error) { return f.Result, f.err }
