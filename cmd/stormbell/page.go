package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"time"

	"github.com/stormbell/stormbell/api/v1"
	"github.com/stormbell/stormbell/api/view"
	"github.com/stormbell/stormbell/domain/plan"
)

type page struct {
	Test     pageTest     `cmd:"" help:"Ask somebody to prove that we reach them. Nothing is wrong; every word says so."`
	Invite   pageInvite   `cmd:"" help:"Tell people that they are in the plan, and where their settings are."`
	ClearPIN pageClearPIN `cmd:"" help:"Take a forgotten or locked PIN away; the person sets another one."`
}

// pollTests is how often the result of a test is looked at.
const pollTests = time.Second

type pageTest struct {
	remote
	Person string        `arg:"" help:"Person id."`
	Text   bool          `help:"By text; without any of the three it is the first phone, by text where it takes texts."`
	Call   bool          `help:"By a call."`
	Mail   bool          `help:"By mail."`
	Wait   time.Duration `help:"Wait this long for the answer, and fail without one." placeholder:"2m"`
}

// Run asks, and waits for the answer when that is wanted.
func (c pageTest) Run(ctx context.Context) error {
	var body v1.TestRequest
	for _, way := range []struct {
		wanted  bool
		channel plan.Channel
	}{{c.Text, plan.SMS}, {c.Call, plan.Call}, {c.Mail, plan.Email}} {
		if way.wanted {
			body.By = append(body.By, way.channel)
		}
	}
	path := "/people/" + url.PathEscape(c.Person) + "/test-page"
	if c.Wait == 0 {
		return c.show(ctx, http.MethodPost, path, body, &tests{by: body.By})
	}
	asked := tests{by: body.By}
	if _, err := c.ask(ctx, http.MethodPost, path, body, &asked); err != nil {
		return err
	}
	poll := time.NewTicker(pollTests)
	defer poll.Stop()
	enough := time.NewTimer(c.Wait)
	defer enough.Stop()
	for waiting := true; waiting && asked.waits(); {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-enough.C:
			waiting = false
		case <-poll.C:
			asked.Items = nil
			if _, err := c.ask(ctx, http.MethodGet, path, nil, &asked); err != nil {
				return err
			}
		}
	}
	if err := c.show(ctx, http.MethodGet, path, nil, &asked); err != nil {
		return err
	}
	if !asked.confirmed() {
		return &refused{}
	}
	return nil
}

// tests are the latest tests of a person.
type tests struct {
	list[view.ContactTest]
	// by are the channels that were asked; none means the one that was asked last.
	by []plan.Channel
}

// asked are those that this is about.
func (t *tests) asked() []view.ContactTest {
	if len(t.by) == 0 && len(t.Items) > 0 {
		return []view.ContactTest{slices.MaxFunc(t.Items, func(a, b view.ContactTest) int { return a.StartedAt.Compare(b.StartedAt) })}
	}
	return slices.DeleteFunc(slices.Clone(t.Items), func(x view.ContactTest) bool { return !slices.Contains(t.by, x.Channel) })
}

func (t *tests) confirmed() bool {
	return !slices.ContainsFunc(t.asked(), func(x view.ContactTest) bool { return x.State != view.TestConfirmed })
}

// waits tells whether an answer may still come.
func (t *tests) waits() bool {
	return slices.ContainsFunc(t.asked(), func(x view.ContactTest) bool {
		return x.State == view.TestSending || x.State == view.TestSent || x.State == view.TestDelivered
	})
}

func (t *tests) print(w io.Writer) {
	for _, x := range t.asked() {
		fmt.Fprintf(w, "%s\t%s\t%s", x.Person, x.Channel, x.State)
		switch x.State {
		case view.TestConfirmed:
			fmt.Fprintf(w, " after %d s", x.After)
		case view.TestFailed:
			fmt.Fprintf(w, ": %s %s", x.Class, x.Code)
		case view.TestSending, view.TestSent, view.TestDelivered, view.TestUnanswered:
		}
		fmt.Fprintln(w)
	}
}

type pageInvite struct {
	remote
	People      []string `arg:"" optional:"" name:"person" help:"Person ids."`
	All         bool     `help:"Everybody in the plan." xor:"whom"`
	Unconfirmed bool     `help:"Everybody whom some way of the plan is not proven to reach." xor:"whom"`
}

// Run invites one after the other. Who cannot be invited keeps nobody else from it.
func (c pageInvite) Run(ctx context.Context) error {
	if (c.All || c.Unconfirmed) == (len(c.People) > 0) {
		return &refused{"name the people to invite, or say --all or --unconfirmed\n"}
	}
	if len(c.People) == 0 {
		var people list[view.Known]
		if _, err := c.ask(ctx, http.MethodGet, "/people", nil, &people); err != nil {
			return err
		}
		for _, p := range people.Items {
			if c.All || slices.ContainsFunc(p.Channels, func(r view.Reach) bool { return r.ConfirmedAt.IsZero() }) {
				c.People = append(c.People, p.ID)
			}
		}
	}
	var all error
	for _, person := range c.People {
		err := c.show(ctx, http.MethodPost, "/people/"+url.PathEscape(person)+"/invite", nil, &tests{by: []plan.Channel{plan.SMS, plan.Call, plan.Email}})
		var no *refused
		switch {
		case errors.As(err, &no):
			fmt.Fprintf(os.Stderr, "%s: %s", person, no.text)
			all = &refused{}
		case err != nil:
			return err
		}
	}
	return all
}

type pageClearPIN struct {
	remote
	Person string `arg:"" help:"Person id."`
}

// Run clears a PIN.
func (c pageClearPIN) Run(ctx context.Context) error {
	return c.show(ctx, http.MethodDelete, "/people/"+url.PathEscape(c.Person)+"/pin", nil, &cleared{})
}

type cleared struct{ view.Known }

func (c *cleared) print(w io.Writer) {
	fmt.Fprintf(w, "%s has no PIN now and can set another one.\n", who(c.ID, c.Name))
}
