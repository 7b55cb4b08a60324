package pump

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/stormbell/stormbell/domain/actor"
	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/notice"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/domain/reply"
	"github.com/stormbell/stormbell/internal/record"
	"github.com/stormbell/stormbell/workflows/client"
	"github.com/stormbell/stormbell/workflows/contract"
)

// Text is a text message that came in.
type Text struct {
	From string `json:"from"`
	// To is the sender number that it was sent to.
	To   string `json:"to,omitempty"`
	Body string `json:"body"`
	// Word is what the carrier took the text for; without its opinion the body decides.
	Word reply.Keyword `json:"word,omitempty"`
}

// Keys are what somebody pressed in the call of delivery N.
type Keys struct {
	N string `json:"n"`
	// To is the phone that was called.
	To     string `json:"to,omitempty"`
	Role   string `json:"role,omitempty"`
	Digits string `json:"digits"`
}

// Receipt is a provider's word on delivery N, called back or asked for.
type Receipt = delivery.Receipt

// remembered is how long after its end a request still explains a late answer.
const remembered = 48 * time.Hour

// about is what a reply is about.
type about struct {
	workflow string
	incident int
	ask      string
	role     string
}

// text hands a person's text to the workflow that asked. Unknown senders get no answer.
func (p *Pump) text(ctx context.Context, item record.ClaimedItem, in Text) error {
	r := reply.Parse(in.Body)
	if in.Word != reply.NoKeyword {
		r = reply.Reply{Carrier: in.Word}
	}
	// A stranger's word counts too: the plan may get that phone tomorrow.
	if err := p.optOut(ctx, item, in, r.Carrier); err != nil {
		return err
	}
	current := p.Plan()
	people := owners(current, in.From)
	if len(people) == 0 {
		p.Logger.InfoContext(ctx, "a text of an unknown number is ignored")
		return nil
	}
	if answered, err := p.texted(ctx, in, r); err != nil || answered {
		return err
	}
	if r.Carrier != reply.NoKeyword && in.To == current.Channels.Updates.From {
		return nil // it is no answer to a page
	}
	person, err := p.speaker(ctx, people, r)
	if err != nil {
		return err
	}
	a, r, unclear, err := p.asked(ctx, person, r)
	switch {
	case err != nil:
		return err
	case a.Workflow == "" && r.Carrier != reply.NoKeyword:
		return nil // the carrier has answered it
	case a.Workflow == "":
		return p.Commands.Courtesy(ctx, item.Key, contract.CourtesyInput{
			Person: person, Notice: notice.Notice{Kind: notice.Unneeded}, Settle: current.Settle,
		})
	}
	if r.Carrier == reply.NoKeyword && !unclear {
		if err := p.answered(ctx, a.Workflow, person); err != nil {
			return err
		}
	}
	target := about{workflow: a.Workflow, incident: a.Incident, ask: a.ID, role: a.Role}
	return p.replied(ctx, target, effect.Replied{ID: item.Key, Person: person, Via: string(actor.SMS), Ask: a.ID, Reply: r, Choose: unclear})
}

// optOut keeps what the carrier now does with texts from a sender to a phone.
func (p *Pump) optOut(ctx context.Context, item record.ClaimedItem, in Text, word reply.Keyword) error {
	switch word {
	case reply.Stop, reply.Start:
		if in.To == "" {
			return nil // kept by a build that did not know whom it was for
		}
		err := p.Record.PutOptOut(ctx, record.OptOut{Phone: in.From, Sender: in.To, Stopped: word == reply.Stop, Item: item.ID})
		if err != nil || in.To != p.Plan().Channels.Updates.From {
			return err
		}
		return p.stopUpdates(ctx, in)
	case reply.Help, reply.NoKeyword:
	}
	return nil
}

// asked finds the request that a reply is about, and the reply as far as it is about that
// one; without a request the answer has no workflow. What is left of a code that is about
// nothing is an empty reply, which is answered with the codes.
func (p *Pump) asked(ctx context.Context, person string, r reply.Reply) (a record.OpenAsk, about reply.Reply, unclear bool, err error) {
	asks, err := p.Record.OpenAsks(ctx, person)
	if err != nil {
		return record.OpenAsk{}, r, false, err
	}
	if r.Letter != "" && !slices.ContainsFunc(asks, func(a record.OpenAsk) bool { return a.Letter == r.Letter }) {
		late, known, err := p.Record.AskByLetter(ctx, person, r.Letter, p.Now().Add(-remembered))
		if err != nil || known {
			// A page has a truthful answer to everything. Elsewhere "4A" for what is no longer
			// asked would end the task that is.
			if late.Kind != effect.AskPage && r.Action != reply.Take {
				r = reply.Reply{}
			}
			return late, r, false, err
		}
		r = reply.Reply{}
	}
	if a, open, unclear := choose(asks, r); open {
		return a, r, unclear, nil
	}
	last, _, err := p.Record.LastAsk(ctx, person, p.Now().Add(-remembered))
	return last, r, false, err
}

