package report

import (
	"cmp"
	"slices"
	"time"

	"github.com/stormbell/stormbell/domain/business"
	"github.com/stormbell/stormbell/domain/plan"
)

// Course is the incident on one line of time.
type Course struct {
	Known     Known          `json:"known" enum:"recorded,pending,not_applicable,not_recorded"`
	Phases    []Stretch      `json:"phases"`
	Modes     []Stretch      `json:"modes" doc:"When the company worked otherwise than normally"`
	Roles     []RoleLane     `json:"roles"`
	Audiences []AudienceLane `json:"audiences"`
}

// Stretch is a phase or mode with its time.
type Stretch struct {
	Name string    `json:"name"`
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

// LaneState is what a role did.
type LaneState string

// The states of a lane.
const (
	// Ringing: somebody was being looked for.
	Ringing LaneState = "ringing"
	// Working: the holder had something to do that was asked for.
	Working LaneState = "working"
	// Standby: the holder had nothing to do at that time.
	Standby LaneState = "waiting"
)

// RoleLane is one role over time.
type RoleLane struct {
	Role  string            `json:"role"`
	Title map[string]string `json:"title"`
	Spans []Span            `json:"spans"`
}

// Span is a time in which a role did one thing.
type Span struct {
	State LaneState `json:"state" enum:"ringing,working,waiting"`
	Who   Someone   `json:"who"`
	From  time.Time `json:"from"`
	To    time.Time `json:"to"`
}

// AudienceLane is what one audience got, and what it was promised.
type AudienceLane struct {
	Audience string            `json:"audience"`
	Title    map[string]string `json:"title"`
	Sent     []Posted          `json:"sent"`
	Promises []Promised        `json:"promises"`
}

// Posted is a message that went out.
type Posted struct {
	At      time.Time `json:"at"`
	Phase   string    `json:"phase"`
	Holding bool      `json:"holding,omitempty" doc:"The text agreed on beforehand, because nothing else was ready"`
}

func (s story) course(k Keeping, w Waiting) Course {
	c := Course{Phases: s.phases(), Modes: s.modes(), Roles: []RoleLane{}, Audiences: []AudienceLane{}}
	jobs := s.jobs(w)
	for _, role := range s.rolesSeen() {
		lane := RoleLane{Role: role, Title: s.roleTitle(role), Spans: []Span{}}
		for _, x := range s.calls {
			if x.role == role {
				lane.Spans = append(lane.Spans, Span{Ringing, s.someone(x.by, role), earlier(x.from, s.until), earlier(x.to, s.until)})
			}
		}
		for _, h := range s.holds {
			if h.role == role {
				lane.Spans = append(lane.Spans, s.busy(h, jobs[role])...)
			}
		}
		lane.Spans = ordered(lane.Spans, func(x Span) time.Time { return x.From })
		c.Roles = append(c.Roles, lane)
	}
	c.Audiences = s.audiences(k, w)
	c.Known = s.known(len(s.Timeline) > 0)
	return c
}

func (s story) phases() []Stretch {
	all := []Stretch{}
	now := Stretch{Name: string(plan.Detection), From: s.from}
	for _, e := range s.Timeline {
		if e.Kind == "phase_changed" && e.At.Before(s.until) {
			all = append(all, Stretch{Name: cmp.Or(e.Data["from"], now.Name), From: now.From, To: e.At})
			now = Stretch{Name: e.Data["to"], From: e.At}
		}
	}
	if len(all) == 0 && len(s.Timeline) > 0 && s.Incident.Phase != "" {
		now.Name = string(s.Incident.Phase)
	}
	if len(s.Timeline) > 0 {
		now.To = s.until
		all = append(all, now)
	}
	return all
}

func (s story) modes() []Stretch {
	all := []Stretch{}
	for _, e := range s.Timeline {
		if e.Kind != "mode_changed" {
			continue
		}
		if n := len(all); n > 0 && all[n-1].To.IsZero() {
			all[n-1].To = e.At
		}
		if e.Data["mode"] != string(business.Normal) {
			all = append(all, Stretch{Name: e.Data["mode"], From: e.At})
		}
	}
	if n := len(all); n > 0 && all[n-1].To.IsZero() {
		all[n-1].To = s.until
	}
	return all
}

// jobs are the times in which something was asked of each role: tasks, texts and the briefing.
// Watching runs on by itself and is no job.
func (s story) jobs(w Waiting) map[string][]Stretch {
	jobs := map[string][]Stretch{}
	add := func(role string, from, to time.Time) {
		if role != "" && to.After(from) {
			jobs[role] = append(jobs[role], Stretch{role, from, to})
		}
	}
	for _, x := range s.given() {
		if x.kind != business.Watch {
			add(x.role, x.given, x.ended)
		}
	}
	for _, m := range w.Items {
		rule := s.rule(m.Audience)
		at := m.From
		for _, part := range m.Parts {
			to := at.Add(part.Took.Duration())
			for _, role := range doers(rule, part.Stage) {
				add(role, at, to)
			}
			at = to
		}
	}
	var began time.Time
	for _, e := range s.Timeline {
		switch e.Kind {
		case "briefing_started":
			began = e.At
		case "briefing_confirmed":
			if !began.IsZero() {
				for _, r := range s.Plan.Roles {
					if r.NeededToStart {
						add(r.Name, began, e.At)
					}
				}
			}
		}
	}
	return jobs
}

// doers are the roles that a text waits for at a stage.
func doers(rule plan.AudienceRule, stage TextStage) []string {
	switch stage {
	case InDraft:
		return []string{rule.Draft}
	case InCheck:
		return []string{rule.Check}
	case InReview:
		return rule.Agree
	case InApproval:
		return []string{rule.Approve}
	case InRelease:
		return []string{rule.Release}
	case InSending:
	}
	return nil
}

// busy cuts the time a role was held into working and waiting.
func (s story) busy(h hold, jobs []Stretch) []Span {
	who := s.someone(h.person, h.role)
	var spans []Span
	add := func(state LaneState, from, to time.Time) {
		if to.After(from) || len(spans) == 0 && to.Equal(from) {
			spans = append(spans, Span{state, who, from, to})
		}
	}
	at := h.from
	for _, j := range merged(jobs) {
		from, to := later(j.From, at), earlier(j.To, h.to)
		if !to.After(from) {
			continue
		}
		if from.After(at) {
			add(Standby, at, from)
		}
		add(Working, from, to)
		at = to
	}
	if h.to.After(at) || len(spans) == 0 {
		add(Standby, at, h.to)
	}
	return spans
}

// merged joins stretches that touch.
func merged(all []Stretch) []Stretch {
	all = ordered(slices.Clone(all), func(x Stretch) time.Time { return x.From })
	var out []Stretch
	for _, x := range all {
		if n := len(out); n > 0 && !x.From.After(out[n-1].To) {
			out[n-1].To = later(out[n-1].To, x.To)
			continue
		}
		out = append(out, x)
	}
	return out
}

func (s story) audiences(k Keeping, w Waiting) []AudienceLane {
	lanes := []AudienceLane{}
	lane := func(name string) *AudienceLane {
		i := slices.IndexFunc(lanes, func(l AudienceLane) bool { return l.Audience == name })
		if i < 0 {
			lanes = append(lanes, AudienceLane{Audience: name, Title: s.audienceTitle(name), Sent: []Posted{}, Promises: []Promised{}})
			i = len(lanes) - 1
		}
		return &lanes[i]
	}
	for _, m := range w.Items {
		if l := lane(m.Audience); m.State == TextSent {
			l.Sent = append(l.Sent, Posted{At: m.To, Phase: m.Phase})
		}
	}
	phase := ""
	for _, e := range s.Timeline {
		switch e.Kind {
		case "phase_changed":
			phase = e.Data["to"]
		case "holding_sent":
			l := lane(e.Data["audience"])
			l.Sent = append(l.Sent, Posted{At: e.At, Phase: cmp.Or(e.Data["phase"], phase, string(plan.Investigation)), Holding: true})
		}
	}
	for _, p := range k.Items {
		l := lane(p.Audience)
		l.Promises = append(l.Promises, p)
	}
	for i := range lanes {
		lanes[i].Sent = ordered(lanes[i].Sent, func(x Posted) time.Time { return x.At })
	}
	order := map[string]int{}
	for i, a := range s.Plan.Audiences {
		order[a.Name] = i - len(s.Plan.Audiences)
	}
	slices.SortStableFunc(lanes, func(a, b AudienceLane) int { return cmp.Compare(order[a.Audience], order[b.Audience]) })
	return lanes
}

// rule is how an audience's messages are made: as one of them was, else as the plan says.
func (s story) rule(audience string) plan.AudienceRule {
	for _, l := range s.Loops {
		if l.Audience.Name == audience {
			return l.Audience
		}
	}
	rules := s.Plan.Snapshot()
	if s.Business == nil && s.Incident.Updates != nil {
		rules = rules.AsSmall()
	}
	rule, _ := rules.Audience(audience)
	return rule
}
