package comms

import (
	"fmt"
	"slices"

	"github.com/stormbell/stormbell/domain/checkback"
	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/notice"
)

// pass moves the message through every gate that is open, and asks whoever is next.
func (d *decision) pass() {
	for d.next() {
	}
	d.ask()
}

func (d *decision) next() bool {
	switch d.Stage {
	case Checking:
		if d.all(Check) && !d.objectionOpen() {
			return d.enter(Reviewing)
		}
	case Reviewing:
		if d.all(Review) && !d.objectionOpen() {
			return d.enter(Approving)
		}
	case Approving:
		if d.all(Approve) && !d.objectionOpen() {
			return d.enter(Releasing)
		}
	case Releasing:
		if d.all(Release) && d.listed() {
			return d.send()
		}
	case Drafting, Sending, Sent, Skipped, Withdrawn:
	}
	return false
}

func (d *decision) enter(s Stage) bool {
	d.Stage = s
	if liaison := d.Holders[d.Audience.Check]; s == Approving && d.modern() && d.Audience.Release != "" && liaison != d.Holders[d.Audience.Approve] {
		d.tell(liaison, notice.MessageComing, d.Audience.Check, "the reviews are over; a message is coming (R106)")
	}
	return true
}

// all tells whether every gate of a kind said yes to exactly this text.
func (d *decision) all(kind GateKind) bool {
	return !slices.ContainsFunc(d.Gates, func(g Gate) bool {
		return g.Kind == kind && (g.State != checkback.Done || g.Hash != d.Hash())
	})
}

// asked is what each gate's role is told when its turn comes.
func asked(k GateKind) notice.Kind {
	switch k {
	case Draft:
		return notice.DraftAsked
	case Check:
		return notice.CheckAsked
	case Review:
		return notice.ReviewAsked
	case Approve:
		return notice.ApprovalAsked
	case Announce:
		return notice.AnnounceAsked
	case Release:
		return notice.ReleaseAsked
	case Distribute:
		return notice.DistributeAsked
	}
	return ""
}

// Turn tells whether it is a kind's turn now.
func (s State) Turn(k GateKind) bool {
	switch s.Stage {
	case Drafting:
		return k == Draft && s.Version > 0
	case Checking:
		return k == Check
	case Reviewing:
		return k == Review
	case Approving:
		return k == Approve
	case Releasing:
		return k == Release || k == Announce
	case Sending:
		return k == Distribute
	case Sent, Skipped, Withdrawn:
	}
	return false
}

// ask asks everybody whose turn it is and who is there.
func (d *decision) ask() {
	for i := range d.Gates {
		g := &d.Gates[i]
		person := d.Holders[g.Role]
		if g.State != checkback.Waiting || person == "" || !d.Turn(g.Kind) {
			continue
		}
		g.Item = g.Ask(person, d.now, d.Patience)
		d.record("review_asked", "system", fmt.Sprintf("%s was asked to %s", person, g.Kind))
		d.tell(person, asked(g.Kind), g.Role, "asked to "+string(g.Kind))
	}
}

// held takes in who holds a role now; a gate that waits for somebody else moves to them.
func (d *decision) held(c RoleHeld) {
	if d.Over() {
		return
	}
	d.Holders[c.Role] = c.Person
	for i := range d.Gates {
		if g := &d.Gates[i]; g.Role == c.Role && g.Pending() && g.Person != c.Person {
			g.Item, g.Deputies = checkback.New(g.ID, g.Role), nil
		}
	}
}

// tick checks back on everybody whose time ran out (R101).
func (d *decision) tick() {
	if d.Over() {
		return
	}
	for i := range d.Gates {
		g := &d.Gates[i]
		if !g.Lapsed(d.now) {
			continue
		}
		g.Item = g.Lapse(d.now, d.Patience)
		d.record("review_overdue", "system", fmt.Sprintf("%s has not answered as %s", g.Person, g.Role))
		d.tell(g.Person, asked(g.Kind), g.Role, "asked again to "+string(g.Kind))
		if lead := d.lead(); g.Lapses == 2 && lead != g.Person {
			d.tell(lead, notice.HelpWanted, g.Role, "no answer about a message")
		}
		if g.Lapses > 1 && d.modern() {
			d.seekDeputy(i)
		}
	}
	if stale := d.staleAt(); !stale.IsZero() && !d.now.Before(stale) {
		d.lapse()
	}
}

// lapse takes back an approval that grew old before its release; the approver reads again.
func (d *decision) lapse() {
	d.reapprove()
	d.record("approval_lapsed", "system", fmt.Sprintf("the approval is older than %s; the approver reads the text again", d.Fresh))
}

// seekDeputy looks for somebody else who may decide at a gate whose holder is silent.
func (d *decision) seekDeputy(gate int) {
	d.do(effect.FindPeople{Rung: gate, Role: d.Gates[gate].Role})
}

// peopleFound asks the first who was not asked yet; nobody approves their own words.
func (d *decision) peopleFound(f effect.PeopleFound) {
	if d.Over() || f.Rung < 0 || f.Rung >= len(d.Gates) {
		return
	}
	g := &d.Gates[f.Rung]
	if !g.Pending() || g.Role != f.Role || !d.Turn(g.Kind) {
		return
	}
	for _, person := range f.Candidates {
		own := person == d.Author && (g.Kind == Approve || g.Kind == Release)
		if own || person == g.Person || d.answersFor(person, *g) {
			continue
		}
		g.Deputies = append(slices.Clone(g.Deputies), person)
		d.record("deputy_asked", "system", fmt.Sprintf("%s is asked as well to %s, because %s does not answer", person, g.Kind, g.Person))
		d.tell(person, asked(g.Kind), g.Role, "asked as a deputy to "+string(g.Kind))
		return
	}
}

// deputise lets somebody act in a role besides its holder.
func (d *decision) deputise(c Deputise) {
	if d.Over() || c.Person == "" {
		return
	}
	for i := range d.Gates {
		if g := &d.Gates[i]; g.Role == c.Role && g.Open() && !d.answersFor(c.Person, *g) {
			g.Deputies = append(slices.Clone(g.Deputies), c.Person)
		}
	}
	d.record("deputy_named", "system", c.Person+" may act as "+c.Role+" as well")
}

// Ended is what the business incident learns of a finished message.
func (s State) Ended() effect.MessageEnded {
	return effect.MessageEnded{
		Audience: s.Audience.Name, Phase: s.Phase, Order: s.Order, Outcome: string(s.Stage), Reason: s.Reason,
		By: s.ReleasedBy, SentAt: s.SentAt, NextUpdate: s.NextUpdate, Carries: s.Carries, Said: s.gist(),
	}
}

// gist names what was said; editions before 3 did not ask.
func (s State) gist() string {
	if !s.modern() {
		return ""
	}
	return Gist(s.Texts)
}

// Asks lists who is asked for what now.
func (s State) Asks() []effect.Ask {
	if s.Over() {
		return nil
	}
	var asks []effect.Ask
	for _, g := range s.Gates {
		if g.Pending() {
			asks = append(asks, effect.Ask{ID: g.ID, Person: g.Person, Role: g.Role, Kind: string(g.Kind), Subject: s.Audience.Name})
			for _, deputy := range g.Deputies {
				asks = append(asks, effect.Ask{ID: g.ID + "@" + deputy, Person: deputy, Role: g.Role, Kind: string(g.Kind), Subject: s.Audience.Name})
			}
		}
	}
	return asks
}
