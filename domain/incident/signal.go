package incident

import (
	"fmt"
	"slices"
	"time"

	"github.com/stormbell/stormbell/domain/actor"
	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/holding"
	"github.com/stormbell/stormbell/domain/impact"
	"github.com/stormbell/stormbell/domain/notice"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/domain/refusal"
)

// maxAlerts bounds what an incident carries; the record keeps every alert.
const maxAlerts = 50

// alerts takes news from monitoring tools and judges again.
func (d *decision) alerts(news []Alert) {
	for _, a := range news {
		d.alert(a)
	}
	if d.Closed || !d.Ongoing() {
		return
	}
	d.judge()
}

func (d *decision) alert(a Alert) {
	if d.OpenedAt.IsZero() {
		d.begin(a.Title, a.StartedAt)
		d.record("incident_opened", "system", "an alert opened the incident: "+a.Title, map[string]string{"source": a.Source})
	}
	i := slices.IndexFunc(d.Alerts, func(b Alert) bool { return b.Source == a.Source && b.Key == a.Key })
	switch {
	case i < 0 && len(d.Alerts) < maxAlerts:
		d.Alerts = append(d.Alerts, a)
	case i < 0:
		d.record("alert_overflow", "system", fmt.Sprintf("more than %d alerts belong to this incident; this one is only in the record", maxAlerts), map[string]string{"source": a.Source})
		return
	case d.Alerts[i].Status == a.Status:
		d.Alerts[i] = a
		d.weigh(a)
		return
	default:
		d.Alerts[i] = a
	}
	d.record("alert_"+a.Status, "system", a.Source+" says "+a.Status+": "+a.Title, map[string]string{"source": a.Source, "severity": a.Severity})
	if a.Status == AlertEnded {
		d.monitoringSaysOver()
		return
	}
	d.weigh(a)
}

// weigh lets the worst of several alerts count; one that has ended weighs nothing new.
func (d *decision) weigh(a Alert) {
	if a.Status == AlertEnded {
		return
	}
	d.Facts.Visibility = impact.Worse(d.Rules.Severity.Visibility, d.Facts.Visibility, a.Visibility)
	d.Facts.Impact = impact.Worse(d.Rules.Severity.Impact, d.Facts.Impact, a.Impact)
}

// monitoringSaysOver asks a human whether it is over; a machine never ends an incident.
func (d *decision) monitoringSaysOver() {
	if slices.ContainsFunc(d.Alerts, func(a Alert) bool { return a.Status != AlertEnded }) {
		return
	}
	d.record("monitoring_says_over", "system", "every alert has ended; the incident commander decides whether it is over", nil)
}

// judge computes the score and pages the Technical SLT when the threshold is met or near (R19, R20, R23).
func (d *decision) judge() {
	before := d.Score.Verdict
	d.Score = impact.Score(d.Rules.Severity, d.Facts, d.now)
	if d.Score.Verdict != before {
		d.record("score_changed", "system", fmt.Sprintf("the impact score is %d", d.Score.Score), map[string]string{"score": fmt.Sprint(d.Score.Score), "verdict": string(d.Score.Verdict)})
	}
	if d.Score.Verdict == impact.None || d.Declared != nil {
		return
	}
	if _, asked := d.Roles.Of(plan.TechnicalSLT); !asked {
		d.page(plan.TechnicalSLT, nil, fmt.Sprintf("the impact score is %d: page the Technical SLT to judge", d.Score.Score))
	}
}

func (d *decision) page(role string, skip []string, why string) {
	d.pageBy(d.Rules.PolicyOf(role), role, skip, why)
}

func (d *decision) pageBy(policy plan.Policy, role string, skip []string, why string) {
	var k int
	d.Roles, k = d.Roles.Page(role, d.now)
	d.do(effect.OpenPage{Role: role, K: k, Policy: policy, Title: d.Title, Since: d.Facts.Since, Skip: skip, Judge: role == plan.TechnicalSLT, Why: why})
	d.record("role_paged", "system", why, map[string]string{"role": role})
}

func (d *decision) pageByHand(c PageRole) error {
	if _, ok := d.Rules.Role(c.Role); !ok {
		return refusal.New(refusal.NotFound, "the plan has no role %q", c.Role)
	}
	if err := d.mayStaff(c.Actor, c.Role, "have somebody called"); err != nil && d.strict() {
		return err
	}
	if r, ok := d.Roles.Of(c.Role); ok && r.State == holding.Paged {
		return refusal.New(refusal.AlreadyDone, "%s is being paged since %s", c.Role, r.Since.UTC().Format(time.RFC3339))
	}
	policy, whom := d.Rules.PolicyOf(c.Role), c.Role
	if c.Both {
		policy, whom = policy.Both(), "primary and backup of "+c.Role
	}
	d.pageBy(policy, c.Role, nil, c.Actor.Name()+" paged "+whom)
	return nil
}

// hold gives a role to a person, for as long as they show signs of life.
func (d *decision) hold(role, person, via string, at time.Time) {
	policy := d.Rules.PolicyOf(role)
	d.Roles = d.Roles.Hold(role, person, via, at).Let(role, holding.NewLease(policy.Lease, policy.Patience(), d.now))
	if d.small() {
		d.do(effect.InformMessages{Role: role, Person: person})
	}
}

