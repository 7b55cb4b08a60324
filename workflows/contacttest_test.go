package workflows_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/notice"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/workflows"
	"github.com/stormbell/stormbell/workflows/contract"
)

// test runs the test of one contact of Anna's and returns what went out: "0s sms invitation".
func (n *night) test(in contract.ContactTestInput) (sent []string) {
	n.RegisterWorkflowWithOptions(workflows.ContactTest, workflow.RegisterOptions{Name: contract.ContactTest})
	in.Person, in.Lasts, in.Settle = "anna", 24*time.Hour, 3*time.Second
	n.SetStartWorkflowOptions(startAs("test:abc"))
	n.ExecuteWorkflow(contract.ContactTest, in)
	require.True(n.t, n.IsWorkflowCompleted())
	for _, s := range n.sent {
		require.Equal(n.t, "anna", s.Person)
		require.Equal(n.t, "test:abc", s.Workflow)
		require.Equal(n.t, contract.TestDelivery("test:abc", s.Step), s.N)
		require.Zero(n.t, s.Incident)
		sent = append(sent, fmt.Sprintf("%s %s %s", s.at.Round(time.Second), s.channel, s.Notice.Kind))
	}
	return sent
}

func (n *night) confirms(c contract.Confirmation) func() {
	return func() { n.SignalWorkflow(contract.ContactConfirmed, c) }
}

func TestContactTest_answered_givesThanksOnceAndEnds(t *testing.T) {
	t.Parallel()
	n := newNight(t)
	n.at(4*time.Second, n.confirms(contract.Confirmation{}))
	n.at(4*time.Second, n.confirms(contract.Confirmation{}))
	require.Equal(t, []string{"0s sms contact_test", "4s sms confirmed"}, n.test(contract.ContactTestInput{Channel: plan.SMS}))
	require.NoError(t, n.GetWorkflowError())
	require.True(t, n.sent[0].Notice.Drill, "nobody may take it for real")
	require.Equal(t, 4*time.Second, n.Now().Sub(n.start).Round(time.Second))
}

func TestContactTest_whatIsSaid_dependsOnTheChannel(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		in      contract.ContactTestInput
		answer  contract.Confirmation
		ask     notice.Kind
		drill   bool
		answers int
	}{
		"an invitation by text": {contract.ContactTestInput{Channel: plan.SMS, Invites: true, Role: "legal"}, contract.Confirmation{}, notice.Invitation, false, 1},
		"by mail":               {contract.ContactTestInput{Channel: plan.Email, Invites: true, Role: "legal"}, contract.Confirmation{}, notice.Invitation, false, 0},
		"a call only tests":     {contract.ContactTestInput{Channel: plan.Call, Invites: true, Role: "legal"}, contract.Confirmation{}, notice.ContactTest, true, 0},
		"an incident answers":   {contract.ContactTestInput{Channel: plan.SMS, Role: "legal"}, contract.Confirmation{Quietly: true}, notice.ContactTest, true, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := newNight(t)
			n.at(time.Minute, n.confirms(c.answer))
			require.Len(t, n.test(c.in), 1+c.answers)
			require.NoError(t, n.GetWorkflowError())
			require.Equal(t, notice.Notice{Kind: c.ask, Role: "legal", Drill: c.drill}, n.sent[0].Notice)
		})
	}
}

func TestContactTest_nobodyAnswers_endsAfterADay(t *testing.T) {
	t.Parallel()
	n := newNight(t)
	require.Equal(t, []string{"0s call contact_test"}, n.test(contract.ContactTestInput{Channel: plan.Call}))
	require.NoError(t, n.GetWorkflowError())
	require.Equal(t, 24*time.Hour, n.Now().Sub(n.start).Round(time.Minute))
}

// A provider that is down for a moment costs a moment, and an answer that overtakes the look-up counts.
func TestContactTest_troubleAtTheProvider_isRiddenOut(t *testing.T) {
	t.Parallel()
	n := newNight(t)
	tries := 0
	n.answer = func(plan.Channel, contract.SendInput) delivery.Outcome {
		switch tries++; tries {
		case 1:
			return delivery.Outcome{State: delivery.Failed, Class: delivery.NotProcessed, Code: "20429"}
		case 2:
			return delivery.Outcome{State: delivery.Unknown, Class: delivery.Ambiguous}
		}
		return delivery.Outcome{State: delivery.Accepted}
	}
	n.at(2*time.Second, n.confirms(contract.Confirmation{}))
	require.Equal(t, []string{"0s sms contact_test", "1s sms contact_test", "4s sms confirmed"}, n.test(contract.ContactTestInput{Channel: plan.SMS}))
	require.NoError(t, n.GetWorkflowError())
}

func TestContactTest_cancelledInTemporal_ends(t *testing.T) {
	t.Parallel()
	n := newNight(t)
	n.at(time.Minute, n.CancelWorkflow)
	require.Len(t, n.test(contract.ContactTestInput{Channel: plan.SMS}), 1)
	require.True(t, temporal.IsCanceledError(n.GetWorkflowError()))
}