// answered notes that the person acted on the last text of the workflow.
func (p *Pump) answered(ctx context.Context, workflow, person string) error {
	rows, err := p.Record.DeliveriesOf(ctx, workflow)
	if err != nil {
		return err
	}
	for _, d := range slices.Backward(rows) {
		if d.Person == person && d.Channel == string(plan.SMS) {
			_, _, err := p.Record.Settle(ctx, d.N, delivery.Outcome{State: delivery.Answered})
			return err
		}
	}
	return nil
}

// speaker is who has written, of those who share a phone: the first of whom something is asked
// that the reply fits, else the first of whom anything is asked, else the first.
func (p *Pump) speaker(ctx context.Context, people []string, r reply.Reply) (string, error) {
	if len(people) == 1 {
		return people[0], nil
	}
	asked := ""
	for _, person := range people {
		asks, err := p.Record.OpenAsks(ctx, person)
		if err != nil {
			return "", err
		}
		fits := func(a record.OpenAsk) bool {
			if r.Letter != "" {
				return a.Letter == r.Letter
			}
			return slices.Contains(slices.Concat(answers(r)...), a.Kind)
		}
		switch {
		case slices.ContainsFunc(asks, fits):
			return person, nil
		case len(asks) > 0:
			asked = cmp.Or(asked, person)
		}
	}
	return cmp.Or(asked, people[0]), nil
}

// answers says which kinds of requests a reply can be about, the first that is open counts.
// Requests of the same rank are told apart by their letter alone.
func answers(r reply.Reply) [][]string {
	working := []string{effect.AskTask, effect.AskReview, effect.AskApprove, effect.AskCheck, effect.AskDraft, effect.AskRelease}
	switch {
	case r.Action == reply.Take || r.Action == reply.Connect:
		return [][]string{{effect.AskPage}, {effect.AskHold}, {effect.AskJoin}}
	case r.Action == reply.Pass:
		return [][]string{{effect.AskPage}, {effect.AskTask}}
	case r.Action == reply.Done:
		return [][]string{{effect.AskTask, effect.AskJoin, effect.AskHandOver}}
	case r.Minutes > 0:
		return [][]string{working, {effect.AskPage}}
	default:
		return [][]string{{effect.AskPage}}
	}
}

// choose says which open request a reply is about: the one its letter names, else the one
// that its code fits, else the oldest. When it fits several, they are listed by letter, and
// the person chooses. Words fit a page best: it hands them to the lead.
func choose(asks []record.OpenAsk, r reply.Reply) (a record.OpenAsk, found, unclear bool) {
	if len(asks) == 0 {
		return record.OpenAsk{}, false, false
	}
	if r.Letter != "" {
		i := slices.IndexFunc(asks, func(a record.OpenAsk) bool { return a.Letter == r.Letter })
		return asks[max(i, 0)], true, false
	}
	for _, kinds := range answers(r) {
		var fit []record.OpenAsk
		for _, a := range asks {
			if slices.Contains(kinds, a.Kind) {
				fit = append(fit, a)
			}
		}
		if len(fit) > 0 {
			code := r.Action != reply.None || r.Minutes > 0
			return fit[0], true, code && len(fit) > 1
		}
	}
	return asks[0], true, false
}

// replied hands a reply to the workflow it is about. One that has ended leaves the truthful
// answer to the business incident, or to the technical one when there is none.
func (p *Pump) replied(ctx context.Context, a about, r effect.Replied) error {
	r.Role = a.role
	i, err := p.Record.Incident(ctx, a.incident)
	if errors.Is(err, record.ErrNotFound) {
		p.Logger.ErrorContext(ctx, "a reply is about an incident that is not in the record and is dropped", "incident", a.incident)
		return nil
	}
	if err != nil {
		return err
	}
	for _, workflow := range []string{a.workflow, contract.BusinessID(i.Year, i.Number), contract.IncidentID(i.Year, i.Number)} {
		if err = p.Commands.Replied(ctx, workflow, r); !errors.Is(err, client.ErrNotRunning) {
			return err
		}
	}
	return nil
}
