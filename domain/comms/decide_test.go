package comms_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/actor"
	"github.com/stormbell/stormbell/domain/checkback"
	"github.com/stormbell/stormbell/domain/comms"
	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/domain/refusal"
)

var t0 = time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)

func start() comms.State {
	s := comms.New(comms.Start{
		Incident: 7, Year: 2026, Title: "Checkout down", Phase: plan.Investigation, Order: 1, Cadence: 30 * time.Minute, Patience: 10 * time.Minute, Minute: time.Minute,
		Audience: plan.AudienceRule{Name: "internal", Recipients: 3, Send: []string{plan.SendEmail}, Draft: "technical_slt", Check: "customer_liaison", Agree: []string{"legal_officer", "messaging_officer"}, Approve: "elt_approver", Release: "incident_commander"},
		Holders:  map[string]string{"technical_slt": "dev", "customer_liaison": "eva", "legal_officer": "finn", "messaging_officer": "anna", "elt_approver": "carla", "incident_commander": "ben"},
	})
	s, _, _ = comms.Decide(s, comms.Begin{}, t0)
	s, _, _ = comms.Decide(s, comms.Happened{Fact: effect.Rendered{Texts: []effect.Text{{Language: "en", Subject: "News", Body: "Payments fail."}}}}, t0)
	return s
}

// by is somebody who has just proved who they are.
func by(person string) actor.Actor { return actor.Actor{Person: person, Via: actor.Web, Proved: true} }

// walk applies commands and wants all of them accepted.
func walk(t *testing.T, s comms.State, commands ...comms.Command) (comms.State, []effect.Effect) {
	t.Helper()
	var all []effect.Effect
	for _, c := range commands {
		next, effects, err := comms.Decide(s, c, t0)
		require.NoError(t, err, "%T in %s", c, s.Stage)
		s, all = next, append(all, effects...)
	}
	return s, all
}

func refused(t *testing.T, s comms.State, c comms.Command, code refusal.Code) {
	t.Helper()
	after, effects, err := comms.Decide(s, c, t0)
	var r *refusal.Error
	require.ErrorAs(t, err, &r, "%T in %s", c, s.Stage)
	require.Equal(t, code, r.Code)
	require.Empty(t, effects)
	require.Equal(t, s, after, "a refusal leaves the state as it was")
}

func approved(t *testing.T) comms.State {
	s, _ := walk(t, start(), comms.Submit{Actor: by("dev")}, comms.Agree{Actor: by("eva")}, comms.Agree{Actor: by("finn")}, comms.Agree{Actor: by("anna")}, comms.Authorise{Actor: by("carla")})
	require.Equal(t, comms.Releasing, s.Stage)
	return s
}

func TestDecide_everyGateInOrder_thenItIsDistributed(t *testing.T) {
	s, effects := walk(t, approved(t), comms.Dispatch{Actor: by("ben")})
	require.Equal(t, comms.Sending, s.Stage)
	require.Contains(t, effects, effect.Distribute{Audience: "internal", Phase: plan.Investigation, Release: 1, Texts: s.Texts, Send: []string{plan.SendEmail}, NextUpdate: t0.Add(30 * time.Minute), Recipients: 3, By: "ben"})
	s, _ = walk(t, s, comms.Happened{Fact: effect.Distributed{Sent: 3}})
	require.Equal(t, comms.Sent, s.Stage)
	require.Equal(t, "sent", s.Ended().Outcome)
}

func TestDecide_oneCharacterAfterApproval_voidsIt(t *testing.T) {
	s := approved(t)
	old := s.Hash()
	s, _ = walk(t, s, comms.Edit{Actor: by("dev"), Texts: []effect.Text{{Language: "en", Body: "Payments fail!"}}})
	require.Equal(t, comms.Checking, s.Stage)
	refused(t, s, comms.Dispatch{Actor: by("ben")}, refusal.TooEarly)
	refused(t, s, comms.Agree{Actor: by("eva"), Hash: old}, refusal.Stale)
	for _, g := range s.Gates {
		require.False(t, g.Kind != comms.Draft && g.State == checkback.Done, "%s must be asked again", g.ID)
	}
}

