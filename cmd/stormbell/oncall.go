package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/stormbell/stormbell/api/view"
)

type onCall struct {
	Show onCallShow `cmd:"" default:"withargs" help:"Who would be asked for a role, in which order, and why."`
	Gaps onCallGaps `cmd:"" help:"When nobody is primary for a role. Fails when there is such a time."`
}

type onCallShow struct {
	remote
	Role string `arg:"" optional:"" help:"The role; without it all of them."`
	At   string `help:"Another time than now: ${times}." placeholder:"TIME"`
	Next bool   `help:"Also who is next, and when."`
}

// Run shows who is on call.
func (c onCallShow) Run(ctx context.Context) error {
	zone, err := c.zone(ctx)
	if err != nil {
		return err
	}
	at := ""
	if c.At != "" {
		instant, err := when(c.At, time.Now().In(zone))
		if err != nil {
			return err
		}
		at = instant.Format(time.RFC3339)
	}
	return c.show(ctx, http.MethodGet, query("/on-call", "role", c.Role, "at", at), nil, &duties{zone: zone, one: c.Role != "", next: c.Next})
}

type duties struct {
	list[view.Duty]
	zone      *time.Location
	one, next bool
}

func (d *duties) print(w io.Writer) {
	if d.one {
		for _, x := range d.Items {
			d.detail(w, x)
		}
		return
	}
	fmt.Fprint(w, "ROLE\tPERSON\tWHY")
	if d.next {
		fmt.Fprint(w, "\tNEXT\tFROM")
	}
	fmt.Fprintln(w)
	for _, x := range d.Items {
		person, why := "nobody", ""
		if len(x.Candidates) > 0 {
			person, why = who(x.Candidates[0].Person, x.Candidates[0].Name), x.Candidates[0].Why
		}
		fmt.Fprintf(w, "%s\t%s\t%s", x.Role, person, why)
		if d.next && x.Next != nil {
			fmt.Fprintf(w, "\t%s\t%s", who(x.Next.Person, x.Next.Name), clock(x.Next.From, d.zone))
		}
		fmt.Fprintln(w)
	}
	d.calendars(w)
}

// detail shows everybody behind one role.
func (d *duties) detail(w io.Writer, x view.Duty) {
	if len(x.Candidates) == 0 {
		fmt.Fprintf(w, "Nobody is on call as %s.\n", x.Role)
	}
	for i, c := range x.Candidates {
		fmt.Fprintf(w, "%d\t%s\t%s\n", i+1, who(c.Person, c.Name), c.Why)
	}
	if x.Next != nil {
		fmt.Fprintf(w, "Next:\t%s\tfrom %s\n", who(x.Next.Person, x.Next.Name), clock(x.Next.From, d.zone))
	}
	d.calendars(w)
}

// calendars warns of what the answer rests on.
func (d *duties) calendars(w io.Writer) {
	said := map[string]bool{}
	for _, x := range d.Items {
		for _, c := range x.Calendars {
			if said[c.Rotation] || !c.Stale && c.Trouble == "" && len(c.Findings) == 0 {
				continue
			}
			said[c.Rotation] = true
			read := "it was never read"
			if !c.ReadAt.IsZero() {
				read = "last read " + clock(c.ReadAt, d.zone)
			}
			fmt.Fprintf(w, "\nThe calendar of rotation %s: %s.", c.Rotation, read)
			if c.Trouble != "" {
				fmt.Fprintf(w, " %s.", c.Trouble)
			}
			fmt.Fprintln(w)
			for _, f := range c.Findings {
				fmt.Fprintf(w, "  %s\n", f)
			}
		}
	}
}

// who names a person so that other commands can be given the id.
func who(id, name string) string {
	switch {
	case id == "":
		return "nobody"
	case name == "" || name == id:
		return id
	}
	return name + " (" + id + ")"
}

type onCallGaps struct {
	remote
	Days int `help:"How many days ahead to look." default:"30"`
}

// Run lists gaps, and fails when there are any.
func (c onCallGaps) Run(ctx context.Context) error {
	zone, err := c.zone(ctx)
	if err != nil {
		return err
	}
	found := &gaps{zone: zone, days: c.Days}
	if err := c.show(ctx, http.MethodGet, query("/on-call/gaps", "days", strconv.Itoa(c.Days)), nil, found); err != nil {
		return err
	}
	if len(found.Items) > 0 {
		return &refused{}
	}
	return nil
}

type gaps struct {
	list[view.Shift]
	zone *time.Location
	days int
}

func (g *gaps) print(w io.Writer) {
	if len(g.Items) == 0 {
		fmt.Fprintf(w, "Every role has a primary in the next %d days.\n", g.days)
		return
	}
	fmt.Fprintln(w, "ROLE\tFROM\tUNTIL\tASKED THEN")
	for _, x := range g.Items {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", x.Role, clock(x.From, g.zone), clock(x.Until, g.zone), who(x.Person, x.Name))
	}
}
