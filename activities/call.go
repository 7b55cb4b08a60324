package activities

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"go.temporal.io/sdk/activity"

	"github.com/stormbell/stormbell/activities/provider"
	"github.com/stormbell/stormbell/activities/twilio"
	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/escalation"
	"github.com/stormbell/stormbell/domain/notice"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/callscript"
	"github.com/stormbell/stormbell/internal/record"
	"github.com/stormbell/stormbell/workflows/contract"
)

// FallbackPath serves what a caller hears when nothing else of ours can be reached.
const FallbackPath = "/hooks/twilio/fallback.xml"

const (
	// asking is how long the provider may take to say whether a phone is engaged: the call itself
	// must still fit into the attempt.
	asking = 3 * time.Second
	// unlisted is how long a call may go on before the provider's list shows it. unasked is how
	// long a call lasts in which nobody presses a key, for when the list cannot be had.
	unlisted, unasked = 15 * time.Second, 3 * time.Minute
	// recorded is how long the words that end a call wait for the record to say why it ends.
	recorded = 2 * time.Second
)

// PlaceCall calls one person: one attempt. A phone that another call is under way to is not
// called; the attempt then asks to be made again shortly.
func (a *Activities) PlaceCall(ctx context.Context, in contract.SendInput) (contract.SendResult, error) {
	placed := ""
	result, err := a.send(ctx, plan.Call, in, func(ctx context.Context, to receiver) (provider.Result, error) {
		call, err := a.call(in, to)
		if err != nil {
			return provider.Result{}, err
		}
		if !a.wanted(ctx, in) {
			return provider.Result{Outcome: canceled}, nil
		}
		if instead, engaged := a.engaged(ctx, in, to.address); engaged {
			return instead, nil
		}
		made, err := a.Pages.Call(ctx, call)
		if uncallable(ctx, made) {
			call.StatusCallback = twilio.NoCallback
			made, err = a.Pages.Call(ctx, call)
		}
		placed = made.ProviderID
		return made, err
	})
	if err != nil || placed == "" {
		return result, err
	}
	switch {
	case result.Outcome.ProviderID != placed:
		// A call-back has told meanwhile that an earlier attempt went through after all.
		err = a.endDouble(ctx, in.N, result.Outcome.ProviderID, placed)
	case result.Outcome.State == delivery.Failed && result.Outcome.Code == delivery.Canceled:
		err = a.Pages.HangUp(ctx, placed, nil) // HangUpCall came while it was being placed
	}
	if err != nil {
		activity.GetLogger(ctx).Warn("a call that nobody needs could not be ended", "reason", err.Error())
	}
	return result, nil
}

func (a *Activities) call(in contract.SendInput, to receiver) (twilio.Call, error) {
	speech := a.words().Speech(in.Notice, to.To)
	script, err := callscript.Menu(speech, a.Hooks+KeysPath+"?n="+in.N)
	if err != nil {
		return twilio.Call{}, fmt.Errorf("the words of the call: %w", err)
	}
	fallback := a.Plan().Channels.Pages.Fallback
	if fallback == "" { // still better than the provider's own sentence when only some of us is down
		fallback = a.Hooks + FallbackPath
	}
	return twilio.Call{N: in.N, To: to.address, Twiml: script, MachineDetection: true, FallbackURL: fallback}, nil
}

// canceled is a call that we end ourselves.
var canceled = delivery.Outcome{State: delivery.Failed, Class: delivery.NotReached, Code: delivery.Canceled}

// wanted tells whether a call that had to wait is still of use: somebody may hold the role by
// now, or this very person, who has rung us meanwhile. In doubt it is.
func (a *Activities) wanted(ctx context.Context, in contract.SendInput) bool {
	if in.Again != contract.Retry || in.Notice.Kind != notice.Page {
		return true
	}
	page := a.pageOf(ctx, in.Incident, in.Workflow)
	held := page.Stage == escalation.Held && !slices.Contains(page.Roll, in.Person)
	return page.Stage != escalation.Closed && !held
}

// pageOf is the latest the record knows of a page; its zero value is nothing.
func (a *Activities) pageOf(ctx context.Context, incident int, workflow string) (page escalation.State) {
	snapshots, _ := a.Record.Snapshots(ctx, incident)
	i := slices.IndexFunc(snapshots, func(s record.Snapshot) bool { return s.Workflow == workflow })
	if i < 0 || json.Unmarshal(snapshots[i].Body, &page) != nil {
		return escalation.State{}
	}
	return page
}

