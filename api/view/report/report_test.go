package report_test

import (
	"encoding/json"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/api/view/report"
	"github.com/stormbell/stormbell/api/view/report/reporttest"
	"github.com/stormbell/stormbell/domain/business"
	"github.com/stormbell/stormbell/domain/incident"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/planfile"
)

var builtIn = sync.OnceValues(func() (plan.Plan, error) {
	return planfile.Parse("built-in plan", planfile.Example(), planfile.Options{Lenient: true})
})

func example(t testing.TB) plan.Plan {
	t.Helper()
	p, err := builtIn()
	require.NoError(t, err)
	return p
}

func TestNight_isToldAsItWas(t *testing.T) {
	t.Parallel()
	r := report.Make(reporttest.Night(example(t)))
	at := reporttest.At
	require.False(t, r.Ongoing)
	require.Equal(t, at(0), r.From)
	require.Equal(t, at(100), r.Until, "the wait for the analysis is no part of it")

	require.Equal(t, "anna", r.Summary.Lead.Person)
	require.Equal(t, "ben", r.Summary.Commander.Person)
	require.Equal(t, at(-4), r.Summary.Since)
	require.Equal(t, at(100), r.Summary.NormalAt)
	require.Equal(t, 4, r.Summary.Messages)
	require.Equal(t, 20, r.Summary.Recipients)
	require.Equal(t, report.Seconds(180), r.Summary.FirstAnswer)

	var phases []string
	for _, p := range r.Course.Phases {
		phases = append(phases, p.Name)
	}
	require.Equal(t, []string{"detection", "investigation", "identification", "resolution"}, phases)
	require.Equal(t, []report.Stretch{{Name: "emergency", From: at(18), To: at(90)}, {Name: "restoring", From: at(90), To: at(100)}}, r.Course.Modes)
}

func TestTakeOvers_nameWhoCameAndHowLateThePlanWouldBe(t *testing.T) {
	t.Parallel()
	got := map[string]report.TakeOver{}
	for _, x := range report.Make(reporttest.Night(example(t))).TakeOvers.Items {
		got[x.Role] = x
	}
	legal := got[plan.LegalOfficer]
	require.Equal(t, report.Seconds(17*60), legal.Took)
	require.Equal(t, 2, legal.Place, "the second backup")
	require.Equal(t, 3, legal.Asked)
	require.Equal(t, report.Seconds(7*60), legal.Target, "sms 3 min and call 4 min to the primary")
	require.Equal(t, 0, got[plan.ELTApprover].Place)
	require.Equal(t, report.Seconds(6*60), got[plan.BusinessLead].Target)
	require.NotContains(t, got, plan.IncidentCommander, "nobody was paged for it")
}

func TestPromises_areJudgedByWhatCame(t *testing.T) {
	t.Parallel()
	k := report.Make(reporttest.Night(example(t))).Promises
	var outcomes []report.PromiseOutcome
	for _, p := range k.Items {
		outcomes = append(outcomes, p.Outcome)
	}
	require.Equal(t, []report.PromiseOutcome{report.PromiseHeld, report.PromiseLate, report.PromiseKept}, outcomes)
	require.Equal(t, reporttest.At(77), k.Items[1].Due, "the holding text's promise is told by what came late")
	percent, ok := k.Percent()
	require.True(t, ok)
	require.Equal(t, 66, percent)
}

// Before edition 3 nobody wrote down whether a promise was kept.
func TestPromises_oldIncident_areJudgedByTheNextText(t *testing.T) {
	t.Parallel()
	in := reporttest.Night(example(t))
	in.Timeline = nil
	add := func(at float64, kind string, data map[string]string) {
		in.Timeline = append(in.Timeline, report.Entry{At: reporttest.At(at), Kind: kind, Workflow: "business:2026-7", Data: data})
	}
	due := func(m float64) map[string]string {
		return map[string]string{"audience": "internal", "due": reporttest.At(m).Format(time.RFC3339)}
	}
	add(10, "promise_made", due(30))
	add(29, "promise_made", due(50))
	add(51, "promise_broken", due(0)) // old ones have no due there
	add(55, "promise_made", due(75))
	add(70, "sent", map[string]string{"audience": "internal", "phase": "resolution"})
	k := report.Make(in).Promises
	require.Equal(t, [3]int{2, 1, 0}, [3]int{k.Kept, k.Late, k.Broken})
}

