package view_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/api/view"
)

var (
	noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	ago  = func(minutes int) time.Time { return noon.Add(-time.Duration(minutes) * time.Minute) }
	in   = func(minutes int) time.Time { return noon.Add(time.Duration(minutes) * time.Minute) }
)

// night is an incident in which nothing waits for anybody.
func night() view.Incident {
	return view.Incident{
		Summary:  view.Summary{Number: 7, Phase: "investigation"},
		Declared: &view.Decision{By: "ben"}, Stage: "emergency",
	}
}

// situations are one for each kind of line, from the most urgent to the least.
var situations = []struct {
	kind  view.StepKind
	makes func(*view.Incident)
	leads string // the deed, or where the link goes
}{
	{view.PromiseBroken, func(i *view.Incident) {
		i.Promises = append(i.Promises, view.Promise{Audience: "internal", State: "due_soon", Due: noon.Add(-time.Second)})
	}, "order"},
	{view.RoleMissing, func(i *view.Incident) {
		i.Stage, i.Roles = "gathering", append(i.Roles, view.Role{Role: "business_lead", Needed: true, State: view.Texted, Since: ago(1)})
	}, "r/business_lead"},
	{view.RoleAbsent, func(i *view.Incident) {
		i.Stage, i.Roles = "gathering", append(i.Roles, view.Role{Role: "technical_slt", Needed: true, State: view.Taken, Holder: "dev", Since: ago(3)})
	}, "r/technical_slt"},
	{view.MayDeclare, func(i *view.Incident) {
		i.Declared, i.Stage, i.Recommendation = nil, "", &view.Recommendation{ByName: "Dev", Declare: true, At: ago(2)}
	}, "declare"},
	{view.RoleUnanswered, func(i *view.Incident) {
		i.Roles = append(i.Roles, view.Role{Role: "media_officer", State: view.Unanswered, Since: ago(30)})
	}, "r/media_officer"},
	{view.Objected, func(i *view.Incident) {
		i.Messages = append(i.Messages, view.Message{Audience: "a1", Phase: "investigation", State: "open", Stage: "reviewing", Objections: []view.Objection{{Role: "legal_officer", At: ago(4)}}})
	}, "m/a1/investigation"},
	{view.PromiseDue, func(i *view.Incident) {
		i.Promises = append(i.Promises, view.Promise{Audience: "strategic", State: "handed_over", Due: in(4)})
	}, "order"},
	{view.TaskBlocked, func(i *view.Incident) {
		i.Tasks = append(i.Tasks, view.Task{ID: "t1", Kind: "halt", State: "blocked", Since: ago(9)})
	}, "t/t1"},
	{view.TaskOverdue, func(i *view.Incident) {
		i.Tasks = append(i.Tasks, view.Task{ID: "t2", Kind: "halt", State: "promised", Minutes: 20, Due: noon.Add(-time.Second)})
	}, "t/t2"},
	{view.TextLate, func(i *view.Incident) {
		i.Messages = append(i.Messages, view.Message{Audience: "a2", Phase: "investigation", State: "open", Stage: "releasing", WaitsFor: []view.Waited{{Role: "incident_commander", Since: ago(20), Due: ago(5)}}})
	}, "m/a2/investigation"},
	{view.BriefingOpen, func(i *view.Incident) {
		i.Briefing = &view.Briefing{State: "open", Answers: []view.Answer{{Question: "start_time"}, {Question: "worst_case", Unknown: true}}}
	}, "briefing"},
	{view.BriefingEnough, func(i *view.Incident) {
		i.Briefing = &view.Briefing{State: "open", Answers: []view.Answer{{Question: "start_time", Text: "02:51"}, {Question: "worst_case", Unknown: true}}}
	}, "confirm"},
	{view.RoleSilent, func(i *view.Incident) {
		i.Roles = append(i.Roles, view.Role{Role: "social_officer", State: view.Taken, Holder: "carla", Silent: true})
	}, "r/social_officer"},
	{view.RoleSought, func(i *view.Incident) {
		i.Roles = append(i.Roles, view.Role{Role: "legal_officer", State: view.Ringing, Since: ago(9), Attempts: []view.Attempt{{Name: "Jo"}, {Name: "Eva"}}, Asked: []view.Asked{{Name: "Eva"}}})
	}, "r/legal_officer"},
	{view.TextWaits, func(i *view.Incident) {
		i.Messages = append(i.Messages, view.Message{Audience: "a3", Phase: "investigation", State: "open", Stage: "drafting", WaitsFor: []view.Waited{{Role: "technical_slt", Since: ago(2), Due: in(10)}}})
	}, "m/a3/investigation"},
	{view.TaskUnestimated, func(i *view.Incident) {
		i.Tasks = append(i.Tasks, view.Task{ID: "t3", Kind: "halt", State: "asked", Since: ago(6), Due: in(14)})
	}, "t/t3"},
	{view.Unproven, func(i *view.Incident) {
		i.Messages = append(i.Messages, view.Message{Audience: "a4", Phase: "investigation", State: "sent", Result: &view.Result{Unknown: 2}})
	}, "m/a4/investigation"},
	{view.MaybeOver, func(i *view.Incident) {
		i.Alerts = []view.Alert{{Status: "resolved", LastAt: ago(3)}}
	}, "resolve"},
	{view.Restoring, func(i *view.Incident) {
		i.Stage, i.Resolved = "restoring", &view.Decision{}
		i.Tasks = append(i.Tasks, view.Task{ID: "u1", Kind: "undo", State: "waiting"})
	}, "#panel-tasks"},
	{view.NothingLeft, func(i *view.Incident) {
		i.Phase, i.Stage, i.Resolved = "resolution", "closed", &view.Decision{}
	}, "phase"},
}

