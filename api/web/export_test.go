package web

import (
	"html/template"
	"time"

	"github.com/stormbell/stormbell/api/view"
	"github.com/stormbell/stormbell/domain/plan"
)

// StatusDrawer draws status pages of whatever it is given, without a record behind them.
func StatusDrawer(p plan.Plan, now time.Time) (func(view.Status) ([]byte, error), error) {
	words, err := loadWords()
	if err != nil {
		return nil, err
	}
	drawn, err := template.ParseFS(markup, "page/*.html")
	if err != nil {
		return nil, err
	}
	pages := &Pages{Config: Config{Plan: func() plan.Plan { return p }, Now: func() time.Time { return now }}, words: words, markup: drawn, assets: map[string][]byte{}}
	return func(s view.Status) ([]byte, error) { return pages.render("status", pages.statusPage(s, "en")) }, nil
}
