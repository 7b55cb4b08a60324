package workflows

import (
	"fmt"
	"slices"
	"strings"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/stormbell/stormbell/domain/board"
	"github.com/stormbell/stormbell/domain/business"
	"github.com/stormbell/stormbell/domain/comms"
	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/escalation"
	"github.com/stormbell/stormbell/domain/holding"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/workflows/contract"
)

// world is what every effect of an incident needs to know besides itself.
type world struct {
	number, year int
	drill        bool
	// leadRole leads this incident; its holder is told what needs a decision.
	leadRole string
	rules    plan.Snapshot
	settle   time.Duration
	// These are asked when an effect needs them, because they change.
	title func() string
	since func() time.Time
	phase func() plan.Phase
	roles func() holding.Roles
	lead  func() string
	// board and scope go over to the business incident; nil for everything else.
	board func() board.Board
	scope func() plan.Scope
}

// child is a workflow that an effect started.
type child struct {
	future workflow.ChildWorkflowFuture
	cancel workflow.CancelFunc
}

// perform carries out one effect without blocking. What takes time goes on beside, and
// comes back as a fact.
func (m *machine[S, C]) perform(e effect.Effect) {
	switch e := e.(type) {
	case effect.Record:
		// apply has written it down already.
	case effect.FindPeople:
		m.findPeople(e)
	case effect.Reach:
		m.reach(e)
	case effect.HangUp:
		m.hangUp(e)
	case effect.Tell:
		m.say(e)
	case effect.OpenPage:
		m.openPage(e)
	case effect.ClosePage:
		m.inform(contract.PageID(m.year, m.number, e.Role, e.K), contract.StandDown, contract.StandDownInput{FalseAlarm: e.FalseAlarm})
	case effect.StartBusiness:
		m.startBusiness(e)
	case effect.InformBusiness:
		m.informBusiness(e)
	case effect.OpenMessage:
		m.openMessage(e)
	case effect.WithdrawMessage:
		m.inform(contract.MessageID(m.year, m.number, e.Phase, e.Audience), contract.MessageWithdrawn,
			contract.WithdrawInput{Reason: "the incident moved on to " + string(m.phase())})
	case effect.InformMessages:
		m.informMessages(e)
	case effect.Deputise:
		for _, role := range e.Roles {
			m.inform(contract.MessageID(m.year, m.number, e.Phase, e.Audience), contract.DeputyNamed, comms.Deputise{Role: role, Person: e.Person})
		}
	case effect.Moved:
		m.moved(e)
	case effect.Render:
		m.render(e)
	case effect.Gather:
		m.gather(e)
	case effect.Distribute:
		m.distribute(e)
	case effect.ShowInChat:
		m.spawn(func(ctx workflow.Context) { showInChat(ctx, m.year, m.number, m.drill, e.Why) })
	case effect.StopDistribution:
		m.stop(contract.DistributionPrefix)
	}
}

// findPeople looks up who is behind a role. It only reads, so it may be a local activity:
// that saves the first page of an incident a round through the server.
func (m *machine[S, C]) findPeople(e effect.FindPeople) {
	m.spawn(func(ctx workflow.Context) {
		ctx = workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{
			StartToCloseTimeout: 5 * time.Second, Summary: "who is behind " + e.Role,
			RetryPolicy: &temporal.RetryPolicy{InitialInterval: 200 * time.Millisecond, BackoffCoefficient: 2, MaximumInterval: 5 * time.Second},
		})
		var found contract.FindPeopleResult
		in := contract.FindPeopleInput{Role: e.Role, Others: e.Others, Quiet: e.Quiet}
		if err := workflow.ExecuteLocalActivity(ctx, contract.FindPeople, in).Get(ctx, &found); err != nil {
			workflow.GetLogger(ctx).Error("nobody could be looked up", "role", e.Role, "reason", err.Error())
		}
		m.tell(effect.PeopleFound{Role: e.Role, Rung: e.Rung, Candidates: found.Candidates, Others: found.Others, QuietUntil: found.QuietUntil})
	})
}

