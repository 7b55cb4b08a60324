package activities

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/stormbell/stormbell/domain/comms"
	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/phrase"
	"github.com/stormbell/stormbell/internal/record"
	"github.com/stormbell/stormbell/workflows/contract"
)

// nextUpdate stands in a draft for the time that is promised when the text goes out.
const nextUpdate = comms.NextUpdatePlace

// PublishRelease puts a released text on the status page, if its audience reads it there. It
// is the first step of a distribution and checks once more that the incident has not moved on.
func (a *Activities) PublishRelease(ctx context.Context, in contract.DistributionInput) (effect.Distributed, error) {
	old, err := a.superseded(ctx, in)
	if err != nil || old {
		return effect.Distributed{Superseded: old}, err
	}
	if !slices.Contains(in.Send, plan.SendStatusPage) || in.Drill && in.Edition >= outlets {
		return effect.Distributed{}, nil
	}
	p := record.Publication{
		ID:       contract.DistributionID(in.Year, in.Incident, in.Phase, in.Audience, in.Release),
		Incident: in.Incident, Phase: string(in.Phase), Audience: in.Audience, Texts: map[string]record.Text{},
		NextUpdate: in.NextUpdate, At: a.Now(), InTime: true,
	}
	for _, t := range in.Texts {
		t = a.filled(in, t)
		p.Texts[t.Language] = record.Text{Subject: t.Subject, Body: t.Body}
	}
	p.Facts = said(in.Facts, p.Texts)
	if err = a.Record.Publish(ctx, p); errors.Is(err, record.ErrMovedOn) {
		return effect.Distributed{Superseded: true}, nil
	}
	return effect.Distributed{}, err
}

// outlets is the edition since which a release also goes to lists, chat and other systems.
const outlets = 3

// said are those facts that stand word for word in a released text: what reviewers took out is
// not published beside it.
func said(facts map[string]string, texts map[string]record.Text) map[string]string {
	var kept map[string]string
	for name, fact := range facts {
		for _, t := range texts {
			if fact != "" && strings.Contains(t.Body, fact) {
				if kept == nil {
					kept = map[string]string{}
				}
				kept[name] = fact
			}
		}
	}
	return kept
}

// superseded tells whether the record, in which every accepted phase change stands before
// it was answered, knows a later phase than the message's.
func (a *Activities) superseded(ctx context.Context, in contract.DistributionInput) (bool, error) {
	phase, _, err := a.Record.PhaseOf(ctx, in.Incident)
	if err != nil {
		return false, err
	}
	return phase != string(in.Phase), nil
}

// filled puts into the approved words what is known only now: the clock time of the next
// update, and the name of whoever speaks, which no workflow's history may hold.
func (a *Activities) filled(in contract.DistributionInput, t effect.Text) effect.Text {
	p := a.Plan()
	speaker, _ := p.Person(in.Spokesperson)
	put := strings.NewReplacer(
		nextUpdate, clock(a.words(), in.NextUpdate, t.Language),
		comms.SpokespersonPlace, cmp.Or(speaker.Name, p.Company.Name),
	)
	t.Subject, t.Body, t.Short = put.Replace(t.Subject), put.Replace(t.Body), put.Replace(t.Short)
	return t
}

func clock(words *phrase.Words, t time.Time, language string) string {
	if t.IsZero() {
		return ""
	}
	return words.Clock(t, language)
}

// pick chooses the recipient's language, else the company's first.
func pick(texts []effect.Text, language string) effect.Text {
	for _, t := range texts {
		if t.Language == language {
			return t
		}
	}
	if len(texts) == 0 {
		return effect.Text{}
	}
	return texts[0]
}
