package view

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/domain/roster"
	"github.com/stormbell/stormbell/internal/planfile"
	"github.com/stormbell/stormbell/internal/record"
)

// Need is one thing that must be settled before a real night.
type Need string

// The needs, in the order in which they are settled best.
const (
	NeedPlan   Need = "plan"
	NeedPeople Need = "people"
	NeedTexts  Need = "sms"
	NeedCalls  Need = "call"
	NeedMail   Need = "email"
	NeedSignal Need = "signal"
	NeedSignIn Need = "sign_in"
	NeedDuty   Need = "duty"
	NeedDrill  Need = "drill"
	// NeedCopy is a good idea, and no condition: without it the status page is gone when all of ours is.
	NeedCopy Need = "copy"
)

// Standing is how far a need is settled.
type Standing string

// How far a need may be settled.
const (
	// Settled: nothing to do.
	Settled Standing = "settled"
	// Partly: some of it; Done and Of say how much.
	Partly Standing = "partly"
	// Unsettled: nothing of it yet.
	Unsettled Standing = "unsettled"
	// Failing: it was tried last and did not work.
	Failing Standing = "failing"
	// Pretended: the phone lab or a solo installation stands in for the real thing.
	Pretended Standing = "pretended"
)

// Item is one line of the checklist.
type Item struct {
	Need     Need
	Standing Standing
	// Done and Of count what is settled, where it can be counted.
	Done, Of int
	// At is when it last worked, where that is known.
	At time.Time
	// Notes are the warnings of the plan's check.
	Notes []planfile.Problem
	// Optional does not count.
	Optional bool
}

// Readiness is how ready everything is for a real night.
type Readiness struct {
	Ready bool
	// Done of Of items are settled; optional ones are not counted.
	Done, Of int
	Items    []Item
}

// readyFor is how old what Readiness answers may be: every page of the console asks.
const readyFor = 5 * time.Second

// known is what was last answered.
type knownReadiness struct {
	mu   sync.Mutex
	what Readiness
	hash string
	at   time.Time
}

// Readiness tells how ready everything is; it may be a few seconds old.
func (v *Views) Readiness(ctx context.Context) (Readiness, error) {
	v.ready.mu.Lock()
	defer v.ready.mu.Unlock()
	now, hash := v.Now(), v.Plan().Hash
	if age := now.Sub(v.ready.at); hash == v.ready.hash && age >= 0 && age < readyFor && v.ready.what.Of > 0 {
		return v.ready.what, nil
	}
	what, err := v.ReadinessNow(ctx)
	if err != nil {
		return Readiness{}, err
	}
	v.ready.what, v.ready.hash, v.ready.at = what, hash, now
	return what, nil
}

// ReadinessNow tells how ready everything is at this moment.
func (v *Views) ReadinessNow(ctx context.Context) (Readiness, error) {
	var r Readiness
	for _, look := range []func(context.Context, plan.Plan) (Item, error){
		v.planItem, v.peopleItem, v.carrierItem(NeedTexts, plan.SMS), v.carrierItem(NeedCalls, plan.Call), v.carrierItem(NeedMail, plan.Email),
		v.signalItem, v.signInItem, v.dutyItem, v.drillItem, v.copyItem,
	} {
		item, err := look(ctx, v.Plan())
		if err != nil {
			return Readiness{}, fmt.Errorf("look how ready everything is: %w", err)
		}
		r.Items = append(r.Items, item)
		if item.Optional {
			continue
		}
		r.Of++
		if item.Standing == Settled {
			r.Done++
		}
	}
	r.Ready = r.Done == r.Of
	return r, nil
}

// planItem: a plan with mistakes never comes into force, so what is left are warnings.
func (v *Views) planItem(context.Context, plan.Plan) (Item, error) {
	item := Item{Need: NeedPlan, Standing: Settled}
	if v.Check != nil {
		item.Notes = v.Check()
	}
	return item, nil
}

