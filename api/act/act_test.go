package act_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/api/act"
	"github.com/stormbell/stormbell/api/apitest"
	"github.com/stormbell/stormbell/api/view"
	"github.com/stormbell/stormbell/domain/actor"
	"github.com/stormbell/stormbell/domain/incident"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/domain/refusal"
	"github.com/stormbell/stormbell/workflows/client"
	"github.com/stormbell/stormbell/workflows/contract"
)

func newDesk(t *testing.T) (*act.Desk, *apitest.Engine) {
	t.Helper()
	engine, err := apitest.New(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, engine.Record.Close()) })
	views := view.New(view.Config{Record: engine.Record, Plan: engine.Plan, Now: engine.Now})
	return act.New(act.Config{Record: engine.Record, Commands: engine, Views: views, Patience: 100 * time.Millisecond}), engine
}

var operator = act.Who{StandIn: true, Via: actor.API}

func refused(t *testing.T, code refusal.Code, err error) {
	t.Helper()
	var r *refusal.Error
	require.ErrorAs(t, err, &r)
	require.Equal(t, code, r.Code, r.Detail)
}

// TestDesk_personWithALink_mayDoTheirOwnOnly: whoever is no stand-in is judged by the domain
// as the person they are.
func TestDesk_personWithALink_mayDoTheirOwnOnly(t *testing.T) {
	t.Parallel()
	desk, engine := newDesk(t)
	_, _, err := desk.Open(t.Context(), act.Act{Who: operator}, act.Opening{Title: "Checkout is down", Declare: true})
	require.NoError(t, err)
	as := func(person string) act.Act {
		return act.Act{Incident: 1, Who: act.Who{Person: person, Via: actor.Web}}
	}
	refused(t, refusal.Forbidden, desk.Resolve(t.Context(), as("anna"), ""))
	refused(t, refusal.Forbidden, desk.Appoint(t.Context(), as("anna"), plan.BusinessLead, "anna"))
	refused(t, refusal.Forbidden, desk.Accept(t.Context(), as("anna"), "legal_officer", 0))
	refused(t, refusal.Invalid, desk.Accept(t.Context(), as("mallory"), plan.BusinessLead, 0))
	refused(t, refusal.Forbidden, desk.Note(t.Context(), act.Act{Incident: 1, Who: act.Who{Via: actor.Web}}, "hm"))
	require.NoError(t, desk.Accept(t.Context(), as("eva"), plan.BusinessLead, 0))
	refused(t, refusal.RoleTaken, desk.Accept(t.Context(), as("anna"), plan.BusinessLead, 0))
	require.NoError(t, desk.Accept(t.Context(), as("eva"), plan.BusinessLead, 0), "twice is once")
	require.NoError(t, desk.Resolve(t.Context(), as("ben"), "fixed"))
	calls := engine.Calls()
	require.Equal(t, incident.Resolve{Actor: actor.Actor{Person: "ben", Via: actor.Web}, Reason: "fixed"}, calls[len(calls)-1].Command)
}

func TestDesk_override_decidesWhoseActItIs(t *testing.T) {
	t.Parallel()
	desk, engine := newDesk(t)
	p := engine.Plan()
	p.People = append(p.People[:1:1], p.People[2:]...) // without Ben
	engine.SetPlan(p)
	_, _, err := desk.Open(t.Context(), act.Act{Who: operator}, act.Opening{Title: "Checkout is down"})
	require.NoError(t, err)
	require.Equal(t, "finn", engine.Calls()[0].Command.(incident.Open).Actor.Person, "the backup is on call")
}

func TestDesk_refusedOpening_spendsNoNumber(t *testing.T) {
	t.Parallel()
	desk, engine := newDesk(t)
	_, _, err := desk.Open(t.Context(), act.Act{Who: operator}, act.Opening{Title: " "})
	refused(t, refusal.Invalid, err)
	_, _, err = desk.Open(t.Context(), act.Act{Who: operator}, act.Opening{Title: "x", Impact: "huge"})
	refused(t, refusal.Invalid, err)
	number, fresh, err := desk.Open(t.Context(), act.Act{Who: operator}, act.Opening{Title: "x"})
	require.NoError(t, err)
	require.True(t, fresh)
	require.Equal(t, 1, number)
	require.Len(t, engine.Calls(), 1)
}

// slow is an engine whose pages begin a moment after the record speaks of them.
type slow struct {
	*apitest.Engine
	failures int
}

func (s *slow) Page(ctx context.Context, ref client.Ref, role string, k int, name string, command any, request string) (contract.Receipt, error) {
	if s.failures > 0 {
		s.failures--
		return contract.Receipt{}, client.ErrNotRunning
	}
	return s.Engine.Page(ctx, ref, role, k, name, command, request)
}

func TestDesk_workflowAboutToBegin_isWaitedFor(t *testing.T) {
	t.Parallel()
	desk, engine := newDesk(t)
	_, _, err := desk.Open(t.Context(), act.Act{Who: operator}, act.Opening{Title: "Checkout is down", Declare: true})
	require.NoError(t, err)
	door := &slow{engine, 1}
	desk.Commands, desk.Patience = door, 3*time.Second
	require.NoError(t, desk.Accept(t.Context(), act.Act{Incident: 1, Who: operator}, plan.BusinessLead, 0))
	require.Zero(t, door.failures)

	// A page that never begins is given up after a while, and the role is given instead.
	door.failures, desk.Patience = 1000, 150*time.Millisecond
	require.NoError(t, desk.Accept(t.Context(), act.Act{Incident: 1, Who: operator}, plan.CustomerLiaison, 0))
	c, err := desk.Views.Case(t.Context(), 1)
	require.NoError(t, err)
	require.Equal(t, "carla", c.Roles().Holder(plan.CustomerLiaison))
}

func TestDesk_closedIncident_takesNothing(t *testing.T) {
	t.Parallel()
	desk, _ := newDesk(t)
	_, _, err := desk.Open(t.Context(), act.Act{Who: operator}, act.Opening{Title: "Checkout is down"})
	require.NoError(t, err)
	a := act.Act{Incident: 1, Who: operator}
	require.NoError(t, desk.Cancel(t.Context(), a, ""))
	refused(t, refusal.Ended, desk.Note(t.Context(), a, "hm"))
	refused(t, refusal.Ended, desk.Page(t.Context(), a, "legal_officer", false))
}
