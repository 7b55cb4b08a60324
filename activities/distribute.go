package activities

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"go.temporal.io/sdk/activity"

	"github.com/stormbell/stormbell/activities/provider"
	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/record"
	"github.com/stormbell/stormbell/workflows/contract"
)

// DistributeBatch sends a release to a range of its list. Every recipient has a row in the
// ledger before the provider is called, so a batch that is repeated goes on where it stopped:
// what was attempted without an answer is not sent again but counted as unproven (a broadcast
// prefers silence to a double).
func (a *Activities) DistributeBatch(ctx context.Context, in contract.BatchInput) (effect.Distributed, error) {
	if in.Edition < outlets {
		return a.oneByOne(ctx, in)
	}
	to, err := a.Record.Recipients(ctx, in.List, in.From, in.To)
	if err != nil {
		return effect.Distributed{}, err
	}
	if len(to) != in.To-in.From {
		return effect.Distributed{}, fmt.Errorf("the record has %d of the recipients %d to %d of list %s", len(to), in.From+1, in.To, in.List)
	}
	c := a.courier(in.DistributionInput)
	for _, p := range c.parcels(to, in.From) {
		err := c.deliver(ctx, p)
		if errors.Is(err, record.ErrMovedOn) {
			so, err := c.tally(ctx, in)
			so.Superseded = true
			return so, err
		}
		if err != nil {
			return effect.Distributed{}, err
		}
	}
	return c.tally(ctx, in)
}

// ReckonDistribution counts how a distribution stands by the ledger: since its batches ended,
// events may have told what no answer did.
func (a *Activities) ReckonDistribution(ctx context.Context, in contract.DistributionInput) (effect.Distributed, error) {
	t, err := a.Record.TallyOf(ctx, contract.DistributionID(in.Year, in.Incident, in.Phase, in.Audience, in.Release))
	return effect.Distributed{Sent: t.Sent, Failed: t.Failed, Unknown: t.Unproven}, err
}

// courier sends one release.
type courier struct {
	*Activities
	in       contract.DistributionInput
	id       string
	plan     plan.Plan
	audience plan.Audience
}

func (a *Activities) courier(in contract.DistributionInput) *courier {
	p := a.Plan()
	audience, _ := p.Audience(in.Audience)
	return &courier{Activities: a, in: in, plan: p, audience: audience, id: contract.DistributionID(in.Year, in.Incident, in.Phase, in.Audience, in.Release)}
}

// leaf is one recipient with the place on the list.
type leaf struct {
	record.Recipient
	n        string
	position int
}

// parcel is what goes out with one request.
type parcel struct {
	channel string
	leaves  []leaf
	// links are where each address stops the updates; they are made before the ledger is written,
	// so that little time passes between that and the request.
	links map[string]string
	// send makes the request for those of the leaves that go with it.
	send func(ctx context.Context, p parcel, leaves []leaf) (provider.Result, error)
}

// parcels puts together who gets the same mail; everything else is a request of its own.
func (c *courier) parcels(to []record.Recipient, from int) (all []parcel) {
	type kind struct {
		language string
		shared   bool
	}
	open := map[kind]int{}
	for i, r := range to {
		l := leaf{Recipient: r, position: from + i, n: delivery.ID(c.id, c.in.List, strconv.Itoa(from+i))}
		switch {
		case r.Channel == string(plan.SMS):
			all = append(all, parcel{channel: r.Channel, leaves: []leaf{l}, send: c.text})
		case r.Channel == plan.SendChat && c.hasChat(c.plan, c.in.Drill):
			all = append(all, parcel{channel: r.Channel, leaves: []leaf{l}, send: c.message})
		case r.Channel != string(plan.Email):
			all = append(all, parcel{channel: r.Channel, leaves: []leaf{l}})
		case c.audience.Personal:
			all = append(all, parcel{channel: r.Channel, leaves: []leaf{l}, send: c.write})
		default:
			k := kind{r.Language, r.Shared}
			at, begun := open[k]
			if !begun || len(all[at].leaves) >= c.most() {
				at = len(all)
				open[k], all = at, append(all, parcel{channel: r.Channel, send: c.mail})
			}
			all[at].leaves = append(all[at].leaves, l)
		}
	}
	return all
}

// mailsPerRequest is how many people one request mails at most: half of what SendGrid allows,
// because it takes or refuses a request as a whole.
const mailsPerRequest = 500

