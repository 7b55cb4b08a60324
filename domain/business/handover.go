package business

import (
	"fmt"
	"time"

	"github.com/stormbell/stormbell/domain/checkback"
	"github.com/stormbell/stormbell/domain/notice"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/domain/refusal"
)

// Handover is the way of the Customer Liaison from the engineers' call to the business call:
// a backup takes the place, and only when the backup is there does the first one leave (R32,
// R33). Its Item asks the first one to hand over.
type Handover struct {
	checkback.Item
	// From leaves, To takes the place.
	From string `json:"from"`
	To   string `json:"to,omitempty"`
	// TakenAt is when somebody agreed, PresentAt when they were on the engineers' call, and
	// ReleasedAt when the first one left it.
	TakenAt    time.Time `json:"taken_at,omitzero"`
	PresentAt  time.Time `json:"present_at,omitzero"`
	ReleasedAt time.Time `json:"released_at,omitzero"`
}

// open tells whether the first liaison is still bound.
func (h Handover) open() bool { return h.ReleasedAt.IsZero() }

// Overlap is how long both were on the engineers' call, which should be short (R34). It is
// zero until the first one has left.
func (h Handover) Overlap() time.Duration {
	if h.open() || h.PresentAt.IsZero() {
		return 0
	}
	return h.ReleasedAt.Sub(h.PresentAt)
}

// beginHandover pages a backup for the engineers' call, if somebody is liaison there already.
func (d *decision) beginHandover() {
	from := d.Roles.Holder(plan.CustomerLiaison)
	if _, ok := d.Rules.Role(plan.TechnicalLiaison); !ok || from == "" || d.Rules.Edition < 2 {
		return
	}
	d.Handover = &Handover{Item: checkback.New("hand_over", plan.CustomerLiaison), From: from}
	d.page(plan.TechnicalLiaison, []string{from}, "a backup liaison is needed on the engineers' call, so that "+from+" can leave it")
	d.tell(from, notice.Notice{Kind: notice.StayOn, Role: plan.CustomerLiaison}, "the backup is being called")
}

// handoverTo follows who takes the roles of a handover. A new Customer Liaison was never on
// the engineers' call, and leaves nothing behind there.
func (d *decision) handoverTo(role, person string) {
	h := d.Handover
	switch {
	case h == nil || !h.open():
	case role == plan.TechnicalLiaison:
		h.To, h.TakenAt, h.PresentAt = person, d.now, time.Time{}
	case role == plan.CustomerLiaison && person != h.From:
		h.ReleasedAt, h.Item = d.now, h.Drop()
	}
}

// relieved asks the first liaison to hand over: the backup is there.
func (d *decision) relieved() {
	h := d.Handover
	if !h.open() {
		return
	}
	h.PresentAt = d.now
	h.Item = h.Ask(h.From, d.now, d.joinWithin())
	d.tell(h.From, notice.Notice{Kind: notice.HandOver, Role: plan.CustomerLiaison, Mention: h.To, At: h.Due}, "the backup is there")
}

// handOver lets the first liaison go, and measures the overlap.
func (d *decision) handOver(c HandOver) error {
	h := d.Handover
	if h == nil {
		return refusal.New(refusal.NotFound, "nobody has to hand the engineers' call over")
	}
	if err := d.may(c.Actor, plan.CustomerLiaison, plan.BusinessLead, plan.IncidentCommander); err != nil {
		return err
	}
	if !h.open() {
		return nil
	}
	if h.PresentAt.IsZero() {
		return refusal.New(refusal.TooEarly, "stay on the engineers' call: the backup is not there yet").With("from", h.From).With("to", h.To)
	}
	h.ReleasedAt = d.now
	h.Item = h.Finish(c.Actor.Name(), d.now)
	d.record("liaison_released", c.Actor.Name(), fmt.Sprintf("%s handed the engineers' call over to %s", h.From, h.To),
		map[string]string{"from": h.From, "to": h.To, "overlap": h.Overlap().Round(time.Second).String()})
	if d.awaited(plan.CustomerLiaison) && !d.Roles.IsPresent(plan.CustomerLiaison) {
		d.Roles = d.Roles.Expect(plan.CustomerLiaison, d.joinWithin(), d.now)
		d.askToJoin(plan.CustomerLiaison)
	}
	return nil
}

// checkHandover asks again, and the second time tells the lead.
func (d *decision) checkHandover() {
	h := d.Handover
	if h == nil || !h.Lapsed(d.now) {
		return
	}
	h.Item = h.Lapse(d.now, d.joinWithin())
	d.record("task_overdue", "system", h.From+" has not handed the engineers' call over yet", map[string]string{"task": h.ID})
	d.tell(h.From, notice.Notice{Kind: notice.HandOver, Role: plan.CustomerLiaison, Mention: h.To, At: h.Due}, "check back: the handover")
	if h.Lapses == helpAfter {
		d.tell(d.Lead(), notice.Notice{Kind: notice.HelpWanted, Role: plan.CustomerLiaison, Subject: h.ID, Mention: h.From}, "the engineers' call is not handed over")
	}
}
