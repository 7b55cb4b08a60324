package escalation_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/actor"
	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/escalation"
	"github.com/stormbell/stormbell/domain/plan"
)

// Whoever takes the role ends every call that may still go on, also one that was picked up.
func TestHangUp_roleIsHeld_endsEveryOpenCall(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		edition int
		outcome delivery.Outcome
		ends    bool
	}{
		"it rings":                       {plan.Edition, delivery.Outcome{State: delivery.Accepted}, true},
		"it waits for an engaged phone":  {plan.Edition, delivery.Outcome{State: delivery.Intended, Class: delivery.NotProcessed, Code: delivery.InCall}, true},
		"a mailbox listens":              {plan.Edition, delivery.Outcome{State: delivery.Delivered}, true},
		"a mailbox listens, old history": {1, delivery.Outcome{State: delivery.Delivered}, false},
		"it is over":                     {plan.Edition, delivery.Outcome{State: delivery.Failed, Class: delivery.NotReached, Code: "busy"}, false},
	} {
		policy := plan.Policy{Edition: c.edition, Steps: []plan.Step{{To: plan.TargetEveryone, By: []plan.Channel{plan.Call}, Wait: 3 * minute}}, Last: ladder.Last}
		page := climb(t, policy, "anna", "bob")
		page.do(escalation.Happened{Fact: effect.Reported{ID: "rung-0-anna-call", Outcome: c.outcome}})
		_, effects, err := escalation.Decide(page.state, escalation.Accept{Actor: actor.Actor{Person: "bob", Via: actor.Call}}, page.now)
		require.NoError(t, err)
		var ended []string
		for _, e := range effects {
			if e, ok := e.(effect.HangUp); ok {
				ended = append(ended, e.ID)
			}
		}
		require.Equal(t, c.ends, len(ended) == 1, name)
		require.NotContains(t, ended, "rung-0-bob-call", "the call on which the answer is given")
	}
}
