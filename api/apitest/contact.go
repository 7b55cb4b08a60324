package apitest

import (
	"context"

	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/record"
	"github.com/stormbell/stormbell/workflows/contract"
)

// TestContact implements the door to the workflows: the provider takes the question at once.
func (e *Engine) TestContact(ctx context.Context, id string, in contract.ContactTestInput) error {
	defer e.alone()()
	if err := e.Ready(ctx); err != nil {
		return err
	}
	e.mu.Lock()
	e.calls = append(e.calls, Call{Workflow: id, Name: contract.ContactTest, Command: in})
	e.mu.Unlock()
	n := contract.TestDelivery(id, contract.TestAsks)
	_, _, err := e.Record.Begin(ctx, record.Delivery{N: n, Workflow: id, Step: contract.TestAsks, Person: in.Person, Channel: string(in.Channel)}, false)
	if err == nil {
		_, _, err = e.Record.Settle(ctx, n, delivery.Outcome{State: delivery.Accepted, ProviderID: "SM" + n})
	}
	return err
}

// Confirmed implements the door to the workflows.
func (e *Engine) Confirmed(ctx context.Context, test string, c contract.Confirmation) error {
	if err := e.Ready(ctx); err != nil {
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.calls = append(e.calls, Call{Workflow: test, Name: contract.ContactConfirmed, Command: c})
	return nil
}

// Answer is a person's answer over a channel, as the pump notes it.
func (e *Engine) Answer(ctx context.Context, person string, channel plan.Channel) error {
	known, _ := e.Plan().Person(person)
	return e.Record.Confirm(ctx, record.Contact{Person: person, Channel: channel, Address: known.Address(channel)})
}
