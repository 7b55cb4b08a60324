package web

import (
	"context"
	"maps"
	"slices"

	"github.com/stormbell/stormbell/api/act"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/domain/refusal"
)

// deed is the command behind a form. Whether the one who acts may is the domain's to decide.
type deed func(context.Context, *act.Desk, act.Act, form) error

// deeds are all forms of a personal page and of an incident's console, by the last part of
// their address.
var deeds = map[string]deed{
	// Roles.
	"accept": func(ctx context.Context, d *act.Desk, a act.Act, f form) error {
		return d.Accept(ctx, a, f.text("role"), f.number("minutes"))
	},
	"pass": func(ctx context.Context, d *act.Desk, a act.Act, f form) error {
		return d.Decline(ctx, a, f.text("role"), f.text("reason"))
	},
	"handback": handBack,
	"attend": func(ctx context.Context, d *act.Desk, a act.Act, f form) error {
		return d.Attend(ctx, a, f.text("role"))
	},
	"page": func(ctx context.Context, d *act.Desk, a act.Act, f form) error {
		return d.Page(ctx, a, f.text("role"), f.text("both") != "")
	},
	"proxy": func(ctx context.Context, d *act.Desk, a act.Act, f form) error {
		return d.NameProxy(ctx, a, f.text("role"), f.text("person"))
	},
	"handover": func(ctx context.Context, d *act.Desk, a act.Act, _ form) error {
		return d.HandOver(ctx, a)
	},
	"here": func(ctx context.Context, d *act.Desk, a act.Act, f form) error {
		return d.StillHere(ctx, a, f.text("role"))
	},
	"appoint": func(ctx context.Context, d *act.Desk, a act.Act, f form) error {
		return d.Appoint(ctx, a, f.text("role"), f.text("person"))
	},

	// Tasks and the briefing.
	"done": func(ctx context.Context, d *act.Desk, a act.Act, f form) error {
		return d.FinishTask(ctx, a, f.text("task"), f.text("note"))
	},
	"minutes": func(ctx context.Context, d *act.Desk, a act.Act, f form) error {
		return d.EstimateTask(ctx, a, f.text("task"), f.number("minutes"))
	},
	"blocked": func(ctx context.Context, d *act.Desk, a act.Act, f form) error {
		return d.BlockTask(ctx, a, f.text("task"), f.reason())
	},
	"drop": func(ctx context.Context, d *act.Desk, a act.Act, f form) error {
		return d.DropTask(ctx, a, f.text("task"), f.text("reason"))
	},
	"add": func(ctx context.Context, d *act.Desk, a act.Act, f form) error {
		return d.AddTask(ctx, a, f.text("role"), f.text("what"))
	},
	"brief": brief,
	"confirm": func(ctx context.Context, d *act.Desk, a act.Act, _ form) error {
		return d.ConfirmBriefing(ctx, a)
	},

	// The incident as a whole.
	"recommend": func(ctx context.Context, d *act.Desk, a act.Act, f form) error {
		return d.Recommend(ctx, a, f.text("declare") == "yes", f.text("note"), f.number("minutes"))
	},
	"assess": func(ctx context.Context, d *act.Desk, a act.Act, f form) error {
		return d.Assess(ctx, a, f.text("visibility"), f.text("impact"), f.number("minutes"))
	},
	"declare": func(ctx context.Context, d *act.Desk, a act.Act, f form) error {
		return d.Declare(ctx, a, f.text("reason"))
	},
	"phase": func(ctx context.Context, d *act.Desk, a act.Act, f form) error {
		return d.ChangePhase(ctx, a, plan.Phase(f.text("phase")))
	},
	"resolve": func(ctx context.Context, d *act.Desk, a act.Act, f form) error {
		return d.Resolve(ctx, a, f.text("reason"))
	},
	"cancel": func(ctx context.Context, d *act.Desk, a act.Act, f form) error {
		return d.Cancel(ctx, a, f.text("reason"))
	},
	"updates": func(ctx context.Context, d *act.Desk, a act.Act, _ form) error {
		return d.Inform(ctx, a)
	},
	"note": func(ctx context.Context, d *act.Desk, a act.Act, f form) error {
		return d.Note(ctx, a, f.text("text"))
	},

	// Messages.
	"edit": func(ctx context.Context, d *act.Desk, a act.Act, f form) error {
		return d.Edit(ctx, a, f.letter(), f.texts(), f.hash())
	},
	"submit": func(ctx context.Context, d *act.Desk, a act.Act, f form) error {
		if err := d.Edit(ctx, step(a, "edit"), f.letter(), f.texts(), f.hash()); err != nil {
			return err
		}
		return d.Submit(ctx, step(a, "submit"), f.letter())
	},
	"agree": func(ctx context.Context, d *act.Desk, a act.Act, f form) error {
		return d.Agree(ctx, a, f.letter(), f.text("role"), f.hash(), f.text("suggestion"))
	},
	"object": func(ctx context.Context, d *act.Desk, a act.Act, f form) error {
		return d.Object(ctx, a, f.letter(), f.text("role"), f.text("words"))
	},
	"settle": func(ctx context.Context, d *act.Desk, a act.Act, f form) error {
		return d.Settle(ctx, a, f.letter(), f.number("objection"), f.text("how"))
	},
	"approve": func(ctx context.Context, d *act.Desk, a act.Act, f form) error {
		return d.Approve(ctx, a, f.letter(), f.hash())
	},
	"release": func(ctx context.Context, d *act.Desk, a act.Act, f form) error {
		return d.Release(ctx, a, f.letter(), f.hash())
	},
	"review": func(ctx context.Context, d *act.Desk, a act.Act, f form) error {
		return d.EstimateReview(ctx, a, f.letter(), f.text("role"), f.number("minutes"))
	},
	"delivered": func(ctx context.Context, d *act.Desk, a act.Act, f form) error {
		return d.Deliver(ctx, a, f.letter(), f.text("note"))
	},
	"skip": func(ctx context.Context, d *act.Desk, a act.Act, f form) error {
		return d.Skip(ctx, a, f.letter(), f.text("reason"))
	},
	"order": func(ctx context.Context, d *act.Desk, a act.Act, f form) error {
		return d.Order(ctx, a, f.letter())
	},
}

// consoleOnly are deeds that the domain lets everybody do. A personal link is not everybody:
// it must not ring people, nor raise the score.
var consoleOnly = []string{"page", "assess"}

// step is one command of a deed that has several; each needs a request of its own.
func step(a act.Act, name string) act.Act {
	if a.Request != "" {
		a.Request += "-" + name
	}
	return a
}

// handBack gives up a role that its holder has: it is paged anew, and the holder passes.
func handBack(ctx context.Context, d *act.Desk, a act.Act, f form) error {
	role := f.text("role")
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
	return d.Decline(ctx, step(a, "pass"), role, f.text("reason"))
}

// brief sends the answers that are new.
func brief(ctx context.Context, d *act.Desk, a act.Act, f form) error {
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
	answers := f.answers(before)
	if len(answers) == 0 {
		return refusal.New(refusal.Invalid, "answer a question, or say that it is not known")
	}
	return d.Brief(ctx, a, answers)
}

// perform carries out what was posted.
func (p *Pages) perform(ctx context.Context, name string, a act.Act, f form) error {
	do, known := deeds[name]
	if !known {
		return refusal.New(refusal.NotFound, "there is no such form; there are %v", slices.Sorted(maps.Keys(deeds)))
	}
	a.Request = f.request(name)
	return do(ctx, p.Desk, a, f)
}