func TestWaiting_timeBelongsToTheGateThatOpenedNext(t *testing.T) {
	t.Parallel()
	items := report.Make(reporttest.Night(example(t))).Waiting.Items
	require.Len(t, items, 4)
	first := items[0]
	minutes := map[report.TextStage]float64{}
	sum := time.Duration(0)
	for _, stage := range report.TextStages() {
		minutes[stage] = first.In(stage).Minutes()
		sum += first.In(stage)
	}
	require.Equal(t, map[report.TextStage]float64{
		report.InDraft: 5, report.InCheck: 1, report.InReview: 12, report.InApproval: 3, report.InRelease: 2, report.InSending: 1,
	}, minutes)
	require.Equal(t, first.To.Sub(first.From), sum, "no time is lost")
	require.Equal(t, report.TextWithdrawn, items[1].State)
	require.Equal(t, 2, items[1].Order)
	require.InDelta(t, 18, items[1].In(report.InDraft).Minutes(), 0)
}

func TestReach_namesWhatWasLost(t *testing.T) {
	t.Parallel()
	r := report.Make(reporttest.Night(example(t))).Reach
	require.Len(t, r.Items, 5)
	pages, first := r.Items[0], r.Items[1]
	require.Equal(t, report.FunnelPages, pages.Kind)
	meant, _ := pages.Count("meant")
	answered, _ := pages.Count("answered")
	require.Equal(t, [2]int{10, 8}, [2]int{meant, answered}, "three were asked for legal, one of them came")
	require.Contains(t, pages.Losses, report.Loss{Channel: "call", Why: "not_reached", Count: 1})

	delivered, known := first.Count("delivered")
	require.True(t, known)
	require.Equal(t, 5, delivered)
	_, known = first.Count("opened")
	require.False(t, known, "we look over nobody's shoulder")
	require.Equal(t, []report.Loss{{Channel: "email", Why: "permanent", Count: 1}}, first.Losses)
	require.Equal(t, report.FunnelHolding, r.Items[2].Kind)
	require.Equal(t, []string{"status_page"}, first.Ways)
}

func TestEstimates_compareTheFirstWordWithWhatItTook(t *testing.T) {
	t.Parallel()
	got := map[string]report.Estimate{}
	for _, x := range report.Make(reporttest.Night(example(t))).Estimates.Items {
		got[x.Task] = x
	}
	require.NotContains(t, got, "watch_outside", "watching has no end")
	over := got["stop_campaigns"]
	require.Equal(t, 8*time.Minute, over.Over())
	require.Equal(t, [2]int{1, 1}, [2]int{over.Again, over.Lapses})
	require.Negative(t, got["stop_posts"].Over())
	require.Zero(t, got["stop_paid_social"].Minutes, "nobody said how long")
	require.Equal(t, "marketing_officer", got["undo_stop_campaigns"].Who.Role)
}

func TestScore_tellsWhetherItWasDeclaredTooLate(t *testing.T) {
	t.Parallel()
	c := report.Make(reporttest.Night(example(t))).Score
	require.Equal(t, []time.Time{reporttest.At(4), reporttest.At(6), reporttest.At(8), reporttest.At(9)}, []time.Time{c.AdvisedAt, c.ReachedAt, c.RecommendedAt, c.DeclaredAt})
	require.Len(t, c.Points, 3)
	require.Equal(t, "ben", c.DeclaredBy.Person)
}

func TestLoad_findsThePersonWithThreeHats(t *testing.T) {
	t.Parallel()
	most := map[string]int{}
	for _, x := range report.Make(reporttest.Night(example(t))).Load.Items {
		most[x.Who.Person] = x.Most
	}
	require.Equal(t, map[string]int{"anna": 3, "ben": 1, "carla": 2, "dev": 1, "eva": 1, "finn": 1}, most)
}

func TestCourse_rolesRingWorkAndWait(t *testing.T) {
	t.Parallel()
	for _, lane := range report.Make(reporttest.Night(example(t))).Course.Roles {
		if lane.Role != plan.MarketingOfficer {
			continue
		}
		var states []report.LaneState
		for i, s := range lane.Spans {
			states = append(states, s.State)
			require.False(t, s.To.Before(s.From))
			if i > 0 {
				require.False(t, s.From.Before(lane.Spans[i-1].To), "spans do not overlap")
			}
		}
		require.Equal(t, []report.LaneState{report.Ringing, report.Working, report.Standby, report.Working, report.Standby, report.Working, report.Standby}, states)
		return
	}
	t.Fatal("marketing has no lane")
}

