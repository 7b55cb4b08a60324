package pump_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/api/pump"
	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/domain/reply"
	"github.com/stormbell/stormbell/internal/record"
	"github.com/stormbell/stormbell/workflows/client"
)

// A text goes to the request it answers; what answers nothing bothers nobody.
func TestRun_texts_findWhatTheyAnswer(t *testing.T) {
	t.Parallel()
	const business, message, technical = "business:2026-1", "message:2026-1:investigation:internal", "incident:2026-1"
	ask := func(id, person, role, kind string) record.Ask {
		return record.Ask{ID: id, Person: person, Role: role, Kind: kind}
	}
	// Anna is asked for two roles (A and B), then for a task (C), then for a review (D).
	anna := func(s *site) {
		s.asks(page, 1, ask("anna", "anna", "legal", effect.AskPage))
		s.pass(time.Second)
		s.asks("page:2026-1:ceo:1", 1, ask("anna", "anna", "ceo", effect.AskPage))
		s.pass(time.Second)
		s.asks(business, 1, ask("task", "anna", "legal", effect.AskTask))
		s.pass(time.Second)
		s.asks(message, 1, ask("review", "anna", "legal", effect.AskReview))
		s.pass(time.Second)
	}
	// Anna was asked for a role, and somebody else took it.
	late := func(after time.Duration) func(*site) {
		return func(s *site) {
			s.asks(page, 1, ask("anna", "anna", "legal", effect.AskPage))
			s.pass(time.Minute)
			s.asks(page, 2)
			s.pass(after)
		}
	}
	// Anna was asked for a role, somebody took it, and she is asked for another one (B).
	passed := func(s *site) {
		late(time.Minute)(s)
		s.asks("page:2026-1:ceo:1", 1, ask("anna", "anna", "ceo", effect.AskPage))
	}
	// Anna reads a text, and is asked for a role.
	reading := func(s *site) {
		s.asks(message, 1, ask("review", "anna", "legal", effect.AskReview))
		s.pass(time.Second)
		s.asks(page, 1, ask("anna", "anna", "legal", effect.AskPage))
	}
	forgotten := func(s *site) { passed(s); s.pass(49 * time.Hour) }
	// Anna has done a task (A) and is at another one (B).
	finished := func(s *site) {
		s.asks(business, 1, ask("task", "anna", "legal", effect.AskTask))
		s.pass(time.Minute)
		s.asks(business, 2, ask("other", "anna", "legal", effect.AskTask))
	}
	for name, c := range map[string]struct {
		given func(*site)
		from  int
		body  string
		ended []string // workflows that no longer run
		want  string   // the workflow that hears it, as which role, to which ask
		note  string   // somewhere in it
	}{
		"take fits two pages":               {anna, 0, "1", nil, page + " as legal to anna", `which: {"action":"take"}`},
		"take answers the only page":        {reading, 0, "1", nil, page + " as legal to anna", `anna: {"action":"take"}`},
		"a letter chooses":                  {anna, 0, "1b", nil, "page:2026-1:ceo:1 as ceo to anna", `"letter":"B"`},
		"a letter nobody has takes nothing": {anna, 0, "1g", nil, page + " as legal to anna", `: {}`},
		"a late letter is about its page":   {passed, 0, "1a", []string{page}, business + " as legal to anna", `"action":"take"`},
		"a late pass is about its page":     {passed, 0, "2a", nil, page + " as legal to anna", `"action":"pass"`},
		"without a letter it is what is":    {passed, 0, "1", nil, "page:2026-1:ceo:1 as ceo to anna", `"action":"take"`},
		"a late letter ends no other task":  {finished, 0, "4a", nil, business + " as legal to task", `: {}`},
		"a late letter is asked who has it": {finished, 0, "1a", nil, business + " as legal to task", `"action":"take"`},
		"a letter of the day before last":   {forgotten, 0, "1a", nil, "page:2026-1:ceo:1 as ceo to anna", `: {}`},
		"done answers the task":             {anna, 0, "4", nil, business + " as legal to task", `task: {"action":"done"}`},
		"minutes fit a task and a review":   {anna, 0, "20", nil, business + " as legal to task", `which: {"minutes":20}`},
		"minutes answer what is at work":    {reading, 0, "20", nil, message + " as legal to review", `review: {"minutes":20}`},
		"minutes by letter":                 {anna, 0, "20d", nil, message + " as legal to review", `"minutes":20`},
		"words are for the page":            {reading, 0, "on the plane until 5", nil, page + " as legal to anna", `"note":"on the plane until 5"`},
		"words are kept for the oldest":     {anna, 0, "on the plane until 5", nil, page + " as legal to anna", `"note":"on the plane until 5"`},
		"the carrier's word":                {anna, 0, "STOP", nil, page + " as legal to anna", `"carrier":"stop"`},
		"page has ended, business knows":    {anna, 0, "1a", []string{page}, business + " as legal to anna", ""},
		"only the incident is left":         {anna, 0, "1a", []string{page, business}, technical + " as legal to anna", ""},
		"everything has ended":              {anna, 0, "1a", []string{page, business, technical}, "", ""},
		"late":                              {late(time.Hour), 0, "1", nil, page + " as legal to anna", ""},
		"late by almost two days":           {late(48*time.Hour - time.Second), 0, "1", []string{page}, business + " as legal to anna", ""},
		"too late to be remembered":         {late(49 * time.Hour), 0, "1", nil, "courtesy", "to anna: unneeded"},
		"somebody who was never asked":      {anna, 1, "1", nil, "courtesy", "to ben: unneeded"},
		"the carrier's word, nothing asked": {anna, 1, "STOP", nil, "", ""},
		"a stranger":                        {anna, 77, "1", nil, "", ""},
		"a stranger with nothing in common": {func(*site) {}, 77, "", nil, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			s.incident()
			s.breaks(func(line string) error {
				if slices.ContainsFunc(c.ended, func(w string) bool { return strings.HasPrefix(line, "replied "+w+": ") }) {
					return client.ErrNotRunning
				}
				return nil
			})
			c.given(s)
			s.sent("n1", page, "anna", plan.SMS)
			s.pass(time.Second)
			s.sent("n2", page, "anna", plan.SMS)
			s.sent("n3", page, "anna", plan.Call)
			s.sent("n4", page, "ben", plan.SMS)
			s.accept(text("SM1", c.from, c.body))
			s.pump("a")
			s.drained()

			require.NotContains(t, s.log.String(), phone(c.from), "no numbers in logs")
			heard := s.lines("")
			switch c.want {
			case "":
				require.Empty(t, heard)
			case "courtesy":
				require.Equal(t, []string{"courtesy SM1 " + c.note}, heard)
			default:
				require.Len(t, heard, 1)
				workflow, to, _ := strings.Cut(c.want, " as ")
				require.Contains(t, heard[0], "replied "+workflow+": SM1 anna sms as "+to+": ")
				require.Contains(t, heard[0], c.note)
			}
			answered := c.body != "STOP" && !strings.HasPrefix(c.note, "which") && (strings.HasPrefix(c.want, page) || slices.Contains(c.ended, page))
			require.Equal(t, answered, s.stateOf("n2") == delivery.Answered, "the last text is what was answered")
			for _, n := range []string{"n1", "n3", "n4"} {
				require.Equal(t, delivery.Accepted, s.stateOf(n), n)
			}
		})
	}
}