func (v *Views) peopleItem(ctx context.Context, _ plan.Plan) (Item, error) {
	people, err := v.People(ctx)
	item := Item{Need: NeedPeople, Of: len(people)}
	for _, x := range people {
		if x.Reachable() {
			item.Done++
		}
	}
	item.Standing = share(item.Done, item.Of)
	return item, err
}

func share(done, of int) Standing {
	switch done {
	case of:
		return Settled
	case 0:
		return Unsettled
	}
	return Partly
}

// recently is how many sends by a channel are looked at for the provider's last word.
const recently = 50

// carrierItem knows a provider by what became of the latest sends through it.
func (v *Views) carrierItem(need Need, channel plan.Channel) func(context.Context, plan.Plan) (Item, error) {
	return func(ctx context.Context, p plan.Plan) (Item, error) {
		item := Item{Need: need, Standing: Unsettled}
		sends, err := v.Record.Lately(ctx, string(channel), recently)
		for _, s := range sends {
			if s.State == delivery.Attempting {
				continue // nobody knows yet
			}
			health := delivery.HealthOf(s.Outcome())
			if health == delivery.Ill && item.Standing == Unsettled {
				item.Standing = Failing
			}
			if health == delivery.Well {
				item.At = s.UpdatedAt
				break
			}
		}
		if item.Standing == Unsettled && !item.At.IsZero() {
			item.Standing = Settled
		}
		lab := p.Channels.Pages.Lab
		if channel == plan.Email {
			lab = p.Channels.Mail.Lab
		}
		if lab {
			item.Standing = Pretended
		}
		return item, err
	}
}

func (v *Views) signalItem(ctx context.Context, _ plan.Plan) (Item, error) {
	sources, err := v.Sources(ctx)
	item := Item{Need: NeedSignal, Standing: Unsettled, Of: len(sources)}
	for _, s := range sources {
		if s.HeardAt.IsZero() {
			continue
		}
		item.Done++
		item.Standing = Settled // one is a night's alarm already; the others show beside it
		if s.HeardAt.After(item.At) {
			item.At = s.HeardAt
		}
	}
	return item, err
}

func (v *Views) signInItem(_ context.Context, p plan.Plan) (Item, error) {
	item := Item{Need: NeedSignIn, Standing: Unsettled}
	switch {
	case v.Open:
		item.Standing = Pretended
	case p.Login.OIDC.Issuer != "":
		item.Standing = Settled
	}
	return item, nil
}

func (v *Views) dutyItem(ctx context.Context, p plan.Plan) (Item, error) {
	overrides, err := v.Record.OverridesFrom(ctx, v.Now())
	item := Item{Need: NeedDuty, Standing: Settled, Of: len(roster.Alarming(p, overrides, v.Now()))}
	if item.Of > 0 {
		item.Standing = Failing
	}
	return item, err
}

const (
	// drillGood is how long a drill counts, in days.
	drillGood = 35
	// drillsAmong is how many of the latest incidents are looked through for a drill.
	drillsAmong = 20
)

// drillItem looks at the latest drill: with everyone means that every role was taken.
func (v *Views) drillItem(ctx context.Context, p plan.Plan) (Item, error) {
	item := Item{Need: NeedDrill, Standing: Unsettled, Of: len(p.Roles)}
	rows, err := v.Record.Incidents(ctx, record.Filter{Limit: drillsAmong})
	if err != nil {
		return item, err
	}
	for _, row := range rows {
		c, err := v.Case(ctx, row.Number)
		if err != nil {
			return item, err
		}
		if !c.Incident.Drill {
			continue
		}
		item.At = row.OpenedAt
		roles := c.Roles()
		for _, r := range p.Roles {
			if roles.Holder(r.Name) != "" {
				item.Done++
			}
		}
		item.Standing = share(item.Done, item.Of)
		if item.At.Before(v.Now().AddDate(0, 0, -drillGood)) {
			item.Standing = Partly
		}
		return item, nil
	}
	return item, nil
}

func (v *Views) copyItem(context.Context, plan.Plan) (Item, error) {
	item := Item{Need: NeedCopy, Standing: Unsettled, Optional: true}
	if v.Copied {
		item.Standing = Settled
	}
	return item, nil
}
