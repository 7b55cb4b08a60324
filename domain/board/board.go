package board

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/stormbell/stormbell/domain/actor"
	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/notice"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/domain/refusal"
)

// CellState is where one message of the board stands, seen from outside its loop.
type CellState string

// The states of a cell.
const (
	NotOwed   CellState = "not_owed"
	ToWrite   CellState = "to_write"
	Open      CellState = "open"
	Sent      CellState = "sent"
	Skipped   CellState = "skipped"
	Withdrawn CellState = "withdrawn"
)

// Cell is what one audience is owed in one phase (R87).
type Cell struct {
	Audience string     `json:"audience"`
	Phase    plan.Phase `json:"phase"`
	State    CellState  `json:"state"`
	// Order counts the messages to this audience in this phase.
	Order  int       `json:"order,omitempty"`
	Reason string    `json:"reason,omitempty"`
	SentAt time.Time `json:"sent_at,omitzero"`
	// Step is how far an open one has come.
	Step effect.Step `json:"step,omitempty"`
}

// Told is what an audience was last told.
type Told struct {
	// Elements name what each element said, Said the whole.
	Elements map[string]string `json:"elements,omitempty"`
	Said     string            `json:"said,omitempty"`
	At       time.Time         `json:"at"`
}

// Board is what is owed to whom, and what was promised.
type Board struct {
	Cells    []Cell           `json:"board,omitempty"`
	Promises []Promise        `json:"promises,omitempty"`
	Told     map[string]Told  `json:"told,omitempty"`
	Tally    map[string]Tally `json:"tally,omitempty"`
}

// Hand is the aggregate that keeps the board, as far as the board needs it.
type Hand struct {
	Now   time.Time
	Phase plan.Phase
	Rules plan.Snapshot
	// Holder returns who holds a role, or "". Lead leads the incident in LeadRole.
	Holder         func(role string) string
	Lead, LeadRole string
	Holders        map[string]string
	Facts          map[string]string
	Scope          plan.Scope
	// Promising says that sent messages make promises now.
	Promising bool

	Record func(kind, who, text string, data map[string]string)
	Tell   func(person string, n notice.Notice, why string)
	Do     func(...effect.Effect)
}

// modern tells whether edition 3 of the rules is followed, or a later one.
func (h Hand) modern() bool { return h.Rules.Edition > 2 }

// Clone returns a copy that shares nothing.
func (b Board) Clone() Board {
	b.Cells, b.Promises = slices.Clone(b.Cells), slices.Clone(b.Promises)
	b.Told, b.Tally = maps.Clone(b.Told), maps.Clone(b.Tally)
	return b
}

// Find returns a cell, and whether the board has it.
func (b Board) Find(audience string, phase plan.Phase) (Cell, bool) {
	if c := b.cell(audience, phase); c != nil {
		return *c, true
	}
	return Cell{}, false
}

func (b Board) cell(audience string, phase plan.Phase) *Cell {
	i := slices.IndexFunc(b.Cells, func(c Cell) bool { return c.Audience == audience && c.Phase == phase })
	if i < 0 {
		return nil
	}
	return &b.Cells[i]
}

// Lay lays out what every audience is owed, from a phase on (R85, R87). What an earlier board
// has written already counts.
func (b *Board) Lay(h Hand, first plan.Phase) {
	earlier := *b
	b.Cells = nil
	from := max(slices.Index(h.Rules.Phases, first), 0)
	now := slices.Index(h.Rules.Phases, h.Phase)
	for i, phase := range h.Rules.Phases {
		for _, a := range h.Rules.Audiences {
			cell := Cell{Audience: a.Name, Phase: phase, State: ToWrite}
			if old := earlier.cell(a.Name, phase); old != nil {
				cell.Order, cell.SentAt = old.Order, old.SentAt
			}
			switch {
			case i < from || !h.Rules.Owes(a.Name, phase):
				cell.State = NotOwed
			case now >= 0 && i < now:
				cell.State, cell.Reason = Withdrawn, "the phase was over before anybody could write"
			}
			b.Cells = append(b.Cells, cell)
		}
	}
}

// Next opens the next message of the phase in the plan's order, one after another (R88,
// R111). Drafting does not wait for readers: the next one begins when a draft is being read (R95).
func (b *Board) Next(h Hand) {
	for i := range b.Cells {
		c := &b.Cells[i]
		if c.Phase != h.Phase {
			continue
		}
		if c.State == Open && (c.Step == "" || !h.modern()) {
			return
		}
		if c.State == ToWrite {
			b.write(h, c)
			return
		}
	}
}

func (b *Board) write(h Hand, c *Cell) {
	c.State, c.Step = Open, ""
	c.Order++
	h.Record("message_ordered", "system", fmt.Sprintf("a message to %s for %s is ordered", c.Audience, c.Phase), c.data())
	e := effect.OpenMessage{Audience: c.Audience, Phase: c.Phase, Order: c.Order, Holders: h.Holders, Facts: h.Facts, Why: "a message is owed to " + c.Audience}
	if h.modern() {
		rule, _ := h.Rules.Audience(c.Audience)
		told := b.Told[c.Audience]
		e.Rule, e.LeadRole, e.Scope, e.Told, e.Said, e.Last = &rule, h.LeadRole, h.Scope, told.Elements, told.Said, told.At
	}
	h.Do(e)
}

func (c Cell) data() map[string]string {
	return map[string]string{"audience": c.Audience, "phase": string(c.Phase)}
}

