package activities_test

import (
	"context"
	"regexp"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/interceptor"
	sdk "go.temporal.io/sdk/worker"

	"github.com/stormbell/stormbell/activities"
	"github.com/stormbell/stormbell/activities/provider"
	"github.com/stormbell/stormbell/activities/sendgrid"
	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/lab"
	"github.com/stormbell/stormbell/internal/record"
	"github.com/stormbell/stormbell/workflows/contract"
)

// release is an approved text for colleagues.
func (s *site) release() contract.BatchInput {
	internal, _ := s.plan.Audience("internal")
	return contract.BatchInput{To: len(internal.Recipients), DistributionInput: contract.DistributionInput{
		Year: s.year, Incident: s.incident, Phase: plan.Investigation, Audience: "internal", Send: internal.Send, Release: 1,
		NextUpdate: time.Now(), Recipients: len(internal.Recipients),
		Texts: []effect.Text{
			{Language: "en", Subject: "Payments fail", Body: "We work on it. Next: {next update}."},
			{Language: "de", Subject: "Zahlungen gestört", Body: "Wir arbeiten daran. Nächste: {next update}."},
		},
	}}
}

func (s *site) distribute(in contract.BatchInput) effect.Distributed {
	s.t.Helper()
	return must[effect.Distributed](s, contract.DistributeBatch, in)
}

func TestPublishRelease_statusPage_getsItOnce(t *testing.T) {
	t.Parallel()
	s := newQuietSite(t)
	in := s.release().DistributionInput
	published := func() int {
		all, err := s.record.Publications(t.Context(), s.incident, 10)
		require.NoError(t, err)
		return len(all)
	}
	mailOnly := in
	mailOnly.Send = []string{plan.SendEmail}
	require.Equal(t, effect.Distributed{}, must[effect.Distributed](s, contract.PublishRelease, mailOnly))
	require.Zero(t, published())
	for range 2 {
		require.Equal(t, effect.Distributed{}, must[effect.Distributed](s, contract.PublishRelease, in))
		require.Equal(t, 1, published())
	}
	all, err := s.record.Publications(t.Context(), s.incident, 10)
	require.NoError(t, err)
	require.Regexp(t, `^We work on it\. Next: \d\d:\d\d\.$`, all[0].Texts["en"].Body)
	require.Equal(t, "Zahlungen gestört", all[0].Texts["de"].Subject)

	s.move(s.incident, plan.Identification, 2)
	in.Release = 2
	require.Equal(t, effect.Distributed{Superseded: true}, must[effect.Distributed](s, contract.PublishRelease, in))
	require.Equal(t, 1, published())
}

func TestDistributeBatch_again_goesOnWhereItStopped(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	part := s.release()
	part.To = 2
	require.Equal(t, effect.Distributed{Sent: 2}, s.distribute(part))
	for range 2 {
		require.Equal(t, effect.Distributed{Sent: 5}, s.distribute(s.release()))
		require.Len(t, s.asked, 5, "one request for each")
	}
	for i, a := range s.asked {
		require.Len(t, a.ledger, i+1)
		require.True(t, slices.ContainsFunc(a.ledger, func(d record.Delivery) bool { return d.State == delivery.Attempting && d.Person == "" }))
	}
	words := regexp.MustCompile(`(We work on it\. Next|Wir arbeiten daran\. Nächste): \d\d:\d\d\.`)
	arrived := map[string]int{}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	require.NoError(t, s.lab.Await(ctx, func() bool {
		clear(arrived)
		mails := 0
		for _, inbox := range s.lab.Inboxes() {
			for _, m := range inbox.Mails {
				mails++
				if found := words.FindStringSubmatch(m.Text); found != nil {
					arrived[found[1]]++
				}
			}
		}
		return mails == 5
	}))
	require.Equal(t, map[string]int{"We work on it. Next": 2, "Wir arbeiten daran. Nächste": 3}, arrived, "each in their language")
}

