package act

import (
	"context"
	"slices"

	"github.com/stormbell/stormbell/api/view"
	"github.com/stormbell/stormbell/domain/actor"
	"github.com/stormbell/stormbell/domain/board"
	"github.com/stormbell/stormbell/domain/business"
	"github.com/stormbell/stormbell/domain/comms"
	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/incident"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/domain/refusal"
	"github.com/stormbell/stormbell/workflows/contract"
)

// Letter names one message of the board.
type Letter struct {
	Audience string
	Phase    plan.Phase
}

// gate picks out of a message's gates whose act it is, and in which role. Of several it
// prefers the one of the person who acts, if one is named. No role means the lead.
type gate func(s comms.State, acting string) (person, role string)

// open picks a gate that still waits, of the kinds, in a role if one is named.
func open(role string, kinds ...comms.GateKind) gate {
	return func(s comms.State, acting string) (string, string) {
		picked := -1
		for i, g := range s.Gates {
			mine := acting != "" && (s.Holders[g.Role] == acting || slices.Contains(g.Deputies, acting))
			fits := g.Open() && slices.Contains(kinds, g.Kind) && (role == "" || role == g.Role)
			if fits && (picked < 0 || mine) {
				picked = i
			}
			if fits && mine {
				break
			}
		}
		if picked < 0 {
			return "", role
		}
		return s.Holders[s.Gates[picked].Role], s.Gates[picked].Role
	}
}

func (d *Desk) toMessage(ctx context.Context, a Act, l Letter, whose gate, name string, command func(by actor.Actor, role string) comms.Command) error {
	picked := ""
	c, by, err := d.begin(ctx, a, func(c *view.Case) (person, role string) {
		cell, _ := c.Cell(l.Audience, l.Phase)
		if loop, begun := c.Loop(cell); begun {
			person, picked = whose(loop, a.Who.Person)
		}
		if picked == "" {
			return lead(c)
		}
		return person, picked
	})
	if err != nil {
		return err
	}
	if err := writing(c, l); err != nil {
		return err
	}
	return d.eventually(ctx, a.Incident, func() error {
		_, err := d.Commands.Message(ctx, ref(c), l.Phase, l.Audience, name, command(by, picked), a.Request)
		return err
	})
}

// writing refuses acts on a message that is not being written.
func writing(c *view.Case, l Letter) error {
	if !c.Small() {
		if err := declared(c); err != nil {
			return err
		}
	}
	cell, found := c.Cell(l.Audience, l.Phase)
	if !found {
		return refusal.New(refusal.NotFound, "the board has no such message; it fills when emergency mode begins")
	}
	switch cell.State {
	case board.Open:
		return nil
	case board.ToWrite, board.NotOwed:
		return refusal.New(refusal.TooEarly, "this message has not begun; messages are written one after another, or ordered").With("state", string(cell.State))
	case board.Sent, board.Skipped, board.Withdrawn:
		return refusal.New(refusal.Ended, "this message is %s", cell.State).With("state", string(cell.State))
	}
	return nil
}

// Edit replaces texts. Another hash than the current text's is refused as stale.
func (d *Desk) Edit(ctx context.Context, a Act, l Letter, texts []effect.Text, hash string) error {
	return d.toMessage(ctx, a, l, drafter, contract.EditDraft, func(by actor.Actor, _ string) comms.Command {
		return comms.Edit{Actor: by, Texts: texts, Hash: hash}
	})
}

// drafter is who writes the first draft (R49).
func drafter(s comms.State, _ string) (person, role string) {
	return s.Holders[s.Audience.Draft], s.Audience.Draft
}

// Submit says that the draft is ready to be read.
func (d *Desk) Submit(ctx context.Context, a Act, l Letter) error {
	return d.toMessage(ctx, a, l, drafter, contract.SubmitDraft, func(by actor.Actor, _ string) comms.Command { return comms.Submit{Actor: by} })
}

// Agree is a reader's yes, with a wish that does not block (R103).
func (d *Desk) Agree(ctx context.Context, a Act, l Letter, role, hash, suggestion string) error {
	return d.toMessage(ctx, a, l, open(role, comms.Check, comms.Review), contract.AgreeToDraft, func(by actor.Actor, role string) comms.Command {
		return comms.Agree{Actor: by, Role: role, Hash: hash, Suggestion: suggestion}
	})
}

// Object is a strong objection (R104).
func (d *Desk) Object(ctx context.Context, a Act, l Letter, role, words string) error {
	return d.toMessage(ctx, a, l, open(role, comms.Check, comms.Review, comms.Approve), contract.ObjectToDraft, func(by actor.Actor, role string) comms.Command {
		return comms.Object{Actor: by, Role: role, Words: words}
	})
}

// Settle closes an objection; 0 means the oldest open one.
func (d *Desk) Settle(ctx context.Context, a Act, l Letter, objection int, how string) error {
	objector := func(s comms.State, _ string) (person, role string) {
		for _, o := range s.Objections {
			if o.ID == objection || objection == 0 && o.Settled == "" {
				objection = o.ID
				return o.By, o.Role
			}
		}
		return "", ""
	}
	return d.toMessage(ctx, a, l, objector, contract.SettleObjection, func(by actor.Actor, _ string) comms.Command {
		return comms.Settle{Actor: by, Objection: objection, How: how}
	})
}

// Approve is the ELT Approver's yes (R107).
func (d *Desk) Approve(ctx context.Context, a Act, l Letter, hash string) error {
	return d.toMessage(ctx, a, l, open("", comms.Approve), contract.ApproveDraft, func(by actor.Actor, _ string) comms.Command {
		return comms.Authorise{Actor: by, Hash: hash}
	})
}

