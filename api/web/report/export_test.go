package report

import (
	"github.com/stormbell/stormbell/api/view/report"
	"github.com/stormbell/stormbell/api/web/sheet"
)

// Render draws the page of a report.
func Render(press *sheet.Press, lang string, r report.Report) (string, error) {
	if press.Asset(style) == nil {
		if err := press.Serve(own); err != nil {
			return "", err
		}
	}
	set, err := press.Set(own)
	if err != nil {
		return "", err
	}
	d, err := newPage(press.Blank(lang, style), r, "")
	if err != nil {
		return "", err
	}
	page, err := set.Render("report", d)
	return string(page), err
}
