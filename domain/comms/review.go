package comms

import (
	"fmt"
	"slices"
	"strings"

	"github.com/stormbell/stormbell/domain/actor"
	"github.com/stormbell/stormbell/domain/checkback"
	"github.com/stormbell/stormbell/domain/refusal"
)

// gate returns the first gate of a kind, of a role if one is named.
func (d *decision) gate(kind GateKind, role string) *Gate {
	for i := range d.Gates {
		if g := &d.Gates[i]; g.Kind == kind && (role == "" || g.Role == role) {
			return g
		}
	}
	return nil
}

func (d *decision) yes(g *Gate, by string) {
	if g == nil {
		return
	}
	g.Item = g.Finish(by, d.now)
	g.Hash, g.Version = d.Hash(), d.Version
}

// agree is a reader's yes; a wish for other words goes with it and does not block (R103).
func (d *decision) agree(c Agree) error {
	kind := Review
	if d.Stage == Checking {
		kind = Check
	}
	if d.Stage != Checking && d.Stage != Reviewing {
		return refusal.New(refusal.TooEarly, "this message is in %s; nobody is asked to agree now", d.Stage).With("stage", string(d.Stage))
	}
	g, err := d.mine(c.Actor, kind, c.Role)
	if err != nil {
		return err
	}
	if err := d.fresh(c.Hash); err != nil {
		return err
	}
	if s := strings.TrimSpace(c.Suggestion); s != "" {
		d.Suggested = append(d.Suggested, Suggestion{By: c.Actor.Name(), Text: s, At: d.now})
		d.record("suggested", c.Actor.Name(), c.Actor.Name()+" suggests: "+s)
	}
	d.yes(g, c.Actor.Name())
	d.record("agreed", c.Actor.Name(), fmt.Sprintf("%s agreed as %s", c.Actor.Name(), g.Role))
	return nil
}

// mine finds the open gate of a kind that the actor answers for. Who may release by signing in
// answers for the release, too; no right makes anybody an approver.
func (d *decision) mine(a actor.Actor, kind GateKind, role string) (*Gate, error) {
	closed, who := -1, ""
	for i := range d.Gates {
		g := &d.Gates[i]
		if g.Kind != kind || role != "" && g.Role != role {
			continue
		}
		if !a.StandIn && !d.answersFor(a.Person, *g) && (kind != Release || !a.May(actor.Release)) {
			who = d.Holders[g.Role]
			continue
		}
		if g.Open() {
			return g, nil
		}
		if closed < 0 && g.State == checkback.Done {
			closed = i
		}
	}
	if closed >= 0 {
		return &d.Gates[closed], nil
	}
	return nil, refusal.New(refusal.Forbidden, "you are not asked to %s this message", kind).With("holder", who)
}

// answersFor tells whether a person decides at a gate now: its role's holder, or a deputy.
func (d *decision) answersFor(person string, g Gate) bool {
	return person != "" && (person == d.Holders[g.Role] || slices.Contains(g.Deputies, person))
}

func (d *decision) object(c Object) error {
	if d.Stage != Checking && d.Stage != Reviewing && d.Stage != Approving && (d.Stage != Releasing || !d.modern()) {
		return refusal.New(refusal.TooEarly, "this message is in %s; it is not under review", d.Stage)
	}
	words := strings.TrimSpace(c.Words)
	if words == "" {
		return refusal.New(refusal.Invalid, "a strong objection says which words, and why")
	}
	role := ""
	for _, g := range d.Gates {
		reads := g.Kind != Draft && g.Kind != Announce && g.Kind != Distribute && (d.Stage != Releasing || g.Kind == Release)
		if reads && (c.Role == "" || g.Role == c.Role) && (c.Actor.StandIn || d.answersFor(c.Actor.Person, g)) {
			role = g.Role
			break
		}
	}
	if role == "" && d.Stage == Releasing {
		return refusal.New(refusal.AlreadyDone, "the text is approved; only the incident commander can still hold it back").With("stage", string(d.Stage))
	}
	if role == "" {
		return refusal.New(refusal.Forbidden, "only those asked to read this message may object")
	}
	d.Objections = append(d.Objections, Objection{ID: len(d.Objections) + 1, Role: role, By: c.Actor.Name(), Words: words, At: d.now})
	d.record("objected", c.Actor.Name(), fmt.Sprintf("%s objects strongly as %s: %s", c.Actor.Name(), role, words))
	return nil
}

func (d *decision) settle(c Settle) error {
	i := slices.IndexFunc(d.Objections, func(o Objection) bool { return o.ID == c.Objection })
	if i < 0 {
		return refusal.New(refusal.NotFound, "there is no objection %d", c.Objection)
	}
	o := &d.Objections[i]
	who := c.Actor
	if !who.StandIn && !who.Is(o.By) && !who.Is(d.Holders[d.Audience.Approve]) && !who.Is(d.lead()) {
		return refusal.New(refusal.Forbidden, "the objector settles it, or the ELT Approver or the Business Lead overrules it by name")
	}
	how := strings.TrimSpace(c.How)
	if how == "" {
		return refusal.New(refusal.Invalid, "say how the objection is settled")
	}
	o.Settled = who.Name() + ": " + how
	d.record("objection_settled", who.Name(), fmt.Sprintf("%s settled the objection of %s: %s", who.Name(), o.By, how))
	return nil
}

func (d *decision) objectionOpen() bool {
	return slices.ContainsFunc(d.Objections, func(o Objection) bool { return o.Settled == "" })
}

func (d *decision) estimate(c Estimate) error {
	if c.Minutes < 1 || c.Minutes > 1440 {
		return refusal.New(refusal.Invalid, "an estimate is between 1 and 1440 minutes")
	}
	for i := range d.Gates {
		g := &d.Gates[i]
		if g.Pending() && (c.Role == "" || g.Role == c.Role) && (c.Actor.StandIn || c.Actor.Is(g.Person) || d.answersFor(c.Actor.Person, *g)) {
			g.Item = g.Estimate(c.Minutes, d.Minute, d.now)
			d.record("review_estimated", c.Actor.Name(), fmt.Sprintf("%s needs %d minutes", c.Actor.Name(), c.Minutes))
			return nil
		}
	}
	return refusal.New(refusal.Forbidden, "nothing of this message waits for you")
}
