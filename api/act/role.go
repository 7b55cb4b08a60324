package act

import (
	"context"
	"errors"
	"slices"

	"github.com/stormbell/stormbell/api/view"
	"github.com/stormbell/stormbell/domain/actor"
	"github.com/stormbell/stormbell/domain/business"
	"github.com/stormbell/stormbell/domain/escalation"
	"github.com/stormbell/stormbell/domain/holding"
	"github.com/stormbell/stormbell/domain/incident"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/domain/refusal"
	"github.com/stormbell/stormbell/workflows/client"
	"github.com/stormbell/stormbell/workflows/contract"
)

// Page reaches somebody for a role (R24); both reaches primary and first backup side by side (R37).
func (d *Desk) Page(ctx context.Context, a Act, role string, both bool) error {
	c, by, err := d.begin(ctx, a, lead)
	if err != nil {
		return err
	}
	return d.toOwner(ctx, a, c, contract.PageRole, business.PageRole{Actor: by, Role: role, Both: both}, incident.PageRole{Actor: by, Role: role, Both: both})
}

// Appoint gives a role to a person without a page.
func (d *Desk) Appoint(ctx context.Context, a Act, role, person string) error {
	c, by, err := d.begin(ctx, a, lead)
	if err != nil {
		return err
	}
	if _, known := d.Views.Plan().Person(person); !known {
		return refusal.New(refusal.Invalid, "the plan knows nobody by that id; GET /api/v1/people lists them")
	}
	return d.appoint(ctx, a, c, by, role, person, false)
}

func (d *Desk) appoint(ctx context.Context, a Act, c *view.Case, by actor.Actor, role, person string, vacant bool) error {
	return d.toOwner(ctx, a, c, contract.Appoint,
		business.Appoint{Actor: by, Role: role, Person: person, Vacant: vacant}, incident.Appoint{Actor: by, Role: role, Person: person, Vacant: vacant})
}

// toOwner sends a command about a role to the incident that decides about roles now.
func (d *Desk) toOwner(ctx context.Context, a Act, c *view.Case, name string, inBusiness business.Command, inIncident incident.Command) error {
	return d.eventually(ctx, a.Incident, func() (err error) {
		if c.InBusiness() {
			_, err = d.Commands.Business(ctx, ref(c), name, inBusiness, a.Request)
		} else {
			_, err = d.Commands.Incident(ctx, ref(c), name, inIncident, a.Request)
		}
		return err
	})
}

// Accept takes a role: of its page while one is open; when nobody was asked, by appointment.
// Whoever holds the role already keeps it (R43).
func (d *Desk) Accept(ctx context.Context, a Act, role string, minutes int) error {
	if a.Who.Guest != "" {
		return refusal.New(refusal.Forbidden, "only people of the plan take roles: nobody would reach you")
	}
	c, by, err := d.beginRole(ctx, a, role)
	if err != nil {
		return err
	}
	r, _ := c.Roles().Of(role)
	if r.State == holding.Paged {
		err := d.toPage(ctx, a, c, r, contract.AcceptPage, escalation.Accept{Actor: by, Minutes: minutes})
		if err == nil {
			d.settle(ctx, a.Incident, func(c *view.Case) bool { return c.Roles().Holder(role) != "" })
		}
		if !errors.Is(err, client.ErrNotRunning) {
			return err
		}
		// The page ended a moment ago, or stood down.
		if c, err = d.Views.Case(ctx, a.Incident); err != nil {
			return err
		}
		r, _ = c.Roles().Of(role)
		if page, ok := c.Page(r); ok && page.Holder != "" {
			// The incident may not have heard of it yet.
			r.State, r.Person, r.Since = holding.Held, page.Holder, page.HeldAt
		}
	}
	if err := r.MayTake(by.Person); err != nil || r.State == holding.Held {
		return err
	}
	return d.appoint(ctx, a, c, by, role, by.Person, true)
}

// Decline passes a role on to whoever is next on its page.
func (d *Desk) Decline(ctx context.Context, a Act, role, reason string) error {
	c, by, err := d.beginRole(ctx, a, role)
	if err != nil {
		return err
	}
	r, _ := c.Roles().Of(role)
	switch r.State {
	case holding.Paged:
		return d.toPage(ctx, a, c, r, contract.DeclinePage, escalation.Decline{Actor: by, Reason: reason})
	case holding.Held:
		return refusal.New(refusal.AlreadyDone, "%s holds %s; page it again or give it to somebody else", r.Person, role).
			With("role", role).With("holder", r.Person)
	}
	return refusal.New(refusal.TooEarly, "nobody was asked to take %s yet", role)
}

func (d *Desk) toPage(ctx context.Context, a Act, c *view.Case, r holding.Role, name string, command escalation.Command) error {
	return d.eventually(ctx, a.Incident, func() error {
		_, err := d.Commands.Page(ctx, ref(c), r.Name, r.K, name, command, a.Request)
		return err
	})
}

// beginRole begins an act of whoever holds a role or is asked to take it.
func (d *Desk) beginRole(ctx context.Context, a Act, role string) (*view.Case, actor.Actor, error) {
	if _, known := d.Views.Plan().RoleByName(role); !known {
		return nil, actor.Actor{}, refusal.New(refusal.NotFound, "the plan has no such role")
	}
	return d.begin(ctx, a, func(c *view.Case) (string, string) {
		r, _ := c.Roles().Of(role)
		if r.State == holding.Held {
			return r.Person, role
		}
		page, _ := c.Page(r)
		for _, person := range slices.Backward(page.People) {
			if !slices.Contains(page.Declined, person) {
				return person, role
			}
		}
		return "", role
	})
}

// Attend confirms that a role's holder is on the call (R40).
func (d *Desk) Attend(ctx context.Context, a Act, role string) error {
	return d.toBusiness(ctx, a, holderOf(role), contract.Attend, func(by actor.Actor) any {
		return business.Attend{Actor: by, Role: role}
	})
}

// NameProxy says who is on the call for the holder of a role (R42).
func (d *Desk) NameProxy(ctx context.Context, a Act, role, person string) error {
	if _, known := d.Views.Plan().Person(person); !known {
		return refusal.New(refusal.Invalid, "the plan knows nobody by that id; GET /api/v1/people lists them")
	}
	return d.toBusiness(ctx, a, holderOf(role), contract.NameProxy, func(by actor.Actor) any {
		return business.NameProxy{Actor: by, Role: role, Person: person}
	})
}

// HandOver says that the liaison has handed the engineers' call over (R33).
func (d *Desk) HandOver(ctx context.Context, a Act) error {
	return d.toBusiness(ctx, a, holderOf(plan.CustomerLiaison), contract.HandOver, func(by actor.Actor) any {
		return business.HandOver{Actor: by}
	})
}

// StillHere is a sign of life of whoever holds a role (R38).
func (d *Desk) StillHere(ctx context.Context, a Act, role string) error {
	c, by, err := d.begin(ctx, a, holderOf(role))
	if err != nil {
		return err
	}
	return d.toOwner(ctx, a, c, contract.StillHere, business.StillHere{Actor: by}, incident.StillHere{Actor: by})
}
