package report

import (
	"cmp"
	"strconv"
	"strings"
	"time"

	"github.com/stormbell/stormbell/api/view/report"
	"github.com/stormbell/stormbell/api/web/picture"
)

// course is the first picture: everything on one line of time.
func (d *page) course() section {
	c := d.Report.Course
	posts := 0
	for _, a := range c.Audiences {
		posts += len(a.Sent)
	}
	x := d.section("course", c.Known, d.T("report_read.course", "Count", posts, "Span", d.Took(d.Report.From, d.Report.Until),
		"Phases", d.T("report_read.phases", "Count", len(c.Phases)), "Roles", d.T("report_read.roles", "Count", len(c.Roles))))
	if c.Known != report.Recorded {
		return x
	}
	lanes := []picture.Lane{d.phaseLane(c.Phases), d.modeLane(c.Modes)}
	for _, r := range c.Roles {
		lanes = append(lanes, d.roleLane(r))
	}
	for _, a := range c.Audiences {
		lanes = append(lanes, d.audienceLane(a))
	}
	x.paint(func(f picture.Frame) picture.Drawing { return picture.Timeline(f, d.clock(), lanes) })
	d.courseKeys(&x, c)
	var phases []string
	for i, p := range c.Phases {
		phases = append(phases, strconv.Itoa(i+1)+" "+d.T("step."+p.Name))
	}
	x.Remark = d.T("report_key.phases") + ": " + strings.Join(phases, ", ")
	d.courseTable(&x, c)
	return x
}

// clock is the line of time of the whole report.
func (d *page) clock() picture.Clock {
	return picture.Clock{From: d.Report.From, To: d.Report.Until, Label: d.tick}
}

func (d *page) phaseLane(all []report.Stretch) picture.Lane {
	l := picture.Lane{Label: d.T("report_key.phases")}
	for i, p := range all {
		fill := picture.Soft
		if i%2 == 1 {
			fill = picture.Hollow
		}
		l.Bars = append(l.Bars, picture.Bar{From: p.From, To: p.To, Fill: fill, Text: d.T("step." + p.Name), Short: strconv.Itoa(i + 1)})
	}
	return l
}

func (d *page) modeLane(all []report.Stretch) picture.Lane {
	l := picture.Lane{Label: d.T("report_key.company")}
	at := d.Report.From
	add := func(to time.Time, mode string) {
		if to.After(at) {
			fill := map[string]picture.Fill{"emergency": picture.Cross, "restoring": picture.Dots}[mode]
			l.Bars = append(l.Bars, picture.Bar{From: at, To: to, Fill: cmp.Or(fill, picture.Hollow), Text: d.T("mode." + mode)})
			at = to
		}
	}
	for _, m := range all {
		add(m.From, "normal")
		add(m.To, m.Name)
	}
	add(d.Report.Until, "normal")
	return l
}

var laneFills = map[report.LaneState]picture.Fill{report.Ringing: picture.Hatch, report.Working: picture.Solid, report.Standby: picture.Hollow}

func (d *page) roleLane(r report.RoleLane) picture.Lane {
	l := picture.Lane{Label: d.Pick(r.Title, r.Role)}
	for _, s := range r.Spans {
		l.Bars = append(l.Bars, picture.Bar{From: s.From, To: s.To, Fill: laneFills[s.State]})
	}
	return l
}

var outcomeShapes = map[report.PromiseOutcome]picture.Shape{
	report.PromiseKept: picture.Tick, report.PromiseHeld: picture.HalfDiam, report.PromiseLate: picture.Triangle,
	report.PromiseBroken: picture.Times, report.PromiseOpen: picture.Ring,
}

func (d *page) audienceLane(a report.AudienceLane) picture.Lane {
	l := picture.Lane{Label: d.Pick(a.Title, a.Audience)}
	for _, m := range a.Sent {
		l.Points = append(l.Points, picture.Point{At: m.At, Shape: postShape(m)})
	}
	for _, p := range a.Promises {
		if s, drawn := outcomeShapes[p.Outcome]; drawn && !p.Due.IsZero() {
			l.Below = append(l.Below, picture.Point{At: p.Due, Shape: s})
		}
	}
	return l
}

func postShape(m report.Posted) picture.Shape {
	if m.Holding {
		return picture.Square
	}
	return picture.Diamond
}

func (d *page) courseKeys(x *section, c report.Course) {
	for _, state := range []report.LaneState{report.Ringing, report.Working, report.Standby} {
		x.fill(laneFills[state], d.T("report_lane."+string(state)))
	}
	x.shape(picture.Diamond, d.T("report_key.sent"))
	var promises []report.Promised
	held := false
	for _, a := range c.Audiences {
		promises = append(promises, a.Promises...)
		for _, m := range a.Sent {
			held = held || m.Holding
		}
	}
	if held {
		x.shape(picture.Square, d.T("report_key.holding"))
	}
	d.outcomeKeys(x, promises)
}

// outcomeKeys explains the outcomes that there are.
func (d *page) outcomeKeys(x *section, all []report.Promised) {
	for _, o := range []report.PromiseOutcome{report.PromiseKept, report.PromiseHeld, report.PromiseLate, report.PromiseBroken, report.PromiseOpen} {
		for _, p := range all {
			if p.Outcome == o {
				x.shape(outcomeShapes[o], d.T("report_outcome."+string(o)))
				break
			}
		}
	}
}

func (d *page) courseTable(x *section, c report.Course) {
	x.Head = d.cols("from", "to", "what", "state", "who")
	for i, p := range c.Phases {
		x.row(d.Clock(p.From), d.Clock(p.To), d.T("report_col.phase"), strconv.Itoa(i+1)+" "+d.T("step."+p.Name), "")
	}
	for _, m := range c.Modes {
		x.row(d.Clock(m.From), d.Clock(m.To), d.T("report_key.company"), d.T("mode."+m.Name), "")
	}
	for _, r := range c.Roles {
		for _, s := range r.Spans {
			who := ""
			if s.Who.Anybody() && d.Report.Names {
				who = d.Someone(s.Who)
			}
			x.row(d.Clock(s.From), d.Clock(s.To), d.Pick(r.Title, r.Role), d.T("report_lane."+string(s.State)), who)
		}
	}
	for _, a := range c.Audiences {
		for _, m := range a.Sent {
			what := "report_key.sent"
			if m.Holding {
				what = "report_key.holding"
			}
			x.row(d.Clock(m.At), "", d.Pick(a.Title, a.Audience), d.T(what), "")
		}
	}
}
