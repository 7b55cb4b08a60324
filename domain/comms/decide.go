package comms

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/stormbell/stormbell/domain/actor"
	"github.com/stormbell/stormbell/domain/checkback"
	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/notice"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/domain/refusal"
	"github.com/stormbell/stormbell/domain/reply"
)

// maxBody bounds one text; it is e-mail length (R140), not a document.
const maxBody = 20_000

// Decide applies a command to a message. A refusal leaves the state as it was.
func Decide(s State, c Command, now time.Time) (State, []effect.Effect, error) {
	d := &decision{State: s.clone(), now: now}
	if err := d.apply(c); err != nil {
		return s, nil, err
	}
	d.pass()
	return d.State, d.effects, nil
}

type decision struct {
	State
	now     time.Time
	effects []effect.Effect
}

func (d *decision) apply(c Command) error {
	switch c := c.(type) {
	case Begin:
		d.record("draft_ordered", "system", fmt.Sprintf("a draft for %s is ordered", d.Audience.Name))
		d.do(effect.Render{Audience: d.Audience.Name, Phase: d.Phase, Facts: d.Facts})
		return nil
	case RoleHeld:
		d.held(c)
		return nil
	case Withdraw:
		d.withdraw(c.Reason)
		return nil
	case Happened:
		d.happened(c.Fact)
		return nil
	}
	if d.Over() {
		return refusal.New(refusal.Ended, "this message is %s", d.Stage).With("state", string(d.Stage))
	}
	if d.Stage == Sending {
		return refusal.New(refusal.Ended, "this message is on its way out")
	}
	switch c := c.(type) {
	case Edit:
		return d.edit(c)
	case Submit:
		return d.submit(c)
	case Agree:
		return d.agree(c)
	case Object:
		return d.object(c)
	case Settle:
		return d.settle(c)
	case Authorise:
		return d.authorise(c)
	case Dispatch:
		return d.dispatch(c)
	case Estimate:
		return d.estimate(c)
	}
	return nil
}

func (d *decision) happened(f effect.Fact) {
	switch f := f.(type) {
	case effect.Tick:
		d.tick()
	case effect.Rendered:
		// Words a person wrote before the template was ready are not overwritten.
		if d.Version == 0 {
			d.Version, d.Texts = 1, f.Texts
			d.record("draft_prepared", "system", "the template is filled with what is known")
		}
	case effect.Distributed:
		d.distributed(f)
	case effect.Replied:
		d.replied(f)
	}
}

func (d *decision) do(e ...effect.Effect) { d.effects = append(d.effects, e...) }

func (d *decision) record(kind, who, text string) {
	d.do(effect.Record{Kind: kind, Actor: who, Text: text, Data: map[string]string{
		"audience": d.Audience.Name, "phase": string(d.Phase), "version": fmt.Sprint(d.Version), "hash": d.Hash(),
	}})
}

func (d *decision) tell(person string, kind notice.Kind, role, why string) {
	if person == "" {
		return
	}
	d.Tells++
	d.do(effect.Tell{ID: fmt.Sprintf("tell-%d-%d", d.Order, d.Tells), Person: person, Why: why, Notice: notice.Notice{
		Kind: kind, Incident: d.Incident, Title: d.Title, Role: role, Subject: d.Audience.Name, Phase: string(d.Phase), Drill: d.Drill,
	}})
}

// edit replaces the texts; what was agreed to was the old text, so every yes is void.
func (d *decision) edit(c Edit) error {
	if err := d.mayWrite(c.Actor); err != nil {
		return err
	}
	if err := d.fresh(c.Hash); err != nil {
		return err
	}
	if len(c.Texts) == 0 {
		return refusal.New(refusal.Invalid, "send the text in at least one language")
	}
	before := d.Hash()
	for _, t := range c.Texts {
		if err := d.put(t); err != nil {
			return err
		}
	}
	if d.Hash() == before {
		return nil
	}
	d.Version++
	d.Author = c.Actor.Name()
	d.record("draft_edited", d.Author, fmt.Sprintf("%s wrote version %d for %s", d.Author, d.Version, d.Audience.Name))
	if d.Stage != Drafting {
		d.Stage = Checking
		voided := false
		for i := range d.Gates {
			if g := &d.Gates[i]; g.Kind != Draft && g.State != checkback.Waiting {
				voided = voided || g.State == checkback.Done
				*g = Gate{Item: checkback.New(g.ID, g.Role), Kind: g.Kind}
			}
		}
		if voided {
			d.record("approvals_void", "system", "the text changed; every yes to the old text is void")
		}
	}
	return nil
}

