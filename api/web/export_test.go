package web

import (
	"time"

	"github.com/stormbell/stormbell/api/view"
	"github.com/stormbell/stormbell/domain/plan"
)

// StatusDrawer draws status pages of whatever it is given, without a record behind them.
func StatusDrawer(p plan.Plan, now time.Time) (func(view.Status) ([]byte, error), error) {
	c := Config{Plan: func() plan.Plan { return p }, Now: func() time.Time { return now }}
	pages := &Pages{Config: c}
	if err := pages.prepare(); err != nil {
		return nil, err
	}
	return func(s view.Status) ([]byte, error) { return pages.set.Render("status", pages.statusPage(s, "en")) }, nil
}