func TestDecide_refusals(t *testing.T) {
	reviewing, _ := walk(t, start(), comms.Submit{Actor: by("dev")}, comms.Agree{Actor: by("eva")})
	approving, _ := walk(t, reviewing, comms.Agree{Actor: by("finn")}, comms.Agree{Actor: by("anna")})
	own, _ := walk(t, start(), comms.RoleHeld{Role: "elt_approver", Person: "dev"}, comms.Submit{Actor: by("dev")}, comms.Agree{Actor: by("eva")}, comms.Agree{Actor: by("finn")}, comms.Agree{Actor: by("anna")})
	for name, c := range map[string]struct {
		state   comms.State
		command comms.Command
		code    refusal.Code
	}{
		"a stranger edits":           {start(), comms.Edit{Actor: by("zoe"), Texts: []effect.Text{{Language: "en", Body: "x"}}}, refusal.Forbidden},
		"an empty text":              {start(), comms.Edit{Actor: by("dev"), Texts: []effect.Text{{Language: "en", Body: " "}}}, refusal.Invalid},
		"an unknown language":        {start(), comms.Edit{Actor: by("dev"), Texts: []effect.Text{{Language: "fr", Body: "x"}}}, refusal.Invalid},
		"agreeing to a draft":        {start(), comms.Agree{Actor: by("eva")}, refusal.TooEarly},
		"agreeing uninvited":         {reviewing, comms.Agree{Actor: by("ben")}, refusal.Forbidden},
		"approving before reviews":   {reviewing, comms.Authorise{Actor: by("carla")}, refusal.TooEarly},
		"approving as a reviewer":    {approving, comms.Authorise{Actor: by("finn")}, refusal.Forbidden},
		"approving one's own words":  {own, comms.Authorise{Actor: by("dev")}, refusal.FourEyes},
		"releasing unapproved":       {approving, comms.Dispatch{Actor: by("ben")}, refusal.TooEarly},
		"releasing as the approver":  {approved(t), comms.Dispatch{Actor: by("carla")}, refusal.Forbidden},
		"an objection without words": {reviewing, comms.Object{Actor: by("finn")}, refusal.Invalid},
		"an endless estimate":        {reviewing, comms.Estimate{Actor: by("finn"), Minutes: 100000}, refusal.Invalid},
	} {
		t.Run(name, func(t *testing.T) { refused(t, c.state, c.command, c.code) })
	}
}

func TestDecide_strongObjection_blocksUntilSettledByName(t *testing.T) {
	s, _ := walk(t, start(), comms.Submit{Actor: by("dev")}, comms.Agree{Actor: by("eva")}, comms.Object{Actor: by("finn"), Words: "names a customer"}, comms.Agree{Actor: by("finn"), Suggestion: "shorter"}, comms.Agree{Actor: by("anna")})
	require.Equal(t, comms.Reviewing, s.Stage)
	refused(t, s, comms.Settle{Actor: by("anna"), Objection: 1, How: "no"}, refusal.Forbidden)
	s, _ = walk(t, s, comms.Settle{Actor: by("carla"), Objection: 1, How: "overruled"})
	require.Equal(t, comms.Approving, s.Stage)
	require.Equal(t, "carla: overruled", s.Objections[0].Settled)
}

func TestDecide_withdrawnWhileSending_saysHowFarItCame(t *testing.T) {
	s, _ := walk(t, approved(t), comms.Dispatch{Actor: by("ben")})
	s, effects := walk(t, s, comms.Withdraw{Reason: "the incident moved on"})
	require.Contains(t, effects, effect.StopDistribution{})
	s, _ = walk(t, s, comms.Happened{Fact: effect.Distributed{Sent: 1, Superseded: true}})
	require.Equal(t, comms.Withdrawn, s.Stage)
}

func TestDecide_silentReviewer_isAskedAgainAndTheLeadIsTold(t *testing.T) {
	s, _ := walk(t, start(), comms.RoleHeld{Role: plan.BusinessLead, Person: "lea"}, comms.Submit{Actor: by("dev")})
	lead := 0
	for range 3 {
		due, _ := s.Next()
		next, effects, err := comms.Decide(s, comms.Happened{Fact: effect.Tick{}}, due)
		require.NoError(t, err)
		for _, e := range effects {
			if tell, ok := e.(effect.Tell); ok && tell.Person == "lea" {
				lead++
			}
		}
		s = next
	}
	require.Equal(t, 1, lead)
}

// Whatever people do in whatever order, nothing goes out without a yes of every gate to
// exactly the text that goes out, and nothing ever after a withdrawal.
func TestDecide_anyOrderOfCommands_neverSendsUnapprovedWords(t *testing.T) {
	people := []string{"dev", "eva", "finn", "anna", "carla", "ben", "zoe"}
	for seed := range uint64(3000) {
		r := rand.New(rand.NewPCG(seed, 1))
		s, gone := start(), false
		for range 40 {
			who := by(people[r.IntN(len(people))])
			commands := []comms.Command{
				comms.Edit{Actor: who, Texts: []effect.Text{{Language: "en", Body: string(rune('a' + r.IntN(3)))}}}, comms.Submit{Actor: who}, comms.Agree{Actor: who}, comms.Agree{Actor: who}, comms.Agree{Actor: who},
				comms.Authorise{Actor: who}, comms.Dispatch{Actor: who}, comms.Dispatch{Actor: by("ben")}, comms.Authorise{Actor: by("carla")}, comms.Object{Actor: who, Words: "no"}, comms.Settle{Actor: who, Objection: 1, How: "ok"},
			}
			c := commands[r.IntN(len(commands))]
			if r.IntN(60) == 0 {
				c = comms.Withdraw{Reason: "moved on"}
			}
			next, effects, err := comms.Decide(s, c, t0)
			if err != nil {
				require.Equal(t, s, next)
			}
			s = next
			for _, e := range effects {
				if _, ok := e.(effect.Distribute); ok {
					require.False(t, gone, "seed %d: sent after it was withdrawn", seed)
					for _, g := range s.Gates {
						require.True(t, g.Kind == comms.Draft || g.State == checkback.Done && g.Hash == s.Hash(), "seed %d: %s has not agreed to this text", seed, g.ID)
					}
				}
			}
			gone = gone || s.Stage == comms.Withdrawn
		}
	}
}
