package view

import (
	"cmp"

	"github.com/stormbell/stormbell/domain/comms"
	"github.com/stormbell/stormbell/domain/refusal"
	"github.com/stormbell/stormbell/internal/planfile"
)

// Preview is one of the plan's messages as its readers would get it, with sample facts.
type Preview struct {
	Audience string    `json:"audience" example:"internal"`
	Phase    string    `json:"phase" enum:"investigation,identification,monitoring,resolution,holding"`
	Language string    `json:"language" example:"en"`
	For      string    `json:"for,omitempty" doc:"The service or failure mode whose own text it is; absent for every incident's"`
	Subject  string    `json:"subject"`
	Body     string    `json:"body"`
	Short    string    `json:"short" doc:"What those get who read it on a phone"`
	Findings []Finding `json:"findings" doc:"What could be better about it"`
}

// Finding is one thing to make better in a text. It blocks nothing.
type Finding struct {
	Code     string `json:"code" enum:"acronym,filler,cause_claim,missing,repeat,too_often,typed_time,no_promise,late_promise,too_long"`
	Language string `json:"language,omitempty" doc:"The text's; absent if all of them are meant"`
	Words    string `json:"words,omitempty" doc:"The words found, or the elements missing"`
	Advice   string `json:"advice" doc:"What to do, in the language of the text"`
}

// findings are those of a message; what concerns every text is said in the first of the languages.
func findings(all []comms.Finding, languages ...string) []Finding {
	views := []Finding{}
	for _, f := range all {
		views = append(views, Finding{Code: string(f.Flaw), Language: f.Language, Words: f.Words, Advice: f.Advice(cmp.Or(append([]string{f.Language}, languages...)...))})
	}
	return views
}

// Previews shows the texts of the plan in force.
func (v *Views) Previews(only planfile.Shown) ([]Preview, error) {
	all, err := planfile.Previews(v.Plan(), only)
	if err != nil {
		return nil, refusal.New(refusal.NotFound, "%v", err)
	}
	views := []Preview{}
	for _, x := range all {
		views = append(views, Preview{
			Audience: x.Audience, Phase: string(x.Phase), Language: x.Language, For: x.For,
			Subject: x.Subject, Body: x.Body, Short: x.Short, Findings: findings(x.Findings, x.Language),
		})
	}
	return views, nil
}
