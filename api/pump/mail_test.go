package pump_test

import (
	"slices"
	"strings"
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

// mailed is an answer to the mail of delivery n1, as Anna writes it.
func mailed(s *site, change ...func(*pump.Mail)) record.Item {
	s.t.Helper()
	token, err := s.ReplyToken(s.t.Context(), 1, "anna")
	require.NoError(s.t, err)
	m := pump.Mail{Token: strings.ToLower(token), N: "n1", From: "Anna@ACME.example", Said: "1"}
	for _, f := range change {
		f(&m)
	}
	return item(record.ItemMailReply, "M1", m)
}

func says(words string) func(*pump.Mail) { return func(m *pump.Mail) { m.Said = words } }

// An answer by mail goes to the request that the mail was about, and means what a text means.
func TestRun_mails_answerWhatTheyWereAbout(t *testing.T) {
	t.Parallel()
	const business = "business:2026-1"
	ask := func(id, kind string) record.Ask {
		return record.Ask{ID: id, Person: "anna", Role: "legal", Kind: kind}
	}
	// Anna was mailed for a role, after she was asked for another one.
	paged := func(s *site) {
		s.asks("page:2026-1:ceo:1", 1, record.Ask{ID: "anna", Person: "anna", Role: "ceo", Kind: effect.AskPage})
		s.pass(time.Minute)
		s.asks(page, 1, ask("anna", effect.AskPage))
		s.sent("n1", page, "anna", plan.Email)
	}
	// Somebody else has the role by now.
	late := func(s *site) { paged(s); s.pass(time.Minute); s.asks(page, 2) }
	// Anna was mailed for a task.
	tasked := func(s *site) {
		s.asks(business, 1, ask("halt", effect.AskTask))
		s.sent("n1", business, "anna", plan.Email)
	}
	// She has done it, and is at the next one.
	moved := func(s *site) {
		tasked(s)
		s.pass(time.Minute)
		s.asks(business, 2, ask("next", effect.AskTask))
	}
	// Anna was told something that asks for nothing.
	told := func(s *site) { s.sent("n1", page, "anna", plan.Email) }
	from := func(address string) func(*pump.Mail) { return func(m *pump.Mail) { m.From = address } }
	away := func(m *pump.Mail) { m.Automatic, m.Said = true, "Ich bin bis Montag im Urlaub." }
	// Words below a code are handed on by themselves.
	beside := map[string]string{"a condition is for the lead": "but only after five", "too late, with words": "sorry"}
	for name, c := range map[string]struct {
		given  func(*site)
		change []func(*pump.Mail)
		ended  string // a workflow that no longer runs
		want   string // the workflow that hears it, as which role, to which ask
		said   string
	}{
		"take":                             {given: paged, want: page + " as legal to anna", said: `{"action":"take"}`},
		"the first line, then a name":      {paged, []func(*pump.Mail){says("1\n\nAnna Vogel\nCMO, ACME")}, "", page + " as legal to anna", `{"action":"take"}`},
		"the first line, then a short one": {paged, []func(*pump.Mail){says("2\nGruß\nA. V.")}, "", page + " as legal to anna", `{"action":"pass"}`},
		"the first line, then a farewell":  {paged, []func(*pump.Mail){says("2\nMit freundlichen Grüßen\nA. V.")}, "", page + " as legal to anna", `{"action":"pass"}`},
		"a condition is for the lead":      {paged, []func(*pump.Mail){says("1\nbut only after five")}, "", page + " as legal to anna", `{"action":"take"}`},
		"minutes at once":                  {paged, []func(*pump.Mail){says("1 20")}, "", page + " as legal to anna", `{"action":"take","minutes":20}`},
		"words":                            {paged, []func(*pump.Mail){says("I am on the plane\nuntil 5.\nBest regards\nAnna")}, "", page + " as legal to anna", `{"note":"I am on the plane until 5."}`},
		"words first, then a code":         {paged, []func(*pump.Mail){says("Hello,\n1")}, "", page + " as legal to anna", `{"note":"Hello, 1"}`},
		"nothing":                          {paged, []func(*pump.Mail){says("")}, "", page + " as legal to anna", `{}`},
		"a carrier's word, of no carrier":  {paged, []func(*pump.Mail){says("STOP")}, "", page + " as legal to anna", `{}`},
		"a letter names another request":   {paged, []func(*pump.Mail){says("1a")}, "", "page:2026-1:ceo:1 as ceo to anna", `{"action":"take","letter":"A"}`},
		"late":                             {given: late, want: page + " as legal to anna", said: `{"action":"take"}`},
		"late, and the page has ended":     {late, nil, page, business + " as legal to anna", `{"action":"take"}`},
		"done":                             {tasked, []func(*pump.Mail){says("4")}, "", business + " as legal to halt", `{"action":"done"}`},
		"done, but it is done already":     {moved, []func(*pump.Mail){says("4")}, "", business + " as legal to next", `{}`},
		"too late, with words":             {moved, []func(*pump.Mail){says("20\nsorry")}, "", business + " as legal to next", `{}`},
		"a code to news":                   {told, nil, "", page + " as  to ", `{"note":"1"}`},
		"words to news":                    {told, []func(*pump.Mail){says("I drive there")}, "", page + " as  to ", `{"note":"I drive there"}`},
		"nothing to news":                  {told, []func(*pump.Mail){says("")}, "", "", ""},
		"from another address":             {paged, []func(*pump.Mail){from("a.vogel@private.example")}, "", page + " as legal to anna", `{"note":"(from another mail address) 1"}`},
		"from somebody else in the plan":   {paged, []func(*pump.Mail){from("ben@acme.example"), says("2")}, "", page + " as legal to anna", `{"note":"(from another mail address) 2"}`},
		"from nowhere":                     {paged, []func(*pump.Mail){from("")}, "", page + " as legal to anna", `{"note":"(from another mail address) 1"}`},
		"nothing from another address":     {paged, []func(*pump.Mail){from("x@y.example"), says("")}, "", "", ""},
		"out of office":                    {paged, []func(*pump.Mail){away}, "", page + " as  to ", `{"note":"(automatic answer) Ich bin bis Montag im Urlaub."}`},
		"out of office that says 1":        {paged, []func(*pump.Mail){away, says("1")}, "", page + " as  to ", `{"note":"(automatic answer) 1"}`},
		"out of office, the page is over":  {paged, []func(*pump.Mail){away}, page, "", ""},
		"out of office to a task":          {tasked, []func(*pump.Mail){away}, "", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			s.incident()
			s.breaks(func(line string) error {
				if c.ended != "" && strings.HasPrefix(line, "replied "+c.ended+": ") {
					return client.ErrNotRunning
				}
				return nil
			})
			c.given(s)
			s.pass(time.Minute)
			s.accept(mailed(s, c.change...))
			s.pump("a")
			s.drained()
			require.NotContains(t, s.log.String(), "@")
			heard := s.lines("")
			if c.want == "" {
				require.Empty(t, heard)
				return
			}
			workflow, to, _ := strings.Cut(c.want, " as ")
			if words, ok := beside[name]; ok {
				require.Equal(t, "replied "+workflow+": M1-words anna mail as "+to+`: {"note":"`+words+`"}`, heard[0], "the words come first")
				heard = heard[1:]
			}
			require.Equal(t, []string{"replied " + workflow + ": M1 anna mail as " + to + ": " + c.said}, heard)
			own := !slices.ContainsFunc(c.change, func(f func(*pump.Mail)) bool {
				m := pump.Mail{From: "Anna@ACME.example"}
				f(&m)
				return m.Automatic || m.From != "Anna@ACME.example"
			})
			require.Equal(t, own, s.stateOf("n1") == delivery.Answered, "only her own words answer it")
		})
	}
}

