package plan_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/plan"
)

func sample() plan.Plan {
	return plan.Plan{
		Hash:      "abc",
		Company:   plan.Company{Languages: []string{"de", "en"}},
		People:    []plan.Person{{ID: "anna"}, {ID: "ben"}},
		Rotations: []plan.Rotation{{Name: "leads", Start: time.Unix(1000, 0), Every: 7 * 24 * time.Hour}},
		Roles:     []plan.Role{{Name: plan.BusinessLead}},
		Policies: []plan.Policy{{
			Name:  "urgent",
			Steps: []plan.Step{{Wait: 3 * time.Minute}, {Wait: time.Minute}},
			Last:  plan.LastRule{Every: 5 * time.Minute, AtMost: 30 * time.Minute},
		}},
		Severity:  plan.Severity{Duration: []plan.Grade{{Name: "long", Value: 2, Over: time.Hour}}},
		Briefing:  plan.Briefing{Patience: 10 * time.Minute},
		Emergency: []plan.Task{{ID: "stop", Expect: 20 * time.Minute, Every: 30 * time.Minute}},
		Phases:    []plan.Phase{plan.Investigation, plan.Monitoring},
		Audiences: []plan.Audience{{Name: "internal", Skip: []plan.Phase{plan.Monitoring}}},
		Cadence: plan.Cadence{
			Updates: map[string]time.Duration{"internal": 30 * time.Minute},
			Remind:  5 * time.Minute, Review: 10 * time.Minute,
		},
		Templates: []plan.Template{
			{Audience: "internal", Phase: plan.Investigation, Language: "en", Body: "en"},
			{Audience: "internal", Phase: plan.Investigation, Language: "de", Body: "de"},
			{Audience: "internal", Phase: plan.Monitoring, Language: "en", Body: "only en"},
		},
		Triggers:       []plan.Trigger{{Name: "events"}},
		AnalysisWithin: 24 * time.Hour, Settle: 3 * time.Second, Minute: time.Minute,
	}
}

func TestPlan_lookups_findWhatIsThereAndSayWhatIsNot(t *testing.T) {
	t.Parallel()
	p := sample()
	for name, look := range map[string]func(string) bool{
		"anna":            func(n string) bool { x, ok := p.Person(n); return ok && x.ID == n },
		"leads":           func(n string) bool { x, ok := p.Rotation(n); return ok && x.Name == n },
		plan.BusinessLead: func(n string) bool { x, ok := p.RoleByName(n); return ok && x.Name == n },
		"urgent":          func(n string) bool { x, ok := p.Policy(n); return ok && x.Name == n },
		"stop":            func(n string) bool { x, ok := p.Task(n); return ok && x.ID == n },
		"internal":        func(n string) bool { x, ok := p.Audience(n); return ok && x.Name == n },
		"events":          func(n string) bool { x, ok := p.TriggerByName(n); return ok && x.Name == n },
	} {
		require.True(t, look(name), name)
		require.False(t, look("nobody"), name)
	}
}

func TestPlanTemplate_missingLanguage_fallsBackInTheCompanysOrder(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		phase          plan.Phase
		language, want string
	}{
		{plan.Investigation, "en", "en"},
		{plan.Investigation, "de", "de"},
		{plan.Investigation, "fr", "de"},
		{plan.Investigation, "", "de"},
		{plan.Monitoring, "de", "only en"},
		{plan.Resolution, "en", ""},
	} {
		got, ok := sample().Template("internal", c.phase, c.language, plan.Scope{})
		require.Equal(t, c.want, got.Body)
		require.Equal(t, c.want != "", ok)
	}
}

func TestPlanTemplate_scope_choosesTheTextKeptForIt(t *testing.T) {
	t.Parallel()
	p := sample()
	p.Company.Languages = []string{"en", "de"}
	p.FailureModes = []plan.FailureMode{{Topic: plan.Topic{Name: "cards"}, Service: "shop"}}
	for _, kept := range []string{"shop", "till", "cards"} {
		p.Templates = append(p.Templates, plan.Template{Audience: "internal", Phase: plan.Investigation, Language: "en", Body: kept, For: kept})
	}
	choose := func(language string, s plan.Scope) string {
		got, ok := p.Template("internal", plan.Investigation, language, s)
		require.True(t, ok)
		return got.Body
	}
	require.Equal(t, "cards", choose("en", plan.Scope{Mode: "cards", Services: []string{"till"}}), "the failure mode first")
	require.Equal(t, "till", choose("en", plan.Scope{Services: []string{"bank", "till", "shop"}}), "then the services in their order")
	require.Equal(t, "de", choose("de", plan.Scope{Mode: "cards"}), "one's own language counts more")
	require.Equal(t, "en", choose("en", plan.Scope{Services: []string{"bank"}}))
	p.Templates = p.Templates[:len(p.Templates)-1]
	require.Equal(t, "shop", choose("en", plan.Scope{Mode: "cards", Services: []string{"till"}}), "the failure mode's service")
}