func (d *decision) mayWrite(a actor.Actor) error {
	if a.StandIn {
		return nil
	}
	for _, role := range append([]string{d.Audience.Draft, d.Audience.Check, plan.BusinessLead}, d.Audience.Agree...) {
		if a.Is(d.Holders[role]) {
			return nil
		}
	}
	return refusal.New(refusal.Forbidden, "the drafter and the reviewers write this message")
}

// put sets the text of one language, keeping the subject when none is given.
func (d *decision) put(t effect.Text) error {
	t.Body = strings.TrimSpace(t.Body)
	if t.Body == "" || len(t.Body) > maxBody {
		return refusal.New(refusal.Invalid, "a text has between 1 and %d characters", maxBody)
	}
	i := slices.IndexFunc(d.Texts, func(o effect.Text) bool { return o.Language == t.Language })
	if i < 0 {
		return refusal.New(refusal.Invalid, "this message is not written in language %q", t.Language)
	}
	if t.Subject == "" {
		t.Subject = d.Texts[i].Subject
	}
	d.Texts[i] = t
	return nil
}

// fresh refuses an act on a text that has changed since it was read.
func (d *decision) fresh(hash string) error {
	if hash != "" && hash != d.Hash() {
		return refusal.New(refusal.Stale, "the text has changed since you read it; read it again").With("hash", d.Hash())
	}
	return nil
}

func (d *decision) submit(c Submit) error {
	if err := d.mayWrite(c.Actor); err != nil {
		return err
	}
	if d.Stage != Drafting {
		return nil
	}
	if len(d.Texts) == 0 {
		return refusal.New(refusal.TooEarly, "there is no text yet")
	}
	if d.Author == "" {
		d.Author = c.Actor.Name()
	}
	d.yes(d.gate(Draft, ""), c.Actor.Name())
	d.Stage = Checking
	d.record("draft_submitted", c.Actor.Name(), c.Actor.Name()+" submitted the draft for "+d.Audience.Name)
	return nil
}

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
	g.Hash = d.Hash()
}

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

// mine finds the open gate of a kind that the actor answers for.
func (d *decision) mine(a actor.Actor, kind GateKind, role string) (*Gate, error) {
	for i := range d.Gates {
		g := &d.Gates[i]
		if g.Kind != kind || role != "" && g.Role != role || !g.Open() {
			continue
		}
		if a.StandIn || a.Is(d.Holders[g.Role]) {
			return g, nil
		}
	}
	for i := range d.Gates {
		if g := d.Gates[i]; g.Kind == kind && (role == "" || g.Role == role) && g.State == checkback.Done && (a.StandIn || a.Is(d.Holders[g.Role])) {
			return &d.Gates[i], nil
		}
	}
	return nil, refusal.New(refusal.Forbidden, "you are not asked to %s this message", kind)
}

