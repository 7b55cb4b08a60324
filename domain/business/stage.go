package business

import (
	"fmt"
	"slices"
	"strings"

	"github.com/stormbell/stormbell/domain/checkback"
	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/holding"
	"github.com/stormbell/stormbell/domain/notice"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/domain/refusal"
)

// begin pages the start-up roles side by side; who is there already is not paged again.
func (d *decision) begin() {
	d.DeclaredAt = d.now
	d.record("business_opened", d.DeclaredBy, "the business incident begins", nil)
	for _, r := range d.Rules.Roles {
		if r.NeededToStart && d.Roles.Holder(r.Name) == "" {
			// A role that the technical incident is still paging comes over when somebody takes it.
			d.page(r.Name, nil, "the business incident was declared: "+r.Name+" is needed to start")
		}
	}
	d.beginHandover()
	d.callTogether()
}

func (d *decision) page(role string, skip []string, why string) {
	d.pageBy(d.Rules.PolicyOf(role), role, skip, why)
}

func (d *decision) pageBy(policy plan.Policy, role string, skip []string, why string) {
	if r, ok := d.Roles.Of(role); ok && r.State == holding.Paged {
		return
	}
	if _, ok := d.Rules.Role(role); !ok {
		return
	}
	var k int
	d.Roles, k = d.Roles.Page(role, d.now)
	d.do(effect.OpenPage{Role: role, K: k, Policy: policy, Title: d.Title, Since: d.Since, Skip: skip, Join: d.awaited(role), Why: why})
	d.record("role_paged", "system", why, map[string]string{"role": role})
}

func (d *decision) pageEnded(f effect.PageEnded) {
	r, ok := d.Roles.Of(f.Role)
	if !ok || r.K != f.K || f.Holder == "" {
		return
	}
	d.hold(f.Role, f.Holder, f.Via)
	switch {
	case f.Joined && d.awaited(f.Role):
		d.arrive(f.Role, f.Holder)
	case !f.Called:
		d.askToJoin(f.Role) // the page began before the declaration
	}
	if f.Minutes > 0 {
		d.minutes(f.Holder, f.Minutes)
	}
}

func (d *decision) hold(role, person, via string) {
	policy := d.Rules.PolicyOf(role)
	d.Roles = d.Roles.Hold(role, person, via, d.now).Let(role, holding.NewLease(policy.Lease, policy.Patience(), d.now))
	d.handoverTo(role, person)
	if d.awaited(role) {
		d.Roles = d.Roles.Expect(role, d.joinWithin(), d.now)
	}
	d.do(effect.InformMessages{Role: role, Person: person})
	if role == plan.CustomerLiaison && d.Briefing.ConfirmedAt.IsZero() && d.Stage != Gathering {
		d.tell(person, notice.Notice{Kind: notice.BriefAsked, Role: role, Count: len(d.unanswered())}, "the briefing is open")
	}
}

// present tells whether everybody needed to start is there (R36).
func (d *decision) present() bool {
	for _, r := range d.Rules.Roles {
		if r.NeededToStart && !d.isThere(r.Name) {
			return false
		}
	}
	return true
}

// openGates moves the stage on as far as the gates are open.
func (d *decision) openGates() {
	if d.Stage == Gathering && d.present() {
		d.Stage = Briefed
		d.Briefing.StartedAt, d.Briefing.Due = d.now, d.now.Add(d.Rules.Briefing.Patience)
		d.record("briefing_started", "system", "everybody needed is present; the briefing begins", nil)
		if open := d.unanswered(); len(open) > 0 {
			d.tell(d.Roles.Holder(plan.CustomerLiaison), notice.Notice{Kind: notice.BriefAsked, Role: plan.CustomerLiaison, Count: len(open), At: d.Briefing.Due}, "the briefing begins")
		}
	}
	if d.Stage == Resolving && d.ResolutionTold() {
		d.restore()
	}
	if d.Stage == Restoring && !d.pending(Undo) {
		d.backToNormal()
	}
	if d.Stage == Aftercare && !d.pending(Duty) && (!d.Cancelled || len(d.Cells) == 0 || d.ResolutionTold()) {
		d.Stage = Closed
		d.record("business_closed", "system", "every duty is settled; the business incident is closed", nil)
	}
}

func (d *decision) unanswered() []Question {
	var open []Question
	for _, a := range d.Briefing.Answers {
		if !a.Known() && slices.Contains(Questions(), a.Question) {
			open = append(open, a.Question)
		}
	}
	return open
}

