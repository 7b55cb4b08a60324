package pump_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/api/pump"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/record"
)

// Whoever looks after the plan hears by text and by mail that the glass was broken; else whoever leads.
func TestRun_brokenGlass_isToldToTheOwners(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		owners []string
		told   []string
	}{
		"owners": {[]string{"ben", "carla"}, []string{
			"courtesy g1-0-sms to ben: glass_broken", "courtesy g1-0-email to ben: glass_broken",
			"courtesy g1-1-sms to carla: glass_broken", "courtesy g1-1-email to carla: glass_broken",
		}},
		"nobody owns it": {nil, []string{"courtesy g1-0-sms to dev: glass_broken", "courtesy g1-0-email to dev: glass_broken"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			p := people()
			p.Company.Owners, p.Roles = c.owners, []plan.Role{{Name: plan.BusinessLead, Primary: "dev"}}
			s.accept(item(record.ItemGlass, "g1", s.now()))
			run := pump.New(pump.Config{
				Record: s.Record, Commands: s.engine, Plan: func() plan.Plan { return p }, Owner: "a", Now: s.now, Poll: 5 * time.Millisecond, Logger: slog.New(slog.DiscardHandler),
			})
			ctx, cancel := context.WithCancel(t.Context())
			ended := make(chan struct{})
			go func() { run.Run(ctx); close(ended) }()
			s.drained()
			cancel()
			<-ended
			require.Equal(t, c.told, s.lines("courtesy"))
		})
	}
}