// Moved notes how far a message has come.
func (b *Board) Moved(f effect.Moved) {
	if c := b.cell(f.Audience, f.Phase); c != nil && c.Order == f.Order {
		c.Step = f.Step
	}
}

// Ended takes in how a message ended.
func (b *Board) Ended(h Hand, f effect.MessageEnded) {
	c := b.cell(f.Audience, f.Phase)
	if c == nil || c.Order != f.Order {
		return
	}
	switch f.Outcome {
	case string(Sent):
		c.State, c.SentAt = Sent, f.SentAt
		if h.modern() {
			b.told(f)
		}
		b.promised(h, f)
	case string(Skipped):
		c.State, c.Reason = Skipped, f.Reason
	default:
		if c.State == Open {
			c.State, c.Reason = Withdrawn, f.Reason
		}
	}
}

func (b *Board) told(f effect.MessageEnded) {
	if b.Told == nil {
		b.Told = map[string]Told{}
	}
	elements := maps.Clone(b.Told[f.Audience].Elements)
	if elements == nil {
		elements = map[string]string{}
	}
	maps.Copy(elements, f.Carries)
	b.Told[f.Audience] = Told{Elements: elements, Said: f.Said, At: f.SentAt}
}

// Supersede stops everything unfinished of phases that are over (R89).
func (b *Board) Supersede(h Hand) {
	order := plan.AllPhases()
	for i := range b.Cells {
		if c := &b.Cells[i]; slices.Index(order, c.Phase) < slices.Index(order, h.Phase) {
			b.withdraw(h, c, "the incident moved on to "+string(h.Phase))
		}
	}
}

// WithdrawAll stops everything unfinished, and nothing is promised any more.
func (b *Board) WithdrawAll(h Hand, reason string) {
	for i := range b.Cells {
		b.withdraw(h, &b.Cells[i], reason)
	}
	b.Promises = nil
}

// Heard are the audiences that were told something, or are just being told.
func (b Board) Heard() map[string]bool {
	heard := map[string]bool{}
	for audience := range b.Told {
		heard[audience] = true
	}
	for _, c := range b.Cells {
		if c.State == Open && c.Step == effect.Sending {
			heard[c.Audience] = true
		}
	}
	return heard
}

// Retract is for a false alarm: everything unfinished stops, and whoever was told of trouble
// is told that there is none.
func (b *Board) Retract(h Hand, reason string) {
	heard := b.Heard()
	for i := range b.Cells {
		c := &b.Cells[i]
		if heard[c.Audience] && c.Phase == plan.Resolution {
			c.State = ToWrite
			continue
		}
		b.withdraw(h, c, reason)
	}
}

// Stop stops every message that is being written; what was promised stays promised.
func (b *Board) Stop(h Hand, reason string) {
	for i := range b.Cells {
		b.withdraw(h, &b.Cells[i], reason)
	}
}

func (b *Board) withdraw(h Hand, c *Cell, reason string) {
	switch c.State {
	case Open:
		h.Do(effect.WithdrawMessage{Audience: c.Audience, Phase: c.Phase})
	case ToWrite:
	case NotOwed, Sent, Skipped, Withdrawn:
		return
	}
	c.State, c.Reason = Withdrawn, reason
	h.Record("message_withdrawn", "system", fmt.Sprintf("the message to %s for %s is withdrawn: %s", c.Audience, c.Phase, reason), c.data())
}

// ResolutionTold is the gate before restoring: every resolution message is out or skipped (R116).
func (b Board) ResolutionTold() bool {
	for _, c := range b.Cells {
		if c.Phase == plan.Resolution && (c.State == ToWrite || c.State == Open) {
			return false
		}
	}
	return len(b.Cells) > 0
}

// Skip decides that an audience gets nothing in a phase (R90).
func (b *Board) Skip(h Hand, by actor.Actor, audience string, phase plan.Phase, reason string) error {
	cell := b.cell(audience, phase)
	if cell == nil {
		return refusal.New(refusal.NotFound, "the board has no message to %q for %q", audience, phase)
	}
	reason = strings.TrimSpace(reason)
	if reason == "" {
		return refusal.New(refusal.Invalid, "say why %s gets no message; the decision is recorded", audience)
	}
	switch cell.State {
	case Open:
		h.Do(effect.WithdrawMessage{Audience: audience, Phase: phase})
	case ToWrite:
	case Skipped:
		return nil
	case NotOwed, Sent, Withdrawn:
		return refusal.New(refusal.AlreadyDone, "that message is %s", cell.State).With("state", string(cell.State))
	}
	cell.State, cell.Reason = Skipped, reason
	if phase == plan.Resolution && h.modern() {
		b.settle(audience)
	}
	h.Record("message_skipped", by.Name(), fmt.Sprintf("%s decided that %s gets no message for %s: %s", by.Name(), audience, phase, reason), cell.data())
	return nil
}

// Order begins a message by hand, or the next one to an audience that got one (R96, R155).
func (b *Board) Order(h Hand, audience string, phase plan.Phase) error {
	if phase == "" {
		phase = h.Phase
	}
	cell := b.cell(audience, phase)
	switch {
	case cell == nil:
		return refusal.New(refusal.NotFound, "the board has no message to %q for %q", audience, phase)
	case phase != h.Phase:
		return refusal.New(refusal.WrongPhase, "the incident is in %s; messages are written for the phase it is in", h.Phase)
	case cell.State == Open:
		return nil
	}
	b.write(h, cell)
	return nil
}
