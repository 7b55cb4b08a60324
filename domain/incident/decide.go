package incident

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/stormbell/stormbell/domain/actor"
	"github.com/stormbell/stormbell/domain/board"
	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/notice"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/domain/refusal"
)

// Decide applies a command to an incident. A refusal leaves the state as it was.
func Decide(s State, c Command, now time.Time) (State, []effect.Effect, error) {
	d := &decision{State: s.clone(), now: now}
	if err := d.apply(c); err != nil {
		return s, nil, err
	}
	d.Roles = d.Roles.Alive(c.by().Person, d.now, time.Time{})
	d.write()
	d.told()
	return d.State, d.effects, nil
}

type decision struct {
	State
	now     time.Time
	effects []effect.Effect
}

func (d *decision) apply(c Command) error {
	switch c := c.(type) {
	case Happened:
		return d.happened(c.Fact)
	case Alerts:
		d.alerts(c.Alerts)
		return nil
	case Open:
		return d.open(c)
	}
	if d.Closed {
		return refusal.New(refusal.Ended, "incident %d is closed; open a new one", d.Number)
	}
	switch c := c.(type) {
	case Assess:
		return d.assess(c)
	case Recommend:
		return d.recommend(c)
	case Declare:
		return d.declare(c)
	case ChangePhase:
		return d.changePhase(c)
	case Resolve:
		return d.resolve(c)
	case Cancel:
		return d.cancel(c)
	case PageRole:
		return d.pageByHand(c)
	case Appoint:
		return d.appoint(c)
	case StillHere:
		return d.stillHere(c)
	case AddNote:
		return d.note(c)
	case StartUpdates:
		return d.startUpdates(c)
	case SetScope:
		return d.setScope(c)
	case SkipMessage:
		return d.skip(c)
	case OrderMessage:
		return d.order(c)
	}
	return nil
}

func (d *decision) happened(f effect.Fact) error {
	switch f := f.(type) {
	case effect.Tick:
		d.tick()
	case effect.PeopleFound:
		if f.Rung == board.Rung {
			d.PeopleFound(d.hand(), f)
			return nil
		}
		d.peopleFound(f)
	case effect.PageEnded:
		d.pageEnded(f)
		d.caughtUp(f.Role)
	case effect.Replied:
		d.replied(f)
		d.Roles = d.Roles.Alive(f.Person, d.now, time.Time{})
	case effect.BusinessEnded:
		d.businessEnded()
	case effect.MessageEnded:
		d.Ended(d.hand(), f)
	case effect.Moved:
		d.Moved(f)
	case effect.Held:
		d.Held(d.hand(), f)
	}
	return nil
}

func (d *decision) do(e ...effect.Effect) { d.effects = append(d.effects, e...) }

func (d *decision) record(kind, who, text string, data map[string]string) {
	d.do(effect.Record{Kind: kind, Actor: who, Text: text, Data: data})
}

func (d *decision) tell(person string, n notice.Notice, why string) { d.tellBy(person, n, why) }

func (d *decision) tellBy(person string, n notice.Notice, why string, by ...plan.Channel) {
	if person == "" {
		return
	}
	d.Tells++
	n.Incident, n.Title, n.Drill = d.Number, d.Title, d.Drill
	d.do(effect.Tell{ID: fmt.Sprintf("tell-%d", d.Tells), Person: person, Notice: n, Why: why, By: by})
}

// begin gives a new incident its title and its clocks.
func (d *decision) begin(title string, at time.Time) {
	d.Title, d.OpenedAt, d.PhaseAt = title, d.now, d.now
	d.Facts.Since = at
	if d.Facts.Since.IsZero() || d.Facts.Since.After(d.now) {
		d.Facts.Since = d.now
	}
	d.do(effect.FindPeople{Rung: -1, Role: plan.IncidentCommander})
	if d.Rules.Small.Always && d.Rules.Small.Liaison != "" {
		d.beginUpdates(actor.Actor{})
	}
}

func (d *decision) open(c Open) error {
	if d.strict() && !c.Actor.May(actor.Declare) {
		return refusal.New(refusal.Forbidden, "whoever opens an incident by hand needs the right to declare; call the help phone instead")
	}
	title := strings.TrimSpace(c.Title)
	if title == "" {
		return refusal.New(refusal.Invalid, "say in a few words what is broken (title)")
	}
	if !d.OpenedAt.IsZero() {
		return nil
	}
	if err := d.grades(c.Visibility, c.Impact); err != nil {
		return err
	}
	d.begin(title, d.now)
	// A person who opens an incident has begun to investigate.
	d.Phase = plan.Investigation
	d.Facts.Visibility, d.Facts.Impact, d.Facts.Expected = c.Visibility, c.Impact, c.Expected
	d.record("incident_opened", c.Actor.Name(), c.Actor.Name()+" opened the incident: "+title, nil)
	d.judge()
	return nil
}

// mayCommand tells whether the actor decides about the incident: its commander, or whoever has
// the right by signing in.
func (d *decision) mayCommand(a actor.Actor, right actor.Right, what string) error {
	if a.May(right) || a.Is(d.Commander()) {
		return nil
	}
	return refusal.New(refusal.Forbidden, "only the incident commander may %s", what).With("incident_commander", d.Commander())
}

