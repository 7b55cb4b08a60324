package activities_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/testsuite"

	"github.com/stormbell/stormbell/activities"
	"github.com/stormbell/stormbell/activities/sendgrid"
	"github.com/stormbell/stormbell/activities/twilio"
	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/notice"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/lab"
	"github.com/stormbell/stormbell/internal/planfile"
	"github.com/stormbell/stormbell/internal/record"
	"github.com/stormbell/stormbell/worker"
	"github.com/stormbell/stormbell/workflows/contract"
)

// site is the activities as a worker runs them, over a record on disk, the built-in plan and
// the phone lab behind the real adapters.
type site struct {
	t      *testing.T
	record *record.Record
	plan   plan.Plan
	env    *testsuite.TestActivityEnvironment
	config activities.Config
	// incident is open and in Investigation; page is one of its workflows.
	incident, year int
	others         int // further incidents
	page           string

	lab    *lab.Lab
	server *httptest.Server
	mu     sync.Mutex
	asked  []asked
}

// asked is a request to a provider, with the ledger as it was when the request arrived.
type asked struct {
	method string
	ledger []record.Delivery
}

// newQuietSite has no provider.
func newQuietSite(t *testing.T, change ...func(*activities.Config)) *site {
	t.Helper()
	s := &site{t: t}
	var err error
	s.plan, err = planfile.Parse("built-in plan", planfile.Example(), planfile.Options{Lenient: true})
	require.NoError(t, err)
	s.record, err = record.Open(t.Context(), record.Config{URL: "sqlite:" + filepath.Join(t.TempDir(), "record.db")})
	require.NoError(t, err)
	t.Cleanup(func() { _ = s.record.Close() }) // some tests close it themselves
	s.incident, s.year = s.open("first")
	s.page = contract.PageID(s.year, s.incident, plan.IncidentCommander, 1)
	s.use(change...)
	return s
}

// newSite also has a phone lab for its providers.
func newSite(t *testing.T, change ...func(*activities.Config)) *site {
	t.Helper()
	s := newQuietSite(t)
	var err error
	var phones []lab.Phone
	for _, p := range s.plan.People {
		phones = append(phones, lab.Phone{Number: p.Phones[0].Number, Person: p.ID})
	}
	s.lab, err = lab.New(lab.Config{Phones: phones, Speed: 100})
	require.NoError(t, err)
	s.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/hooks/") {
			return // call-backs are the api's
		}
		ledger, err := s.record.Deliveries(r.Context(), s.incident)
		s.mu.Lock()
		s.asked = append(s.asked, asked{r.Method, ledger})
		s.mu.Unlock()
		if err != nil {
			t.Error(err)
		}
		s.lab.Handler().ServeHTTP(w, r)
	}))
	t.Cleanup(func() { s.lab.Close(); s.server.Close() })
	s.use(append([]func(*activities.Config){s.dial(10 * time.Second)}, change...)...)
	return s
}

// dial connects the adapters with the lab.
func (s *site) dial(timeout time.Duration) func(*activities.Config) {
	return func(c *activities.Config) {
		var err error
		c.Hooks = s.server.URL
		c.Pages, err = twilio.New(twilio.Config{
			Account: lab.DefaultAccountSID, Token: lab.DefaultAuthToken, From: s.plan.Channels.Pages.From, Endpoint: s.server.URL, Timeout: timeout,
			StatusURL: func(n string) string { return s.server.URL + activities.StatusPath + "?n=" + n },
		})
		require.NoError(s.t, err)
		c.Updates, err = twilio.New(twilio.Config{
			Account: lab.DefaultAccountSID, Token: lab.DefaultAuthToken, From: s.plan.Channels.Updates.From, Endpoint: s.server.URL, Timeout: timeout,
		})
		require.NoError(s.t, err)
		c.Mail, err = sendgrid.New(sendgrid.Config{Key: lab.DefaultSendGridKey, Endpoint: s.server.URL, Timeout: timeout})
		require.NoError(s.t, err)
	}
}

// use makes the activities anew, under the names that the worker gives them.
func (s *site) use(change ...func(*activities.Config)) {
	if s.config.Record == nil {
		s.config = activities.Config{
			Record: s.record, Plan: func() plan.Plan { return s.plan },
			PlanOf: func(_ context.Context, hash string) (plan.Plan, error) {
				if hash != s.plan.Hash {
					return plan.Plan{}, record.ErrNotFound
				}
				return s.plan, nil
			},
		}
	}
	for _, f := range change {
		f(&s.config)
	}
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(log.NewStructuredLogger(slog.New(slog.DiscardHandler)))
	s.env = suite.NewTestActivityEnvironment()
	a := activities.New(s.config)
	worker.Activities(s.env, a)
	worker.Sends(s.env, a)
}

