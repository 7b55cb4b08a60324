package report

import (
	"strconv"

	"github.com/stormbell/stormbell/api/view/report"
	"github.com/stormbell/stormbell/api/web/picture"
)

// estimates is the sixth picture: what was said, and what it took.
func (d *page) estimates() section {
	e := d.Report.Estimates
	x := d.section("estimates", e.Known, d.estimateReading())
	if e.Known != report.Recorded {
		return x
	}
	x.Head = d.cols("task", "who", "said", "took", "over", "again", "state")
	var rows []picture.Row
	for _, t := range e.Items {
		name, id, bars := d.TaskWords(t.What, t.Of), "unsaid", []picture.Stack{}
		said, over := "–", "–"
		if t.Minutes > 0 {
			id = "estimate"
			said = d.span(t.Promised)
			bars = append(bars, picture.Stack{{Value: float64(t.Promised), Fill: picture.Hollow}})
			if t.Over() > 0 && !t.Done.IsZero() {
				over = d.length(t.Over())
			}
		}
		if t.Done.IsZero() {
			id += "_open"
		}
		bars = append(bars, picture.Stack{{Value: float64(t.Took), Fill: picture.Solid}})
		rows = append(rows, picture.Row{Label: name, Note: d.T("report_row."+id, "Said", said, "Took", d.span(t.Took)), Bars: bars})
		who := d.RoleName(t.Who.Role)
		if t.Who.Name != "" {
			who = t.Who.Name
		}
		x.row(name, who, said, d.span(t.Took), over, strconv.Itoa(t.Again), d.T("state."+t.State))
	}
	x.paint(func(f picture.Frame) picture.Drawing { return picture.Rows(f, d.minutes(), rows) })
	x.fill(picture.Hollow, d.T("report_key.said"))
	x.fill(picture.Solid, d.T("report_key.took"))
	return x
}

func (d *page) estimateReading() string {
	var worst report.Estimate
	said, done := false, false
	for _, t := range d.Report.Estimates.Items {
		if t.Minutes == 0 {
			continue
		}
		said = true
		if t.Done.IsZero() {
			continue
		}
		done = true
		if t.Over() > max(worst.Over(), 0) {
			worst = t
		}
	}
	switch {
	case !said:
		return d.T("report_reading.estimate_none")
	case !done:
		return d.T("report_reading.estimate_open")
	case worst.Task == "":
		return d.T("report_reading.estimate_kept")
	}
	return d.T("report_reading.estimate_over", "Task", d.TaskWords(worst.What, worst.Of), "Span", d.length(worst.Over()))
}
