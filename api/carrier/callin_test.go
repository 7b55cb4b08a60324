package carrier

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/escalation"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/record"
)

// bens is a phone that only Ben has, shared one that both have.
const bens, shared = "+4917604069002", "+493023125111"

func asksFor(person string, at time.Time) record.Ask {
	return record.Ask{ID: person, Person: person, Role: "marketing_officer", Kind: effect.AskPage, OpenedAt: at}
}

// rings is what somebody hears who calls us.
func (s *site) rings(from string) heard {
	s.t.Helper()
	form := url.Values{"CallSid": {"CA9"}, "CallStatus": {"ringing"}, "Direction": {"inbound"}, "From": {from}, "To": {"+4915735980000"}}
	status, script := s.do(twilio(callAt, form))
	require.Equal(s.t, http.StatusOK, status)
	return hear(s.t, script)
}

// also is one more page in the record, with its send n2.
func (s *site) also(person string, at time.Time) {
	s.t.Helper()
	other := "page:2026-1:legal_officer:1"
	body, err := json.Marshal(escalation.State{Stage: escalation.Climbing, Page: escalation.Page{Incident: 1, Role: "legal_officer"}})
	require.NoError(s.t, err)
	ask := record.Ask{ID: person, Person: person, Role: "legal_officer", Kind: effect.AskPage, OpenedAt: at}
	require.NoError(s.t, s.Append(s.t.Context(), record.Append{Incident: 1, Workflow: other, Run: "r", Kind: record.KindPage, Revision: 1, Snapshot: body, Asks: []record.Ask{ask}}))
	_, _, err = s.Begin(s.t.Context(), record.Delivery{N: "n2", Incident: 1, Workflow: other, Step: "rung-0", Person: person, Channel: "sms", Purpose: "reminder"}, false)
	require.NoError(s.t, err)
}

