package report

import (
	"strconv"
	"strings"

	"github.com/stormbell/stormbell/api/view/report"
)

// summary is the report in a few lines.
func (d *page) summary() (facts, answers []fact) {
	m := d.Report.Summary
	add := func(id, text string) { facts = append(facts, fact{d.T("report_sum." + id), text}) }

	long := "long_over"
	switch {
	case d.Report.Ongoing:
		long = "long_ongoing"
	case m.Cancelled:
		long = "long_false"
	}
	add("long", d.T("report_sum."+long, "Span", d.Took(m.Since, d.Report.Until), "From", d.Clock(m.Since), "To", d.Clock(d.Report.Until)))
	state := []string{}
	if m.Phase != "" {
		state = append(state, d.T("phase."+m.Phase))
	}
	add("state", strings.Join(append(state, d.T("mode."+m.Mode)), ", "))
	add("led", d.leaders())
	if percent, ok := d.Report.Promises.Percent(); ok {
		add("promises", d.T("report_sum.promises_of", "Kept", d.Report.Promises.InTime(), "All", d.Report.Promises.Decided(), "Percent", percent))
	} else {
		add("promises", d.short(d.Report.Promises.Known))
	}
	if m.FirstAnswerKnown == report.Recorded {
		add("first", d.span(m.FirstAnswer))
	} else {
		add("first", d.short(m.FirstAnswerKnown))
	}
	add("messages", strconv.Itoa(m.Messages))
	for _, a := range m.Answers {
		answers = append(answers, fact{d.T("report_learned." + a.Question), a.Text})
	}
	return facts, answers
}

func (d *page) leaders() string {
	var all []string
	for _, x := range []struct {
		who report.Someone
		id  string
	}{{d.Report.Summary.Lead, "lead_role"}, {d.Report.Summary.Commander, "commander_role"}} {
		if x.who.Anybody() {
			all = append(all, d.T("report_sum."+x.id, "Name", d.Someone(x.who)))
		}
	}
	if len(all) == 0 {
		return d.T("report_sum.led_nobody")
	}
	return strings.Join(all, "; ")
}

// short says in a word what is known where a number would stand.
func (d *page) short(k report.Known) string {
	if k == report.Recorded {
		k = report.Pending // something is recorded, but nothing that can be counted yet
	}
	return d.T("report_short." + string(k))
}
