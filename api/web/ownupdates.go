package web

import (
	"context"
	"slices"

	"github.com/stormbell/stormbell/api/act"
	"github.com/stormbell/stormbell/api/web/deed"
	"github.com/stormbell/stormbell/api/web/sheet"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/domain/refusal"
	"github.com/stormbell/stormbell/internal/record"
)

// ownUpdates are the updates of somebody who came by a personal link: one press is enough, for
// nobody else has the link.
type ownUpdates struct {
	Have   []record.Subscription
	Ways   []string
	Wishes []choice
}

// ownUpdatesDeeds are the forms of it.
var ownUpdatesDeeds = []string{"updates", "end"}

// ownUpdates returns what a person gets. On the page of an incident there is nothing to choose:
// the updates are about it.
func (p *Pages) ownUpdates(ctx context.Context, s *sheet.Sheet, link record.Link) (o ownUpdates, err error) {
	o.Have, err = p.subscriptionsOf(ctx, link.Person)
	person, _ := s.Plan().Person(link.Person)
	for _, way := range ways(s.Plan()) {
		if way != act.ByChat && person.Address(plan.Channel(way)) != "" {
			o.Ways = append(o.Ways, way)
		}
	}
	if link.Incident == 0 {
		o.Wishes = choices(s, nil)
	}
	return o, err
}

func (p *Pages) subscriptionsOf(ctx context.Context, person string) ([]record.Subscription, error) {
	known, _ := p.Plan().Person(person)
	var to []record.Destination
	for _, way := range []string{act.ByMail, act.ByText} {
		if address := known.Address(plan.Channel(way)); address != "" {
			to = append(to, record.DestinationOf(way, address))
		}
	}
	return p.Record.SubscriptionsTo(ctx, to...)
}

// changeUpdates begins or ends updates of the person whose link it is.
func (p *Pages) changeUpdates(ctx context.Context, link record.Link, name string, f deed.Form) error {
	if name == "end" {
		mine, err := p.subscriptionsOf(ctx, link.Person)
		if err != nil {
			return err
		}
		id := f.Text("subscription")
		if !slices.ContainsFunc(mine, func(s record.Subscription) bool { return s.ID == id }) {
			return nil // ended before
		}
		return p.Record.EndSubscription(ctx, id)
	}
	known, err := p.Views.Known(ctx, link.Person)
	if err != nil {
		return err
	}
	w, err := wishOf(f, sheet.Preferred(append([]string{known.Language}, p.Plan().Company.Languages...)...))
	if err != nil {
		return err
	}
	if link.Incident > 0 {
		w.Incident = link.Incident
	}
	if w.Address != "" {
		return refusal.New(refusal.Invalid, "updates go to the addresses of the plan")
	}
	_, err = p.Desk.Join(ctx, link.Person, w)
	return err
}

// tell puts the outcome of an act on a personal page.
func (p *Pages) tell(s *sheet.Sheet, o deed.Outcome) {
	if name := o.Said.Get("said"); slices.Contains(ownUpdatesDeeds, name) {
		s.Said = s.T("updates_said." + name)
		return
	}
	o.Tell(s)
	if o.Said.Get("said") == "invite" {
		s.Said = s.T("said.invite")
	}
}
