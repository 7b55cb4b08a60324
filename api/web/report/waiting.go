package report

import (
	"strconv"
	"time"

	"github.com/stormbell/stormbell/api/view/report"
	"github.com/stormbell/stormbell/api/web/picture"
)

// stageFills tell the stages of a text apart; neighbours never look alike.
var stageFills = map[report.TextStage]picture.Fill{
	report.InDraft: picture.Soft, report.InCheck: picture.Dots, report.InReview: picture.Hatch,
	report.InApproval: picture.Solid, report.InRelease: picture.Cross, report.InSending: picture.Hollow,
}

// waiting is the fifth picture: how long each text spent where.
func (d *page) waiting() section {
	w := d.Report.Waiting
	x := d.section("waiting", w.Known, d.waitReading())
	if w.Known != report.Recorded {
		return x
	}
	x.Head = d.cols("message")
	for i, stage := range report.TextStages() {
		x.fill(stageFills[stage], strconv.Itoa(i+1)+" "+d.T("report_stage."+string(stage)))
		x.Head = append(x.Head, d.T("report_stage."+string(stage)))
	}
	x.Head = append(x.Head, d.cols("total", "state")...)
	var rows []picture.Row
	for _, t := range w.Items {
		total := d.length(t.To.Sub(t.From))
		name := d.textName(t)
		cells, bar := []string{name}, picture.Stack{}
		for i, stage := range report.TextStages() {
			took := t.In(stage)
			cells = append(cells, d.length(took))
			bar = append(bar, picture.Part{Value: took.Seconds(), Fill: stageFills[stage], Text: strconv.Itoa(i + 1)})
		}
		state := d.T("report_text." + string(t.State))
		x.row(append(cells, total, state)...)
		rows = append(rows, picture.Row{Label: name, Note: total + ", " + state, Bars: []picture.Stack{bar}})
	}
	x.paint(func(f picture.Frame) picture.Drawing { return picture.Rows(f, d.minutes(), rows) })
	return x
}

func (d *page) textName(t report.Written) string {
	id := "report_row.text"
	if t.Order > 1 {
		id = "report_row.text_again"
	}
	phase := ""
	if t.Phase != "" {
		phase = d.T("step." + t.Phase)
	}
	return d.T(id, "Audience", d.Pick(t.Title, t.Audience), "Phase", phase, "N", t.Order)
}

func (d *page) waitReading() string {
	sums, total := map[report.TextStage]time.Duration{}, time.Duration(0)
	for _, t := range d.Report.Waiting.Items {
		for _, p := range t.Parts {
			sums[p.Stage] += p.Took.Duration()
			total += p.Took.Duration()
		}
	}
	most := report.InDraft
	for _, stage := range report.TextStages() {
		if sums[stage] > sums[most] {
			most = stage
		}
	}
	if sums[most] < d.Report.MinuteSeconds.Duration()/2 {
		return d.T("report_reading.waiting_none")
	}
	return d.T("report_reading.waiting", "Stage", d.T("report_stage."+string(most)), "Span", d.length(sums[most]), "Total", d.length(total))
}
