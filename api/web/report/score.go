package report

import (
	"strconv"

	"github.com/stormbell/stormbell/api/view/report"
	"github.com/stormbell/stormbell/api/web/picture"
)

// score is the seventh picture: was it declared too late?
func (d *page) score() section {
	c := d.Report.Score
	x := d.section("score", c.Known, d.scoreReading())
	if c.Known != report.Recorded {
		return x
	}
	x.Head = d.cols("when", "what", "score")
	var values []picture.Value
	for _, p := range c.Points {
		values = append(values, picture.Value{At: p.At, N: p.Score})
		x.row(d.Clock(p.At), d.T("report_col.score"), strconv.Itoa(p.Score))
	}
	var moments []picture.Moment
	if !c.RecommendedAt.IsZero() {
		moments = append(moments, picture.Moment{At: c.RecommendedAt, Text: d.T("report_key.advised", "At", d.Clock(c.RecommendedAt))})
		x.row(d.Clock(c.RecommendedAt), d.T("report_key.advised", "At", ""), "")
	}
	if !c.DeclaredAt.IsZero() {
		moments = append(moments, picture.Moment{At: c.DeclaredAt, Text: d.T("report_key.declared_at", "At", d.Clock(c.DeclaredAt))})
		x.row(d.Clock(c.DeclaredAt), d.T("report_key.declared"), "")
	}
	x.paint(func(f picture.Frame) picture.Drawing {
		return picture.Steps(f, d.until(c), values, []int{c.RecommendAt, c.AskExpertAt}, moments)
	})
	x.Remark = d.T("report_key.limit", "Ask", c.AskExpertAt, "Recommend", c.RecommendAt)
	return x
}

// until is the line of time until a little after the declaration: then the score is not counted on.
func (d *page) until(c report.ScoreCourse) picture.Clock {
	clock := d.clock()
	if c.DeclaredAt.IsZero() {
		return clock
	}
	last := c.DeclaredAt
	for _, p := range c.Points {
		if p.At.After(last) {
			last = p.At
		}
	}
	if to := last.Add(max(last.Sub(clock.From)/4, d.Report.MinuteSeconds.Duration())); to.Before(clock.To) {
		clock.To = to
	}
	return clock
}

func (d *page) scoreReading() string {
	c := d.Report.Score
	highest, then := 0, 0
	for _, p := range c.Points {
		highest = max(highest, p.Score)
		if !p.At.After(c.DeclaredAt) {
			then = p.Score
		}
	}
	switch {
	case c.DeclaredAt.IsZero() && c.ReachedAt.IsZero():
		return d.T("report_reading.score_none", "Score", highest, "From", c.RecommendAt)
	case c.DeclaredAt.IsZero():
		return d.T("report_reading.score_ignored", "At", d.Clock(c.ReachedAt))
	case !c.ReachedAt.IsZero() && !c.ReachedAt.After(c.DeclaredAt):
		return d.T("report_reading.score_after", "At", d.Clock(c.ReachedAt), "Span", d.length(c.DeclaredAt.Sub(c.ReachedAt)))
	}
	return d.T("report_reading.score_before", "At", d.Clock(c.DeclaredAt), "Span", d.length(c.DeclaredAt.Sub(d.Report.Summary.Since)), "Score", then, "From", c.RecommendAt)
}