func (d *decision) declare(c Declare) error {
	if err := d.mayCommand(c.Actor, actor.Declare, "declare"); err != nil {
		return err
	}
	if d.Declared != nil {
		return nil
	}
	if d.Phase != plan.Investigation && d.Phase != plan.Identification {
		return refusal.New(refusal.WrongPhase, "a business incident is declared in investigation or identification; this incident is in %s", d.Phase).
			With("phase", string(d.Phase))
	}
	d.Declared = &Decision{By: c.Actor.Name(), StandIn: c.Actor.StandIn, Reason: c.Reason, At: d.now}
	if d.Updates != nil {
		// What was promised goes over to the business incident.
		d.Stop(d.hand(), "a business incident was declared")
	}
	d.Severity = Severe
	data := map[string]string{"score": fmt.Sprint(d.Score.Score), "reason": c.Reason}
	text := d.Declared.By + " declared a business incident"
	switch r := d.Recommendation; {
	case r == nil:
		text += " without a recommendation of the Technical SLT"
	case r.Declare:
		text += " on the recommendation of " + r.By
		data["recommended_by"] = r.By
	default:
		text += " against the recommendation of " + r.By
		data["recommended_by"] = r.By
	}
	if c.Actor.StandIn {
		data["stand_in"] = "true"
	}
	d.do(effect.StartBusiness{By: d.Declared.By, Why: text})
	d.record("declared", d.Declared.By, text, data)
	return nil
}

func (d *decision) recommend(c Recommend) error {
	if !c.Actor.StandIn && !c.Actor.Is(d.Roles.Holder(plan.TechnicalSLT)) {
		return refusal.New(refusal.Forbidden, "only the Technical SLT recommends").With("technical_slt", d.Roles.Holder(plan.TechnicalSLT))
	}
	if d.Declared != nil {
		return refusal.New(refusal.AlreadyDone, "the business incident is already declared").With("by", d.Declared.By)
	}
	r := &Recommendation{By: c.Actor.Name(), Declare: c.Declare, Note: c.Note, At: d.now}
	if !c.Declare && c.AskAgainMinutes > 0 {
		r.AskAgain = d.now.Add(time.Duration(c.AskAgainMinutes) * d.Rules.Minute)
	}
	d.Recommendation = r
	text := r.By + " recommends to declare a business incident"
	if !c.Declare {
		text = r.By + " recommends not to declare yet"
	}
	d.record("recommended", r.By, text, map[string]string{"declare": fmt.Sprint(c.Declare), "note": c.Note, "score": fmt.Sprint(d.Score.Score)})
	if c.Declare {
		d.tell(d.Commander(), notice.Notice{Kind: notice.DeclareAsked, Role: plan.IncidentCommander, Mention: r.By}, "declaring is recommended")
	}
	return nil
}

// changePhase moves on, never back, and reaches resolution only through Resolve's own acts.
func (d *decision) changePhase(c ChangePhase) error {
	allowed := c.Actor.May(actor.Resolve) || c.Actor.Is(d.Commander()) || c.Actor.Is(d.Roles.Holder(plan.CustomerLiaison)) || c.Actor.Is(d.Roles.Holder(plan.TechnicalSLT))
	if !allowed {
		return refusal.New(refusal.Forbidden, "the incident commander or a liaison changes the phase")
	}
	order := plan.AllPhases()
	to := slices.Index(order, c.Phase)
	if to < 0 {
		return refusal.New(refusal.Invalid, "there is no phase %q; the phases are %v", c.Phase, order)
	}
	if c.Phase == d.Phase {
		return nil
	}
	if to < slices.Index(order, d.Phase) {
		return refusal.New(refusal.WrongPhase, "the incident is in %s already; phases only go on", d.Phase).With("phase", string(d.Phase))
	}
	if c.Phase == plan.Resolution {
		return d.resolve(Resolve{Actor: c.Actor})
	}
	afterwards := c.Phase == plan.Analysis || c.Phase == plan.Publishing
	if afterwards && d.Ongoing() {
		return refusal.New(refusal.TooEarly, "resolve the incident before %s", c.Phase)
	}
	if afterwards && d.Declared != nil && !d.BusinessOver {
		return refusal.New(refusal.TooEarly, "the business incident is still being restored; %s comes after it", c.Phase)
	}
	d.moveTo(c.Phase, c.Actor)
	if c.Phase == plan.Publishing {
		d.close("the postmortem is being published")
	}
	return nil
}

func (d *decision) moveTo(p plan.Phase, by actor.Actor) {
	d.record("phase_changed", by.Name(), fmt.Sprintf("%s moved the incident from %s to %s", by.Name(), d.Phase, p), map[string]string{"from": string(d.Phase), "to": string(p)})
	d.Phase, d.PhaseAt = p, d.now
	if d.Declared != nil && !d.BusinessOver {
		d.do(effect.InformBusiness{Phase: p, By: by.Name()})
	}
	if d.small() {
		d.Supersede(d.hand())
	}
	if d.Rules.Chat && (d.Declared != nil || d.Updates != nil) && p != plan.Analysis && p != plan.Publishing {
		d.do(effect.ShowInChat{Why: string(p)})
	}
}

func (d *decision) note(c AddNote) error {
	text := strings.TrimSpace(c.Text)
	if text == "" {
		return refusal.New(refusal.Invalid, "a note needs a text")
	}
	d.record("note", c.Actor.Name(), text, nil)
	return nil
}
