package people_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/api/visitor"
	"github.com/stormbell/stormbell/domain/actor"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/domain/roster"
)

// The clock of the tests stands at Mon 23 Nov 2026, 04:02 in Berlin.

func TestOnCall_saysWhoAndWhy_inBothLanguages(t *testing.T) {
	t.Parallel()
	s := open(t)
	page := s.see("/on-call", "en")
	for _, words := range []string{
		"Somebody is on call for every role", "Eva Lindner", "has the turn in “leads”, until 09:00", "always, by the plan",
		"Times in Europe/Berlin", "Day by day", "Mon 23 Nov", "until 09:00</small> Eva Lindner", "from 09:00</small> Anna Vogel", "All the time:",
	} {
		require.Contains(t, page, words)
	}
	page = s.see("/on-call", "de")
	for _, words := range []string{"Für jede Rolle ist jemand da", "ist in „leads“ an der Reihe, bis 09:00", "immer, laut Plan", "Mo 23.11.", "ab 09:00</small> Anna Vogel", "Leitung Krisenstab"} {
		require.Contains(t, page, words)
	}
}

// TestOnCall_namesGapsAndWhatToDo names the complaint that a gap is found out in the incident.
func TestOnCall_namesGapsAndWhatToDo(t *testing.T) {
	t.Parallel()
	s := open(t)
	p := s.Plan()
	p.Rotations[0].ICal = &plan.ICal{} // leads
	p.Rotations[0].Imported = plan.Imported{
		ReadAt: s.Now().Add(-2 * time.Hour), Trouble: "the server answered 503", Findings: []string{"nobody of the plan takes part in <b>Retreat</b>"},
		Duties: []plan.Duty{{Person: "eva", From: s.Now().Add(-time.Hour), Until: s.Now().AddDate(0, 0, 2)}, {Person: "anna", From: s.Now().AddDate(0, 0, 3), Until: s.Now().AddDate(0, 0, 60)}},
	}
	for i, r := range p.Roles {
		if r.Name == plan.BusinessLead {
			p.Roles[i].Backups = nil
		}
	}
	s.SetPlan(p)
	page := s.see("/on-call", "en")
	require.Contains(t, page, "1 gap in the next 30 days")
	require.Contains(t, page, "from Wed 04:02 until Thu 04:02 <strong>nobody at all can be asked.")
	require.Contains(t, page, "/on-call?role=business_lead&from=2026-11-25T04%3a02&to=2026-11-26T04%3a02#cover")
	require.Contains(t, page, "could not be read since")
	require.Contains(t, page, "the server answered 503")
	require.Contains(t, s.do(http.MethodGet, "/on-call", "en", nil).Body.String(), "&lt;b&gt;Retreat")
	form := s.see("/on-call?role=business_lead&from=2026-11-25T04:02&to=2026-11-26T04:02", "de")
	require.Contains(t, form, `value="2026-11-25T04:02"`)
	require.Contains(t, form, `<option value="business_lead" selected>`)
	require.Contains(t, form, "1 Lücke in den nächsten 30 Tagen")
	require.NotContains(t, s.see("/on-call?role=<script>&from=nonsense", "en"), "nonsense", "no word of an address is shown")
}

// A day on which the clocks change has 23 or 25 hours, and a hand-over at 9 is at 9.
func TestOnCall_daysOnWhichTheClocksChange(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		now   time.Time
		day   string
		hours string
	}{
		{time.Date(2027, 3, 20, 8, 0, 0, 0, time.UTC), "Sun 28 Mar", "23 hours"},
		{time.Date(2027, 10, 20, 8, 0, 0, 0, time.UTC), "Sun 31 Oct", "25 hours"},
	} {
		t.Run(tc.day, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			s.Advance(t.Context(), tc.now.Sub(s.Now()))
			page := s.see("/on-call", "en")
			require.Regexp(t, tc.day+` +<small>the clocks change: `+tc.hours, page)
			require.Equal(t, 1, strings.Count(page, "the clocks change"))
			table, err := s.views.Timetable(t.Context(), 30)
			require.NoError(t, err)
			for i, d := range table.Days[1:] {
				require.Equal(t, table.Days[i].Until, d.From, "no hole and no overlap between days")
				for _, duty := range d.Duty {
					require.Equal(t, d.From.UTC(), duty[0].From.UTC())
					require.Equal(t, d.Until.UTC(), duty[len(duty)-1].Until.UTC())
				}
			}
			for _, h := range table.Handovers {
				require.Equal(t, "09:00", h.At.In(table.Days[0].From.Location()).Format("15:04"))
			}
		})
	}
}