// STOP is a fact about one sender number and one phone. It mutes nothing else, and it is no
// answer to what was asked through another number.
func TestRun_carrierWords_belongToOneSender(t *testing.T) {
	t.Parallel()
	stopped := func(s *site, sender string) bool {
		t.Helper()
		all, err := s.OptOuts(t.Context())
		require.NoError(t, err)
		return all.Has(phone(0), sender)
	}
	says := func(to, body string, word reply.Keyword) pump.Text {
		return pump.Text{From: phone(0), To: to, Body: body, Word: word}
	}
	for name, c := range map[string]struct {
		texts          []pump.Text
		pages, updates bool // stopped in the end
		heard          int  // by the page
	}{
		"STOP to updates":               {[]pump.Text{says(updatesFrom, "STOP", "")}, false, true, 0},
		"STOP to pages":                 {[]pump.Text{says(pagesFrom, "stop", "")}, true, false, 1},
		"START clears its own sender":   {[]pump.Text{says(pagesFrom, "STOP", ""), says(updatesFrom, "STOP", ""), says(pagesFrom, "START", "")}, false, true, 2},
		"START to updates":              {[]pump.Text{says(updatesFrom, "STOP", ""), says(updatesFrom, "START", "")}, false, false, 0},
		"HELP changes nothing":          {[]pump.Text{says(updatesFrom, "STOP", ""), says(updatesFrom, "HELP", ""), says(pagesFrom, "info", "")}, false, true, 1},
		"the carrier's own opinion":     {[]pump.Text{says(updatesFrom, "Ende", reply.Stop)}, false, true, 0},
		"a word among others":           {[]pump.Text{says(pagesFrom, "please stop calling me", "")}, false, false, 1},
		"a code to the number of texts": {[]pump.Text{says(updatesFrom, "1", "")}, false, false, 1},
		"kept by an older build":        {[]pump.Text{says("", "STOP", "")}, false, false, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			s.incident()
			s.asks(page, 1, record.Ask{ID: "anna", Person: "anna", Role: "legal", Kind: effect.AskPage})
			for i, text := range c.texts {
				s.accept(item(record.ItemReply, fmt.Sprint("SM", i), text))
			}
			s.pump("a")
			s.drained()
			require.Equal(t, c.pages, stopped(s, pagesFrom))
			require.Equal(t, c.updates, stopped(s, updatesFrom))
			why, err := s.Suppressed(t.Context(), 7, "sms", []string{phone(0)})
			require.NoError(t, err)
			require.Equal(t, c.updates, why[phone(0)] == record.Stopped, "updates end where the number of updates was told so, and only there")
			require.Len(t, s.lines("replied "+page), c.heard)
			require.Zero(t, s.count("SELECT COUNT(*) FROM inbox_items WHERE done_at = 0"))
		})
	}
}