func (m *machine[S, C]) sendInput(ctx workflow.Context, person, step string, channel plan.Channel) contract.SendInput {
	id := workflow.GetInfo(ctx).WorkflowExecution.ID
	return contract.SendInput{
		N: delivery.ID(id, step, person, string(channel)), Incident: m.number, Workflow: id, Step: step, Person: person,
	}
}

func (m *machine[S, C]) reach(e effect.Reach) {
	m.spawn(func(ctx workflow.Context) {
		in := m.sendInput(ctx, e.Person, e.ID, e.Channel)
		in.Notice, in.Until = e.Notice, e.Until
		report := func(o delivery.Outcome) { m.tell(effect.Reported{ID: e.ID, Outcome: o}) }
		report(send(ctx, e.Channel, m.settle, in, e.Why, report))
	})
}

func (m *machine[S, C]) hangUp(e effect.HangUp) {
	m.spawn(func(ctx workflow.Context) {
		ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
			TaskQueue: contract.SendQueue, StartToCloseTimeout: attempt, Summary: "hang up: somebody holds the role",
			RetryPolicy: &temporal.RetryPolicy{MaximumAttempts: 2},
		})
		in := contract.HangUpInput{Workflow: workflow.GetInfo(ctx).WorkflowExecution.ID, Step: e.ID}
		if err := workflow.ExecuteActivity(ctx, contract.HangUpCall, in).Get(ctx, nil); err != nil {
			workflow.GetLogger(ctx).Warn("a call could not be ended", "step", e.ID, "reason", err.Error())
		}
	})
}

// say tells one person something by the first way that is not known to have failed.
func (m *machine[S, C]) say(e effect.Tell) {
	ways := e.By
	if len(ways) == 0 {
		ways = []plan.Channel{plan.SMS, plan.Email}
	}
	m.spawn(func(ctx workflow.Context) {
		for _, channel := range ways {
			in := m.sendInput(ctx, e.Person, e.ID, channel)
			in.Notice = e.Notice
			if out := send(ctx, channel, m.settle, in, e.Why, func(delivery.Outcome) {}); out.State != delivery.Failed {
				return
			}
		}
	})
}

// options are what every child has in common. Cancelling a parent asks its children to
// stand down, so that they can say so.
func (m *machine[S, C]) options(id, summary string, attributes ...temporal.SearchAttributeUpdate) workflow.ChildWorkflowOptions {
	return workflow.ChildWorkflowOptions{
		WorkflowID: id, TaskQueue: contract.TaskQueue, StaticSummary: summary,
		ParentClosePolicy:     enumspb.PARENT_CLOSE_POLICY_REQUEST_CANCEL,
		WorkflowIDReusePolicy: enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
		WaitForCancellation:   true,
		TypedSearchAttributes: searchAttributes(m.number, m.drill, attributes...),
	}
}

// start begins a child, waits for it beside, and hands its result back as a fact. When the
// child could not be started or failed, lost is told instead.
func start[R effect.Fact, S, C any](m *machine[S, C], workflowType string, opts workflow.ChildWorkflowOptions, in any, lost R) {
	run(m, workflowType, opts, in, lost, func(result R) { m.tell(result) })
}

// run begins a child, waits for it beside, and hands its result on.
func run[R, S, C any](m *machine[S, C], workflowType string, opts workflow.ChildWorkflowOptions, in any, lost R, ended func(R)) {
	ctx, cancel := workflow.WithCancel(workflow.WithChildOptions(m.ctx, opts))
	future := workflow.ExecuteChildWorkflow(ctx, workflowType, in)
	m.children[opts.WorkflowID] = child{future: future, cancel: cancel}
	m.spawn(func(ctx workflow.Context) {
		result := lost
		if err := future.Get(ctx, &result); err != nil {
			workflow.GetLogger(ctx).Error("a child ended badly", "child", opts.WorkflowID, "reason", err.Error())
			result = lost
		}
		delete(m.children, opts.WorkflowID)
		ended(result)
	})
}

// inform signals a child once it has begun; one that has ended needs nothing.
func (m *machine[S, C]) inform(id, signal string, in any) {
	c, ok := m.children[id]
	if !ok {
		return
	}
	m.spawn(func(ctx workflow.Context) {
		if err := c.future.SignalChildWorkflow(ctx, signal, in).Get(ctx, nil); err != nil {
			workflow.GetLogger(ctx).Info("a child had ended before it was told", "child", id, "signal", signal)
		}
	})
}

