package workflows

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/workflows/contract"
)

// fanOutEdition is the reading of the rules since which a release goes to a list.
const fanOutEdition = 3

const (
	// mailing is how many recipients one activity serves, and abreast how many activities run side
	// by side. Where the provider sets the pace, more only wait for each other.
	mailing = 500
	abreast = 4
	// proof is how long what nobody can tell yet waits for the provider's events, and look how often
	// the ledger is asked meanwhile.
	proof = 2 * time.Minute
	look  = 10 * time.Second
	// alive is how long nothing may be heard of an activity before another worker takes it over:
	// longer than any request to a provider takes, because nobody is heard of during one.
	alive = 20 * time.Second
)

// sending is one release on its way.
type sending struct {
	in contract.DistributionInput
	// inner goes on when the distribution is cancelled.
	inner   workflow.Context
	under   int // activities under way
	begun   int // recipients whose batch has begun
	done    int // recipients whose batch has ended
	err     error
	outlets bool // whether chat and webhooks are still being told
}

// fanOut sends one release to its audience: to the status page, then to the chat and the
// webhooks beside the recipients, who are served batch by batch. The ledger makes every batch
// resumable. Cancelling lets no further request begin.
func fanOut(ctx workflow.Context, in contract.DistributionInput) (effect.Distributed, error) {
	inner, _ := workflow.NewDisconnectedContext(ctx)
	s := &sending{in: in, inner: inner, begun: in.Next, done: in.Next}
	if in.Next == 0 {
		if err := s.prepare(); err != nil {
			return effect.Distributed{Unknown: s.in.Recipients}, err
		}
		if s.in.So.Superseded {
			return s.in.So, nil
		}
		s.outlets = true
		workflow.Go(inner, func(ctx workflow.Context) {
			s.in.So.Troubles = outlets(ctx, s.in)
			s.outlets = false
		})
	}
	if !slices.Contains(in.Send, plan.SendEmail) {
		s.in.Recipients = 0
	}
	last := min(s.in.Recipients, s.begun+batchesPerRun*mailing)
	for s.begun < last && s.goesOn(ctx) {
		s.serve(ctx, min(s.begun+mailing, last))
		if err := workflow.Await(inner, func() bool { return s.under < abreast }); err != nil {
			return effect.Distributed{}, err
		}
	}
	if err := workflow.Await(inner, func() bool { return s.under == 0 && !s.outlets }); err != nil {
		return effect.Distributed{}, err
	}
	if s.err != nil {
		return effect.Distributed{}, s.err
	}
	if s.goesOn(ctx) && s.begun < s.in.Recipients {
		s.in.Next = s.begun
		return effect.Distributed{}, workflow.NewContinueAsNewError(ctx, contract.Distribution, s.in)
	}
	s.in.So.Superseded = !s.goesOn(ctx)
	return s.in.So, s.finish()
}

// goesOn tells whether the next batch may begin.
func (s *sending) goesOn(ctx workflow.Context) bool {
	return s.err == nil && !s.in.So.Superseded && ctx.Err() == nil
}

// options are those of every activity; it is tried for as long as it takes.
func options(ctx workflow.Context, summary string, timeout time.Duration) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		TaskQueue: contract.SendQueue, StartToCloseTimeout: timeout, HeartbeatTimeout: alive, Summary: summary, WaitForCancellation: true,
		RetryPolicy: &temporal.RetryPolicy{InitialInterval: time.Second, BackoffCoefficient: 2, MaximumInterval: 30 * time.Second},
	})
}

