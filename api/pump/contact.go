package pump

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/domain/reply"
	"github.com/stormbell/stormbell/internal/record"
	"github.com/stormbell/stormbell/workflows/client"
	"github.com/stormbell/stormbell/workflows/contract"
)

// answerable is how long after its beginning a text is taken for the answer to a test.
const answerable = 24 * time.Hour

// texted keeps that a phone works, which any text from it proves, and tells the test that
// asked for it. It tells whether the text is the answer to a test and to nothing else: a page
// always comes first, and a letter always means a request.
func (p *Pump) texted(ctx context.Context, in Text, r reply.Reply) (answer bool, err error) {
	if r.Carrier == reply.Stop || r.Carrier == reply.Help {
		return false, nil // whoever stops our texts has not confirmed that they work
	}
	var contacts []record.Contact
	var tests []record.ContactTest
	for _, person := range owners(p.Plan(), in.From) {
		c := record.Contact{Person: person, Channel: plan.SMS, Address: in.From}
		contacts = append(contacts, c)
		test, found, err := p.Record.TestOf(ctx, c, p.Now().Add(-answerable))
		if err != nil {
			return false, err
		}
		if found {
			tests = append(tests, test)
		}
	}
	if len(tests) > 0 && r.Letter == "" {
		if answer, err = p.isAnswer(ctx, contacts, tests, r); err != nil {
			return false, err
		}
	}
	// The test hears first: once the contact is confirmed, nothing would ask for it again.
	for _, test := range tests {
		if err := p.confirmed(ctx, test, !answer); err != nil {
			return false, err
		}
	}
	for _, c := range contacts {
		if err := p.Record.Confirm(ctx, c); err != nil {
			return false, err
		}
	}
	return answer, nil
}

// isAnswer tells whether a text without a letter answers a test: when no request was open on
// the phone since the test began or, while the test waits, none that such a code could be for.
func (p *Pump) isAnswer(ctx context.Context, contacts []record.Contact, tests []record.ContactTest, r reply.Reply) (bool, error) {
	since := slices.MinFunc(tests, func(a, b record.ContactTest) int { return a.StartedAt.Compare(b.StartedAt) }).StartedAt
	waits := slices.ContainsFunc(tests, func(t record.ContactTest) bool { return t.ConfirmedAt.IsZero() })
	for _, c := range contacts {
		asks, err := p.Record.AsksSince(ctx, c.Person, since)
		if err != nil {
			return false, err
		}
		for _, a := range asks {
			if a.Kind == effect.AskPage || r.Action != reply.Take || !waits {
				return false, nil
			}
		}
	}
	return true, nil
}

// pressed keeps that our calls reach a person, which any key in one proves, and tells the test
// that asked for it. It tells whether the call was a test's own.
func (p *Pump) pressed(ctx context.Context, d record.Delivery, in Keys) (test bool, err error) {
	test = strings.HasPrefix(d.Workflow, contract.TestPrefix)
	if !slices.Contains(owners(p.Plan(), in.To), d.Person) {
		return test, nil // the plan has another number by now, which this says nothing about
	}
	c := record.Contact{Person: d.Person, Channel: plan.Call, Address: in.To}
	waiting, found, err := p.Record.TestOf(ctx, c, p.Now().Add(-answerable))
	if err == nil && found {
		err = p.confirmed(ctx, waiting, !test)
	}
	if err == nil {
		err = p.Record.Confirm(ctx, c)
	}
	return test, err
}

// confirmed tells a test that waits that it was answered.
func (p *Pump) confirmed(ctx context.Context, test record.ContactTest, quietly bool) error {
	if !test.ConfirmedAt.IsZero() {
		return nil
	}
	_, _, err := p.Record.Settle(ctx, contract.TestDelivery(test.ID, contract.TestAsks), delivery.Outcome{State: delivery.Answered})
	if err != nil && !errors.Is(err, record.ErrNotFound) {
		return err
	}
	err = p.Commands.Confirmed(ctx, test.ID, contract.Confirmation{Quietly: quietly})
	if errors.Is(err, client.ErrNotRunning) {
		return nil
	}
	return err
}

// owners are the people whose phone a number is: some share one.
func owners(p plan.Plan, number string) (people []string) {
	for _, person := range p.People {
		if slices.ContainsFunc(person.Phones, func(f plan.Phone) bool { return f.Number == number }) {
			people = append(people, person.ID)
		}
	}
	return people
}