// The effect is shown before anything counts.
func TestCover_isForeseenThenInForceThenEnded(t *testing.T) {
	t.Parallel()
	s := open(t)
	fields := []string{"role", "business_lead", "person", "carla", "from", "2026-11-24T18:00", "to", "2026-11-25T08:00", "why", "a <b>wedding</b>"}
	w := s.post("/on-call/cover", append(fields, "step", "look")...)
	require.Equal(t, http.StatusOK, w.Code)
	require.Contains(t, w.Body.String(), "a &lt;b&gt;wedding&lt;/b&gt;")
	page := s.read(w)
	require.Contains(t, page, "Business Lead: this would change")
	require.Contains(t, page, "Tue 18:00 – Wed 08:00: <strong>Anna Vogel")
	require.Contains(t, page, "Tue 18:00 – Wed 08:00: <strong>Carla Roth")
	require.Contains(t, page, "Nobody covers for anybody now or later.")
	all, err := s.views.Overrides(t.Context(), true)
	require.NoError(t, err)
	require.Empty(t, all, "a look keeps nothing")

	page = s.press("/on-call/cover", append(fields, "step", "save")...)
	require.Contains(t, page, "Done. It counts from now on")
	require.Contains(t, page, "for Business Lead: Tue 18:00 – Wed 08:00")
	require.Contains(t, page, "until 18:00</small> Anna Vogel")
	require.Contains(t, page, "from 18:00</small> Carla Roth")

	same := s.read(s.post("/on-call/cover", append(fields, "step", "look")...))
	require.Contains(t, same, "Nothing changes: it is so already.")

	page = s.press("/on-call/end", "id", "1")
	require.Contains(t, page, "Ended. Whoever it concerns is told.")
	require.Contains(t, page, "Nobody covers for anybody now or later.")
}

// What was typed is never lost, and every field says what is wrong with it.
func TestCover_mistakesAreKindAndLoseNothing(t *testing.T) {
	t.Parallel()
	s := open(t)
	for _, step := range []string{"look", "save"} {
		w := s.post("/on-call/cover", "role", "legal_officer", "person", "dev", "from", "2026-11-24T18:00", "to", "2026-11-24T17:00", "why", "a long story", "step", step)
		require.Equal(t, http.StatusUnprocessableEntity, w.Code)
		page := s.read(w)
		require.Contains(t, page, "The end must come after the beginning.")
		require.Contains(t, page, `aria-describedby="wrong-to"`)
		for _, kept := range []string{`value="2026-11-24T18:00"`, `value="2026-11-24T17:00"`, `value="a long story"`, `<option value="legal_officer" selected>`, `<option value="dev" selected>`} {
			require.Contains(t, page, kept)
		}
	}
	w := s.do(http.MethodPost, "/on-call/cover", "de", values("role", "jester", "person", "nobody", "from", "soon", "to", "", "why", " "))
	require.Equal(t, http.StatusUnprocessableEntity, w.Code)
	page := s.read(w)
	require.Contains(t, page, "Bitte Datum und Uhrzeit angeben")
	w = s.do(http.MethodPost, "/on-call/cover", "de", values("role", "jester", "person", "nobody", "from", "2026-11-20T10:00", "to", "", "why", " "))
	page = s.read(w)
	for _, words := range []string{"Bitte wählen Sie eine Rolle des Plans.", "Bitte wählen Sie eine Person des Plans.", "mehr als einen Tag zurück", "Bitte sagen Sie mit ein paar Worten, warum."} {
		require.Contains(t, page, words)
	}
	endless := s.read(s.post("/on-call/cover", "role", "legal_officer", "person", "dev", "from", "2026-11-24T18:00", "why", "ill", "step", "look"))
	require.Contains(t, endless, "these are the first two weeks")
}

