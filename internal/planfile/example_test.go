package planfile

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/comms"
	"github.com/stormbell/stormbell/domain/impact"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/domain/roster"
	"github.com/stormbell/stormbell/internal/phrase"
)

func builtIn(t *testing.T) plan.Plan {
	t.Helper()
	p, found := Check("example.yaml", Example(), Options{})
	require.Empty(t, found.Problems, found.Render(false))
	return p
}

func TestExample_builtInPlan_meansWhatItSays(t *testing.T) {
	t.Parallel()
	p := builtIn(t)
	require.Len(t, p.People, 6)
	require.Equal(t, []string{"en", "de"}, p.Company.Languages)
	require.Equal(t, plan.Phone{Number: "+4917604069001"}, p.People[0].Phones[0])
	for _, name := range []string{
		plan.IncidentCommander, plan.TechnicalSLT, plan.BusinessLead, plan.CustomerLiaison, plan.InternalLiaison,
		plan.MarketingOfficer, plan.SocialOfficer, plan.MediaOfficer, plan.LegalOfficer, plan.MessagingOfficer, plan.ELTApprover,
	} {
		role, ok := p.RoleByName(name)
		require.True(t, ok, name)
		require.Equal(t, groups[name], role.Group)
		needed := name == plan.BusinessLead || name == plan.CustomerLiaison || name == plan.TechnicalSLT
		require.Equal(t, needed, role.NeededToStart, name)
	}
	urgent, _ := p.Policy("urgent")
	minute := time.Minute
	require.Equal(t, plan.Policy{
		Name: "urgent", Edition: plan.Edition, Lease: 2 * time.Hour,
		Steps: []plan.Step{
			{To: plan.TargetPrimary, By: []plan.Channel{plan.SMS}, Wait: 3 * minute},
			{To: plan.TargetPrimary, By: []plan.Channel{plan.Call}, Wait: 3 * minute},
			{To: plan.TargetBackup, By: []plan.Channel{plan.SMS, plan.Call}, Wait: 3 * minute},
			{To: plan.TargetNextBackup, By: []plan.Channel{plan.SMS, plan.Call}, Wait: 3 * minute},
		},
		Last: plan.LastRule{
			To: []plan.Target{plan.TargetEveryone, plan.IncidentCommander}, By: []plan.Channel{plan.SMS, plan.Call},
			Every: 5 * minute, AtMost: 30 * minute,
		},
	}, urgent)
	require.Equal(t, plan.Cadence{
		Updates: map[string]time.Duration{"internal": 30 * minute, "strategic": time.Hour, "customers": time.Hour},
		Remind:  10 * minute, Hand: 5 * minute, Tell: 2 * minute, Prepare: 15 * minute,
		Review: 10 * minute, Fresh: time.Hour, Often: 10 * minute,
	}, p.Cadence)
	require.Len(t, p.Emergency, 8)
	require.Len(t, p.Templates, (5+3+3)*2)
	require.Equal(t, []time.Duration{24 * time.Hour, 3 * time.Second, minute}, []time.Duration{p.AnalysisWithin, p.Settle, p.Minute})
	require.Equal(t, time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC), p.Rotations[0].Start.UTC())
	require.True(t, p.Channels.Lab())

	events, _ := p.TriggerByName("events")
	require.Equal(t, "00000000000000000000000000000001", events.Key.Reveal())
	alertmanager, _ := p.TriggerByName("alertmanager")
	require.Empty(t, alertmanager.Key)
	generic, _ := p.TriggerByName("webhook")
	require.Equal(t, "body.check", generic.DedupKey)
}

func TestExample_alertsBySeverity_scoreAsPromised(t *testing.T) {
	t.Parallel()
	p := builtIn(t)
	events, _ := p.TriggerByName("events")
	for word, want := range map[string]impact.Verdict{
		"critical": impact.AskExpert, "": impact.AskExpert, "error": impact.None, "warning": impact.None, "info": impact.None,
	} {
		f := impact.Facts{Visibility: events.Visibility[word], Impact: events.Impact[word]}
		require.NotEmpty(t, f.Visibility)
		require.Equal(t, want, impact.Score(p.Severity, f, time.Now()).Verdict, word)
	}
}

