package report

import (
	"strconv"
	"strings"

	"github.com/stormbell/stormbell/api/view/report"
	"github.com/stormbell/stormbell/api/web/picture"
)

// load is the eighth picture: how many roles each person held at once.
func (d *page) load() section {
	l := d.Report.Load
	most := 0
	for _, p := range l.Items {
		most = max(most, p.Most)
	}
	var busiest []string
	for _, p := range l.Items {
		if p.Most == most {
			busiest = append(busiest, d.bearer(p))
		}
	}
	x := d.section("load", l.Known, d.T("report_read.load", "Count", max(most, 1), "Who", strings.Join(busiest, ", ")))
	if l.Known != report.Recorded {
		return x
	}
	x.Head = d.cols("person", "most", "from", "to", "roles")
	var lanes []picture.Lane
	for _, p := range l.Items {
		lane := picture.Lane{Label: d.bearer(p), Note: d.T("report_row.load", "Count", p.Most)}
		for i, s := range p.Spans {
			n := len(s.Roles)
			lane.Bars = append(lane.Bars, picture.Bar{
				From: s.From, To: s.To, Fill: loadFills[min(n, len(loadFills))-1], Text: strconv.Itoa(n), Level: float64(n) / float64(most),
			})
			who, sum := d.bearer(p), strconv.Itoa(p.Most)
			if i > 0 {
				who, sum = "", ""
			}
			x.row(who, sum, d.Clock(s.From), d.Clock(s.To), d.roleNames(s.Roles))
		}
		lanes = append(lanes, lane)
	}
	x.paint(func(f picture.Frame) picture.Drawing { return picture.Timeline(f, d.clock(), lanes) })
	x.Remark = d.T("report_key.hats")
	return x
}

// loadFills grow heavier with the number of roles.
var loadFills = []picture.Fill{picture.Hollow, picture.Soft, picture.Hatch, picture.Solid}

// bearer is a person, or without names the roles that one person held.
func (d *page) bearer(p report.LoadLane) string {
	if p.Who.Name != "" {
		return p.Who.Name
	}
	return d.roleNames(p.Roles)
}

func (d *page) roleNames(roles []string) string {
	names := make([]string, len(roles))
	for i, r := range roles {
		names[i] = d.RoleName(r)
	}
	return strings.Join(names, ", ")
}
