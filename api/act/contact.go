package act

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"time"

	"github.com/stormbell/stormbell/api/view"
	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/domain/refusal"
	"github.com/stormbell/stormbell/internal/record"
	"github.com/stormbell/stormbell/workflows/client"
	"github.com/stormbell/stormbell/workflows/contract"
)

// underWay is for how many of the plan's minutes a test that nobody answers keeps the next one
// from being sent.
const underWay = 10

// Test asks a person to prove that channels work: without any, the first phone, by text where
// it takes texts. Inviting says what it is about and by default also goes by mail. A channel
// whose test is under way is not asked again.
func (d *Desk) Test(ctx context.Context, person string, by []plan.Channel, invite bool) error {
	p := d.Views.Plan()
	whom, found := p.Person(person)
	if !found {
		return refusal.New(refusal.NotFound, "the plan knows nobody by that id; GET /api/v1/people lists them")
	}
	if len(by) == 0 {
		by = usual(whom, invite)
	}
	if len(by) == 0 {
		return refusal.New(refusal.Invalid, "the plan has no phone and no address of this person")
	}
	for _, channel := range by {
		if whom.Address(channel) == "" {
			return refusal.New(refusal.Invalid, "the plan has nothing to reach this person by %s", channel)
		}
	}
	known, err := d.Views.Known(ctx, person)
	if err != nil {
		return err
	}
	role := ""
	if len(known.Roles) > 0 {
		role = known.Roles[0]
	}
	for _, channel := range by {
		c := record.Contact{Person: person, Channel: channel, Address: whom.Address(channel)}
		since := d.Views.Now().Add(-underWay * cmp.Or(p.Minute, time.Minute))
		test, err := d.Record.OpenTest(ctx, contract.TestID(strings.ToLower(rand.Text())), c, invite, since)
		if err != nil {
			return err
		}
		// Starting it once more does nothing, and mends a start that was lost.
		err = d.Commands.TestContact(ctx, test.ID, contract.ContactTestInput{
			Person: person, Channel: channel, Invites: test.Invites, Role: role, Lasts: view.Answerable(p), Settle: p.Settle,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// usual are the channels to ask by.
func usual(p plan.Person, invite bool) []plan.Channel {
	var by []plan.Channel
	switch {
	case p.Address(plan.SMS) != "":
		by = append(by, plan.SMS)
	case p.Address(plan.Call) != "":
		by = append(by, plan.Call)
	}
	if p.Email != "" && (invite || len(by) == 0) {
		by = append(by, plan.Email)
	}
	return by
}

// ConfirmMail takes a person's word that the mail of a test, named by its delivery, has arrived.
func (d *Desk) ConfirmMail(ctx context.Context, person, n string) error {
	known, _ := d.Views.Plan().Person(person)
	c := record.Contact{Person: person, Channel: plan.Email, Address: known.Email}
	test, found, err := d.Record.TestOf(ctx, c, d.Views.Now().Add(-view.Answerable(d.Views.Plan())))
	switch {
	case err != nil:
		return err
	case !found || n != contract.TestDelivery(test.ID, contract.TestAsks):
		return refusal.New(refusal.Ended, "that mail is of a test that is over; start another one")
	}
	if _, _, err := d.Record.Settle(ctx, n, delivery.Outcome{State: delivery.Answered}); err != nil {
		return err
	}
	if err := d.Commands.Confirmed(ctx, test.ID, contract.Confirmation{Quietly: true}); err != nil && !errors.Is(err, client.ErrNotRunning) {
		return err
	}
	return d.Record.Confirm(ctx, c)
}
