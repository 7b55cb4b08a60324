package pump_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/plan"
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
	for name, c := range map[string]struct {
		given func(*site)
		from  int
		body  string
		ended []string // workflows that no longer run
		want  string   // the workflow that hears it, as which role, to which ask
		note  string   // somewhere in it
	}{
		"take answers the oldest page":      {anna, 0, "1", nil, page + " as legal to anna", `"action":"take"`},
		"a letter chooses":                  {anna, 0, "1b", nil, "page:2026-1:ceo:1 as ceo to anna", `"letter":"B"`},
		"a letter nobody has":               {anna, 0, "1g", nil, page + " as legal to anna", `"letter":"G"`},
		"done answers the task":             {anna, 0, "4", nil, business + " as legal to task", `"action":"done"`},
		"minutes answer the oldest":         {anna, 0, "20", nil, page + " as legal to anna", `"minutes":20`},
		"minutes by letter":                 {anna, 0, "20d", nil, message + " as legal to review", `"minutes":20`},
		"words are kept for the oldest":     {anna, 0, "on the plane until 5", nil, page + " as legal to anna", `"note":"on the plane until 5"`},
		"the carrier's word":                {anna, 0, "STOP", nil, page + " as legal to anna", `"carrier":"stop"`},
		"page has ended, business knows":    {anna, 0, "1", []string{page}, business + " as legal to anna", ""},
		"only the incident is left":         {anna, 0, "1", []string{page, business}, technical + " as legal to anna", ""},
		"everything has ended":              {anna, 0, "1", []string{page, business, technical}, "", ""},
		"late":                              {late(time.Hour), 0, "1", nil, page + " as legal to anna", ""},
		"late by almost two days":           {late(48*time.Hour - time.Second), 0, "1", []string{page}, business + " as legal to anna", ""},
		"too late to be remembered":         {late(49 * time.Hour), 0, "1", nil, "", ""},
		"somebody who was never asked":      {anna, 1, "1", nil, "", ""},
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
			if c.want == "" {
				require.Empty(t, heard)
			} else {
				require.Len(t, heard, 1)
				workflow, to, _ := strings.Cut(c.want, " as ")
				require.Contains(t, heard[0], "replied "+workflow+": SM1 anna sms as "+to+": ")
				require.Contains(t, heard[0], c.note)
			}
			answered := strings.HasPrefix(c.want, page) || slices.Contains(c.ended, page)
			require.Equal(t, answered, s.stateOf("n2") == delivery.Answered, "the last text is what was answered")
			for _, n := range []string{"n1", "n3", "n4"} {
				require.Equal(t, delivery.Accepted, s.stateOf(n), n)
			}
		})
	}
}
