package browsertest

import (
	"net/http"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/record"
)

// object is the body of a command.
type object = map[string]any

// prepare gives the plan what pages show only when a company has it.
func (s *site) prepare() {
	p := s.Plan()
	p.Status.Domains = []string{"acme.example"}
	p.Services = []plan.Topic{{Name: "checkout", Title: map[string]string{"en": "Checkout", "de": "Kasse"}}}
	s.SetPlan(p)
}

// opened is a suspicion; its Technical SLT is asked to judge when the score rises.
func (s *site) opened() {
	s.do(http.MethodPost, "", object{"title": "Checkout is down, customers cannot pay", "visibility": "core", "impact": "most"})
	s.Advance(s.t.Context(), 20*time.Minute)
}

func (s *site) declared() {
	s.take()
	s.do(http.MethodPost, "/1/declare", object{"reason": "customers cannot pay"})
}

// take lets everybody who is asked for a role take it.
func (s *site) take() {
	for _, r := range s.roles() {
		if r.Holder == "" && len(r.Asked) > 0 {
			s.do(http.MethodPost, "/1/roles/"+r.Role+"/accept", object{"by": r.Asked[0].Person})
		}
	}
}

// gathered has everybody on the call that the briefing waits for.
func (s *site) gathered() {
	s.take()
	for _, role := range []string{"business_lead", "customer_liaison", "technical_slt"} {
		s.do(http.MethodPost, "/1/roles/"+role+"/presence", object{})
	}
}

func (s *site) emergency() {
	s.do(http.MethodPut, "/1/briefing", object{"answers": []object{
		{"question": "triggering_error", "text": "Many payments are refused."}, {"question": "customers_affected", "text": "About 40 percent of payments fail."}, {"question": "worst_case", "unknown": true},
	}})
	s.do(http.MethodPost, "/1/briefing/confirm", object{})
	s.take()
}

const letter = "/1/messages/internal/investigation/"

// checked brings the first message to its approver, with one objection on the way.
func (s *site) checked() {
	s.do(http.MethodPost, letter+"submit", object{})
	s.do(http.MethodPost, letter+"object", object{"role": "legal_officer", "words": "refused", "by": s.holder("legal_officer")})
	s.do(http.MethodPost, letter+"settle", object{"how": "The word stays."})
	for _, role := range []string{"customer_liaison", "legal_officer", "messaging_officer"} {
		s.do(http.MethodPost, letter+"agree", object{"role": role})
	}
}

func (s *site) sent() {
	s.do(http.MethodPost, letter+"approve", object{})
	s.do(http.MethodPost, letter+"release", object{})
}

// resolved has everything told, so that what was stopped is started again.
func (s *site) resolved() {
	s.do(http.MethodPost, "/1/resolve", object{"reason": "The release was taken back."})
	for _, audience := range []string{"internal", "strategic", "customers"} {
		s.do(http.MethodPost, "/1/messages/"+audience+"/resolution/skip", object{"reason": "told by phone"})
	}
}

// subscription is the address of the question that somebody outside is asked.
func (s *site) subscription() string {
	asked, _, err := s.Record.Subscribe(s.t.Context(), record.Subscriber{Channel: "email", Address: "new@acme.example", Language: "en"})
	require.NoError(s.t, err)
	return "/c/" + asked.Token
}

// unsubscription is the address at which a reader of updates leaves.
func (s *site) unsubscription() string {
	_, err := s.Record.Join(s.t.Context(), record.Subscriber{Channel: "email", Address: "reader@acme.example"})
	require.NoError(s.t, err)
	token, err := s.Record.UnsubscribeToken(s.t.Context(), "email", "reader@acme.example", 1)
	require.NoError(s.t, err)
	return "/u/" + token
}

// settings is the address of a person's settings.
func (s *site) settings(person string) string {
	token, err := s.Record.Link(s.t.Context(), 0, person)
	require.NoError(s.t, err)
	return "/me/" + token
}