func (d *decision) brief(c Brief) error {
	if err := d.may(c.Actor, plan.CustomerLiaison, plan.TechnicalSLT, plan.BusinessLead); err != nil {
		return err
	}
	if d.Stage == Gathering && !d.isThere(plan.BusinessLead) {
		return refusal.New(refusal.TooEarly, "work begins when the Business Lead is on the call; page the business lead, or note the presence")
	}
	for _, r := range c.Answers {
		i := d.answer(r.Question)
		if i < 0 {
			return refusal.New(refusal.NotFound, "the briefing has no question %q; it has %v and %v", r.Question, Questions(), Later())
		}
		text := strings.TrimSpace(r.Text)
		if text == "" && !r.Unknown {
			return refusal.New(refusal.Invalid, "answer %s with a text, or say that it is unknown", r.Question)
		}
		a := &d.Briefing.Answers[i]
		a.Text, a.Unknown, a.By, a.At = text, text == "", c.Actor.Name(), d.now
		switch {
		case a.Unknown && slices.Contains(Later(), a.Question):
		case a.Unknown:
			d.owe(a)
		default:
			a.Debt = a.Debt.Finish(a.By, d.now)
		}
		d.record("briefing_answered", a.By, fmt.Sprintf("%s answered %s", a.By, a.Question), map[string]string{"question": string(a.Question), "answer": a.Text, "unknown": fmt.Sprint(a.Unknown)})
	}
	d.spread()
	return nil
}

// answer is the place of a question's answer; what becomes known on the way gets one when it does.
func (d *decision) answer(q Question) int {
	i := slices.IndexFunc(d.Briefing.Answers, func(a Answer) bool { return a.Question == q })
	if i < 0 && slices.Contains(Later(), q) {
		d.Briefing.Answers = append(d.Briefing.Answers, Answer{Question: q})
		return len(d.Briefing.Answers) - 1
	}
	return i
}

// owe makes an unknown answer a debt of the liaison (R72).
func (d *decision) owe(a *Answer) {
	a.Unknown = true
	a.Debt = checkback.New(string(a.Question), plan.CustomerLiaison).
		Ask(d.Roles.Holder(plan.CustomerLiaison), d.now, d.Rules.Briefing.Patience)
}

// confirmBriefing is the Technical SLT's "enough to draft" (R73); emergency mode follows (R77).
func (d *decision) confirmBriefing(c ConfirmBriefing) error {
	if err := d.may(c.Actor, plan.TechnicalSLT, plan.BusinessLead); err != nil {
		return err
	}
	if d.Stage == Gathering {
		return refusal.New(refusal.TooEarly, "the briefing waits for everybody needed; missing: %v", d.missing()).With("missing", strings.Join(d.missing(), " "))
	}
	if !d.Briefing.ConfirmedAt.IsZero() || d.Stage != Briefed {
		return nil
	}
	d.endBriefing(c.Actor.Name(), c.Actor.Name()+" confirmed that the briefing is enough to draft")
	return nil
}

func (d *decision) endBriefing(by, text string) {
	d.Briefing.ConfirmedAt, d.Briefing.ConfirmedBy = d.now, by
	d.record("briefing_confirmed", by, text, nil)
	for i := range d.Briefing.Answers {
		if a := &d.Briefing.Answers[i]; !a.Known() && !a.Debt.Pending() && slices.Contains(Questions(), a.Question) {
			d.owe(a)
		}
	}
	d.enterEmergency()
}

// follow takes over a change of the technical incident.
func (d *decision) follow(c Follow) {
	if d.Over() {
		return
	}
	if c.Cancelled {
		d.Cancelled = true
		d.record("business_cancelled", c.By, "the incident is a false alarm; what was halted is restored", nil)
		if d.Rules.Edition > 2 && len(d.Heard()) > 0 {
			d.Phase = plan.Resolution
			d.Retract(d.hand(), "false alarm")
		} else {
			d.WithdrawAll(d.hand(), "false alarm")
		}
		d.closePages(true)
		for _, r := range d.Roles {
			if r.State == holding.Held {
				d.tell(r.Person, notice.Notice{Kind: notice.FalseAlarm, Role: r.Name}, "false alarm")
			}
		}
		d.restore()
		return
	}
	if c.Phase == d.Phase {
		return
	}
	d.Phase = c.Phase
	d.record("business_phase", c.By, "the business incident follows into "+string(c.Phase), map[string]string{"phase": string(c.Phase)})
	d.Supersede(d.hand())
	if c.Phase == plan.Resolution && d.Stage != Restoring && d.Stage != Aftercare {
		d.Stage = Resolving
		d.stopHalting()
		if d.Rules.Edition < 3 {
			d.Promises = nil // since then a promise is owed until the resolution message is out
		}
	}
}

