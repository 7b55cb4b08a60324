package comms_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/actor"
	"github.com/stormbell/stormbell/domain/comms"
	"github.com/stormbell/stormbell/domain/refusal"
)

// A right releases by name, and makes no approver; a sign-in without the right to approve approves
// nothing, although a personal link would.
func TestRights_releaseAndApprove(t *testing.T) {
	t.Parallel()
	signedIn := func(person string, rights ...actor.Right) actor.Actor {
		a := by(person)
		a.Rights = append(rights, actor.Read)
		return a
	}
	approving, _ := walk(t, start(), comms.Submit{Actor: by("dev")}, comms.Agree{Actor: by("eva")}, comms.Agree{Actor: by("finn")}, comms.Agree{Actor: by("anna")})
	approving.Edition = 4
	refused(t, approving, comms.Authorise{Actor: signedIn("gina", actor.Approve)}, refusal.Forbidden)
	refused(t, approving, comms.Authorise{Actor: signedIn("carla")}, refusal.Forbidden)
	walk(t, approving, comms.Authorise{Actor: by("carla")})
	releasing, _ := walk(t, approving, comms.Authorise{Actor: signedIn("carla", actor.Approve)})

	releasing.List = "list" // known who gets it
	refused(t, releasing, comms.Dispatch{Actor: signedIn("gina", actor.Approve, actor.Declare)}, refusal.Forbidden)
	refused(t, releasing, comms.Dispatch{Actor: signedIn("dev", actor.Release)}, refusal.FourEyes)
	sending, _ := walk(t, releasing, comms.Dispatch{Actor: signedIn("gina", actor.Release)})
	require.Equal(t, "gina", sending.ReleasedBy)
}
