package activities

import (
	"context"
	"time"

	"go.temporal.io/sdk/activity"

	"github.com/stormbell/stormbell/activities/provider"
	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/notice"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/record"
	"github.com/stormbell/stormbell/workflows/contract"
)

// held says why a send is not made and what that makes of it: its receiver has opted out of
// our texts, or was sent enough. When the ledger does not answer it is made: a page prefers
// one text too many to silence.
func (a *Activities) held(ctx context.Context, row record.Delivery, in contract.SendInput, to receiver) (delivery.Outcome, bool) {
	channel := plan.Channel(row.Channel)
	if channel == plan.SMS && a.optedOut(ctx, to.address) {
		return delivery.Outcome{State: delivery.Failed, Class: delivery.OptedOut, Code: delivery.CodeStopped}, true
	}
	if row.Attempts > 1 {
		return delivery.Outcome{}, false // the first attempt was let through
	}
	try := delivery.Try{
		Page: in.Workflow, Channel: channel, Urgency: in.Notice.Kind.Urgency(), At: row.CreatedAt, Minute: a.minute(),
	}
	if try.Urgency == notice.Duty {
		return delivery.Outcome{}, false
	}
	earlier, err := a.Record.SentBefore(ctx, row, row.CreatedAt.Add(-delivery.LimitSpan*try.Minute))
	if err != nil {
		activity.GetLogger(ctx).Warn("the ledger does not say what was sent before", "reason", err.Error())
		return delivery.Outcome{}, false
	}
	try.Others = a.others(ctx, channel, in.Person)
	switch delivery.Limit(try, earlier) {
	case delivery.Elsewhere:
		return delivery.Outcome{State: delivery.Failed, Class: delivery.RateLimited, Code: delivery.CodeElsewhere}, true
	case delivery.Enough:
		return delivery.Outcome{State: delivery.Failed, Class: delivery.RateLimited, Code: delivery.CodeEnough}, true
	case delivery.Go:
	}
	return delivery.Outcome{}, false
}

// others are the ways besides one by which a person can be reached now.
func (a *Activities) others(ctx context.Context, channel plan.Channel, id string) (ways []plan.Channel) {
	person, _ := a.Plan().Person(id)
	for _, c := range []plan.Channel{plan.SMS, plan.Call, plan.Email} {
		address := person.Address(c)
		if c != channel && address != "" && (c != plan.SMS || !a.optedOut(ctx, address)) {
			ways = append(ways, c)
		}
	}
	return ways
}

// optedOut tells whether a phone wants no texts from the number that pages. Unsure, the
// carrier is asked.
func (a *Activities) optedOut(ctx context.Context, phone string) bool {
	stopped, err := a.Record.OptedOut(ctx, phone, a.Plan().Channels.Pages.From)
	if err != nil {
		activity.GetLogger(ctx).Warn("the record does not say who wants no texts", "reason", err.Error())
	}
	return stopped
}

// stopped is Twilio's code for a text to somebody who sent STOP. A carrier's other refusals
// of a person are not lifted by START, so they are no word of theirs.
const stopped = "21610"

// refused keeps that the carrier says what we did not know: the person has sent STOP.
func (a *Activities) refused(ctx context.Context, o delivery.Outcome, to receiver, asked time.Time) {
	if o.Class != delivery.OptedOut || o.Code != stopped {
		return
	}
	if err := a.Record.PutRefused(ctx, to.address, a.Plan().Channels.Pages.From, asked); err != nil {
		activity.GetLogger(ctx).Warn("it could not be kept that somebody wants no texts", "reason", err.Error())
	}
}

// uncallable tells whether the provider refused a send because it cannot call us back. Then
// nothing was sent; it goes out without call-backs, and what became of it is asked for.
func uncallable(ctx context.Context, r provider.Result) bool {
	if r.State != delivery.Failed || r.Code != delivery.BadCallback {
		return false
	}
	activity.GetLogger(ctx).Warn("the provider cannot call us back at the public address; check company.url")
	return true
}

// urgent tells whether a send goes before others.
func urgent(in contract.SendInput) bool { return in.Notice.Kind.Urgency() == notice.Urgent }