// most keeps a request below what the account sends in half a second, so that it finds its turn
// beside others.
func (c *courier) most() int {
	if rate := c.plan.Channels.Mail.MailsPerSecond; rate > 0 {
		return min(mailsPerRequest, max(1, rate/2))
	}
	return mailsPerRequest
}

// deliver makes a parcel's request, again and again as long as the provider is certain that it
// took nothing. It is record.ErrMovedOn when the incident has moved on before that.
func (c *courier) deliver(ctx context.Context, p parcel) (err error) {
	if p.links, err = c.links(ctx, p); err != nil {
		return err
	}
	for pause := time.Second; ; pause = min(2*pause, 30*time.Second) {
		activity.RecordHeartbeat(ctx)
		if err := ctx.Err(); err != nil {
			return err
		}
		leaves, err := c.begin(ctx, p)
		if err != nil || len(leaves) == 0 {
			return err
		}
		// A request that has begun is not broken off: nobody would know what became of it.
		unbroken := context.WithoutCancel(ctx)
		result, err := p.send(unbroken, p, leaves)
		if err != nil {
			activity.GetLogger(ctx).Error("a release could not be sent", "channel", p.channel, "reason", err.Error())
			result = provider.Result{Outcome: delivery.Outcome{State: delivery.Failed, Class: delivery.Permanent, Code: "request"}}
		}
		names := make([]string, len(leaves))
		for i, l := range leaves {
			names[i] = l.n
			c.Count(plan.Channel(p.channel), result.Outcome)
		}
		if err := c.Record.SettleBroadcast(unbroken, names, result.Outcome); err != nil {
			return err
		}
		if delivery.Next(result.Outcome) != delivery.RetrySame {
			return nil
		}
		wait := cmp.Or(result.RetryAfter, pause) // the provider knows when its next turn is
		if err := rest(ctx, wait, leaves[0].position); err != nil {
			return err
		}
	}
}

// begin writes a parcel into the ledger and returns those of its leaves that are to be sent now.
func (c *courier) begin(ctx context.Context, p parcel) (now []leaf, err error) {
	held, err := c.held(ctx, p)
	if err != nil {
		return nil, err
	}
	b := record.Broadcast{Incident: c.in.Incident, Workflow: c.id, Phase: string(c.in.Phase), List: c.in.List, Channel: p.channel}
	if len(p.leaves) > 1 {
		b.Request = delivery.ID("request", p.leaves[0].n)
	}
	rows := make([]record.Leaf, len(p.leaves))
	for i, l := range p.leaves {
		rows[i] = record.Leaf{N: l.n, Recipient: l.position, Held: held[l.Address]}
	}
	begun, err := c.Record.BeginBroadcast(ctx, b, rows)
	for _, l := range p.leaves {
		if begun[l.n] {
			now = append(now, l)
		}
	}
	return now, err
}

// held says why some of a parcel's recipients get nothing: they want none, or there is no way to
// them. It is asked right before each sending.
func (c *courier) held(ctx context.Context, p parcel) (map[string]delivery.Outcome, error) {
	addresses := make([]string, len(p.leaves))
	for i, l := range p.leaves {
		addresses[i] = l.Address
	}
	stopped, err := c.Record.Suppressed(ctx, c.in.Incident, p.channel, addresses)
	if err != nil {
		return nil, err
	}
	held := map[string]delivery.Outcome{}
	for _, address := range addresses {
		switch reason, out := stopped[address]; {
		case out:
			held[address] = delivery.Outcome{State: delivery.Failed, Class: delivery.OptedOut, Code: reason}
		case p.send == nil, p.channel == string(plan.SMS) && c.Updates == nil:
			held[address] = delivery.Outcome{State: delivery.Failed, Class: delivery.Account, Code: "no_sender"}
		case p.channel == string(plan.SMS):
			said, err := c.Record.OptedOut(ctx, address, c.plan.Channels.Updates.From)
			if err != nil {
				return nil, err
			}
			if said {
				held[address] = delivery.Outcome{State: delivery.Failed, Class: delivery.OptedOut, Code: delivery.CodeStopped}
			}
		}
	}
	return held, nil
}

// tally counts by the ledger how a batch stands.
func (c *courier) tally(ctx context.Context, in contract.BatchInput) (so effect.Distributed, err error) {
	all, err := c.Record.AddressedBy(ctx, c.id, in.List, in.From, in.To-in.From)
	for _, x := range all {
		count(&so, x.Send.State)
	}
	return so, err
}