// TestExample_everyWeek_sixPeopleAreEnough tries every turn of the rotations, with everybody
// there and with the spokesperson's primary out of reach, as in the reference incident.
func TestExample_everyWeek_sixPeopleAreEnough(t *testing.T) {
	t.Parallel()
	p := builtIn(t)
	for week := range 4 {
		at := p.Rotations[0].Start.AddDate(0, 0, 7*week).Add(time.Hour)
		asked := func(role string, n int) string {
			all := roster.Candidates(p, nil, role, at)
			require.Greater(t, len(all), n, role)
			return all[n].Person
		}
		for _, spokesperson := range []string{asked(plan.TechnicalSLT, 0), asked(plan.TechnicalSLT, 1)} {
			distinct(t, "asked at the start", spokesperson,
				asked(plan.IncidentCommander, 0), asked(plan.BusinessLead, 0), asked(plan.CustomerLiaison, 0), asked(plan.CustomerLiaison, 1))
			distinct(t, "reviewing side by side", spokesperson,
				asked(plan.LegalOfficer, 0), asked(plan.MessagingOfficer, 0), asked(plan.ELTApprover, 0), asked(plan.IncidentCommander, 0))
			distinct(t, "draft and check", spokesperson, asked(plan.CustomerLiaison, 0), asked(plan.ELTApprover, 0), asked(plan.IncidentCommander, 0))
		}
		distinct(t, "emergency mode", asked(plan.MarketingOfficer, 0), asked(plan.SocialOfficer, 0))
	}
}

func distinct(t *testing.T, what string, people ...string) {
	t.Helper()
	seen := map[string]bool{}
	for _, p := range people {
		require.False(t, seen[p], "%s: %s twice among %v", what, p, people)
		seen[p] = true
	}
}

func TestExample_texts_readWellWithAndWithoutFacts(t *testing.T) {
	t.Parallel()
	p := builtIn(t)
	words := phrase.New(p)
	for _, a := range p.Audiences {
		for _, phase := range append(slices.Clone(p.Phases), plan.Holding) {
			if a.Name != "internal" && !p.Owes(a.Name, phase) {
				continue
			}
			for _, known := range []func(string) map[string]string{sampleFacts, fewFacts} {
				draft, err := words.Draft(phrase.Wanted{Audience: a.Name, Phase: phase, Known: known})
				require.NoError(t, err)
				require.Len(t, draft.Texts, 2)
				require.Empty(t, comms.Lint(comms.LintInput{Phase: phase, Texts: draft.Texts, Names: p.Names()}))
				for _, text := range draft.Texts {
					whole := text.Subject + "\n" + text.Body
					for _, never := range []string{"\n\n\n", "  ", ": \n", "<no value>", "()", "not known", "nicht bekannt", "{{"} {
						require.NotContains(t, whole, never, "%s %s %s", a.Name, phase, text.Language)
					}
					require.Equal(t, phase != plan.Resolution, strings.Contains(text.Body, comms.NextUpdatePlace))
					require.Equal(t, phase != plan.Resolution, strings.Contains(text.Short, comms.NextUpdatePlace))
				}
			}
		}
	}
}

// fewFacts is what is known when nobody has answered the briefing yet.
func fewFacts(language string) map[string]string {
	facts := sampleFacts("")
	for _, known := range []string{"Number", "Title", "Start"} {
		facts[known] = samples[language][known]
	}
	return facts
}

func TestSamples_everyField_hasOneInEveryLanguage(t *testing.T) {
	t.Parallel()
	for language, facts := range samples {
		require.Len(t, facts, len(plan.TemplateFields()))
		for _, f := range plan.TemplateFields() {
			require.NotEmpty(t, facts[f.Name], "%s in %s", f.Name, language)
			require.NotEmpty(t, f.Meaning)
		}
	}
}
