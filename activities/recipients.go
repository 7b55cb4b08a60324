package activities

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.temporal.io/sdk/activity"

	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/planfile"
	"github.com/stormbell/stormbell/internal/record"
	"github.com/stormbell/stormbell/workflows/contract"
)

// GatherRecipients draws up the list of those who get a message to an audience, as it is now:
// the plan's recipients, its file of them, and who asked for updates. Each person is on it once.
// Nothing changes a list that was drawn up, and only its name and counts leave the record.
func (a *Activities) GatherRecipients(ctx context.Context, in contract.GatherInput) (effect.Gathered, error) {
	audience, ok := a.Plan().Audience(in.Audience)
	if !ok { // the plan in force has given it another name
		p, err := a.PlanOf(ctx, in.PlanHash)
		if err != nil {
			return effect.Gathered{}, err
		}
		audience, _ = p.Audience(in.Audience)
	}
	all := []record.Recipient{}
	if slices.Contains(audience.Send, plan.SendEmail) {
		var err error
		if all, err = a.gather(ctx, in, audience); err != nil {
			return effect.Gathered{}, err
		}
	}
	list, err := a.Record.PutRecipients(ctx, all)
	if err != nil {
		return effect.Gathered{}, err
	}
	by, err := a.reachable(ctx, in.Incident, all)
	return effect.Gathered{List: list, Total: len(all), By: by}, err
}

func (a *Activities) gather(ctx context.Context, in contract.GatherInput, audience plan.Audience) ([]record.Recipient, error) {
	chosen, err := a.Record.Preferences(ctx)
	if err != nil {
		return nil, err
	}
	p := a.Plan()
	g := gathering{plan: p, people: map[string]string{}, known: map[string]bool{}, preferences: chosen, drill: in.Drill}
	for _, person := range p.People {
		g.people[strings.ToLower(person.Email)] = person.ID
		for _, phone := range person.Phones {
			g.people[phone.Number] = person.ID
		}
	}
	// Who subscribed has chosen a way, and comes first.
	if audience.Subscribers {
		subscribers, err := a.Record.Subscribers(ctx, in.Incident)
		if err != nil {
			return nil, err
		}
		for _, s := range subscribers {
			if s.Incident > 0 || in.Scope.Concerns(s.Service, s.Region) {
				g.add(record.Recipient{Channel: s.Channel, Address: s.Address, Language: s.Language, Person: s.Person})
			}
		}
	}
	listed := audience.Recipients
	if audience.List != "" {
		more, err := planfile.ReadRecipients(audience.List, p.Company.Languages)
		var mistakes *planfile.ListError
		switch {
		case errors.As(err, &mistakes): // check has said so; the others are told all the same
			activity.GetLogger(ctx).Warn("a list of recipients has lines that cannot be read", "audience", in.Audience, "lines", mistakes.Lines())
		case err != nil:
			return nil, fmt.Errorf("the list of %s: %w", in.Audience, err)
		}
		listed = slices.Concat(listed, more)
	}
	for _, r := range listed {
		to := record.Recipient{Channel: string(plan.Email), Address: r.Email, Name: r.Name, Language: r.Language, Shared: r.Shared}
		if r.Phone != "" {
			to.Channel, to.Address = string(plan.SMS), r.Phone
		}
		g.add(to)
	}
	// The same people are the same list, whatever the order they came in; and those who get the
	// same mail stand together.
	slices.SortFunc(g.all, func(x, y record.Recipient) int {
		return cmp.Or(cmp.Compare(x.Channel, y.Channel), cmp.Compare(x.Language, y.Language), cmp.Compare(fmt.Sprint(x.Shared), fmt.Sprint(y.Shared)), cmp.Compare(x.Address, y.Address))
	})
	return g.all, nil
}

// gathering is a list that is being drawn up.
type gathering struct {
	plan plan.Plan
	// people of the plan by what reaches them.
	people      map[string]string
	preferences map[string]record.Preferences
	drill       bool
	known       map[string]bool
	all         []record.Recipient
}

// add puts a recipient on the list, unless the address or the person is on it already. In a
// drill only the plan's own people hear anything.
func (g *gathering) add(r record.Recipient) {
	key := strings.ToLower(strings.TrimSpace(r.Address))
	r.Person = cmp.Or(r.Person, g.people[key])
	if person, ours := g.plan.Person(r.Person); ours {
		r.Name = cmp.Or(r.Name, person.Name)
		r.Language = cmp.Or(g.preferences[r.Person].Language, r.Language, person.Language)
	}
	if key == "" || g.known[key] || r.Person != "" && g.known["person "+r.Person] || g.drill && r.Person == "" {
		return
	}
	g.known[key] = true
	if r.Person != "" {
		g.known["person "+r.Person] = true
	}
	g.all = append(g.all, r)
}

// reachable counts by their way those to whom nothing stands in the way now.
func (a *Activities) reachable(ctx context.Context, incident int, all []record.Recipient) (map[string]int, error) {
	addresses, by := map[string][]string{}, map[string]int{}
	for _, r := range all {
		addresses[r.Channel] = append(addresses[r.Channel], r.Address)
	}
	for channel, some := range addresses {
		stopped, err := a.Record.Suppressed(ctx, incident, channel, some)
		if err != nil {
			return nil, err
		}
		by[channel] = len(some) - len(stopped)
	}
	return by, nil
}
