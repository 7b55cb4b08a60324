package act

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/stormbell/stormbell/domain/actor"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/domain/refusal"
	"github.com/stormbell/stormbell/domain/roster"
	"github.com/stormbell/stormbell/internal/record"
)

// Cover puts a person in front of a role for a while, and returns the override; the same role,
// person and time are the same override. Whoever has the duty all that time may give it to
// somebody; everything else needs the right to page or to administer. The error is Mistakes where
// fields make no sense.
func (d *Desk) Cover(ctx context.Context, w Who, o roster.Override) (record.Override, error) {
	o.From, o.To, o.Why = keepable(o.From), keepable(o.To), strings.TrimSpace(o.Why)
	if err := d.coverMistakes(w, o); err != nil {
		return record.Override{}, err
	}
	if err := d.mayCover(ctx, w, o); err != nil {
		return record.Override{}, err
	}
	added, err := d.Record.AddOverrides(ctx, w.Person, o)
	if err != nil {
		return record.Override{}, err
	}
	d.DutyChanged(ctx)
	return added[0], nil
}

// Foresee tells what an override would change without keeping it: who is asked first for its
// role from one instant until another, as it is and as it would be.
func (d *Desk) Foresee(ctx context.Context, w Who, o roster.Override, from, until time.Time) (is, would []roster.Shift, err error) {
	o.From, o.To, o.Why = keepable(o.From), keepable(o.To), strings.TrimSpace(o.Why)
	if err := d.coverMistakes(w, o); err != nil {
		return nil, nil, err
	}
	if err := d.mayCover(ctx, w, o); err != nil {
		return nil, nil, err
	}
	inForce, err := d.Record.OverridesFrom(ctx, from)
	if err != nil {
		return nil, nil, fmt.Errorf("read who will be on call: %w", err)
	}
	p := d.Views.Plan()
	return roster.Shifts(p, inForce, o.Role, from, until), roster.Shifts(p, append(inForce, o), o.Role, from, until), nil
}

// Uncover ends an override before its time; nothing is removed. Whoever added it may, and who has
// the right to page or to administer.
func (d *Desk) Uncover(ctx context.Context, w Who, id int, why string) (record.Override, error) {
	if err := d.someone(w.Person); err != nil {
		return record.Override{}, err
	}
	o, err := d.Record.Override(ctx, id)
	switch {
	case err != nil:
		return record.Override{}, err
	case !mayRoster(w) && (w.Person == "" || w.Person != o.AddedBy):
		return record.Override{}, refusal.New(refusal.Forbidden, "only who added the override may end it, or somebody with the right to page")
	case o.EndedAt.IsZero() && d.Views.Over(o):
		return record.Override{}, refusal.New(refusal.Ended, "override %d was over at %s by itself", id, o.To.Format(time.RFC3339))
	}
	if o, err = d.Record.EndOverride(ctx, id, w.Person, strings.TrimSpace(why)); err != nil {
		return record.Override{}, err
	}
	d.DutyChanged(ctx)
	return o, nil
}

// Swap lets two people take each other's shift of a role, or of every role whose primary is a
// rotation: two overrides each, added together. It needs the right to page or to administer.
func (d *Desk) Swap(ctx context.Context, w Who, ref string, a, b roster.Side, why string) ([]record.Override, error) {
	p, now := d.Views.Plan(), keepable(d.Views.Now())
	var wrong Mistakes
	roles := rolesBehind(p, ref)
	if len(roles) == 0 {
		wrong = append(wrong, Mistake{"role", UnknownRole})
	}
	for _, m := range []struct{ field, person string }{{"person", a.Person}, {"other", b.Person}} {
		if _, known := p.Person(m.person); !known {
			wrong = append(wrong, Mistake{m.field, UnknownPerson})
		}
	}
	if m := (Mistakes)(nil); errors.As(d.someone(w.Person), &m) {
		wrong = append(wrong, m...)
	}
	if len(wrong) > 0 {
		return nil, wrong
	}
	if !mayRoster(w) {
		return nil, refusal.New(refusal.Forbidden, "swapping other people's shifts needs the right to page")
	}
	inForce, err := d.Record.OverridesFrom(ctx, now)
	if err != nil {
		return nil, fmt.Errorf("read who will be on call: %w", err)
	}
	var all []roster.Override
	for _, role := range roles {
		pair, err := roster.Swap(p, inForce, role, a, b, now)
		if err != nil {
			return nil, err
		}
		all = append(all, pair...)
	}
	for i := range all {
		all[i].From, all[i].To = keepable(all[i].From), keepable(all[i].To)
		all[i].Why = cmp.Or(strings.TrimSpace(why), all[i].Why)
	}
	added, err := d.Record.AddOverrides(ctx, w.Person, all...)
	if err != nil {
		return nil, err
	}
	d.DutyChanged(ctx)
	return added, nil
}