func TestDistributeBatch_outcomes_areCounted(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change   func(*site)
		want     effect.Distributed
		requests int
	}{
		"a broadcast prefers silence to a double": {func(s *site) { s.fault(lab.FaultErrorAfterAccept) }, effect.Distributed{Unknown: 5}, 5},
		"our account is refused": {func(s *site) {
			s.use(func(c *activities.Config) {
				var err error
				c.Mail, err = sendgrid.New(sendgrid.Config{Key: "SG.wrong", Endpoint: s.server.URL})
				require.NoError(s.t, err)
			})
		}, effect.Distributed{Failed: 5}, 5},
		"the list became shorter": {func(s *site) {
			i := slices.IndexFunc(s.plan.Audiences, func(a plan.Audience) bool { return a.Name == "internal" })
			s.plan.Audiences[i].Recipients = s.plan.Audiences[i].Recipients[:3]
		}, effect.Distributed{Sent: 3, Failed: 2}, 3},
		"the incident moved on": {func(s *site) { s.move(s.incident, plan.Identification, 2) }, effect.Distributed{Superseded: true}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			in := s.release()
			c.change(s)
			for range 2 { // the second time changes nothing, also when the fault is over
				require.Equal(t, c.want, s.distribute(in))
				require.Equal(t, c.requests, s.requests("POST"))
				s.fault(lab.FaultNone)
			}
		})
	}
}

// mailer is a provider that throttles the first mail for long.
type mailer struct {
	mu   sync.Mutex
	sent []string
}

func (m *mailer) Send(_ context.Context, mail sendgrid.Mail) (provider.Result, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sent = append(m.sent, mail.N)
	if len(m.sent) == 1 {
		throttled := delivery.Outcome{State: delivery.Failed, Class: delivery.NotProcessed, Code: "429"}
		return provider.Result{Outcome: throttled, RetryAfter: 3 * time.Minute}, nil
	}
	return provider.Result{Outcome: delivery.Outcome{State: delivery.Accepted, ProviderID: mail.N}}, nil
}

func (m *mailer) Broadcast(ctx context.Context, b sendgrid.Broadcast) (provider.Result, error) {
	return m.Send(ctx, sendgrid.Mail{N: b.Recipients[0].N})
}

// pulse notes every heartbeat.
type pulse struct {
	interceptor.WorkerInterceptorBase
	beats []time.Time
}

func (p *pulse) InterceptActivity(_ context.Context, next interceptor.ActivityInboundInterceptor) interceptor.ActivityInboundInterceptor {
	return &pulseIn{ActivityInboundInterceptorBase: interceptor.ActivityInboundInterceptorBase{Next: next}, pulse: p}
}

type pulseIn struct {
	interceptor.ActivityInboundInterceptorBase
	pulse *pulse
}

func (p *pulseIn) Init(next interceptor.ActivityOutboundInterceptor) error {
	return p.Next.Init(&pulseOut{interceptor.ActivityOutboundInterceptorBase{Next: next}, p.pulse})
}

type pulseOut struct {
	interceptor.ActivityOutboundInterceptorBase
	pulse *pulse
}

func (p *pulseOut) RecordHeartbeat(ctx context.Context, details ...any) {
	p.pulse.beats = append(p.pulse.beats, time.Now())
	p.Next.RecordHeartbeat(ctx, details...)
}

// A batch that the provider makes wait stays alive, else the server would start it a second
// time beside itself.
func TestDistributeBatch_throttled_waitsAndLives(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		mail, beats := &mailer{}, &pulse{}
		s := newQuietSite(t, func(c *activities.Config) { c.Mail = mail })
		s.env.SetWorkerOptions(sdk.Options{Interceptors: []interceptor.WorkerInterceptor{beats}})
		began := time.Now()
		require.Equal(t, effect.Distributed{Sent: 5}, s.distribute(s.release()))
		require.Equal(t, 3*time.Minute, time.Since(began), "as long as it was asked to")
		require.Len(t, mail.sent, 6)
		last := began
		for _, at := range beats.beats {
			require.Less(t, at.Sub(last), 10*time.Second, "a third of the heartbeat timeout")
			last = at
		}
	})
}

// The worker was cut off while it waited, and another one has the mail on its way.
func TestDistributeBatch_takenOver_keepsItsHandsOff(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		mail := &mailer{}
		s := newQuietSite(t, func(c *activities.Config) { c.Mail = mail })
		in := s.release()
		in.To = 1
		done := make(chan effect.Distributed)
		go func() { done <- s.distribute(in) }()
		synctest.Wait() // it rests
		rows, err := s.record.Deliveries(t.Context(), s.incident)
		require.NoError(t, err)
		_, may, err := s.record.Begin(t.Context(), rows[0], true)
		require.NoError(t, err)
		require.True(t, may)
		require.Equal(t, effect.Distributed{Unknown: 1}, <-done)
		require.Len(t, mail.sent, 1)
	})
}