// restore asks for exactly what really happened to be undone (R117).
func (d *decision) restore() {
	d.Stage = Restoring
	if d.Mode == EmergencyMode {
		d.Mode = RestoringNormal
		d.record("mode_changed", "system", "the company goes back to normal", map[string]string{"mode": string(d.Mode)})
	}
	d.stopHalting()
	for _, t := range d.Tasks {
		if t.Kind != Halt || t.State != checkback.Done {
			continue
		}
		if rule, ok := d.taskRule(t.Of); ok && !rule.Undo {
			continue
		}
		d.Tasks = append(d.Tasks, Task{Item: checkback.New("undo_"+t.ID, t.Role), Kind: Undo, Of: t.Of})
	}
}

func (d *decision) backToNormal() {
	d.Mode = Normal
	d.Stage = Aftercare
	d.Roles = d.Roles.Rest()
	d.record("mode_changed", "system", "everything halted is restored; business is back to normal", map[string]string{"mode": string(d.Mode)})
	d.closePages(false)
	if d.Cancelled {
		return
	}
	duty := checkback.New(PreliminaryAnalysis, plan.TechnicalSLT).Ask(d.Roles.Holder(plan.TechnicalSLT), d.now, d.Rules.AnalysisWithin)
	d.Tasks = append(d.Tasks, Task{Item: duty, Kind: Duty, Of: PreliminaryAnalysis})
	d.record("duty_given", "system", "the Preliminary Analysis is due", map[string]string{"role": plan.TechnicalSLT})
	d.tell(duty.Person, notice.Notice{Kind: notice.AnalysisDue, Role: plan.TechnicalSLT, Subject: PreliminaryAnalysis, At: duty.Due}, "the Preliminary Analysis is due")
}

// closePages ends every page that runs: of roles nobody has taken, and roll calls.
func (d *decision) closePages(falseAlarm bool) {
	for _, r := range d.Roles {
		if r.State == holding.Paged || r.K > 0 && d.Rules.PolicyOf(r.Name).RollCall() {
			d.do(effect.ClosePage{Role: r.Name, K: r.K, FalseAlarm: falseAlarm})
		}
	}
}

func (d *decision) pageByHand(c PageRole) error {
	if _, ok := d.Rules.Role(c.Role); !ok {
		return refusal.New(refusal.NotFound, "the plan has no role %q", c.Role)
	}
	if err := d.mayStaff(c.Actor, c.Role); err != nil && d.Rules.Edition > 3 {
		return err
	}
	if r, ok := d.Roles.Of(c.Role); ok && r.State == holding.Paged {
		return refusal.New(refusal.AlreadyDone, "%s is already being paged", c.Role)
	}
	policy, whom := d.Rules.PolicyOf(c.Role), c.Role
	if c.Both {
		policy, whom = policy.Both(), "primary and backup of "+c.Role
	}
	d.pageBy(policy, c.Role, nil, c.Actor.Name()+" paged "+whom)
	return nil
}

func (d *decision) appoint(c Appoint) error {
	if err := d.mayStaff(c.Actor, c.Role); err != nil {
		return err
	}
	r, ok := d.Rules.Role(c.Role)
	if !ok || c.Person == "" {
		return refusal.New(refusal.Invalid, "name a role of the plan and a person")
	}
	now, _ := d.Roles.Of(r.Name)
	if err := now.MayTake(c.Person); c.Vacant && err != nil {
		return err
	}
	if now.State == holding.Paged {
		d.do(effect.ClosePage{Role: r.Name, K: now.K})
	}
	d.hold(r.Name, c.Person, string(c.Actor.Via))
	switch {
	case d.awaited(r.Name):
		d.askToJoin(r.Name)
	case d.Rules.Edition > 1 && c.Person != c.Actor.Person:
		d.tell(c.Person, notice.Notice{Kind: notice.Appointed, Role: r.Name, Mention: c.Actor.Person}, r.Name+" was given to "+c.Person)
	}
	d.record("role_taken", c.Actor.Name(), fmt.Sprintf("%s appointed %s as %s", c.Actor.Name(), c.Person, r.Name), map[string]string{"role": r.Name, "person": c.Person})
	return nil
}