// mayRoster tells whether somebody may change who is on call, whoever that is.
func mayRoster(w Who) bool {
	by := actor.Actor{StandIn: w.StandIn, Rights: w.Rights}
	return by.May(actor.Page) || by.May(actor.Administer)
}

// mayCover lets people give away what is theirs: a duty that they have all the time.
func (d *Desk) mayCover(ctx context.Context, w Who, o roster.Override) error {
	if mayRoster(w) {
		return nil
	}
	no := refusal.New(refusal.Forbidden, "only who has this duty all that time may give it away, or somebody with the right to page")
	if w.Person == "" || o.To.IsZero() {
		return no
	}
	inForce, err := d.Record.OverridesFrom(ctx, o.From)
	if err != nil {
		return fmt.Errorf("read who will be on call: %w", err)
	}
	for _, s := range roster.Shifts(d.Views.Plan(), inForce, o.Role, o.From, o.To) {
		if s.Person != w.Person || s.Gap {
			return no
		}
	}
	return nil
}

// someone refuses somebody who acts and is not on the plan; nobody in particular may act.
func (d *Desk) someone(person string) error {
	if _, known := d.Views.Plan().Person(person); person != "" && !known {
		return Mistakes{{"by", UnknownPerson}}
	}
	return nil
}

// Trouble is why a field makes no sense.
type Trouble string

// The troubles of fields.
const (
	UnknownRole   Trouble = "unknown_role"
	UnknownPerson Trouble = "unknown_person"
	Empty         Trouble = "empty"
	TooLong       Trouble = "too_long"
	// TooEarly is more than a day ago: what was is not changed.
	TooEarly Trouble = "too_early"
	TooLate  Trouble = "too_late"
	// NotAfter is an end that is not after its beginning, Past one that is over.
	NotAfter Trouble = "not_after"
	Past     Trouble = "past"
)

// sentences say to programmers what people read in their own words.
var sentences = map[Trouble]string{
	UnknownRole:   "the plan has no such role, and no role whose primary is such a rotation; GET /api/v1/on-call lists the roles",
	UnknownPerson: "the plan knows nobody by that id; GET /api/v1/people lists them",
	Empty:         "is empty; say it for whoever wonders later",
	TooLong:       "is longer than 500 characters",
	TooEarly:      "is more than a day ago; what was is not changed, begin now",
	TooLate:       "is more than ten years ahead; leave an end out for until further notice",
	NotAfter:      "must be after from",
	Past:          "is over already; it must be in the future",
}

// Mistake is a field that makes no sense.
type Mistake struct {
	Field string
	Why   Trouble
}

// Text is the mistake as a sentence.
func (m Mistake) Text() string { return sentences[m.Why] }

// Mistakes is all that is wrong with a command at once.
type Mistakes []Mistake

// Error returns the first of them.
func (m Mistakes) Error() string { return m[0].Field + ": " + m[0].Text() }

// Unwrap makes it a refusal of the domain's kind.
func (m Mistakes) Unwrap() error { return refusal.New(refusal.Invalid, "%s", m.Error()) }

const (
	// horizon is how far ahead an override may reach, in years.
	horizon = 10
	// longestWhy bounds a reason, in characters.
	longestWhy = 500
)

func (d *Desk) coverMistakes(w Who, o roster.Override) error {
	var wrong Mistakes
	add := func(field string, why Trouble) { wrong = append(wrong, Mistake{field, why}) }
	p, now := d.Views.Plan(), d.Views.Now()
	if _, ok := p.RoleByName(o.Role); !ok {
		add("role", UnknownRole)
	}
	if _, ok := p.Person(o.Person); !ok {
		add("person", UnknownPerson)
	}
	if m := (Mistakes)(nil); errors.As(d.someone(w.Person), &m) {
		wrong = append(wrong, m...)
	}
	switch {
	case o.Why == "":
		add("why", Empty)
	case utf8.RuneCountInString(o.Why) > longestWhy:
		add("why", TooLong)
	}
	last := now.AddDate(horizon, 0, 0)
	switch {
	case o.From.Before(now.AddDate(0, 0, -1)):
		add("from", TooEarly)
	case o.From.After(last):
		add("from", TooLate)
	}
	switch {
	case o.To.IsZero():
	case !o.To.After(o.From):
		add("to", NotAfter)
	case !o.To.After(now):
		add("to", Past)
	case o.To.After(last):
		add("to", TooLate)
	}
	if len(wrong) == 0 {
		return nil
	}
	return wrong
}

// rolesBehind returns the role of a name, or every role whose primary is a rotation.
func rolesBehind(p plan.Plan, ref string) []string {
	var all []string
	_, isRotation := plan.RotationName(ref)
	for _, r := range p.Roles {
		if r.Name == ref || isRotation && r.Primary == ref {
			all = append(all, r.Name)
		}
	}
	return all
}

// keepable is a time with the record's precision, so that it is found again.
func keepable(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.UTC().Truncate(time.Microsecond)
}
