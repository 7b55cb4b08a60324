package report

import (
	"strings"

	"github.com/stormbell/stormbell/api/view/report"
	"github.com/stormbell/stormbell/api/web/picture"
)

// promises is the fourth picture: a strip for each audience.
func (d *page) promises() section {
	k := d.Report.Promises
	x := d.section("promises", k.Known, d.promiseReading())
	if k.Known != report.Recorded {
		return x
	}
	x.Head = d.cols("audience", "promised", "due", "came", "outcome")
	var lanes []picture.Lane
	at := map[string]int{} // counted from 1
	for _, p := range k.Items {
		name := d.Pick(p.Title, p.Audience)
		if at[p.Audience] == 0 {
			lanes = append(lanes, picture.Lane{Label: name})
			at[p.Audience] = len(lanes)
		}
		strip(&lanes[at[p.Audience]-1], p, d.Report)
		due := d.dated(p.Due)
		if p.Due.IsZero() {
			due = d.T("report.unknown")
		}
		x.row(name, d.Clock(p.MadeAt), due, d.dated(p.At), d.T("report_outcome."+string(p.Outcome)))
	}
	x.paint(func(f picture.Frame) picture.Drawing { return picture.Timeline(f, d.clock(), lanes) })
	d.outcomeKeys(&x, k.Items)
	return x
}

// strip draws a promise from when it was made until it was due, and how much later it came.
func strip(l *picture.Lane, p report.Promised, r report.Report) {
	due, end := p.Due, p.At
	if due.IsZero() {
		due = p.MadeAt
	}
	if end.IsZero() {
		end = r.Until
	}
	l.Bars = append(l.Bars, picture.Bar{From: p.MadeAt, To: due, Fill: picture.Hollow})
	if (p.Outcome == report.PromiseLate || p.Outcome == report.PromiseBroken) && end.After(due) {
		l.Bars = append(l.Bars, picture.Bar{From: due, To: end, Fill: picture.Hatch})
	}
	if shape, drawn := outcomeShapes[p.Outcome]; drawn {
		l.Below = append(l.Below, picture.Point{At: due, Shape: shape})
	}
}

func (d *page) promiseReading() string {
	k := d.Report.Promises
	var parts []string
	percent, decided := k.Percent()
	switch {
	case !decided:
	case k.Held > 0:
		parts = append(parts, d.T("report_read.promises_held", "Count", k.Held, "Kept", k.InTime(), "All", k.Decided(), "Percent", percent))
	default:
		parts = append(parts, d.T("report_read.promises", "Count", k.Decided(), "Kept", k.InTime(), "Percent", percent))
	}
	if k.Open > 0 {
		parts = append(parts, d.T("report_read.promises_open", "Count", k.Open))
	}
	if len(parts) == 0 {
		return d.T("report_reading.promises_lifted")
	}
	return strings.Join(parts, " ")
}
