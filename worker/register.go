package worker

import (
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/stormbell/stormbell/activities"
	"github.com/stormbell/stormbell/workflows"
	"github.com/stormbell/stormbell/workflows/contract"
)

// Workflows registers every workflow under its name.
func Workflows(r worker.WorkflowRegistry) {
	for name, f := range map[string]any{
		contract.Incident:         workflows.Incident,
		contract.BusinessIncident: workflows.BusinessIncident,
		contract.Page:             workflows.Page,
		contract.Message:          workflows.Message,
		contract.Distribution:     workflows.Distribution,
		contract.ContactTest:      workflows.ContactTest,
		contract.Duty:             workflows.Duty,
		contract.Courtesy:         workflows.Courtesy,
		contract.Outlet:           workflows.Outlet,
		contract.OptIn:            workflows.OptIn,
	} {
		r.RegisterWorkflowWithOptions(f, workflow.RegisterOptions{Name: name})
	}
}

// Activities registers what needs only the record and the plan.
func Activities(r worker.ActivityRegistry, a *activities.Activities) {
	register(r, map[string]any{
		contract.FindPeople:       a.FindPeople,
		contract.LookAtDuty:       a.LookAtDuty,
		contract.AppendRecord:     a.AppendRecord,
		contract.RenderMessage:    a.RenderMessage,
		contract.GatherRecipients: a.GatherRecipients,
		contract.FindOutlets:      a.FindOutlets,
	})
}

// Sends registers what talks to providers.
func Sends(r worker.ActivityRegistry, a *activities.Activities) {
	register(r, map[string]any{
		contract.SendText:           a.SendText,
		contract.PlaceCall:          a.PlaceCall,
		contract.SendMail:           a.SendMail,
		contract.LookUpSend:         a.LookUpSend,
		contract.AskSubscriber:      a.AskSubscriber,
		contract.HangUpCall:         a.HangUpCall,
		contract.PublishRelease:     a.PublishRelease,
		contract.DistributeBatch:    a.DistributeBatch,
		contract.ReckonDistribution: a.ReckonDistribution,
		contract.PostChat:           a.PostChat,
		contract.PostHook:           a.PostHook,
	})
}

func register(r worker.ActivityRegistry, named map[string]any) {
	for name, f := range named {
		r.RegisterActivityWithOptions(f, activity.RegisterOptions{Name: name})
	}
}
