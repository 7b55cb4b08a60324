package act

import (
	"context"
	"slices"

	"github.com/stormbell/stormbell/api/view"
	"github.com/stormbell/stormbell/domain/actor"
	"github.com/stormbell/stormbell/domain/business"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/workflows/contract"
)

// doerOf is whoever was asked for a task, or holds its role.
func doerOf(task string) belongs {
	return func(c *view.Case) (string, string) {
		if c.Business == nil {
			return lead(c)
		}
		i := slices.IndexFunc(c.Business.Tasks, func(t business.Task) bool { return t.ID == task })
		if i < 0 {
			return lead(c)
		}
		if t := c.Business.Tasks[i]; t.Person == "" {
			return c.Roles().Holder(t.Role), t.Role
		}
		return c.Business.Tasks[i].Person, c.Business.Tasks[i].Role
	}
}

// EstimateTask gives a task minutes (R80).
func (d *Desk) EstimateTask(ctx context.Context, a Act, task string, minutes int) error {
	return d.toBusiness(ctx, a, doerOf(task), contract.EstimateTask, func(by actor.Actor) any {
		return business.EstimateTask{Actor: by, Task: task, Minutes: minutes}
	})
}

// FinishTask reports a task done (R81).
func (d *Desk) FinishTask(ctx context.Context, a Act, task, note string) error {
	return d.toBusiness(ctx, a, doerOf(task), contract.FinishTask, func(by actor.Actor) any {
		return business.FinishTask{Actor: by, Task: task, Note: note}
	})
}

// BlockTask says "I can't", and why.
func (d *Desk) BlockTask(ctx context.Context, a Act, task, reason string) error {
	return d.toBusiness(ctx, a, doerOf(task), contract.BlockTask, func(by actor.Actor) any {
		return business.BlockTask{Actor: by, Task: task, Reason: reason}
	})
}

// DropTask takes a task off the list.
func (d *Desk) DropTask(ctx context.Context, a Act, task, reason string) error {
	return d.toBusiness(ctx, a, lead, contract.DropTask, func(by actor.Actor) any {
		return business.DropTask{Actor: by, Task: task, Reason: reason}
	})
}

// AddTask adds a halt (R7).
func (d *Desk) AddTask(ctx context.Context, a Act, role, what string) error {
	return d.toBusiness(ctx, a, lead, contract.AddTask, func(by actor.Actor) any {
		return business.AddTask{Actor: by, Role: role, What: what}
	})
}

// Brief answers questions of the briefing (R71).
func (d *Desk) Brief(ctx context.Context, a Act, answers []business.BriefReply) error {
	return d.toBusiness(ctx, a, holderOf(plan.CustomerLiaison), contract.Brief, func(by actor.Actor) any {
		return business.Brief{Actor: by, Answers: answers}
	})
}

// ConfirmBriefing says that there is enough to draft (R73).
func (d *Desk) ConfirmBriefing(ctx context.Context, a Act) error {
	return d.toBusiness(ctx, a, holderOf(plan.TechnicalSLT), contract.ConfirmBriefing, func(by actor.Actor) any {
		return business.ConfirmBriefing{Actor: by}
	})
}