// Who has the duty may give it away; anybody else's needs a right.
func TestCover_whoMay(t *testing.T) {
	t.Parallel()
	own := []string{"role", "internal_liaison", "person", "carla", "from", "2026-11-24T18:00", "to", "2026-11-25T08:00", "why", "a wedding", "step", "save"}
	others := append([]string{"role", "incident_commander"}, own[2:]...)
	endless := append([]string{"role", "internal_liaison", "person", "carla", "from", "2026-11-24T18:00", "to", ""}, own[8:]...)
	pager := visitor.Visitor{Method: visitor.Company, Rights: []actor.Right{actor.Read, actor.Page}}
	for _, tc := range []struct {
		name  string
		who   visitor.Visitor
		form  []string
		may   bool
		ended int
	}{
		{"anna gives her own", anna, own, true, http.StatusSeeOther},
		{"anna gives somebody else's", anna, others, false, 0},
		{"anna gives hers for ever", anna, endless, false, 0},
		{"a guest gives anybody's", guest, own, false, 0},
		{"who may page gives anybody's", pager, others, true, http.StatusSeeOther},
		{"solo", visitor.Visitor{StandIn: true, Method: visitor.Loopback}, others, true, http.StatusSeeOther},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			s.visitor = tc.who
			w := s.post("/on-call/cover", tc.form...)
			if !tc.may {
				require.Equal(t, http.StatusForbidden, w.Code)
				page := s.read(w)
				require.Contains(t, page, "You may not change this.")
				if tc.who.Person != "" {
					require.Contains(t, page, `value="a wedding"`)
				}
				return
			}
			require.Equal(t, http.StatusSeeOther, w.Code, w.Body.String())
			s.visitor = guest
			require.NotContains(t, s.see("/on-call", "en"), `action="/on-call/end"`)
			require.Contains(t, s.refused("/on-call/end", "id", "1"), "You may not change this.")
			s.visitor = tc.who
			s.press("/on-call/end", "id", "1")
		})
	}
}

func TestSwap_needsTheRightAndTwoShifts(t *testing.T) {
	t.Parallel()
	s := open(t)
	require.Contains(t, s.refused("/on-call/swap", "role", "rotation:leads", "person", "ben", "other", "anna"), "These two cannot swap")
	s.visitor = anna
	require.Contains(t, s.refused("/on-call/swap", "role", "rotation:leads", "person", "eva", "other", "anna"), "You may not change this.")
	require.NotContains(t, s.see("/on-call", "en"), "Swap two shifts")
	s.visitor = boss
	page := s.press("/on-call/swap", "role", "rotation:leads", "person", "eva", "other", "anna", "why", "")
	require.Contains(t, page, "The two shifts are swapped")
	duty, err := s.views.OnCall(t.Context(), s.Now(), plan.BusinessLead)
	require.NoError(t, err)
	require.Equal(t, "anna", duty[0].Candidates[0].Person)
}

// The secret address of a calendar is for whoever it is about.
func TestFeed_isForWhoeverItIsAbout(t *testing.T) {
	t.Parallel()
	s := open(t)
	page := s.press("/on-call/link", "person", "")
	link, err := s.Record.CalendarLink(t.Context(), "", "", "")
	require.NoError(t, err)
	require.Contains(t, page, "http://127.0.0.1:8080/on-call/"+link.Token+".ics")
	s.visitor = anna
	page = s.see("/on-call", "en")
	require.NotContains(t, page, link.Token)
	s.refused("/on-call/link", "person", "ben")
	s.refused("/on-call/unlink", "person", "")
	require.Contains(t, s.press("/on-call/link", "person", "anna"), ".ics")
	require.NotContains(t, s.press("/on-call/unlink", "person", "anna"), ".ics")
	s.visitor = guest
	require.NotContains(t, s.see("/on-call", "en"), "In your own calendar")
}

// A hundred looks change nothing.
func TestPages_looksChangeNothing(t *testing.T) {
	t.Parallel()
	s := open(t)
	_, err := s.Record.AddOverrides(t.Context(), "", roster.Override{Role: "legal_officer", Person: "dev", From: s.Now(), Why: "ill"})
	require.NoError(t, err)
	for _, path := range []string{"/on-call", "/people", "/people/anna", "/on-call?role=legal_officer&said=cover&step=save"} {
		for range 5 {
			require.Equal(t, http.StatusOK, s.do(http.MethodHead, path, "en", nil).Code)
			s.see(path, "en")
		}
	}
	require.Empty(t, s.Calls())
	all, err := s.views.Overrides(t.Context(), true)
	require.NoError(t, err)
	require.Len(t, all, 1)
}
