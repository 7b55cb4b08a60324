package report

import (
	"slices"
	"strconv"
	"strings"

	"github.com/stormbell/stormbell/api/view/report"
	"github.com/stormbell/stormbell/api/web/picture"
)

// channelFills tell the ways to a recipient apart.
var channelFills = map[string]picture.Fill{"email": picture.Solid, "sms": picture.Hatch, "chat": picture.Dots, "call": picture.Cross}

// reach is the second picture: how far messages and pages came.
func (d *page) reach() section {
	r := d.Report.Reach
	x := d.section("reach", r.Known, d.reachReading())
	if r.Known != report.Recorded {
		return x
	}
	var rows []picture.Row
	seen := map[string]bool{}
	for _, f := range r.Items {
		rows = append(rows, d.funnelRows(f)...)
		if f.Kind != report.FunnelPages {
			for _, c := range f.Channels {
				seen[c.Channel] = true
			}
		}
		d.funnelTable(&x, f)
	}
	x.paint(func(f picture.Frame) picture.Drawing { return picture.Rows(f, picture.Scale{}, rows) })
	for _, channel := range []string{"email", "sms", "chat", "call"} {
		if seen[channel] {
			x.fill(channelFills[channel], d.channel(channel))
		}
	}
	x.Head = d.cols("message", "channel")
	for _, step := range []string{"meant", "sent", "delivered", "opened", "answered"} {
		x.Head = append(x.Head, d.T("report_step."+step))
	}
	x.Head = append(x.Head, d.T("report_col.losses"))
	x.Remark = d.T("report_funnel.opened")
	return x
}

func (d *page) channel(name string) string {
	return d.T(d.Either("channel."+name, "send."+name))
}

func (d *page) reachReading() string {
	var meant, sent, delivered, asked, answered int
	lost := map[string]int{}
	for _, f := range d.Report.Reach.Items {
		if f.Kind == report.FunnelPages {
			asked, _ = f.Count("meant")
			answered, _ = f.Count("answered")
			continue
		}
		for step, sum := range map[string]*int{"meant": &meant, "sent": &sent, "delivered": &delivered} {
			n, _ := f.Count(step)
			*sum += n
		}
		for _, l := range f.Losses {
			lost[l.Why] += l.Count
		}
	}
	most, all := "", 0
	for _, why := range sortedKeys(lost) {
		all += lost[why]
		if most == "" || lost[why] > lost[most] {
			most = why
		}
	}
	switch {
	case meant == 0:
		return d.T("report_read.reach_pages", "Count", asked, "Answered", answered)
	case all > 0:
		return d.T("report_read.reach_lost", "Count", all, "All", meant, "Delivered", delivered, "Why", d.T("report_loss."+most))
	case delivered == meant:
		return d.T("report_read.reach_all", "Count", meant)
	}
	return d.T("report_read.reach_some", "Count", meant, "Delivered", delivered, "Sent", sent)
}

func sortedKeys(m map[string]int) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// funnelName is what a funnel is about.
func (d *page) funnelName(f report.Funnel) string {
	if f.Kind == report.FunnelPages {
		return d.T("report_funnel.pages")
	}
	phase := ""
	if f.Phase != "" {
		phase = d.T("step." + f.Phase)
	}
	return d.T("report_funnel."+string(f.Kind), "Audience", d.Pick(f.Title, f.Audience), "Phase", phase, "At", d.Clock(f.At))
}

// funnelRows are a heading and a bar for each step that is known.
func (d *page) funnelRows(f report.Funnel) []picture.Row {
	rows := []picture.Row{{Label: d.funnelName(f)}}
	for _, s := range f.Steps {
		if s.Known != report.Recorded {
			continue
		}
		row := picture.Row{Label: d.T("report_funnel.row", "Step", d.T("report_step."+s.Step), "N", s.Count)}
		if f.Kind == report.FunnelPages || len(f.Channels) == 0 {
			row.Bars = []picture.Stack{{{Value: float64(s.Count), Fill: picture.Soft}}}
		} else {
			row.Bars = []picture.Stack{channelBar(f.Channels, s)}
		}
		rows = append(rows, row)
	}
	if len(rows) == 1 {
		rows = append(rows, picture.Row{Label: d.T("report_funnel.uncounted")})
	}
	return rows
}

func channelBar(all []report.ChannelLoad, s report.FunnelStep) picture.Stack {
	var bar picture.Stack
	rest := s.Count
	for _, c := range all {
		n := map[string]int{"meant": c.Meant, "sent": c.Sent, "delivered": c.Delivered}[s.Step]
		bar = append(bar, picture.Part{Value: float64(n), Fill: channelFills[c.Channel]})
		rest -= n
	}
	// Those it has not been sent to yet are meant as well.
	return append(bar, picture.Part{Value: float64(max(rest, 0)), Fill: picture.Hollow})
}

func (d *page) funnelTable(x *section, f report.Funnel) {
	losses := func(channel string) string {
		var all []string
		for _, l := range f.Losses {
			if l.Channel == channel || channel == "" {
				all = append(all, strconv.Itoa(l.Count)+" "+d.T("report_loss."+l.Why))
			}
		}
		return strings.Join(all, ", ")
	}
	ways := ""
	if len(f.Ways) > 0 {
		var names []string
		for _, w := range f.Ways {
			names = append(names, d.T("send."+w))
		}
		ways = d.T("report_funnel.ways", "Ways", strings.Join(names, ", "))
	}
	row := []string{d.funnelName(f), ways}
	for _, s := range f.Steps {
		cell := strconv.Itoa(s.Count)
		if s.Known != report.Recorded {
			cell = d.T("report_short." + string(s.Known))
		}
		row = append(row, cell)
	}
	x.row(append(row, losses(""))...)
	for _, c := range f.Channels {
		x.row("", d.channel(c.Channel), strconv.Itoa(c.Meant), strconv.Itoa(c.Sent), strconv.Itoa(c.Delivered), "", "", losses(c.Channel))
	}
}