// open opens one more incident and puts it in Investigation.
func (s *site) open(key string) (number, year int) {
	s.t.Helper()
	opened, err := s.record.OpenByHand(s.t.Context(), "test", key, "Payments fail", time.Now())
	require.NoError(s.t, err)
	s.move(opened.Incident, plan.Investigation, 1)
	return opened.Incident, opened.Year
}

func (s *site) move(incident int, phase plan.Phase, revision int64) {
	s.t.Helper()
	require.NoError(s.t, s.record.Append(s.t.Context(), record.Append{
		Incident: incident, Workflow: fmt.Sprint("incident:", incident), Run: "r", Kind: record.KindIncident, Revision: revision, Phase: string(phase),
	}))
}

// try runs an activity. Whatever it says goes into a history, so it is searched for contact
// data every time.
func try[R any](s *site, name string, in any) (result R, err error) {
	s.t.Helper()
	value, err := s.env.ExecuteActivity(name, in)
	said := fmt.Sprint(err)
	if err == nil && value.HasValue() {
		require.NoError(s.t, value.Get(&result))
		body, err := json.Marshal(result)
		require.NoError(s.t, err)
		said += string(body)
	}
	for _, p := range s.plan.People {
		for _, secret := range []string{p.Name, p.Email, p.Phones[0].Number[1:]} {
			if secret != "" {
				require.NotContains(s.t, said, secret, "contact data in a history")
			}
		}
	}
	return result, err
}

// must runs an activity that may not fail.
func must[R any](s *site, name string, in any) R {
	s.t.Helper()
	result, err := try[R](s, name, in)
	require.NoError(s.t, err)
	return result
}

var channelOf = map[string]plan.Channel{contract.SendText: plan.SMS, contract.PlaceCall: plan.Call, contract.SendMail: plan.Email}

// to is a page for one person by one activity.
func (s *site) to(activity, person string) contract.SendInput {
	step := "rung-0-" + person + "-" + string(channelOf[activity])
	return contract.SendInput{
		N: delivery.ID(s.page, step), Incident: s.incident, Workflow: s.page, Step: step, Person: person,
		Notice: notice.Notice{Kind: notice.Page, Incident: s.incident, Title: "Payments fail", Role: plan.IncidentCommander, Since: time.Now()},
	}
}

func (s *site) send(activity string, in contract.SendInput, again contract.Again) delivery.Outcome {
	s.t.Helper()
	in.Again = again
	return must[contract.SendResult](s, activity, in).Outcome
}

func (s *site) lookUp(activity string, in contract.SendInput) contract.LookUpResult {
	s.t.Helper()
	return must[contract.LookUpResult](s, contract.LookUpSend, contract.LookUpInput{SendInput: in, Channel: channelOf[activity]})
}

func (s *site) fault(f lab.Fault) {
	s.t.Helper()
	require.NoError(s.t, s.lab.SetCarrier(lab.Carrier{Fault: f, Share: 1, Channel: lab.ChannelAll}))
}

// requests counts what providers were asked by a method.
func (s *site) requests(method string) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.asked {
		if r.method == method {
			n++
		}
	}
	return n
}

// row is a send's row in the ledger.
func (s *site) row(n string) record.Delivery {
	s.t.Helper()
	row, err := s.record.Delivery(s.t.Context(), n)
	require.NoError(s.t, err)
	return row
}

// phone is what the lab knows of a person's phone.
func (s *site) phone(person string) lab.PhoneState {
	all := s.lab.Phones()
	return all[slices.IndexFunc(all, func(p lab.PhoneState) bool { return p.Person == person })]
}

// sids are the lab's ids of all that reached a person's phone by an activity.
func (s *site) sids(activity, person string) (sids []string) {
	for _, m := range s.phone(person).Messages {
		if activity == contract.SendText {
			sids = append(sids, m.SID)
		}
	}
	for _, c := range s.phone(person).Calls {
		if activity == contract.PlaceCall {
			sids = append(sids, c.SID)
		}
	}
	return sids
}

func (s *site) behave(person string, b lab.Behaviour) {
	s.t.Helper()
	_, err := s.lab.SetBehaviour(s.phone(person).Number, b)
	require.NoError(s.t, err)
}