func TestDecisions_notesAndWhatIsLeft(t *testing.T) {
	t.Parallel()
	r := report.Make(reporttest.Night(example(t)))
	words := map[string]string{}
	for _, d := range r.Decisions {
		words[d.Kind] = d.Words
	}
	require.Equal(t, "customers cannot pay", words["declared"])
	require.Equal(t, "told by phone", words["message_skipped"])
	require.Equal(t, "“faulty” sounds like blame", words["objected"])
	require.Equal(t, "the word is changed", words["objection_settled"])
	require.NotContains(t, words, "role_taken", "whoever answers a page decides nothing for others")

	var notes []string
	for _, n := range r.Notes {
		notes = append(notes, n.Text)
	}
	require.Equal(t, []string{"it will not end soon", "the release of 02:40 is suspected", "ads are off, too"}, notes)
	require.Equal(t, []report.Unreached{
		{Who: report.Someone{Person: "carla", Name: "Carla Roth", Role: plan.CustomerLiaison}, Channel: "call", Why: "not_reached", Times: 1, Never: true},
		{Who: report.Someone{Person: "eva", Name: "Eva Lindner", Role: plan.ELTApprover}, Channel: "call", Why: "permanent", Times: 1, Never: true},
	}, r.Unreachable)
	var halted []string
	for _, h := range r.Halted {
		halted = append(halted, h.Task)
	}
	require.Equal(t, []string{"stop_posts", "stop_paid_social"}, halted, "what is restored is not stopped any more")
}

// Works councils: nobody is looked at by name, in no corner of it.
func TestWithoutNames_nobodyIsNamed(t *testing.T) {
	t.Parallel()
	p := example(t)
	named, err := json.Marshal(report.Make(reporttest.Night(p)))
	require.NoError(t, err)
	full := report.Make(reporttest.Night(p))
	plain, err := json.Marshal(report.WithoutNames(full))
	require.NoError(t, err)
	for _, person := range p.People {
		require.Contains(t, string(named), person.Name)
		require.NotContains(t, string(plain), person.Name)
		require.NotContains(t, string(plain), `"`+person.ID+`"`)
	}
	again, err := json.Marshal(full)
	require.NoError(t, err)
	require.JSONEq(t, string(named), string(again), "the report that has names keeps them")
}

func TestMake_saysWhatIsNotRecorded(t *testing.T) {
	t.Parallel()
	p := example(t)
	for name, x := range map[string]struct {
		in   report.Input
		want report.Known
	}{
		"nothing but its row":  {report.Input{Plan: p, Now: reporttest.At(9), OpenedAt: reporttest.At(0)}, report.NotRecorded},
		"it has just begun":    {report.Input{Plan: p, Now: reporttest.At(9), OpenedAt: reporttest.At(0), Timeline: []report.Entry{{At: reporttest.At(0), Kind: "incident_opened"}}}, report.Pending},
		"over before anything": {report.Input{Plan: p, Now: reporttest.At(9), OpenedAt: reporttest.At(0), Incident: incident.State{Cancelled: &incident.Decision{At: reporttest.At(1)}}, Timeline: []report.Entry{{At: reporttest.At(1), Kind: "cancelled"}}}, report.NotApplicable},
	} {
		r := report.Make(x.in)
		for _, known := range []report.Known{r.TakeOvers.Known, r.Promises.Known, r.Waiting.Known, r.Reach.Known, r.Estimates.Known, r.Load.Known} {
			require.Equal(t, x.want, known, name)
		}
		raw, err := json.Marshal(r)
		require.NoError(t, err)
		require.NotContains(t, string(raw), ":null", "%s: lists are never null", name)
	}
}

// Whatever the record holds, in whatever order: a report is made, its times fit into it.
func TestMake_anyTimeline(t *testing.T) {
	t.Parallel()
	p, random := example(t), rand.New(rand.NewPCG(7, 7))
	for range 60 {
		in := reporttest.Night(p)
		random.Shuffle(len(in.Timeline), func(i, j int) { in.Timeline[i], in.Timeline[j] = in.Timeline[j], in.Timeline[i] })
		in.Timeline = in.Timeline[:random.IntN(len(in.Timeline))]
		for i := range in.Timeline {
			if random.IntN(4) == 0 {
				in.Timeline[i].At = reporttest.At(float64(random.IntN(400) - 100))
			}
			if random.IntN(6) == 0 {
				in.Timeline[i].Data = nil
			}
		}
		if random.IntN(3) == 0 {
			in.Business = &business.State{Stage: business.Emergency}
			in.ClosedAt, in.Incident = time.Time{}, incident.State{}
		}
		r := report.Make(in)
		require.False(t, r.Until.Before(r.From))
		for _, lane := range r.Course.Roles {
			for _, s := range lane.Spans {
				require.False(t, s.To.Before(s.From), "%s %+v", lane.Role, s)
			}
		}
		for _, lane := range r.Load.Items {
			for _, s := range lane.Spans {
				require.True(t, s.To.After(s.From))
			}
		}
		_, err := json.Marshal(r)
		require.NoError(t, err)
	}
}