// A mark proves nothing about another mail, person or incident, and a page's own token is none.
func TestRun_mails_withAnotherMark_areNobodys(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*site) func(*pump.Mail){
		"made up": func(*site) func(*pump.Mail) { return func(m *pump.Mail) { m.Token = "0000000000000000" } },
		"the link of the mail": func(s *site) func(*pump.Mail) {
			token, err := s.MailLink(t.Context(), 1, "anna")
			require.NoError(t, err)
			return func(m *pump.Mail) { m.Token = token }
		},
		"the link of a text": func(s *site) func(*pump.Mail) {
			token, err := s.Link(t.Context(), 1, "anna")
			require.NoError(t, err)
			return func(m *pump.Mail) { m.Token = token }
		},
		"another incident's": func(s *site) func(*pump.Mail) {
			token, err := s.ReplyToken(t.Context(), 2, "anna")
			require.NoError(t, err)
			return func(m *pump.Mail) { m.Token = token }
		},
		"somebody else's": func(s *site) func(*pump.Mail) {
			token, err := s.ReplyToken(t.Context(), 1, "ben")
			require.NoError(t, err)
			return func(m *pump.Mail) { m.Token, m.From = token, "ben@acme.example" }
		},
		"revoked": func(s *site) func(*pump.Mail) {
			return func(*pump.Mail) { require.NoError(t, s.RevokeLink(t.Context(), 1, "anna")) }
		},
		"no such mail": func(*site) func(*pump.Mail) { return func(m *pump.Mail) { m.N = "n9" } },
		"not in the plan": func(s *site) func(*pump.Mail) {
			s.sent("n8", page, "zoe", plan.Email)
			token, err := s.ReplyToken(t.Context(), 1, "zoe")
			require.NoError(t, err)
			return func(m *pump.Mail) { m.Token, m.N = token, "n8" }
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t)
			s.incident()
			s.asks(page, 1, record.Ask{ID: "anna", Person: "anna", Role: "legal", Kind: effect.AskPage})
			s.sent("n1", page, "anna", plan.Email)
			s.accept(mailed(s, change(s)))
			s.pump("a")
			s.drained()
			require.Empty(t, s.lines(""))
			require.Equal(t, delivery.Accepted, s.stateOf("n1"))
			require.Contains(t, s.log.String(), "a mail with a mark of nobody is ignored")
		})
	}
}