// Whoever rings back hears what is open for them, and nothing that is another person's.
func TestCall_whoeverRingsBack_hearsWhatIsOpen(t *testing.T) {
	t.Parallel()
	climbing := escalation.State{Stage: escalation.Climbing, Asked: []string{"anna", "ben"}}
	for name, c := range map[string]struct {
		from  string
		set   func(*site)
		says  []string
		never string
		keys  string // for the answer of which send
	}{
		"a stranger": {
			"+4917699999999", func(s *site) { s.becomes(climbing, asksFor("anna", now)) },
			[]string{"nothing open for this number", "call + 4 9 3 0"}, "Marketing", "",
		},
		"a withheld number": {"anonymous", nil, []string{"nothing open for this number"}, "Marketing", ""},
		"no number":         {"", nil, []string{"nothing open for this number"}, "Marketing", ""},
		"nothing is open":   {annas, nil, []string{"Nothing is open for you right now.", "call + 4 9 3 0"}, "Marketing", ""},
		"a page is open": {
			annas, func(s *site) {
				s.becomes(climbing, asksFor("anna", now))
				for n, purpose := range map[string]string{"n3": "bridge", "n4": "note_passed"} { // answers, not questions
					d := record.Delivery{N: n, Incident: 1, Workflow: pageID, Step: "tell-" + n, Person: "anna", Channel: "call", Purpose: purpose}
					_, _, err := s.Begin(s.t.Context(), d, false)
					require.NoError(s.t, err)
				}
			},
			[]string{"You are Marketing Sales on call.", "Press 1 if you take it."}, "open", "n1",
		},
		"two pages, the older one first": {
			annas, func(s *site) { s.becomes(climbing, asksFor("anna", now.Add(-time.Minute))); s.also("anna", now) },
			[]string{"You are Marketing Sales on call.", "One more request is open."}, "", "n1",
		},
		"two pages, the other one is older": {
			annas, func(s *site) { s.becomes(climbing, asksFor("anna", now)); s.also("anna", now.Add(-time.Minute)) },
			[]string{"You are legal officer on call.", "One more request is open."}, "", "n2",
		},
		"another one's page": {
			bens, func(s *site) { s.becomes(climbing, asksFor("anna", now)) }, []string{"Nothing is open for you"}, "Marketing", "",
		},
		// A phone shared by two people: whose page is older is spoken to by name.
		"a shared phone, Ben is asked": {
			shared, func(s *site) { s.also("ben", now) }, []string{"Hello Ben Ortiz.", "You are legal officer on call."}, "Marketing", "n2",
		},
		"a shared phone, both are asked": {
			shared, func(s *site) { s.becomes(climbing, asksFor("anna", now)); s.also("ben", now.Add(-time.Minute)) },
			[]string{"Hello Ben Ortiz.", "One more request is open."}, "", "n2",
		},
		"only a task is open": {
			annas, func(s *site) {
				s.becomes(climbing, record.Ask{ID: "t", Person: "anna", Kind: effect.AskTask, Subject: "stop"})
			}, []string{"No role waits for your answer. One request is open for you: please answer our text message."}, "", "",
		},
		"the backup has it": {
			annas, func(s *site) {
				s.hooks.Now = time.Now
				s.becomes(climbing, asksFor("anna", time.Now()))
				s.becomes(escalation.State{Stage: escalation.Held, Holder: "ben", HeldAt: time.Now().Add(-time.Minute)})
			}, []string{"Ben Ortiz has Marketing Sales since", "Nothing is open for you right now."}, "", "",
		},
		"it is theirs": {
			annas, func(s *site) {
				s.hooks.Now = time.Now
				s.becomes(climbing, asksFor("anna", time.Now()))
				s.becomes(escalation.State{Stage: escalation.Held, Holder: "anna", HeldAt: time.Now()})
			}, []string{"Nothing is open for you right now."}, "Marketing", "",
		},
		"the page has sent nothing yet": {
			bens, func(s *site) { s.becomes(climbing, asksFor("ben", now)) }, []string{"cannot take your answer by phone"}, "", "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, climbing)
			p := company
			p.People = slices.Clone(p.People)
			p.People[0].Phones = []plan.Phone{{Number: annas}, {Number: shared, NoText: true}}
			p.People[1].Phones = []plan.Phone{{Number: bens}, {Number: shared, NoText: true}}
			s.hooks.Plan = func() plan.Plan { return p }
			if c.set != nil {
				c.set(s)
			}
			before := s.trace()
			h := s.rings(c.from)
			all := strings.Join(h.says, "\n")
			for _, words := range c.says {
				require.Contains(t, all, words)
			}
			if c.never != "" {
				require.NotContains(t, all, c.never)
			}
			if c.keys == "" {
				require.Empty(t, h.gathers)
			}
			for _, g := range h.gathers {
				require.Equal(t, "1 "+public+"/hooks/twilio/keys?n="+c.keys, g)
			}
			require.Equal(t, before, s.trace(), "nothing changes because somebody calls")
			require.NotContains(t, s.log.String(), annas[1:])
		})
	}
}

// The words for an outage are the same for everybody, so that any host may serve them.
func TestFallback_isStatic(t *testing.T) {
	t.Parallel()
	s := newSite(t, held)
	p := company
	p.Company.Languages = []string{"de", "en"}
	s.hooks.Plan = func() plan.Plan { return p }
	before := s.trace()
	status, script := s.do(call{method: http.MethodGet, target: "/hooks/twilio/fallback.xml?ErrorCode=11200"})
	require.Equal(t, http.StatusOK, status)
	h := hear(t, script)
	require.Len(t, h.says, 2)
	require.Contains(t, h.says[0], "Wir können Ihre Antwort gerade nicht am Telefon annehmen.")
	require.Contains(t, h.says[1], "We cannot take your answer by phone right now.")
	require.NotContains(t, script, "Anna")
	require.Equal(t, before, s.trace())
}
