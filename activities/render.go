package activities

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/stormbell/stormbell/domain/business"
	"github.com/stormbell/stormbell/internal/phrase"
	"github.com/stormbell/stormbell/workflows/contract"
)

// RenderMessage fills the templates of an audience in every language of the company.
func (a *Activities) RenderMessage(ctx context.Context, in contract.RenderInput) (contract.RenderResult, error) {
	p, err := a.PlanOf(ctx, in.PlanHash)
	if err != nil {
		return contract.RenderResult{}, err
	}
	words := phrase.New(p)
	words.Now = a.Now
	draft, err := words.Draft(phrase.Wanted{
		Audience: in.Audience, Phase: in.Phase, Scope: in.Scope, Told: in.Told,
		Known: func(lang string) map[string]string { return facts(words, in, lang) },
	})
	if err != nil {
		return contract.RenderResult{}, err
	}
	return contract.RenderResult{Texts: draft.Texts, Carries: draft.Carries, Facts: shown(in.Facts)}, nil
}

// facts turns what the briefing knows into the fields of the templates.
func facts(words *phrase.Words, in contract.RenderInput, lang string) map[string]string {
	known := map[string]string{
		"Number":         fmt.Sprint(in.Incident),
		"Title":          in.Facts["title"],
		"What":           in.Facts[string(business.TriggeringError)],
		"Impact":         impact(in.Facts),
		"WorstCase":      in.Facts[string(business.WorstCase)],
		"Services":       in.Facts[string(business.Services)],
		"Recognise":      in.Facts[string(business.HowNoticed)],
		"NextNews":       in.Facts[string(business.NextNews)],
		"Start":          in.Facts[string(business.StartTime)],
		"Cause":          in.Facts["cause"],
		"Fix":            in.Facts["fix"],
		"Workaround":     in.Facts["workaround"],
		"SayToCustomers": in.Facts["say_to_customers"],
		"Expected":       in.Facts["expected"],
		"Perspective":    in.Facts["perspective"],
		"Dont":           in.Facts["dont"],
		"Applied":        in.Facts["applied"],
	}
	if since, err := time.Parse(time.RFC3339, in.Facts["since"]); err == nil && known["Start"] == "" {
		known["Start"] = words.Clock(since, lang)
	}
	return known
}

// shown are the facts that a status page shows by themselves, in the words of the texts.
func shown(known map[string]string) map[string]string {
	all := map[string]string{}
	for key, said := range map[string]string{
		"impact": impact(known), "say_to_customers": known["say_to_customers"], "dont": known["dont"], "workaround": known["workaround"],
	} {
		if words := phrase.Fact(said); words != "" {
			all[key] = words
		}
	}
	return all
}

// impact is the answer of the briefing, or what a release said of it.
func impact(known map[string]string) string {
	return cmp.Or(known[string(business.CustomersNow)], known["impact"])
}
