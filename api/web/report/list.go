package report

import (
	"strconv"
	"strings"

	"github.com/stormbell/stormbell/api/view/report"
)

// list is a part without a picture.
func (d *page) list(id string, filled bool) section {
	x := section{ID: id, Name: d.T("report_part." + id)}
	if !filled {
		x.Reading = d.T("report_none." + id)
	}
	return x
}

func (d *page) decisions() section {
	x := d.list("decisions", len(d.Report.Decisions) > 0)
	x.Head = d.cols("when", "who", "what", "words")
	for _, a := range d.Report.Decisions {
		x.row(d.Clock(a.At), d.Someone(a.Who), d.deed(a), a.Words)
	}
	return x
}

// deed is what somebody decided, in words.
func (d *page) deed(a report.Deed) string {
	id := a.Kind
	switch {
	case a.Kind == "mode_changed":
		id = "mode_" + a.Mode
	case a.No:
		id += "_no"
	}
	phase := ""
	if a.Phase != "" {
		phase = d.T("step." + a.Phase)
	}
	said := d.T("report_act."+id, "Phase", phase, "Audience", d.Pick(a.Title, a.Audience), "Role", d.RoleName(a.Role),
		"Whom", d.Someone(a.Whom), "Task", d.TaskWords(a.What, a.Task))
	if a.StandIn {
		said = strings.Join([]string{said, d.T("report_act.stand_in")}, " ")
	}
	return said
}

func (d *page) notes() section {
	x := d.list("notes", len(d.Report.Notes) > 0)
	x.Head = d.cols("when", "who", "what", "words")
	for _, n := range d.Report.Notes {
		x.row(d.Clock(n.At), d.Someone(n.Who), d.T("report_note."+n.Kind), n.Text)
	}
	return x
}

func (d *page) unreachable() section {
	x := d.list("unreachable", len(d.Report.Unreachable) > 0)
	x.Head = d.cols("person", "channel", "why", "times")
	for _, u := range d.Report.Unreachable {
		x.row(d.Someone(u.Who), d.channel(u.Channel), d.T("report_loss."+u.Why), strconv.Itoa(u.Times))
	}
	return x
}

func (d *page) halted() section {
	x := d.list("halted", len(d.Report.Halted) > 0)
	x.Head = d.cols("task", "role", "from", "restored")
	for _, h := range d.Report.Halted {
		x.row(d.TaskWords(h.What, h.Task), d.RoleName(h.Role), d.Clock(h.Since), d.T("report_undo."+h.Undone))
	}
	return x
}
