package guard

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/activities"
	"github.com/stormbell/stormbell/activities/provider"
	"github.com/stormbell/stormbell/activities/sendgrid"
	"github.com/stormbell/stormbell/activities/twilio"
	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/plan"
)

// carrier answers everything the same way and notes who came when.
type carrier struct {
	activities.Phone
	says delivery.Outcome
	err  error
	mu   sync.Mutex
	log  []string
}

func (c *carrier) answer(n string) (provider.Result, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.log = append(c.log, n)
	return provider.Result{Outcome: c.says}, c.err
}

func (c *carrier) Text(_ context.Context, t twilio.Text) (provider.Result, error) {
	return c.answer(t.N)
}
func (c *carrier) Call(_ context.Context, t twilio.Call) (provider.Result, error) {
	return c.answer(t.N)
}
func (c *carrier) Send(_ context.Context, m sendgrid.Mail) (provider.Result, error) {
	return c.answer(m.N)
}

func (c *carrier) Broadcast(_ context.Context, b sendgrid.Broadcast) (provider.Result, error) {
	return c.answer(fmt.Sprint(len(b.Recipients)))
}

func (c *carrier) asked() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.log)
}

// gauge keeps what a meter is told.
type gauge struct {
	mu     sync.Mutex
	open   map[plan.Channel]bool
	waited []time.Duration
}

func (g *gauge) Waited(_ plan.Channel, d time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.waited = append(g.waited, d)
}

func (g *gauge) Circuit(c plan.Channel, open bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.open == nil {
		g.open = map[plan.Channel]bool{}
	}
	g.open[c] = open
}

var (
	accepted = delivery.Outcome{State: delivery.Accepted, ProviderID: "SM1"}
	down     = delivery.TwilioError(503, 20503)
	optedOut = delivery.TwilioError(400, 21610)
	unknown  = delivery.TwilioError(400, 21211)
	throttle = delivery.TwilioError(429, 20429)
	account  = delivery.TwilioError(401, 20003)
)

func text(t *testing.T, p *Phone, n string) provider.Result {
	t.Helper()
	got, err := p.Text(t.Context(), twilio.Text{N: n, Urgent: true})
	require.NoError(t, err)
	return got
}

// A provider that is down is left alone; the other channels of the same provider are not. One
// send at a time then tries it, and everybody else hears when to come again.
func TestCircuit_providerDown_isLeftAloneAndTriedAgain(t *testing.T) {
	t.Parallel()
	for name, ill := range map[string]delivery.Outcome{
		"503": down, "refused account": account, "timeout": {State: delivery.Unknown, Class: delivery.Ambiguous, Code: "timeout"},
		"nobody listens": {State: delivery.Failed, Class: delivery.NotProcessed, Code: "refused"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var said bytes.Buffer
				c, g := &carrier{says: ill}, &gauge{}
				p := NewPhone(c, 0, 0, Config{Meter: g, Logger: slog.New(slog.NewTextHandler(&said, nil))})
				require.False(t, g.open[plan.SMS])
				for i := range trips {
					require.Equal(t, ill, text(t, p, "n").Outcome, i)
				}
				held := text(t, p, "n")
				require.Equal(t, delivery.Outcome{State: delivery.Failed, Class: delivery.NotProcessed, Code: delivery.CodeCircuit}, held.Outcome)
				require.Equal(t, delivery.RetrySame, delivery.Next(held.Outcome), "it comes again, and other channels go on meanwhile")
				require.Equal(t, trips, c.asked())
				require.True(t, g.open[plan.SMS])
				require.False(t, g.open[plan.Call])
				_, err := p.Call(t.Context(), twilio.Call{N: "n"})
				require.NoError(t, err)
				require.Equal(t, trips+1, c.asked(), "calls go on")

				// Six tries, each when it was told to come: they cover more than a minute.
				began := time.Now()
				for range 6 {
					time.Sleep(text(t, p, "n").RetryAfter)
				}
				require.Greater(t, time.Since(began), time.Minute)

				c.says = accepted
				for text(t, p, "n").Outcome != accepted {
					time.Sleep(time.Second)
				}
				require.False(t, g.open[plan.SMS])
				require.Equal(t, accepted, text(t, p, "n").Outcome)
				require.Contains(t, said.String(), "is left alone")
				require.Contains(t, said.String(), "works again")
			})
		})
	}
}

func TestCircuit_halfOpen_letsOneThrough(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := &carrier{says: down}
		p := NewPhone(c, 0, 0, Config{Rest: time.Minute})
		for range trips {
			text(t, p, "n")
		}
		time.Sleep(time.Minute + time.Millisecond)
		probe, _ := p.texts.circuit.allow()
		require.NotNil(t, probe)
		held := text(t, p, "n")
		require.Equal(t, delivery.CodeCircuit, held.Code)
		require.Equal(t, probing, held.RetryAfter)
		require.Equal(t, trips, c.asked())
		probe(delivery.NoWord)
		probe, _ = p.texts.circuit.allow()
		require.NotNil(t, probe, "the one that learned nothing makes room for the next")
		probe(delivery.Well)
		text(t, p, "n")
		require.Equal(t, trips+1, c.asked())
	})
}