// The engine is away for a moment: the answer waits, and arrives once it is back.
func TestRun_mail_engineAway_isTriedAgain(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.incident()
	s.asks(page, 1, record.Ask{ID: "anna", Person: "anna", Role: "legal", Kind: effect.AskPage})
	s.sent("n1", page, "anna", plan.Email)
	s.breaks(func(string) error { return client.ErrUnavailable })
	s.accept(mailed(s))
	s.pump("a")
	s.until("it was tried", func() bool { return s.tries() > 0 })
	s.breaks(nil)
	s.pass(later)
	s.drained()
	require.Equal(t, []string{"replied " + page + `: M1 anna mail as legal to anna: {"action":"take"}`}, s.lines(""))
}

// Every answer proves that mail reaches its reader, and ends the test that asks for it.
func TestRun_mail_provesThatMailWorks(t *testing.T) {
	t.Parallel()
	address := record.Contact{Person: "anna", Channel: plan.Email, Address: "anna@acme.example"}
	tested := func(s *site, change func(*pump.Mail)) {
		s.tested("test:a", address)
		token, err := s.ReplyToken(s.t.Context(), 0, "anna")
		require.NoError(s.t, err)
		s.accept(mailed(s, func(m *pump.Mail) { m.Token, m.N = token, contract.TestDelivery("test:a", contract.TestAsks) }, change))
	}
	for name, c := range map[string]struct {
		given func(*site)
		want  []string
	}{
		"to the test's own mail": {func(s *site) { tested(s, says("1")) }, []string{"confirmed test:a quietly=false"}},
		"to a page":              {func(s *site) { s.tested("test:a", address); s.accept(mailed(s)) }, []string{"confirmed test:a quietly=true", "replied " + page + `: M1 anna mail as legal to anna: {"action":"take"}`}},
		"from another address":   {func(s *site) { tested(s, func(m *pump.Mail) { m.From = "x@y.example" }) }, nil},
		"by a machine":           {func(s *site) { tested(s, func(m *pump.Mail) { m.Automatic = true }) }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			s.incident()
			s.asks(page, 1, record.Ask{ID: "anna", Person: "anna", Role: "legal", Kind: effect.AskPage})
			s.sent("n1", page, "anna", plan.Email)
			c.given(s)
			s.pump("a")
			s.drained()
			require.Equal(t, c.want, s.lines(""))
			require.Equal(t, len(c.want) == 0, s.confirmedAt(address).IsZero())
		})
	}
}
