package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/stormbell/stormbell/api/v1"
	"github.com/stormbell/stormbell/api/view"
)

type override struct {
	Add  overrideAdd  `cmd:"" help:"Put a person in front of a role for a while."`
	List overrideList `cmd:"" help:"Who stands in for whom, now and later."`
	End  overrideEnd  `cmd:"" help:"End an override before its time. Nothing is removed."`
	Swap overrideSwap `cmd:"" help:"Let two people take each other's shift."`
}

type overrideAdd struct {
	remote
	Role   string `arg:"" help:"The role."`
	Person string `arg:"" help:"Who is asked first."`
	From   string `help:"When it begins: ${times}." default:"now" placeholder:"TIME"`
	To     string `help:"When it ends. Without --to and --for it holds until further notice." xor:"end" placeholder:"TIME"`
	For    string `help:"How long it lasts: 30m, 8h, 1d, 1w." xor:"end" placeholder:"LENGTH"`
	Why    string `help:"For whoever wonders later." required:""`
	By     string `help:"Person id of whoever adds it." placeholder:"PERSON"`
}

// Run adds an override.
func (c overrideAdd) Run(ctx context.Context) error {
	zone, err := c.zone(ctx)
	if err != nil {
		return err
	}
	body := v1.OverrideRequest{Actor: v1.Actor{By: c.By}, Role: c.Role, Person: c.Person, Why: c.Why}
	now := time.Now().In(zone)
	if body.From, err = when(c.From, now); err != nil {
		return err
	}
	switch {
	case c.To != "":
		// What is named by a clock time alone comes after the beginning.
		body.To, err = when(c.To, latest(body.From, now))
	case c.For != "":
		body.To, err = later(body.From, c.For)
	}
	if err != nil {
		return err
	}
	return c.show(ctx, http.MethodPost, "/overrides", body, &oneOverride{zone: zone, verb: "added"})
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// oneOverride is the answer about a single one.
type oneOverride struct {
	view.Override
	zone *time.Location
	verb string
}

func (o *oneOverride) print(w io.Writer) {
	until := "until further notice"
	if !o.To.IsZero() {
		until = "until " + clock(o.To, o.zone)
	}
	fmt.Fprintf(w, "Override %d %s: %s is %s from %s %s.\n", o.ID, o.verb, who(o.Person, o.Name), o.Role, clock(o.From, o.zone), until)
	if !o.First && o.EndedAt.IsZero() {
		fmt.Fprintln(w, "Somebody else stands in front when it begins; see: stormbell override list")
	}
}

type overrideList struct {
	remote
	Over bool `help:"Also those that are over: the whole story."`
}

// Run lists overrides.
func (c overrideList) Run(ctx context.Context) error {
	zone, err := c.zone(ctx)
	if err != nil {
		return err
	}
	over := ""
	if c.Over {
		over = "true"
	}
	return c.show(ctx, http.MethodGet, query("/overrides", "over", over), nil, &overrides{zone: zone, over: c.Over})
}

type overrides struct {
	list[view.Override]
	zone *time.Location
	over bool
}

func (o *overrides) print(w io.Writer) {
	if len(o.Items) == 0 {
		fmt.Fprintln(w, "Nobody stands in for anybody.")
		return
	}
	fmt.Fprint(w, "ID\tROLE\tPERSON\tFROM\tUNTIL\tWHY\tADDED BY")
	if o.over {
		fmt.Fprint(w, "\tENDED\tBY\tWHY")
	}
	fmt.Fprintln(w)
	for _, x := range o.Items {
		fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\t%s\t%s", x.ID, x.Role, who(x.Person, x.Name), clock(x.From, o.zone), clock(x.To, o.zone), x.Why, x.AddedBy)
		if o.over {
			fmt.Fprintf(w, "\t%s\t%s\t%s", clock(x.EndedAt, o.zone), x.EndedBy, x.EndedWhy)
		}
		fmt.Fprintln(w)
	}
}

type overrideEnd struct {
	remote
	ID  int    `arg:"" help:"The override's number."`
	Why string `help:"For whoever wonders later."`
	By  string `help:"Person id of whoever ends it." placeholder:"PERSON"`
}

// Run ends an override.
func (c overrideEnd) Run(ctx context.Context) error {
	zone, err := c.zone(ctx)
	if err != nil {
		return err
	}
	path := query("/overrides/"+strconv.Itoa(c.ID), "by", c.By, "why", c.Why)
	return c.show(ctx, http.MethodDelete, path, nil, &oneOverride{zone: zone, verb: "ended"})
}

type overrideSwap struct {
	remote
	Role    string `arg:"" help:"The role, or rotation:NAME for every role whose primary it is."`
	Person  string `arg:"" help:"Who gives a shift away."`
	Other   string `arg:"" help:"Who takes it, and gives one in return."`
	At      string `help:"Any time within the shift of PERSON; without it the next one." placeholder:"TIME"`
	OtherAt string `help:"Any time within the shift of OTHER; without it the next one." placeholder:"TIME"`
	Why     string `help:"For whoever wonders later; without it it says who swaps."`
	By      string `help:"Person id of whoever enters it." placeholder:"PERSON"`
}

// Run swaps two shifts.
func (c overrideSwap) Run(ctx context.Context) error {
	zone, err := c.zone(ctx)
	if err != nil {
		return err
	}
	body := v1.SwapRequest{Actor: v1.Actor{By: c.By}, Role: c.Role, Person: c.Person, Other: c.Other, Why: c.Why}
	now := time.Now().In(zone)
	if c.At != "" {
		if body.At, err = when(c.At, now); err != nil {
			return err
		}
	}
	if c.OtherAt != "" {
		if body.OtherAt, err = when(c.OtherAt, now); err != nil {
			return err
		}
	}
	return c.show(ctx, http.MethodPost, "/overrides/swap", body, &overrides{zone: zone})
}
