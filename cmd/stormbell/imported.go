package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/domain/roster"
	"github.com/stormbell/stormbell/internal/calendar"
)

// calendars looks at the calendars that a plan's rotations come from, at those with an address
// only when it may ask around, and prints a warning for what is wrong with them. Warnings do not
// fail: nobody mends a calendar by changing a plan.
func (c check) calendars(ctx context.Context, p plan.Plan) {
	now := time.Now()
	warn := func(rotation, format string, args ...any) {
		fmt.Fprintf(os.Stdout, "warn  rotation %s: %s\n", rotation, fmt.Sprintf(format, args...))
	}
	for i, r := range p.Rotations {
		if r.ICal == nil || !c.Live && strings.Contains(r.ICal.Source.Reveal(), "://") {
			continue
		}
		found, err := calendar.Look(ctx, p, r, now)
		if err != nil {
			warn(r.Name, "the calendar cannot be read: %v", err)
			continue
		}
		p.Rotations[i].Imported = found
		for _, finding := range found.Findings {
			warn(r.Name, "%s", finding)
		}
	}
	zone, err := time.LoadLocation(p.Company.Timezone)
	if err != nil {
		zone = time.UTC
	}
	for _, g := range roster.Alarming(p, nil, now) {
		role, _ := p.RoleByName(g.Role)
		name, _ := plan.RotationName(role.Primary)
		if r, _ := p.Rotation(name); r.ICal == nil {
			continue // the plan's own gaps were warned of with their place
		}
		asked := "nobody at all is asked then"
		if g.Backup != "" {
			asked = g.Backup + ", a backup, is asked then"
		}
		fmt.Fprintf(os.Stdout, "warn  role %s: nobody is on call from %s until %s; %s\n", g.Role, clock(g.From, zone), clock(g.Until, zone), asked)
	}
}

// stale warns of the calendars that a running Stormbell cannot read.
func (r remote) stale(ctx context.Context) error {
	var d duties
	if _, err := r.ask(ctx, http.MethodGet, "/on-call", nil, &d); err != nil {
		return err
	}
	said := map[string]bool{}
	for _, x := range d.Items {
		for _, c := range x.Calendars {
			if said[c.Rotation] || !c.Stale && c.Trouble == "" {
				continue
			}
			said[c.Rotation] = true
			age := "was never read"
			if !c.ReadAt.IsZero() {
				age = "was last read " + time.Since(c.ReadAt).Round(time.Minute).String() + " ago"
			}
			fmt.Fprintf(os.Stdout, "warn  rotation %s: where it is running, the calendar %s; %s\n", c.Rotation, age, c.Trouble)
		}
	}
	return nil
}
