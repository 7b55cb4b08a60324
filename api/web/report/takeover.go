package report

import (
	"strconv"

	"github.com/stormbell/stormbell/api/view/report"
	"github.com/stormbell/stormbell/api/web/picture"
)

// takeOvers is the third picture: how long each role was looked for.
func (d *page) takeOvers() section {
	t := d.Report.TakeOvers
	x := d.section("take_overs", t.Known, d.takeReading())
	if t.Known != report.Recorded {
		return x
	}
	x.Head = d.cols("role", "from", "took", "target", "rank", "asked", "who")
	var rows []picture.Row
	used := map[string]bool{}
	for _, o := range t.Items {
		name := d.Pick(o.Title, o.Role)
		if o.Page > 1 {
			name = d.T("report_row.again", "Role", name, "N", o.Page)
		}
		rank, shape := d.rank(o)
		used[rank] = true
		rows = append(rows, picture.Row{
			Label: name, Note: rank + ", " + d.span(o.Took),
			Dots: []picture.Dot{{Value: float64(o.Took), Shape: shape}}, Target: float64(o.Target),
		})
		who := ""
		if o.By.Anybody() {
			who = d.Someone(o.By)
		}
		x.row(name, d.Clock(o.From), d.span(o.Took), d.span(o.Target), rank, strconv.Itoa(o.Asked), who)
	}
	x.paint(func(f picture.Frame) picture.Drawing { return picture.Rows(f, d.minutes(), rows) })
	for place := range 4 {
		if rank, shape := d.rank(report.TakeOver{State: report.CallTaken, Place: place - 1}); used[rank] {
			x.shape(shape, rank)
		}
	}
	if rank, shape := d.rank(report.TakeOver{State: report.CallOpen}); used[rank] {
		x.shape(shape, rank)
	}
	x.Remark = "┊ " + d.T("report_rank.target")
	return x
}

// rank is who took a role, in words and as a shape.
func (d *page) rank(t report.TakeOver) (string, picture.Shape) {
	switch {
	case t.State != report.CallTaken:
		return d.T("report_rank.nobody"), picture.Times
	case t.Place == 0:
		return d.T("report_rank.primary"), picture.Circle
	case t.Place == 1:
		return d.T("report_rank.first"), picture.Square
	case t.Place == 2:
		return d.T("report_rank.second"), picture.Diamond
	case t.Place > 2:
		return d.T("report_rank.nth", "N", t.Place), picture.HalfDiam
	}
	return d.T("report_rank.stranger"), picture.Ring
}

// minutes is a scale of time in the plan's minutes.
func (d *page) minutes() picture.Scale {
	minute := float64(d.Report.MinuteSeconds)
	return picture.Scale{Unit: minute, Label: func(v float64) string { return d.span(report.Seconds(v)) }}
}

func (d *page) takeReading() string {
	var slow, fast report.TakeOver
	open := report.TakeOver{}
	for _, o := range d.Report.TakeOvers.Items {
		switch {
		case o.State == report.CallOpen:
			if o.Took >= open.Took {
				open = o
			}
		case o.State == report.CallTaken && o.Took >= slow.Took:
			slow = o
		}
		if o.State == report.CallTaken && (o.Target == 0 || o.Took > o.Target) {
			fast = o // somebody was not in time
		}
	}
	name := func(o report.TakeOver) string { return d.Pick(o.Title, o.Role) }
	id := "take_other"
	switch {
	case open.Role != "":
		return d.T("report_reading.take_open", "Role", name(open), "Span", d.span(open.Took))
	case slow.Role == "":
		return d.T("report_reading.take_closed")
	case fast.Role == "":
		id = "take_fast"
	case slow.Place == 0:
		id = "take_primary"
	case slow.Place == 1:
		id = "take_first"
	case slow.Place == 2:
		id = "take_second"
	case slow.Place > 2:
		id = "take_nth"
	}
	return d.T("report_reading."+id, "Role", name(slow), "Span", d.span(slow.Took), "N", slow.Place)
}