func (m *machine[S, C]) openPage(e effect.OpenPage) {
	in := contract.PageInput{Year: m.year, Settle: m.settle, Skip: e.Skip, Page: escalation.Page{
		Incident: m.number, Role: e.Role, K: e.K, Policy: e.Policy, Title: e.Title, Since: e.Since,
		Lead: m.lead(), LeadRole: m.leadRole, Judge: e.Judge, Join: e.Join, Drill: m.drill, Minute: m.rules.Minute,
		RollOn: m.rules.Edition > 1 && e.Policy.RollCall(), Owners: m.rules.Owners,
	}}
	opts := m.options(contract.PageID(m.year, m.number, e.Role, e.K), fmt.Sprintf("Incident %d: page %s", m.number, e.Role), roleAttribute.ValueSet(e.Role))
	start(m, contract.Page, opts, in, effect.PageEnded{Role: e.Role, K: e.K})
}

func (m *machine[S, C]) startBusiness(e effect.StartBusiness) {
	in := contract.BusinessInput{Start: business.Start{
		Number: m.number, Year: m.year, Rules: m.rules, Title: m.title(), Since: m.since(), Drill: m.drill,
		DeclaredBy: e.By, Phase: m.phase(), Roles: m.roles(), Board: m.board(), Scope: m.scope(),
	}}
	opts := m.options(contract.BusinessID(m.year, m.number), fmt.Sprintf("Business incident %d: %s", m.number, m.title()))
	start(m, contract.BusinessIncident, opts, in, effect.BusinessEnded{})
}

func (m *machine[S, C]) informBusiness(e effect.InformBusiness) {
	id := contract.BusinessID(m.year, m.number)
	if e.Reply != nil {
		m.inform(id, contract.ReplyReceived, *e.Reply)
		return
	}
	if e.Page != nil {
		m.inform(id, contract.PageOver, *e.Page)
		return
	}
	m.inform(id, contract.IncidentMoved, business.Follow{Phase: e.Phase, By: e.By, Cancelled: e.Cancelled})
}

func (m *machine[S, C]) openMessage(e effect.OpenMessage) {
	audience, _ := m.rules.Audience(e.Audience)
	if e.Rule != nil {
		audience = *e.Rule
	}
	// A second message to an audience in one phase has the first one's id, and its revisions go on.
	carried := contract.Carried{Revision: int64(e.Order-1) << 20}
	in := contract.MessageInput{Settle: m.settle, Carried: carried, Start: comms.Start{
		Incident: m.number, Year: m.year, Title: m.title(), Drill: m.drill, Phase: e.Phase, Audience: audience, Order: e.Order,
		Cadence: m.rules.Cadence.Updates[e.Audience], Patience: m.rules.Cadence.Review, Minute: m.rules.Minute,
		Holders: e.Holders, Facts: e.Facts, PlanHash: m.rules.Hash, Edition: m.rules.Edition,
		LeadRole: e.LeadRole, Fresh: m.rules.Cadence.Fresh, Scope: e.Scope, Told: e.Told, Said: e.Said, Last: e.Last,
	}}
	opts := m.options(contract.MessageID(m.year, m.number, e.Phase, e.Audience),
		fmt.Sprintf("Incident %d: message to %s, %s", m.number, e.Audience, e.Phase), audienceAttribute.ValueSet(e.Audience), phaseAttribute.ValueSet(string(e.Phase)))
	start(m, contract.Message, opts, in, effect.MessageEnded{Audience: e.Audience, Phase: e.Phase, Order: e.Order, Outcome: "lost", Reason: "its loop could not be run"})
}

func (m *machine[S, C]) informMessages(e effect.InformMessages) {
	for _, id := range m.running(contract.MessagePrefix) {
		if e.Role == "" {
			m.inform(id, contract.FactsLearned, comms.Learn{Facts: e.Facts, Scope: e.Scope})
			continue
		}
		m.inform(id, contract.RoleHeld, comms.RoleHeld{Role: e.Role, Person: e.Person})
	}
}