func TestPlanOwes_skippedOrUnknown_isNotOwed(t *testing.T) {
	t.Parallel()
	p := sample()
	require.True(t, p.Owes("internal", plan.Investigation))
	require.False(t, p.Owes("internal", plan.Monitoring), "skipped")
	require.False(t, p.Owes("internal", plan.Detection), "owes no message")
	require.False(t, p.Owes("press", plan.Investigation), "unknown")
}

func TestPlanScaled_sixtyTimesFaster_dividesEveryWaitAndLeavesTheOriginal(t *testing.T) {
	t.Parallel()
	before := sample()
	want := sample()
	want.Hash = "abc-x60"
	want.Policies[0].Steps[0].Wait, want.Policies[0].Steps[1].Wait = 3*time.Second, time.Second
	want.Policies[0].Last.Every, want.Policies[0].Last.AtMost = 5*time.Second, 30*time.Second
	want.Severity.Duration[0].Over = time.Minute
	want.Briefing.Patience = 10 * time.Second
	want.Emergency[0].Expect, want.Emergency[0].Every = 20*time.Second, 30*time.Second
	want.Cadence.Updates["internal"] = 30 * time.Second
	want.Cadence.Remind, want.Cadence.Review = 5*time.Second, 10*time.Second
	want.AnalysisWithin, want.Settle, want.Minute = 24*time.Minute, 50*time.Millisecond, time.Second

	require.Empty(t, cmp.Diff(want, before.Scaled(60)))
	require.Empty(t, cmp.Diff(sample(), before), "scaling must not reach into the original")
	require.Equal(t, before, before.Scaled(1))
	require.Equal(t, before, before.Scaled(0))
	require.Equal(t, before, before.Scaled(-2))
}

func TestSecret_everyWayOfPrinting_showsTheMask(t *testing.T) {
	t.Parallel()
	channels := plan.Channels{Pages: plan.Twilio{Token: "hunter2"}, Mail: plan.SendGrid{Key: "hunter2"}}
	encoded, err := json.Marshal(channels)
	require.NoError(t, err)
	for _, shown := range []string{
		string(encoded), fmt.Sprint(channels), fmt.Sprintf("%+v", channels), fmt.Sprintf("%#v", channels),
		fmt.Sprintf("%s %q", channels.Pages.Token, channels.Pages.Token),
		fmt.Sprintf("%x %X", channels.Pages.Token, channels.Pages.Token),
	} {
		require.NotContains(t, shown, "hunter2")
		require.NotContains(t, shown, fmt.Sprintf("%x", "hunter2"))
	}
	require.Equal(t, "hunter2", channels.Pages.Token.Reveal())
}

func TestChannelsLab_anyChannelOfTheLab_needsIt(t *testing.T) {
	t.Parallel()
	require.False(t, plan.Channels{}.Lab())
	require.True(t, plan.Channels{Mail: plan.SendGrid{Lab: true}}.Lab())
	require.True(t, plan.Channels{Updates: plan.Twilio{Lab: true}}.Lab())
}

func TestRotationName_onlyReferences(t *testing.T) {
	t.Parallel()
	name, ok := plan.RotationName("rotation:leads")
	require.True(t, ok)
	require.Equal(t, "leads", name)
	_, ok = plan.RotationName("anna")
	require.False(t, ok)
}

func TestSnapshot_travelsThroughWorkflows_withoutContactData(t *testing.T) {
	t.Parallel()
	p := sample()
	p.People[0] = plan.Person{ID: "anna", Name: "Anna Vogel", Email: "anna@acme.example", Phones: []plan.Phone{{Number: "+4917604069001"}}}
	p.Roles[0] = plan.Role{Name: plan.BusinessLead, Primary: "anna", Policy: "urgent", NeededToStart: true}
	p.Emergency[0].Undo = map[string]string{"en": "start"}
	p.Audiences[0].Recipients = []plan.Recipient{{Email: "staff@acme.example"}}
	p.Channels.Pages.Token = "hunter2"

	s := p.Snapshot()
	encoded, err := json.Marshal(s)
	require.NoError(t, err)
	for _, never := range []string{"@", "+49", "Vogel", "hunter2"} {
		require.NotContains(t, string(encoded), never)
	}
	role, ok := s.Role(plan.BusinessLead)
	require.True(t, ok && role.NeededToStart)
	require.Equal(t, "urgent", s.PolicyOf(plan.BusinessLead).Name)
	require.Empty(t, s.PolicyOf("nobody"))
	a, ok := s.Audience("internal")
	require.True(t, ok)
	require.Equal(t, 1, a.Recipients)
	require.True(t, s.Emergency[0].Undo)
	for _, ph := range plan.AllPhases() {
		require.Equal(t, p.Owes("internal", ph), s.Owes("internal", ph), "%s", ph)
	}
}
