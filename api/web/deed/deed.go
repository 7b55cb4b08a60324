package deed

import (
	"context"
	"maps"
	"slices"

	"github.com/stormbell/stormbell/api/act"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/domain/refusal"
)

// deed is the command behind a form. Whether the one who acts may is the domain's to decide.
type deed func(context.Context, *act.Desk, act.Act, Form) error

// deeds are all forms of a personal page and of an incident's console, by the last part of
// their address.
var deeds = map[string]deed{
	// Roles.
	"accept": func(ctx context.Context, d *act.Desk, a act.Act, f Form) error {
		return d.Accept(ctx, a, f.Text("role"), f.Number("minutes"))
	},
	"pass": func(ctx context.Context, d *act.Desk, a act.Act, f Form) error {
		return d.Decline(ctx, a, f.Text("role"), f.Text("reason"))
	},
	"handback": handBack,
	"attend": func(ctx context.Context, d *act.Desk, a act.Act, f Form) error {
		return d.Attend(ctx, a, f.Text("role"))
	},
	"page": func(ctx context.Context, d *act.Desk, a act.Act, f Form) error {
		return d.Page(ctx, a, f.Text("role"), f.Text("both") != "")
	},
	"proxy": func(ctx context.Context, d *act.Desk, a act.Act, f Form) error {
		return d.NameProxy(ctx, a, f.Text("role"), f.Text("person"))
	},
	"handover": func(ctx context.Context, d *act.Desk, a act.Act, _ Form) error {
		return d.HandOver(ctx, a)
	},
	"here": func(ctx context.Context, d *act.Desk, a act.Act, f Form) error {
		return d.StillHere(ctx, a, f.Text("role"))
	},
	"appoint": func(ctx context.Context, d *act.Desk, a act.Act, f Form) error {
		return d.Appoint(ctx, a, f.Text("role"), f.Text("person"))
	},

	// Tasks and the briefing.
	"done": func(ctx context.Context, d *act.Desk, a act.Act, f Form) error {
		return d.FinishTask(ctx, a, f.Text("task"), f.Text("note"))
	},
	"minutes": func(ctx context.Context, d *act.Desk, a act.Act, f Form) error {
		return d.EstimateTask(ctx, a, f.Text("task"), f.Number("minutes"))
	},
	"blocked": func(ctx context.Context, d *act.Desk, a act.Act, f Form) error {
		return d.BlockTask(ctx, a, f.Text("task"), f.Reason())
	},
	"drop": func(ctx context.Context, d *act.Desk, a act.Act, f Form) error {
		return d.DropTask(ctx, a, f.Text("task"), f.Text("reason"))
	},
	"add": func(ctx context.Context, d *act.Desk, a act.Act, f Form) error {
		return d.AddTask(ctx, a, f.Text("role"), f.Text("what"))
	},
	"brief": brief,
	"confirm": func(ctx context.Context, d *act.Desk, a act.Act, _ Form) error {
		return d.ConfirmBriefing(ctx, a)
	},

	// The incident as a whole.
	"recommend": func(ctx context.Context, d *act.Desk, a act.Act, f Form) error {
		return d.Recommend(ctx, a, f.Text("declare") == "yes", f.Text("note"), f.Number("minutes"))
	},
	"assess": func(ctx context.Context, d *act.Desk, a act.Act, f Form) error {
		return d.Assess(ctx, a, f.Text("visibility"), f.Text("impact"), f.Number("minutes"))
	},
	"declare": func(ctx context.Context, d *act.Desk, a act.Act, f Form) error {
		return d.Declare(ctx, a, f.Text("reason"))
	},
	"phase": func(ctx context.Context, d *act.Desk, a act.Act, f Form) error {
		return d.ChangePhase(ctx, a, plan.Phase(f.Text("phase")))
	},
	"resolve": func(ctx context.Context, d *act.Desk, a act.Act, f Form) error {
		return d.Resolve(ctx, a, f.Text("reason"))
	},
	"cancel": func(ctx context.Context, d *act.Desk, a act.Act, f Form) error {
		return d.Cancel(ctx, a, f.Text("reason"))
	},
	"updates": func(ctx context.Context, d *act.Desk, a act.Act, _ Form) error {
		return d.Inform(ctx, a)
	},
	"note": func(ctx context.Context, d *act.Desk, a act.Act, f Form) error {
		return d.Note(ctx, a, f.Text("text"))
	},

	// Messages.
	"edit": func(ctx context.Context, d *act.Desk, a act.Act, f Form) error {
		return d.Edit(ctx, a, f.Letter(), f.Texts(), f.Hash())
	},
	"submit": func(ctx context.Context, d *act.Desk, a act.Act, f Form) error {
		if err := d.Edit(ctx, step(a, "edit"), f.Letter(), f.Texts(), f.Hash()); err != nil {
			return err
		}
		return d.Submit(ctx, step(a, "submit"), f.Letter())
	},
	"agree": func(ctx context.Context, d *act.Desk, a act.Act, f Form) error {
		return d.Agree(ctx, a, f.Letter(), f.Text("role"), f.Hash(), f.Text("suggestion"))
	},
	"object": func(ctx context.Context, d *act.Desk, a act.Act, f Form) error {
		return d.Object(ctx, a, f.Letter(), f.Text("role"), f.Text("words"))
	},
	"settle": func(ctx context.Context, d *act.Desk, a act.Act, f Form) error {
		return d.Settle(ctx, a, f.Letter(), f.Number("objection"), f.Text("how"))
	},
	"approve": func(ctx context.Context, d *act.Desk, a act.Act, f Form) error {
		return d.Approve(ctx, a, f.Letter(), f.Hash())
	},
	"takeback": func(ctx context.Context, d *act.Desk, a act.Act, f Form) error {
		return d.TakeBack(ctx, a, f.Letter())
	},
	"release": func(ctx context.Context, d *act.Desk, a act.Act, f Form) error {
		return d.Release(ctx, a, f.Letter(), f.Hash())
	},
	"review": func(ctx context.Context, d *act.Desk, a act.Act, f Form) error {
		return d.EstimateReview(ctx, a, f.Letter(), f.Text("role"), f.Number("minutes"))
	},
	"delivered": func(ctx context.Context, d *act.Desk, a act.Act, f Form) error {
		return d.Deliver(ctx, a, f.Letter(), f.Text("note"))
	},
	"skip": func(ctx context.Context, d *act.Desk, a act.Act, f Form) error {
		return d.Skip(ctx, a, f.Letter(), f.Text("reason"))
	},
	"resend": func(ctx context.Context, d *act.Desk, a act.Act, f Form) error {
		return d.ResendUnproven(ctx, a, f.Letter())
	},
	"order": func(ctx context.Context, d *act.Desk, a act.Act, f Form) error {
		return d.Order(ctx, a, f.Letter())
	},
}