// Who is not in the plan yet is believed as well.
func TestRun_strangerSaysStop_isKept(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.accept(item(record.ItemReply, "SM1", pump.Text{From: phone(77), To: updatesFrom, Body: "STOP"}))
	s.pump("a")
	s.drained()
	all, err := s.OptOuts(t.Context())
	require.NoError(t, err)
	require.True(t, all.Has(phone(77), updatesFrom))
	require.Empty(t, s.lines(""))
}

// The complaint "a phone shared by two people": a text from it is the word of whoever was asked.
func TestRun_sharedPhone_isTheWordOfWhoeverIsAsked(t *testing.T) {
	t.Parallel()
	const shared = "+4930" // everybody's but Anna's
	s := newSite(t)
	s.incident()
	s.asks(page, 1, record.Ask{ID: folk[2], Person: folk[2], Role: "legal", Kind: effect.AskPage})
	s.asks("business:2026-1", 1, record.Ask{ID: "task", Person: folk[1], Role: "legal", Kind: effect.AskTask})
	for i, body := range []string{"1", "4"} {
		s.accept(item(record.ItemReply, fmt.Sprint("SM", i), pump.Text{From: shared, Body: body}))
	}
	s.pump("a")
	s.drained()
	heard := s.lines("")
	require.Len(t, heard, 2)
	require.Contains(t, heard[0], "replied "+page+": SM0 "+folk[2])
	require.Contains(t, heard[1], "replied business:2026-1: SM1 "+folk[1])
}