// What is said about a number, and being throttled, says nothing against the provider.
func TestCircuit_answersAboutNumbers_neverOpenIt(t *testing.T) {
	t.Parallel()
	c := &carrier{}
	p := NewPhone(c, 0, 0, Config{})
	for _, says := range []delivery.Outcome{optedOut, unknown, throttle, accepted} {
		c.says = says
		for range 3 * trips {
			require.Equal(t, says, text(t, p, "n").Outcome)
		}
	}
	// Throttled in between, eight bad words in a row are still in a row; an answer ends the row.
	for range trips - 1 {
		c.says = down
		text(t, p, "n")
		c.says = throttle
		text(t, p, "n")
	}
	c.says = optedOut
	text(t, p, "n")
	c.says = down
	require.Equal(t, down, text(t, p, "n").Outcome)
	require.Equal(t, down, text(t, p, "n").Outcome)
	c.err = errors.New("the request could not be built")
	for range 2 * trips {
		_, err := p.Text(t.Context(), twilio.Text{N: "n"})
		require.ErrorIs(t, err, c.err)
	}
}

// Sixty calls at once at one a second: each goes in its own second, though none may wait long,
// and none has to come a third time.
func TestPace_sixtyCalls_takeAMinuteAndKeepTheirTurns(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, g := &carrier{says: accepted}, &gauge{}
		p := NewPhone(c, 0, 1, Config{Meter: g})
		began := time.Now()
		var all sync.WaitGroup
		for i := range 60 {
			all.Go(func() {
				for try := 1; ; try++ {
					ctx, cancel := context.WithTimeout(t.Context(), 15*time.Second) // one activity
					got, err := p.Call(ctx, twilio.Call{N: fmt.Sprint(i)})
					cancel()
					require.NoError(t, err)
					if got.Outcome == accepted {
						require.LessOrEqual(t, try, 2)
						return
					}
					require.Equal(t, delivery.CodeQueue, got.Code)
					require.Equal(t, delivery.RetrySame, delivery.Next(got.Outcome))
					time.Sleep(max(time.Second, got.RetryAfter))
				}
			})
		}
		all.Wait()
		require.Equal(t, 60, c.asked())
		require.InDelta(t, 59, time.Since(began).Seconds(), 1)
		require.Empty(t, p.calls.pace.places)
		require.Contains(t, g.waited, 59*time.Second, "the meter knows the longest wait")
	})
}

// A page goes before a hundred courtesies that came first.
func TestPace_page_goesBeforeEverythingElse(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := &carrier{says: accepted}
		p := NewPhone(c, 2, 0, Config{})
		ctx, cancel := context.WithTimeout(t.Context(), 15*time.Second)
		defer cancel()
		var all sync.WaitGroup
		for range 100 {
			all.Go(func() { _, _ = p.Text(ctx, twilio.Text{N: "courtesy"}) })
		}
		synctest.Wait()
		require.Equal(t, 2, c.asked(), "the first second's")
		for i := range 3 {
			all.Go(func() { _, _ = p.Text(ctx, twilio.Text{N: fmt.Sprint("page ", i), Urgent: true}) })
		}
		all.Wait()
		require.Equal(t, []string{"courtesy", "courtesy"}, c.log[:2])
		require.ElementsMatch(t, []string{"page 0", "page 1", "page 2"}, c.log[2:5])
		require.Len(t, c.log, 2+3+7, "two a second in five seconds; the others come again")
	})
}

// A page that is further away than anybody can see holds no place, and places of pages that
// were answered meanwhile are forgotten.
func TestPace_farAhead_noPlaceIsHeld(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := &carrier{says: accepted}
		p := NewPhone(c, 0, 1, Config{})
		for i := range 100 {
			wait, turn := p.calls.pace.wait(soon(t), fmt.Sprint(i), true, 1)
			require.Equal(t, i == 0, turn)
			require.LessOrEqual(t, wait, ahead)
		}
		require.Len(t, p.calls.pace.places, 60)
		time.Sleep(3 * time.Minute)
		_, turn := p.calls.pace.wait(t.Context(), "later", true, 1)
		require.True(t, turn)
		require.Empty(t, p.calls.pace.places, "nobody came back for them")
	})
}

// soon ends before anybody can wait for a turn.
func soon(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), request)
	t.Cleanup(cancel)
	return ctx
}

func TestMailer_unlimited_neverWaits(t *testing.T) {
	t.Parallel()
	c := &carrier{says: accepted}
	m := NewMailer(c, 0, Config{})
	for range 1000 {
		got, err := m.Send(t.Context(), sendgrid.Mail{N: "n"})
		require.NoError(t, err)
		require.Equal(t, accepted, got.Outcome)
	}
}

// A request that mails many counts as many, and a page does not wait for it.
func TestMailer_broadcast_countsAsMany(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := &carrier{says: accepted}
		m := NewMailer(c, 10, Config{})
		began := time.Now()
		for range 7 {
			got, err := m.Broadcast(t.Context(), sendgrid.Broadcast{Recipients: make([]sendgrid.Recipient, 5)})
			require.NoError(t, err)
			require.Equal(t, accepted, got.Outcome)
		}
		require.InDelta(t, 2500, time.Since(began).Milliseconds(), 20, "35 mails, of which 10 need not wait")
		_, err := m.Send(t.Context(), sendgrid.Mail{N: "page", Urgent: true})
		require.NoError(t, err)
		require.InDelta(t, 2600, time.Since(began).Milliseconds(), 20, "the turn of one mail")
	})
}