// step is one command of a deed that has several; each needs a request of its own.
func step(a act.Act, name string) act.Act {
	if a.Request != "" {
		a.Request += "-" + name
	}
	return a
}

// handBack gives up a role that its holder has: it is paged anew, and the holder passes.
func handBack(ctx context.Context, d *act.Desk, a act.Act, f Form) error {
	role := f.Text("role")
	c, err := d.Views.Case(ctx, a.Incident)
	if err != nil {
		return err
	}
	if holder := c.Roles().Holder(role); holder != "" && holder != a.Who.Person {
		return refusal.New(refusal.RoleTaken, "somebody else holds %s", role)
	} else if holder != "" {
		if err := d.Page(ctx, step(a, "page"), role, false); err != nil {
			return err
		}
	}
	return d.Decline(ctx, step(a, "pass"), role, f.Text("reason"))
}

// brief sends the answers that are new.
func brief(ctx context.Context, d *act.Desk, a act.Act, f Form) error {
	all, err := d.Views.Incident(ctx, a.Incident)
	if err != nil {
		return err
	}
	before := map[string]string{}
	if all.Briefing != nil {
		for _, answer := range slices.Concat(all.Briefing.Answers, all.Briefing.Later) {
			before[answer.Question] = answer.Text
		}
	}
	answers := f.Answers(before)
	if len(answers) == 0 {
		return refusal.New(refusal.Invalid, "answer a question, or say that it is not known")
	}
	return d.Brief(ctx, a, answers)
}

// Do carries out what was posted.
func Do(ctx context.Context, d *act.Desk, name string, a act.Act, f Form) error {
	do, known := deeds[name]
	if !known {
		return refusal.New(refusal.NotFound, "there is no such form; there are %v", slices.Sorted(maps.Keys(deeds)))
	}
	a.Request = f.Request(name)
	return do(ctx, d, a, f)
}