func TestNext_everyKind(t *testing.T) {
	t.Parallel()
	require.Empty(t, night().Next(noon))
	for _, s := range situations {
		i := night()
		s.makes(&i)
		steps := i.Next(noon)
		require.Len(t, steps, 1, "%s: %+v", s.kind, steps)
		require.Equal(t, s.kind, steps[0].Kind)
		require.Equal(t, s.leads, steps[0].Deed+steps[0].Link, s.kind)
		i.Closed = true
		require.Empty(t, i.Next(noon), "nothing waits when it is closed")
	}
}

// Of any two situations that can be at the same time the more urgent one comes first.
func TestNext_order(t *testing.T) {
	t.Parallel()
	for n, urgent := range situations {
		for _, other := range situations[n+1:] {
			i := night()
			other.makes(&i)
			urgent.makes(&i)
			var kinds []view.StepKind
			for _, s := range i.Next(noon) {
				kinds = append(kinds, s.Kind)
			}
			if u, o := slices.Index(kinds, urgent.kind), slices.Index(kinds, other.kind); u >= 0 && o >= 0 {
				require.Less(t, u, o, "%s before %s", urgent.kind, other.kind)
			}
		}
	}
}

func TestNext_atMostFive_theOldestOfAKindFirst(t *testing.T) {
	t.Parallel()
	i := night()
	for n, minutes := range []int{3, 9, 1, 7, 5, 8} {
		i.Tasks = append(i.Tasks, view.Task{ID: string(rune('a' + n)), Kind: "halt", State: "blocked", Since: ago(minutes)})
	}
	i.Promises = []view.Promise{{Audience: "internal", State: "broken", Due: ago(1)}}
	var about string
	for _, s := range i.Next(noon) {
		if s.Task != nil {
			about += s.Task.ID
		}
	}
	require.Len(t, i.Next(noon), view.MaxSteps)
	require.Equal(t, view.PromiseBroken, i.Next(noon)[0].Kind)
	require.Equal(t, "bfde", about)
}

// Many of a kind that one look settles are one line, or they would hide everything else.
func TestNext_manyOfAKind_areOneLine(t *testing.T) {
	t.Parallel()
	i := night()
	overdue := func(id string, minutes int) {
		i.Tasks = append(i.Tasks, view.Task{ID: id, Kind: "halt", State: "overdue", Due: ago(minutes)})
	}
	overdue("a", 3)
	overdue("b", 9)
	require.Len(t, i.Next(noon), 2, "two are said one by one")
	overdue("c", 5)
	i.Tasks = append(i.Tasks, view.Task{ID: "d", Kind: "halt", State: "asked", Since: ago(20)})
	next := i.Next(noon)
	require.Len(t, next, 2)
	require.Equal(t, view.TasksOverdue, next[0].Kind)
	require.Equal(t, 3, next[0].Count)
	require.Equal(t, "b", next[0].Task.ID, "the one that is late the longest")
	require.Equal(t, "#panel-tasks", next[0].Link)
	require.Equal(t, view.TaskUnestimated, next[1].Kind)
}

// A second decides.
func TestNext_promise_brokenByOneSecond(t *testing.T) {
	t.Parallel()
	i := night()
	i.Promises = []view.Promise{{Audience: "internal", State: "open", Due: noon}}
	require.Empty(t, i.Next(noon), "a promise that runs is nothing to do")
	require.Equal(t, view.PromiseBroken, i.Next(noon.Add(time.Second))[0].Kind)
	i.Messages = []view.Message{{Audience: "internal", Phase: "investigation", State: "open", Stage: "drafting"}}
	require.Equal(t, "m/internal/investigation", i.Next(noon.Add(time.Second))[0].Link, "what is being written already is not begun again")
}

// What runs as it should is no line.
func TestNext_calm(t *testing.T) {
	t.Parallel()
	i := night()
	i.Roles = []view.Role{
		{Role: "legal_officer", State: view.Texted, Attempts: []view.Attempt{{Name: "Jo"}}, Asked: []view.Asked{{Name: "Jo"}}},
		{Role: "support_lead", State: view.NotAsked}, {Role: "business_lead", State: view.Present, Holder: "ben", Needed: true},
	}
	i.Tasks = []view.Task{{ID: "a", Kind: "halt", State: "promised", Minutes: 20, Due: in(5)}, {ID: "b", Kind: "watch", State: "asked", Due: in(5)}, {ID: "c", Kind: "halt", State: "done"}}
	i.Alerts = []view.Alert{{Status: "resolved"}, {Status: "firing"}}
	i.Messages = []view.Message{{Audience: "internal", Phase: "investigation", State: "sent", Result: &view.Result{Sent: 3}}}
	require.Empty(t, i.Next(noon))
}