// prepare draws up what a holding text lacks, which nobody has drafted, and publishes the text.
func (s *sending) prepare() error {
	if s.in.Holding {
		var text contract.RenderResult
		render := contract.RenderInput{
			PlanHash: s.in.PlanHash, Incident: s.in.Incident, Audience: s.in.Audience, Phase: plan.Holding, Facts: map[string]string{"title": s.in.Title}, Scope: s.in.Scope,
		}
		ctx := workflow.WithTaskQueue(options(s.inner, "fill the text that keeps the promise", 30*time.Second), contract.TaskQueue)
		if err := workflow.ExecuteActivity(ctx, contract.RenderMessage, render).Get(ctx, &text); err != nil {
			return err
		}
		var found effect.Gathered
		gather := contract.GatherInput{PlanHash: s.in.PlanHash, Incident: s.in.Incident, Audience: s.in.Audience, Scope: s.in.Scope, Drill: s.in.Drill}
		ctx = workflow.WithTaskQueue(options(s.inner, "who gets the message to "+s.in.Audience, 2*time.Minute), contract.TaskQueue)
		if err := workflow.ExecuteActivity(ctx, contract.GatherRecipients, gather).Get(ctx, &found); err != nil {
			return err
		}
		s.in.Texts, s.in.List, s.in.Recipients = text.Texts, found.List, found.Total
	}
	ctx := options(s.inner, "publish the released text", 30*time.Second)
	var published effect.Distributed
	if err := workflow.ExecuteActivity(ctx, contract.PublishRelease, s.in).Get(ctx, &published); err != nil {
		return err
	}
	s.in.So.Superseded = published.Superseded
	return nil
}

// serve begins the batch that ends before a position.
func (s *sending) serve(ctx workflow.Context, to int) {
	from := s.begun
	s.begun = to
	s.under++
	workflow.Go(ctx, func(ctx workflow.Context) {
		defer func() { s.under-- }()
		inner, _ := workflow.NewDisconnectedContext(ctx)
		batch := contract.BatchInput{DistributionInput: s.in, From: from, To: to}
		batch.So = effect.Distributed{} // what the others have sent is nothing to it
		ctx = options(ctx, fmt.Sprintf("send %d to %d of %d", from+1, to, s.in.Recipients), time.Hour)
		var so effect.Distributed
		err := workflow.ExecuteActivity(ctx, contract.DistributeBatch, batch).Get(ctx, &so)
		if err != nil && !temporal.IsCanceledError(err) {
			s.err = err
			return
		}
		s.done += to - from
		s.in.So.Sent += so.Sent
		s.in.So.Failed += so.Failed
		s.in.So.Unknown += so.Unknown
		s.in.So.Superseded = s.in.So.Superseded || so.Superseded
		s.progress(inner, false)
	})
}

// finish waits for proof of what is unproven, and counts by the ledger when the batches cannot
// have counted everything.
func (s *sending) finish() error {
	if s.in.Recipients == 0 {
		return nil
	}
	ctx := options(s.inner, "count what is proven", 30*time.Second)
	for waited := time.Duration(0); s.in.So.Unknown > 0 && waited < proof || s.in.So.Superseded && waited == 0; waited += look {
		if s.in.So.Unknown > 0 {
			if err := workflow.Sleep(ctx, look); err != nil {
				return err
			}
		}
		so := effect.Distributed{}
		if err := workflow.ExecuteActivity(ctx, contract.ReckonDistribution, s.in).Get(ctx, &so); err != nil {
			return err
		}
		s.in.So.Sent, s.in.So.Failed, s.in.So.Unknown = so.Sent, so.Failed, so.Unknown
	}
	s.progress(s.inner, true)
	return nil
}

// progress shows in the record and in the Temporal UI how far it is.
func (s *sending) progress(ctx workflow.Context, ended bool) {
	so := s.in.So
	workflow.SetCurrentDetails(ctx, fmt.Sprintf("**%d of %d** recipients: %d sent, %d failed, %d unproven", s.done, s.in.Recipients, so.Sent, so.Failed, so.Unknown))
	revision := int64(s.done)
	if ended {
		revision++
	}
	snapshot, err := json.Marshal(map[string]any{"audience": s.in.Audience, "phase": s.in.Phase, "release": s.in.Release, "next": s.done, "recipients": s.in.Recipients, "so": so})
	if err != nil {
		return
	}
	info := workflow.GetInfo(ctx)
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: 10 * time.Second, Summary: "note the progress"})
	err = workflow.ExecuteActivity(ctx, contract.AppendRecord, contract.AppendInput{
		Incident: s.in.Incident, Workflow: info.WorkflowExecution.ID, Run: info.WorkflowExecution.RunID, Kind: contract.KindDistribution,
		Revision: revision, Snapshot: snapshot, Ended: ended,
	}).Get(ctx, nil)
	if err != nil {
		workflow.GetLogger(ctx).Warn("the progress could not be noted", "reason", err.Error())
	}
}
