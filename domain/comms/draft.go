package comms

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/stormbell/stormbell/domain/actor"
	"github.com/stormbell/stormbell/domain/checkback"
	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/refusal"
)

// maxBody bounds one text; it is e-mail length (R140), not a document.
const maxBody = 20_000

func (d *decision) render() {
	d.do(effect.Render{Audience: d.Audience.Name, Phase: d.Phase, Facts: maps.Clone(d.Facts), Scope: d.Scope, Told: d.Told})
}

// rendered takes the filled template. Words a person wrote are not overwritten.
func (d *decision) rendered(f effect.Rendered) {
	switch {
	case d.Version == 0:
		d.Version = 1
		d.record("draft_prepared", "system", "the template is filled with what is known")
	case !d.modern() || d.Stage != Drafting || !d.Untouched():
		return
	}
	d.Texts, d.Carries, d.Shown = f.Texts, f.Carries, f.Facts
}

// learn takes in what became known since; a template nobody has touched is filled once more.
func (d *decision) learn(c Learn) {
	if d.Over() {
		return
	}
	d.Facts = merged(d.Facts, c.Facts)
	moved := !slices.Equal(d.Scope.Services, c.Scope.Services) || !slices.Equal(d.Scope.Regions, c.Scope.Regions) || d.Scope.Mode != c.Scope.Mode
	if d.Scope = c.Scope; moved && d.Stage == Drafting {
		d.do(effect.Gather{Audience: d.Audience.Name, Scope: d.Scope})
	}
	d.refill()
}

func (d *decision) refill() {
	if d.Stage == Drafting && d.Untouched() {
		d.render()
	}
}

func merged(facts, more map[string]string) map[string]string {
	facts = maps.Clone(facts)
	if facts == nil {
		facts = map[string]string{}
	}
	maps.Copy(facts, more)
	return facts
}

// size answers the questions before drafting; what templates have a place for is put there (R97).
func (d *decision) size(c Size) error {
	if err := d.mayWrite(c.Actor); err != nil {
		return err
	}
	facts := map[string]string{}
	for _, q := range SizingQuestions() {
		answer := strings.TrimSpace(c.Answers[q])
		if answer == "" {
			continue
		}
		d.Sizing = slices.DeleteFunc(d.Sizing, func(s Sizing) bool { return s.Question == q })
		d.Sizing = append(d.Sizing, Sizing{Question: q, Answer: answer, By: c.Actor.Name()})
		if q.fact() != "" {
			facts[q.fact()] = answer
		}
	}
	for q := range c.Answers {
		if !slices.Contains(SizingQuestions(), q) {
			return refusal.New(refusal.NotFound, "there is no such question; there are %v", SizingQuestions())
		}
	}
	d.Facts = merged(d.Facts, facts)
	d.record("message_sized", c.Actor.Name(), c.Actor.Name()+" said what the message to "+d.Audience.Name+" is to achieve")
	d.refill()
	return nil
}

// gathered takes the list of recipients. A yes to another list is void.
func (d *decision) gathered(f effect.Gathered) {
	if d.Over() || d.Stage == Sending {
		return
	}
	changed := d.List != f.List
	d.List, d.By, d.Audience.Recipients = f.List, f.By, f.Total
	if changed && d.Stage != Drafting {
		d.void(Check.level())
	}
}

// edit replaces the texts; what was agreed to was the old text.
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
	before, template := d.Hash(), d.Texts
	d.Texts = slices.Clone(d.Texts)
	for _, t := range c.Texts {
		if err := d.put(t); err != nil {
			return err
		}
	}
	if d.Hash() == before {
		return nil
	}
	if d.Version == 1 {
		d.Template = template
	}
	d.Version++
	d.Author = c.Actor.Name()
	d.record("draft_edited", d.Author, fmt.Sprintf("%s wrote version %d for %s", d.Author, d.Version, d.Audience.Name))
	switch {
	case d.Stage == Drafting:
	case d.modern():
		d.void(d.levelOf(c.Actor))
	default:
		d.voidAll()
	}
	return nil
}

// levelOf is the gate from which on an edit of this person counts as a new text: a reviewer's
// change is theirs and everybody's after them, the drafter's and the lead's is everybody's. That
// a reviewer mends the wording does not send the facts back to the liaison (R102, R105).
func (d *decision) levelOf(a actor.Actor) int {
	level := Draft.level()
	if a.Person == d.Holders[d.Audience.Draft] || a.Person == d.lead() {
		return level
	}
	for _, g := range d.Gates {
		if (g.Kind == Check || g.Kind == Review && d.Stage != Checking) && d.answersFor(a.Person, g) {
			level = max(level, g.Kind.level())
		}
	}
	return level
}

// void takes back every yes from a level on. The gates before it stand, for the new text too;
// their version says what was read.
func (d *decision) void(level int) {
	if d.Stage = Checking; level >= Review.level() {
		d.Stage = Reviewing
	}
	voided := false
	for i := range d.Gates {
		g := &d.Gates[i]
		switch {
		case g.Kind == Draft:
		case g.Kind.level() < level:
			g.Hash = d.Hash()
		case g.Pending() && d.Turn(g.Kind):
			// Whoever is reading goes on, with the new text.
		default:
			voided = voided || g.State == checkback.Done
			*g = Gate{Item: checkback.New(g.ID, g.Role), Kind: g.Kind, Deputies: g.Deputies}
		}
	}
	if voided {
		d.record("approvals_void", "system", "the text changed; every later yes to the old text is void")
	}
}

// voidAll is what editions before 3 did.
func (d *decision) voidAll() {
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

func (d *decision) mayWrite(a actor.Actor) error {
	if a.StandIn || a.Is(d.lead()) {
		return nil
	}
	for _, g := range d.Gates {
		if (g.Kind == Draft || g.Kind == Check || g.Kind == Review) && a.Person != "" && d.answersFor(a.Person, g) {
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
	if i < 0 && d.Version == 0 {
		return refusal.New(refusal.TooEarly, "the template is being filled with what is known; try again in a moment")
	}
	if i < 0 {
		return refusal.New(refusal.Invalid, "this message is not written in language %q", t.Language)
	}
	old := d.Texts[i]
	if t.Subject == "" {
		t.Subject = old.Subject
	}
	switch {
	case t.Short != "" || old.Short == "":
	case t.Body == old.Body:
		t.Short = old.Short
	default:
		t.Short = Reshorten(old.Short, t.Body)
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

// submit hands the draft to its readers.
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
	if i := slices.IndexFunc(d.Texts, func(t effect.Text) bool { return t.Body == "" || t.Subject == "" }); i >= 0 && d.modern() {
		return refusal.New(refusal.Invalid, "the text in language %q is empty; write it first, with a subject", d.Texts[i].Language)
	}
	if d.Said != "" && d.Said == Gist(d.Texts) {
		return refusal.New(refusal.NothingNew, "%s was told exactly this before; say what people can do meanwhile, or skip the message", d.Audience.Name)
	}
	if d.Author == "" {
		d.Author = c.Actor.Name()
	}
	d.yes(d.gate(Draft, ""), c.Actor.Name())
	d.Stage = Checking
	d.record("draft_submitted", c.Actor.Name(), c.Actor.Name()+" submitted the draft for "+d.Audience.Name)
	if d.modern() {
		// The list is as old as the draft; what is approved is the list of now.
		d.do(effect.Gather{Audience: d.Audience.Name, Scope: d.Scope}, effect.Moved{Audience: d.Audience.Name, Phase: d.Phase, Order: d.Order, Step: effect.Reading})
	}
	return nil
}
