package view

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/record"
	"github.com/stormbell/stormbell/workflows/contract"
)

// Reach is one way to reach a person, without the number or address.
type Reach struct {
	Channel     plan.Channel `json:"channel" enum:"sms,call,email"`
	ConfirmedAt time.Time    `json:"confirmed_at,omitzero" doc:"When this person last answered this way; left out while nothing proves that it works"`
	OptedOut    bool         `json:"opted_out,omitempty" doc:"This person has sent STOP to the number of pages"`
}

// Proven tells whether it works: somebody has answered over it, and it was not closed since.
func (r Reach) Proven() bool { return !r.ConfirmedAt.IsZero() && !r.OptedOut }

// reaches are the ways that the plan has to a person.
func reaches(p plan.Person, pages string, contacts record.Contacts, stops record.OptOuts) []Reach {
	ways := []Reach{}
	for _, channel := range []plan.Channel{plan.SMS, plan.Call, plan.Email} {
		address := p.Address(channel)
		if address == "" {
			continue
		}
		ways = append(ways, Reach{
			Channel:     channel,
			ConfirmedAt: contacts.Confirmed(record.Contact{Person: p.ID, Channel: channel, Address: address}),
			OptedOut:    channel == plan.SMS && stops.Has(address, pages),
		})
	}
	return ways
}

// Masked shows the end of a number, and the ends of an address: enough for its owner to know which
// it is.
func Masked(address string) string {
	if name, domain, mail := strings.Cut(address, "@"); mail && name != "" {
		return string([]rune(name)[:1]) + "…@" + domain
	}
	return "…" + address[max(0, len(address)-2):]
}

// TestState is how far the test of a contact has come.
type TestState string

// The states of a test. Only an answer confirms.
const (
	TestSending   TestState = "sending"
	TestSent      TestState = "sent"
	TestDelivered TestState = "delivered"
	TestConfirmed TestState = "confirmed"
	TestFailed    TestState = "failed"
	// TestUnanswered: it went out, and a day has passed.
	TestUnanswered TestState = "unanswered"
)

// ContactTest is the latest test of one way to reach a person.
type ContactTest struct {
	ID          string       `json:"id"`
	Person      string       `json:"person"`
	Channel     plan.Channel `json:"channel" enum:"sms,call,email"`
	StartedAt   time.Time    `json:"started_at"`
	State       TestState    `json:"state" enum:"sending,sent,delivered,confirmed,failed,unanswered"`
	Class       string       `json:"class,omitempty" doc:"Why it failed, such as opted_out or not_reached"`
	Code        string       `json:"code,omitempty" doc:"The provider's code for that"`
	ConfirmedAt time.Time    `json:"confirmed_at,omitzero"`
	After       int          `json:"after_seconds,omitempty" doc:"How long the answer took"`
}

// Waits tells whether the test is on its way, or has arrived, and no answer has come.
func (t ContactTest) Waits() bool {
	return t.State == TestSending || t.State == TestSent || t.State == TestDelivered
}

// Tests are the latest tests of a person's ways, of those that the plan has now.
func (v *Views) Tests(ctx context.Context, person string) ([]ContactTest, error) {
	known, _ := v.Plan().Person(person)
	tests := []ContactTest{}
	for _, channel := range []plan.Channel{plan.SMS, plan.Call, plan.Email} {
		test, found, err := v.Record.TestOf(ctx, record.Contact{Person: person, Channel: channel, Address: known.Address(channel)}, time.Time{})
		if err != nil {
			return nil, fmt.Errorf("read the tests of a contact: %w", err)
		}
		if !found {
			continue
		}
		sent, err := v.Record.Delivery(ctx, contract.TestDelivery(test.ID, contract.TestAsks))
		if err != nil && !errors.Is(err, record.ErrNotFound) {
			return nil, fmt.Errorf("read the tests of a contact: %w", err)
		}
		tests = append(tests, v.test(test, sent))
	}
	return tests, nil
}

// Answerable is how long an answer to a test is waited for, in the plan's minutes.
func Answerable(p plan.Plan) time.Duration { return 24 * 60 * cmp.Or(p.Minute, time.Minute) }

func (v *Views) test(t record.ContactTest, sent record.Delivery) ContactTest {
	view := ContactTest{ID: t.ID, Person: t.Person, Channel: t.Channel, StartedAt: t.StartedAt, ConfirmedAt: t.ConfirmedAt, State: TestSending}
	switch {
	case !t.ConfirmedAt.IsZero():
		view.State, view.After = TestConfirmed, int(t.ConfirmedAt.Sub(t.StartedAt).Round(time.Second)/time.Second)
	case sent.State == delivery.Failed:
		view.State, view.Class, view.Code = TestFailed, string(sent.Class), sent.Code
	case v.Now().Sub(t.StartedAt) > Answerable(v.Plan()):
		view.State = TestUnanswered
	case sent.State == delivery.Delivered:
		view.State = TestDelivered
	case sent.State == delivery.Accepted:
		view.State = TestSent
	}
	return view
}