func (d *decision) object(c Object) error {
	if d.Stage != Checking && d.Stage != Reviewing && d.Stage != Approving {
		return refusal.New(refusal.TooEarly, "this message is in %s; it is not under review", d.Stage)
	}
	words := strings.TrimSpace(c.Words)
	if words == "" {
		return refusal.New(refusal.Invalid, "a strong objection says which words, and why")
	}
	role := ""
	for _, g := range d.Gates {
		if g.Kind != Draft && (c.Role == "" || g.Role == c.Role) && (c.Actor.StandIn || c.Actor.Is(d.Holders[g.Role])) {
			role = g.Role
			break
		}
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
	if !who.StandIn && !who.Is(o.By) && !who.Is(d.Holders[d.Audience.Approve]) && !who.Is(d.Holders[plan.BusinessLead]) {
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

// authorise is the last word inside the group (R56); nobody approves their own words.
func (d *decision) authorise(c Authorise) error {
	if d.Stage == Releasing || d.Stage == Sending {
		return nil
	}
	if d.Stage != Approving {
		return refusal.New(refusal.TooEarly, "this message is in %s; approval comes after the reviews", d.Stage).With("stage", string(d.Stage))
	}
	g, err := d.mine(c.Actor, Approve, "")
	if err != nil {
		return err
	}
	if err := d.fresh(c.Hash); err != nil {
		return err
	}
	if c.Actor.Name() == d.Author && !c.Actor.StandIn {
		return refusal.New(refusal.FourEyes, "you wrote this text; somebody else approves it")
	}
	d.yes(g, c.Actor.Name())
	d.record("approved", c.Actor.Name(), c.Actor.Name()+" approved the message to "+d.Audience.Name)
	return nil
}

func (d *decision) dispatch(c Dispatch) error {
	if d.Stage != Releasing {
		return refusal.New(refusal.TooEarly, "this message is in %s; it is released after it was approved", d.Stage).With("stage", string(d.Stage))
	}
	g, err := d.mine(c.Actor, Release, "")
	if err != nil {
		return err
	}
	if err := d.fresh(c.Hash); err != nil {
		return err
	}
	d.yes(g, c.Actor.Name())
	d.record("released", c.Actor.Name(), c.Actor.Name()+" released the message to "+d.Audience.Name)
	return nil
}

func (d *decision) estimate(c Estimate) error {
	if c.Minutes < 1 || c.Minutes > 1440 {
		return refusal.New(refusal.Invalid, "an estimate is between 1 and 1440 minutes")
	}
	for i := range d.Gates {
		g := &d.Gates[i]
		if g.Pending() && (c.Role == "" || g.Role == c.Role) && (c.Actor.StandIn || c.Actor.Is(g.Person)) {
			g.Item = g.Estimate(c.Minutes, d.Minute, d.now)
			d.record("review_estimated", c.Actor.Name(), fmt.Sprintf("%s needs %d minutes", c.Actor.Name(), c.Minutes))
			return nil
		}
	}
	return refusal.New(refusal.Forbidden, "nothing of this message waits for you")
}

// replied takes minutes by text; a reply proves only the number, so it never approves.
func (d *decision) replied(f effect.Replied) {
	if f.Choose {
		d.tell(f.Person, notice.TwoOpen, "", "a reply that fits several requests")
		return
	}
	if f.Reply.Note != "" && d.Edition > 1 {
		d.noted(f.Person, f.Reply.Note)
		return
	}
	if f.Reply.Minutes > 0 {
		if err := d.estimate(Estimate{Actor: actor.Actor{Person: f.Person, Via: actor.Via(f.Via)}, Minutes: f.Reply.Minutes}); err == nil {
			return
		}
	}
	if f.Reply.Action == reply.Pass {
		d.record("review_declined", f.Person, f.Person+" cannot read it now")
		d.tell(d.Holders[plan.BusinessLead], notice.HelpWanted, "", "a reviewer cannot read it now")
		return
	}
	d.record("reply_note", f.Person, f.Person+" answered by text; a text never approves")
}

// noted hands a person's words on to the lead; they change nothing in the text.
func (d *decision) noted(person, words string) {
	d.record("reply_note", person, person+" wrote: "+words)
	lead := d.Holders[plan.BusinessLead]
	if lead == "" || lead == person {
		return
	}
	d.Tells++
	d.do(effect.Tell{ID: fmt.Sprintf("tell-%d-%d", d.Order, d.Tells), Person: lead, Why: "a note for the lead", Notice: notice.Notice{
		Kind: notice.NoteForLead, Incident: d.Incident, Title: words, Mention: person, Drill: d.Drill,
	}})
}
