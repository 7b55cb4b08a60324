package incident_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/actor"
	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/incident"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/domain/refusal"
)

// Who may do what: roles bring something, and so do rights of a sign-in; anybody else is refused.
func TestDecide_everyCommand_asksWhoActs(t *testing.T) {
	t.Parallel()
	strict := rules()
	strict.Edition = 4
	s := incident.New(7, 2026, strict, false)
	s.Phase = plan.Investigation
	s.OpenedAt = t0
	s.Roles = s.Roles.Hold(plan.IncidentCommander, "ben", "system", t0).Hold(plan.TechnicalSLT, "dev", "sms", t0).
		Hold(plan.CustomerLiaison, "eva", "sms", t0).Hold(plan.LegalOfficer, "finn", "sms", t0)
	everybody := []actor.Actor{{Person: "ben"}, {Person: "dev"}, {Person: "eva"}, {Person: "finn"}, {Person: "anna"}, {}, {Person: "anna", StandIn: true}}
	name := func(a actor.Actor) string {
		if a.StandIn {
			return "stand-in"
		}
		return a.Name()
	}
	for _, c := range []struct {
		name    string
		right   actor.Right // "" for none
		may     []string    // by their roles
		command func(actor.Actor) incident.Command
	}{
		{"assess", actor.Declare, []string{"ben", "dev", "eva"}, func(a actor.Actor) incident.Command { return incident.Assess{Actor: a, Impact: "few"} }},
		{"recommend", "", []string{"dev"}, func(a actor.Actor) incident.Command { return incident.Recommend{Actor: a, Declare: true} }},
		{"declare", actor.Declare, []string{"ben"}, func(a actor.Actor) incident.Command { return incident.Declare{Actor: a} }},
		{"phase", actor.Resolve, []string{"ben", "dev", "eva"}, func(a actor.Actor) incident.Command {
			return incident.ChangePhase{Actor: a, Phase: plan.Identification}
		}},
		{"resolve", actor.Resolve, []string{"ben"}, func(a actor.Actor) incident.Command { return incident.Resolve{Actor: a} }},
		{"cancel", actor.Resolve, []string{"ben"}, func(a actor.Actor) incident.Command { return incident.Cancel{Actor: a} }},
		{"scope", actor.Declare, []string{"ben"}, func(a actor.Actor) incident.Command { return incident.SetScope{Actor: a} }},
		{"page", actor.Page, []string{"ben", "dev", "finn"}, func(a actor.Actor) incident.Command {
			return incident.PageRole{Actor: a, Role: plan.LegalOfficer}
		}},
		{"appoint", actor.Page, []string{"ben", "dev", "finn"}, func(a actor.Actor) incident.Command {
			return incident.Appoint{Actor: a, Role: plan.LegalOfficer, Person: "gina"}
		}},
		{"note", "", []string{"ben", "dev", "eva", "finn", "anna", "system"}, func(a actor.Actor) incident.Command {
			return incident.AddNote{Actor: a, Text: "x"}
		}},
	} {
		try := func(a actor.Actor, may bool) {
			_, _, err := incident.Decide(s, c.command(a), t0)
			if may {
				require.NoError(t, err, "%s by %s %v", c.name, name(a), a.Rights)
				return
			}
			var r *refusal.Error
			require.ErrorAs(t, err, &r, "%s by %s %v", c.name, name(a), a.Rights)
			require.Equal(t, refusal.Forbidden, r.Code)
		}
		for _, a := range everybody {
			by := false
			for _, m := range c.may {
				by = by || m == name(a)
			}
			try(a, by || a.StandIn)
		}
		for _, right := range actor.AllRights() {
			try(actor.Actor{Person: "gina", Rights: []actor.Right{right}}, right == c.right || c.name == "note")
		}
	}
}

func TestOpen_byHand_wantsTheRightToDeclare(t *testing.T) {
	t.Parallel()
	strict := rules()
	strict.Edition = 4
	d := &desk{t: t, now: t0, s: incident.New(7, 2026, strict, false)}
	d.refuse(incident.Open{Actor: actor.Actor{Person: "anna"}, Title: "Checkout down"}, refusal.Forbidden)
	d.refuse(incident.Open{Actor: actor.Actor{Person: "anna", Rights: []actor.Right{actor.Page}}, Title: "Checkout down"}, refusal.Forbidden)
	d.do(incident.Open{Actor: actor.Actor{Person: "anna", Rights: []actor.Right{actor.Declare}}, Title: "Checkout down"})
	d.do(incident.Happened{Fact: effect.PeopleFound{Role: plan.IncidentCommander, Rung: -1, Candidates: []string{"ben"}}})
	require.Equal(t, "ben", d.s.Commander())
}

// What was decided by older editions is decided alike when it is replayed.
func TestDecide_olderEditions_letEverybodyPageAndAssess(t *testing.T) {
	t.Parallel()
	for edition := range 4 {
		old := rules()
		old.Edition = edition
		d := &desk{t: t, now: t0, s: incident.New(7, 2026, old, false)}
		d.do(incident.Open{Actor: actor.Actor{Person: "anna"}, Title: "Checkout down"})
		d.do(incident.Assess{Actor: actor.Actor{Person: "anna"}, Impact: "few"})
		d.do(incident.PageRole{Actor: actor.Actor{Person: "anna"}, Role: plan.LegalOfficer})
	}
}
