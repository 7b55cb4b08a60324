package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/stormbell/stormbell/api/view"
	"github.com/stormbell/stormbell/domain/plan"
)

// live asks a running Stormbell whether the people of a plan can be reached, and prints a
// warning for everybody who perhaps cannot. Warnings do not fail: nobody mends a phone by
// changing a plan.
func (r remote) live(ctx context.Context, p plan.Plan) error {
	if err := r.show(ctx, http.MethodGet, "/people", nil, &reachable{plan: p}); err != nil || r.JSON {
		return err
	}
	return r.stale(ctx)
}

type reachable struct {
	list[view.Known]
	plan plan.Plan
}

func (r *reachable) print(w io.Writer) {
	proven := 0
	var warnings []string
	warn := func(id, name, format string, args ...any) {
		warnings = append(warnings, fmt.Sprintf("warn  %s: %s", who(id, name), fmt.Sprintf(format, args...)))
	}
	for _, p := range r.plan.People {
		i := slices.IndexFunc(r.Items, func(k view.Known) bool { return k.ID == p.ID })
		if i < 0 {
			warn(p.ID, p.Name, "is not in the plan that is running")
			continue
		}
		ways, open := 0, []string{}
		for _, c := range r.Items[i].Channels {
			switch {
			case c.OptedOut:
				warn(p.ID, p.Name, "has sent STOP to the number of pages, and must send START to it")
				continue
			case c.ConfirmedAt.IsZero():
				open = append(open, string(c.Channel))
			}
			ways++
		}
		if len(open) == 0 {
			proven++
		} else {
			warn(p.ID, p.Name, "not confirmed: %s -> stormbell page test %s", strings.Join(open, ", "), p.ID)
		}
		if ways < 2 {
			warn(p.ID, p.Name, "can be reached in fewer than two ways")
		}
	}
	fmt.Fprintf(w, "People  %d of %d are proven to be reached by every way the plan has\n", proven, len(r.plan.People))
	for _, line := range warnings {
		fmt.Fprintln(w, line)
	}
}
