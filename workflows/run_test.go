package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/workflow"

	"github.com/stormbell/stormbell/domain/incident"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/domain/reply"
	"github.com/stormbell/stormbell/workflows/contract"
)

// A long history is continued in a new run at a quiet moment; nobody is reached again, and who
// held a role still does.
func TestIncident_longHistory_goesOnInANewRun(t *testing.T) {
	t.Parallel()
	n := newNight(t)
	n.at(0, n.alert)
	n.at(time.Minute, func() {
		n.SetContinueAsNewSuggested(true)
		n.reply(contract.PageID(2026, 7, plan.TechnicalSLT, 1), "dev", reply.Reply{Action: reply.Take})
	})
	n.run()
	var again *workflow.ContinueAsNewError
	require.ErrorAs(t, n.GetWorkflowError(), &again)
	require.Equal(t, contract.Incident, again.WorkflowType.Name)
	var in contract.IncidentInput
	require.NoError(t, converter.GetDefaultDataConverter().FromPayloads(again.Input, &in))

	next := newNight(t)
	next.at(time.Minute, func() { next.do("", contract.Declare, incident.Declare{Actor: boss}) })
	next.at(2*time.Minute, func() { next.do("", contract.Cancel, incident.Cancel{Actor: boss}) })
	next.ExecuteWorkflow(contract.Incident, in)
	require.NoError(t, next.GetWorkflowError())
	require.Empty(t, next.reached(plan.TechnicalSLT), "the role is held already")
	require.Contains(t, next.told("dev"), "false_alarm", "the new run knows who holds it")
	require.NotEmpty(t, next.reached(plan.BusinessLead))
}

// Whoever cancels a run in Temporal means that people shall stand down, and they are told.
func TestIncident_cancelledInTemporal_peopleStandDown(t *testing.T) {
	t.Parallel()
	n := newNight(t)
	n.at(0, n.alert)
	n.at(4*time.Minute, n.CancelWorkflow)
	n.run()
	require.NoError(t, n.GetWorkflowError())
	require.Contains(t, n.told("dev"), "false_alarm")
	require.Empty(t, n.told("finn"), "whoever was not reached yet is left in peace")
	require.Equal(t, []string{"0s sms dev", "3m0s call dev"}, n.reached(plan.TechnicalSLT))
	require.Contains(t, n.kinds(), "cancelled")
}