// TakeBack undoes the approval of whoever gave it, for a minute.
func (d *Desk) TakeBack(ctx context.Context, a Act, l Letter) error {
	approved := func(s comms.State, _ string) (person, role string) {
		for _, g := range s.Gates {
			if g.Kind == comms.Approve {
				return g.DoneBy, g.Role
			}
		}
		return "", ""
	}
	return d.toMessage(ctx, a, l, approved, contract.TakeBackDraft, func(by actor.Actor, _ string) comms.Command { return comms.TakeBack{Actor: by} })
}

// Release is the incident commander's (R108).
func (d *Desk) Release(ctx context.Context, a Act, l Letter, hash string) error {
	return d.toMessage(ctx, a, l, open("", comms.Release), contract.ReleaseDraft, func(by actor.Actor, _ string) comms.Command {
		return comms.Dispatch{Actor: by, Hash: hash}
	})
}

// EstimateReview gives whoever is asked minutes.
func (d *Desk) EstimateReview(ctx context.Context, a Act, l Letter, role string, minutes int) error {
	every := []comms.GateKind{comms.Draft, comms.Check, comms.Review, comms.Approve, comms.Release}
	return d.toMessage(ctx, a, l, open(role, every...), contract.EstimateReview, func(by actor.Actor, role string) comms.Command {
		return comms.Estimate{Actor: by, Role: role, Minutes: minutes}
	})
}

// Skip decides that an audience gets nothing in a phase (R90).
func (d *Desk) Skip(ctx context.Context, a Act, l Letter, reason string) error {
	return d.toBoard(ctx, a, contract.SkipMessage, func(by actor.Actor, small bool) any {
		if small {
			return incident.SkipMessage{Actor: by, Audience: l.Audience, Phase: l.Phase, Reason: reason}
		}
		return business.SkipMessage{Actor: by, Audience: l.Audience, Phase: l.Phase, Reason: reason}
	})
}

// Order begins a message, or the next update (R96, R155).
func (d *Desk) Order(ctx context.Context, a Act, l Letter) error {
	return d.toBoard(ctx, a, contract.OrderMessage, func(by actor.Actor, small bool) any {
		if small {
			return incident.OrderMessage{Actor: by, Audience: l.Audience, Phase: l.Phase}
		}
		return business.OrderMessage{Actor: by, Audience: l.Audience, Phase: l.Phase}
	})
}

// toBoard sends a command to whichever incident keeps the message board.
func (d *Desk) toBoard(ctx context.Context, a Act, name string, command func(by actor.Actor, small bool) any) error {
	c, by, err := d.begin(ctx, a, lead)
	if err != nil {
		return err
	}
	send := d.Commands.Business
	if c.Small() {
		send = d.Commands.Incident
	} else if err := declared(c); err != nil {
		return err
	}
	return d.eventually(ctx, a.Incident, func() error {
		_, err := send(ctx, ref(c), name, command(by, c.Small()), a.Request)
		return err
	})
}

// Size answers what one must be clear about before drafting (R97).
func (d *Desk) Size(ctx context.Context, a Act, l Letter, answers map[comms.SizingQuestion]string) error {
	return d.toMessage(ctx, a, l, drafter, contract.SizeMessage, func(by actor.Actor, _ string) comms.Command {
		return comms.Size{Actor: by, Answers: answers}
	})
}

// Deliver reports that the incident commander was told, or that what goes out by hand is out.
func (d *Desk) Deliver(ctx context.Context, a Act, l Letter, note string) error {
	return d.toMessage(ctx, a, l, open("", comms.Announce, comms.Distribute), contract.DeliverMessage, func(by actor.Actor, _ string) comms.Command {
		return comms.Deliver{Actor: by, Note: note}
	})
}

// Inform begins to keep colleagues informed of an incident below severe (R136).
func (d *Desk) Inform(ctx context.Context, a Act) error {
	return d.toIncident(ctx, a, commander, contract.StartUpdates, func(by actor.Actor) any { return incident.StartUpdates{Actor: by} })
}

// SetScope says what the incident concerns, to both incidents.
func (d *Desk) SetScope(ctx context.Context, a Act, scope plan.Scope) error {
	if err := d.known(scope); err != nil {
		return err
	}
	c, by, err := d.begin(ctx, a, lead)
	if err != nil {
		return err
	}
	return d.eventually(ctx, a.Incident, func() error {
		if c.InBusiness() && c.Business != nil {
			_, err := d.Commands.Business(ctx, ref(c), contract.SetScope, business.SetScope{Actor: by, Scope: scope}, a.Request)
			return err
		}
		_, err := d.Commands.Incident(ctx, ref(c), contract.SetScope, incident.SetScope{Actor: by, Scope: scope}, a.Request)
		return err
	})
}

// known refuses names that the plan does not have.
func (d *Desk) known(s plan.Scope) error {
	p := d.Views.Plan()
	for _, name := range s.Services {
		if !slices.ContainsFunc(p.Services, func(t plan.Topic) bool { return t.Name == name }) {
			return refusal.New(refusal.Invalid, "the plan has no service %q", name)
		}
	}
	for _, name := range s.Regions {
		if !slices.ContainsFunc(p.Regions, func(t plan.Topic) bool { return t.Name == name }) {
			return refusal.New(refusal.Invalid, "the plan has no region %q", name)
		}
	}
	if s.Mode != "" && !slices.ContainsFunc(p.FailureModes, func(m plan.FailureMode) bool { return m.Name == s.Mode }) {
		return refusal.New(refusal.Invalid, "the plan has no failure mode %q", s.Mode)
	}
	return nil
}