func (d *decision) appoint(c Appoint) error {
	if err := d.mayStaff(c.Actor, c.Role, "appoint"); err != nil {
		return err
	}
	if _, ok := d.Rules.Role(c.Role); !ok || c.Person == "" {
		return refusal.New(refusal.Invalid, "name a role of the plan and a person")
	}
	now, _ := d.Roles.Of(c.Role)
	if err := now.MayTake(c.Person); c.Vacant && err != nil {
		return err
	}
	if now.State == holding.Paged {
		d.do(effect.ClosePage{Role: c.Role, K: now.K})
	}
	d.hold(c.Role, c.Person, string(c.Actor.Via), d.now)
	d.record("role_taken", c.Actor.Name(), fmt.Sprintf("%s appointed %s as %s", c.Actor.Name(), c.Person, c.Role), map[string]string{"role": c.Role, "person": c.Person})
	if d.Rules.Edition > 1 && c.Person != c.Actor.Person {
		d.tell(c.Person, notice.Notice{Kind: notice.Appointed, Role: c.Role, Mention: c.Actor.Person}, c.Role+" was given to "+c.Person)
	}
	return nil
}

// closePages ends every page that runs: of roles nobody has taken, and roll calls.
func (d *decision) closePages(falseAlarm bool) {
	for _, r := range d.Roles {
		if r.State == holding.Paged || r.K > 0 && d.Rules.PolicyOf(r.Name).RollCall() {
			d.do(effect.ClosePage{Role: r.Name, K: r.K, FalseAlarm: falseAlarm})
		}
	}
}

// peopleFound appoints whoever is on call as incident commander: the technical response has its own pager.
func (d *decision) peopleFound(f effect.PeopleFound) {
	if d.Commander() != "" || len(f.Candidates) == 0 || f.Role != plan.IncidentCommander {
		return
	}
	d.Roles = d.Roles.Hold(plan.IncidentCommander, f.Candidates[0], string(actor.System), d.now)
	d.record("role_taken", "system", f.Candidates[0]+" is on call as incident commander", map[string]string{"role": plan.IncidentCommander, "person": f.Candidates[0]})
}

// pageEnded notes who took the role. A human at work ends detection.
func (d *decision) pageEnded(f effect.PageEnded) {
	r, ok := d.Roles.Of(f.Role)
	if !ok || r.K != f.K || f.Holder == "" || d.Closed {
		return
	}
	d.hold(f.Role, f.Holder, f.Via, f.At)
	if d.Phase == plan.Detection && d.Ongoing() {
		d.moveTo(plan.Investigation, actor.Actor{Person: f.Holder, Via: actor.Via(f.Via)})
	}
	if d.Declared != nil && !d.BusinessOver {
		// The page began before the declaration; the business incident waits for its end too.
		d.do(effect.InformBusiness{Phase: d.Phase, Page: &f})
	}
	if f.Role == plan.TechnicalSLT && d.Ongoing() && d.Declared == nil {
		d.tell(f.Holder, notice.Notice{Kind: notice.RecommendAsked, Role: f.Role, Since: d.Facts.Since}, "compare the criteria with the facts")
	}
}

// tick judges again as time passes, and brings a postponed question back.
func (d *decision) tick() {
	if d.small() {
		d.Check(d.hand())
	}
	if d.Closed || !d.Ongoing() {
		return
	}
	d.judge()
	d.checkLeases()
	if r := d.Recommendation; r != nil && !r.AskAgain.IsZero() && !d.now.Before(r.AskAgain) {
		r.AskAgain = time.Time{}
		d.tell(r.By, notice.Notice{Kind: notice.RecommendAsked, Role: plan.TechnicalSLT, Since: d.Facts.Since}, "asked again whether to declare")
		d.record("recommendation_asked_again", "system", "the Technical SLT is asked again whether to declare", nil)
	}
}

func (d *decision) assess(c Assess) error {
	if d.strict() && !c.Actor.May(actor.Declare) && !d.holds(c.Actor, plan.IncidentCommander, plan.TechnicalSLT, plan.CustomerLiaison) {
		return refusal.New(refusal.Forbidden, "the incident commander, the Technical SLT or the liaison judges how bad it is").With("incident_commander", d.Commander())
	}
	if err := d.grades(c.Visibility, c.Impact); err != nil {
		return err
	}
	if c.Visibility != "" {
		d.Facts.Visibility = c.Visibility
	}
	if c.Impact != "" {
		d.Facts.Impact = c.Impact
	}
	if c.Expected > 0 {
		d.Facts.Expected = c.Expected
	}
	d.record("assessed", c.Actor.Name(), c.Actor.Name()+" set the criteria", map[string]string{"visibility": d.Facts.Visibility, "impact": d.Facts.Impact, "expected": d.Facts.Expected.String()})
	d.judge()
	return nil
}

func (d *decision) grades(visibility, felt string) error {
	for _, f := range []struct {
		name, value string
		grades      []plan.Grade
	}{{"visibility", visibility, d.Rules.Severity.Visibility}, {"impact", felt, d.Rules.Severity.Impact}} {
		if f.value == "" {
			continue
		}
		if !slices.ContainsFunc(f.grades, func(g plan.Grade) bool { return g.Name == f.value }) {
			var names []string
			for _, g := range f.grades {
				names = append(names, g.Name)
			}
			return refusal.New(refusal.Invalid, "there is no %s %q; the plan has %v", f.name, f.value, names)
		}
	}
	return nil
}
