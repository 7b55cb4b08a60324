package report

import (
	"embed"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/stormbell/stormbell/api/view"
	"github.com/stormbell/stormbell/api/view/report"
	"github.com/stormbell/stormbell/api/web/sheet"
)

// Config is what the page is made of.
type Config struct {
	// Views is where it reads, Press what it is drawn with; both required.
	Views *view.Views
	Press *sheet.Press
}

// Pages are the pages of this package. They are safe for concurrent use.
type Pages struct {
	Config
	set *sheet.Set
}

//go:embed page
var own embed.FS

// style is the style of the report.
const style = "report.css"

// New returns the pages and adds their style to the press.
func New(c Config) (*Pages, error) {
	if c.Views == nil || c.Press == nil {
		return nil, errors.New("the report needs views and a press")
	}
	set, err := c.Press.Set(own)
	if err != nil {
		return nil, err
	}
	return &Pages{c, set}, c.Press.Serve(own)
}

// Register adds the report's address. Who may read is the caller's.
func (p *Pages) Register(r gin.IRouter) {
	r.Match([]string{http.MethodGet, http.MethodHead}, "/i/:n/report", p.show)
}

// page is what the template draws.
type page struct {
	*sheet.Sheet
	Report   report.Report
	Facts    []fact
	Answers  []fact
	Pictures []section
	Lists    []section
	// Back, Data and Switch are addresses: the incident, the same as JSON, with or without names.
	Back, Data, Switch string

	zone *time.Location
}

// fact is a line of the summary.
type fact struct{ Name, Text string }

func (p *Pages) show(c *gin.Context) {
	row, err := p.Views.Find(c.Request.Context(), c.Param("n"))
	if err != nil {
		sheet.Fail(c, err)
		return
	}
	noNames := c.Query("names") == "off"
	r, err := p.Views.Report(c.Request.Context(), row.Number, view.ReportOptions{NoNames: noNames})
	if err != nil {
		sheet.Fail(c, err)
		return
	}
	s := p.Press.Sheet(c, style)
	body, err := newPage(s, r, c.Query("lang"))
	if err != nil {
		sheet.Fail(c, err)
		return
	}
	p.set.Draw(c, http.StatusOK, "report", body)
}

func newPage(s *sheet.Sheet, r report.Report, lang string) (*page, error) {
	zone, err := time.LoadLocation(s.Plan().Company.Timezone)
	if err != nil {
		zone = time.UTC
	}
	d := &page{Sheet: s, Report: r, zone: zone, Back: fmt.Sprintf("/i/%d", r.Number)}
	s.Heading = s.T("report.title", "Number", r.Number)
	d.Data = address(fmt.Sprintf("/api/v1/incidents/%d/report", r.Number), "", r.Names)
	d.Switch = address(d.Back+"/report", lang, !r.Names)
	d.Facts, d.Answers = d.summary()
	for i, x := range []section{d.course(), d.reach(), d.takeOvers(), d.promises(), d.waiting(), d.estimates(), d.score(), d.load()} {
		if x.err != nil {
			return nil, fmt.Errorf("the picture of %s: %w", x.ID, x.err)
		}
		x.Number = i + 1
		d.Pictures = append(d.Pictures, x)
	}
	d.Lists = []section{d.decisions(), d.notes(), d.unreachable(), d.halted()}
	return d, nil
}

// address is where the report is, in a language and with or without names.
func address(path, lang string, names bool) string {
	q := url.Values{}
	if lang != "" {
		q.Set("lang", lang)
	}
	if !names {
		q.Set("names", "off")
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// span is a length of time in words.
func (d *page) span(of report.Seconds) string { return d.length(of.Duration()) }

// length is the same; what is too short for a number of minutes is said to be so.
func (d *page) length(of time.Duration) string {
	if of > 0 && of < d.Report.MinuteSeconds.Duration()/2 {
		return d.T("report.moment")
	}
	return d.Took(time.Time{}, time.Time{}.Add(of))
}

// tick is a time on the line of time below a picture.
func (d *page) tick(at time.Time, step time.Duration) string {
	switch {
	case step < time.Minute:
		return at.In(d.zone).Format("15:04:05")
	case step >= 24*time.Hour:
		return d.Day(at)
	}
	return at.In(d.zone).Format("15:04")
}

// Someone is how somebody is called: by name, by role, or not at all.
func (d *page) Someone(who report.Someone) string {
	switch {
	case who.Name != "":
		return who.Name
	case who.Role != "":
		return d.RoleName(who.Role)
	}
	return d.T("report.stormbell")
}

// dated is a clock time, or a word for there being none.
func (d *page) dated(at time.Time) string {
	if at.IsZero() {
		return "–"
	}
	return d.Clock(at)
}