// moved tells the parent how far this message has come.
func (m *machine[S, C]) moved(e effect.Moved) {
	parent := workflow.GetInfo(m.ctx).ParentWorkflowExecution
	if parent == nil {
		return
	}
	m.spawn(func(ctx workflow.Context) {
		// No run: the parent may have gone on in a new one.
		if err := workflow.SignalExternalWorkflow(ctx, parent.ID, "", contract.MessageMoved, e).Get(ctx, nil); err != nil {
			workflow.GetLogger(ctx).Info("the parent had ended before it was told", "parent", parent.ID)
		}
	})
}

func (m *machine[S, C]) stop(prefix string) {
	for _, id := range m.running(prefix) {
		m.children[id].cancel()
	}
}

// running lists the children of a kind by id, always in the same order.
func (m *machine[S, C]) running(prefix string) []string {
	var ids []string
	//workflowcheck:ignore the ids are sorted before they are used
	for id := range m.children {
		if strings.HasPrefix(id, prefix) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

func (m *machine[S, C]) render(e effect.Render) {
	m.spawn(func(ctx workflow.Context) {
		ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
			StartToCloseTimeout: 10 * time.Second, Summary: "fill the template for " + e.Audience,
			RetryPolicy: &temporal.RetryPolicy{InitialInterval: time.Second, BackoffCoefficient: 2, MaximumInterval: 30 * time.Second},
		})
		var result contract.RenderResult
		in := contract.RenderInput{
			PlanHash: m.rules.Hash, Incident: m.number, Audience: e.Audience, Phase: e.Phase, Facts: e.Facts, Scope: e.Scope, Told: e.Told,
		}
		if err := workflow.ExecuteActivity(ctx, contract.RenderMessage, in).Get(ctx, &result); err != nil {
			workflow.GetLogger(ctx).Error("the template could not be filled", "reason", err.Error())
		}
		m.tell(effect.Rendered{Texts: result.Texts, Carries: result.Carries, Facts: result.Facts})
	})
}

// gather draws up the list of recipients, for as long as it takes: nothing is approved
// before it is known who gets it.
func (m *machine[S, C]) gather(e effect.Gather) {
	m.spawn(func(ctx workflow.Context) {
		ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
			StartToCloseTimeout: 2 * time.Minute, Summary: "who gets the message to " + e.Audience,
			RetryPolicy: &temporal.RetryPolicy{InitialInterval: time.Second, BackoffCoefficient: 2, MaximumInterval: 30 * time.Second},
		})
		var found effect.Gathered
		in := contract.GatherInput{PlanHash: m.rules.Hash, Incident: m.number, Audience: e.Audience, Scope: e.Scope, Drill: m.drill}
		if err := workflow.ExecuteActivity(ctx, contract.GatherRecipients, in).Get(ctx, &found); err != nil {
			workflow.GetLogger(ctx).Error("the recipients could not be listed", "reason", err.Error())
		}
		m.tell(found)
	})
}

func (m *machine[S, C]) distribute(e effect.Distribute) {
	in := contract.DistributionInput{
		Year: m.year, Incident: m.number, Title: m.title(), PlanHash: m.rules.Hash, Phase: e.Phase, Audience: e.Audience,
		Send: e.Send, Release: e.Release, Texts: e.Texts, NextUpdate: e.NextUpdate, Recipients: e.Recipients, By: e.By, Drill: m.drill,
		Edition: m.rules.Edition, List: e.List, Spokesperson: e.Spokesperson, Holding: e.Holding, Scope: e.Scope, Facts: e.Facts,
	}
	opts := m.options(contract.DistributionID(m.year, m.number, e.Phase, e.Audience, e.Release),
		fmt.Sprintf("Incident %d: send to %s, %d addresses", m.number, e.Audience, e.Recipients), audienceAttribute.ValueSet(e.Audience))
	if e.Holding {
		run(m, contract.Distribution, opts, in, effect.Distributed{Failed: 1}, func(d effect.Distributed) {
			m.tell(effect.Held{Audience: e.Audience, Distributed: d})
		})
		return
	}
	start(m, contract.Distribution, opts, in, effect.Distributed{Unknown: e.Recipients})
}
