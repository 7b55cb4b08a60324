package station

import (
	"context"
	"slices"
	"time"

	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/calendar"
	commands "github.com/stormbell/stormbell/workflows/client"
)

// dutyRetry is how long to rest before the workflow Duty is asked for again.
const dutyRetry = 30 * time.Second

// duty keeps the rotations up to date that are kept in calendars elsewhere, and makes sure that
// somebody tells of hand-overs. Neither holds up the start: the last good copies are there at
// once, and whoever is on call is found without either.
func (s *Station) duty(ctx context.Context, c Config) {
	inner, cancel := context.WithCancel(context.WithoutCancel(ctx))
	s.calendars = cancel
	if imported := func(r plan.Rotation) bool { return r.ICal != nil }; slices.ContainsFunc(s.Book.Current().Rotations, imported) {
		keeper := calendar.New(calendar.Config{Store: s.Record, Plan: s.Book.Current, Put: s.Book.Import, Logger: c.Logger})
		keeper.Load(ctx)
		s.done.Go(func() { keeper.Run(inner) })
	}
	door := commands.New(s.Temporal, 0)
	s.done.Go(func() {
		for {
			err := door.WatchDuty(inner)
			if err == nil || inner.Err() != nil {
				return
			}
			c.Logger.WarnContext(inner, "nobody tells of hand-overs yet; trying again", "reason", err.Error())
			select {
			case <-inner.Done():
			case <-time.After(dutyRetry):
			}
		}
	})
}