// engaged tells whether another call to the same phone is under way, and if so what becomes of
// this one. The row of this attempt is written before the others are read: of two workers at
// least one sees the other.
func (a *Activities) engaged(ctx context.Context, in contract.SendInput, number string) (provider.Result, bool) {
	later := provider.Result{
		Outcome:    delivery.Outcome{State: delivery.Intended, Class: delivery.NotProcessed, Code: delivery.InCall},
		RetryAfter: max(a.minute()/6, time.Millisecond),
	}
	log := activity.GetLogger(ctx)
	listing, cancel := context.WithTimeout(ctx, asking)
	defer cancel()
	open, err := a.Pages.OpenCall(listing, number)
	since := a.Now().Add(-unlisted)
	if err != nil {
		// A page prefers an engaged line to silence, so the ledger has to do.
		log.Warn("the provider does not say whether a phone is engaged", "reason", err.Error())
		since = a.Now().Add(-unasked)
	}
	if open != "" {
		_, err := a.Record.DeliveryByProvider(ctx, open)
		if in.Again == contract.Resend && errors.Is(err, record.ErrNotFound) {
			// Nobody else's: the call of the attempt that gave no answer.
			return provider.Result{Outcome: delivery.Outcome{State: delivery.Accepted, ProviderID: open}}, true
		}
		return later, true
	}
	live, err := a.Record.LiveCalls(ctx, a.sharing(in.Person, number), since)
	if err != nil {
		log.Warn("the ledger does not say whether a phone is engaged", "reason", err.Error())
	}
	mine := slices.IndexFunc(live, func(d record.Delivery) bool { return d.N == in.N })
	others := slices.DeleteFunc(slices.Clone(live), func(d record.Delivery) bool { return d.N == in.N })
	if len(others) == 0 {
		return provider.Result{}, false
	}
	if mine == 0 && !slices.ContainsFunc(others, func(d record.Delivery) bool { return d.State != delivery.Attempting }) {
		later.RetryAfter /= 10 // Each may have seen the other and given way; the first comes back first.
	}
	return later, true
}

// sharing lists everybody who is called when a person is called at a number.
func (a *Activities) sharing(person, number string) []string {
	people := []string{person}
	for _, p := range a.Plan().People {
		if p.ID != person && slices.ContainsFunc(p.Phones, func(f plan.Phone) bool { return f.Number == number }) {
			people = append(people, p.ID)
		}
	}
	return people
}

// minute is how long a minute of the plan lasts.
func (a *Activities) minute() time.Duration {
	if m := a.Plan().Minute; m > 0 {
		return m
	}
	return time.Minute
}

// line is the phone to call somebody on: their first one, and the next one with each call of
// this workflow before this one, none of which can have reached them.
func (a *Activities) line(ctx context.Context, in contract.SendInput, phones []plan.Phone) (string, error) {
	if len(phones) == 0 {
		return "", nil
	}
	before := 0
	if len(phones) > 1 {
		rows, err := a.Record.DeliveriesOf(ctx, in.Workflow)
		if err != nil {
			return "", err
		}
		for _, d := range rows {
			if d.N == in.N {
				break
			}
			if d.Person == in.Person && d.Channel == string(plan.Call) && d.Class != delivery.NotProcessed {
				before++
			}
		}
	}
	return phones[before%len(phones)].Number, nil
}

// HangUpCall ends a call that nobody needs any more: one that waits is never placed, one that
// rings or talks is ended, and whoever listens hears why. Who has pressed a key is being told the truth, or is in the
// conference, and is left alone.
func (a *Activities) HangUpCall(ctx context.Context, in contract.HangUpInput) error {
	rows, err := a.Record.DeliveriesOf(ctx, in.Workflow)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(rows, func(d record.Delivery) bool { return d.Step == in.Step && d.Channel == string(plan.Call) })
	switch {
	case i < 0:
		return errors.New("the call is not in the ledger yet: ask again")
	case rows[i].State == delivery.Failed && rows[i].Class != delivery.NotProcessed, rows[i].State == delivery.Answered:
		return nil
	case rows[i].ProviderID == "":
		_, _, err = a.Record.Settle(ctx, rows[i].N, canceled)
		return err
	}
	return a.Pages.HangUp(ctx, rows[i].ProviderID, func() string { return a.lastWords(ctx, rows[i]) })
}

// lastWords tell somebody who listens to a call why it ends now; there are none if they cannot
// be written.
func (a *Activities) lastWords(ctx context.Context, d record.Delivery) string {
	to, err := a.receiver(ctx, plan.Call, contract.SendInput{N: d.N, Incident: d.Incident, Workflow: d.Workflow, Person: d.Person})
	if err != nil {
		return ""
	}
	// The end of a page and this are written side by side.
	page := a.pageOf(ctx, d.Incident, d.Workflow)
	for i := 0; i < 20 && (page.Stage == escalation.Climbing || page.Stage == escalation.Unanswered); i++ {
		select {
		case <-time.After(recorded / 20):
		case <-ctx.Done():
		}
		page = a.pageOf(ctx, d.Incident, d.Workflow)
	}
	n := notice.Notice{Kind: notice.StandDown, Drill: page.Page.Drill}
	if page.Stage == escalation.Held && page.Holder != d.Person {
		n.Kind, n.Role, n.Mention, n.Since = notice.TooLate, page.Page.Role, page.Holder, page.HeldAt
	}
	words, err := callscript.Confirm(a.words().Speech(n, to.To))
	if err != nil {
		return ""
	}
	return words
}

// endDouble leaves one of two calls that one delivery has become, and says so in the ledger.
func (a *Activities) endDouble(ctx context.Context, n, known, other string) error {
	keep, err := a.Pages.EndDouble(ctx, known, other)
	if err != nil {
		keep = known
	}
	_, noted := a.Record.Doubled(ctx, n, keep)
	return errors.Join(err, noted)
}
