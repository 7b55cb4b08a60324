package activities

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.temporal.io/sdk/activity"

	"github.com/stormbell/stormbell/activities/sendgrid"
	"github.com/stormbell/stormbell/domain/business"
	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/phrase"
	"github.com/stormbell/stormbell/internal/record"
	"github.com/stormbell/stormbell/workflows/contract"
)

// nextUpdate stands in a draft for the time that is promised when the text goes out: the
// words are approved, and only the clock time is filled in at the moment of sending.
const nextUpdate = "{next update}"

// RenderMessage fills the templates of an audience in every language of the company.
func (a *Activities) RenderMessage(ctx context.Context, in contract.RenderInput) (contract.RenderResult, error) {
	p, err := a.PlanOf(ctx, in.PlanHash)
	if err != nil {
		return contract.RenderResult{}, err
	}
	words := phrase.New(p)
	words.Now = a.Now
	var result contract.RenderResult
	for _, lang := range p.Company.Languages {
		t, ok := p.Template(in.Audience, in.Phase, lang)
		if !ok {
			t = plan.Template{Audience: in.Audience, Phase: in.Phase, Language: lang}
		}
		t.Language = lang
		known := facts(words, in, lang)
		if audience, _ := p.Audience(in.Audience); slices.Contains(audience.Send, plan.SendStatusPage) {
			known["Link"] = p.Company.URL + "/status" // nobody else may read it
		}
		subject, body, err := words.Message(t, known)
		if err != nil {
			return contract.RenderResult{}, err
		}
		result.Texts = append(result.Texts, effect.Text{Language: lang, Subject: subject, Body: body})
	}
	return result, nil
}

// facts turns what the briefing knows into the fields of the templates.
func facts(words *phrase.Words, in contract.RenderInput, lang string) map[string]string {
	known := map[string]string{
		"Number": fmt.Sprint(in.Incident), "Title": in.Facts["title"], "NextUpdate": nextUpdate,
		"What":       in.Facts[string(business.TriggeringError)],
		"Impact":     in.Facts[string(business.CustomersNow)],
		"WorstCase":  in.Facts[string(business.WorstCase)],
		"Services":   in.Facts[string(business.Services)],
		"Recognise":  in.Facts[string(business.HowNoticed)],
		"NextNews":   in.Facts[string(business.NextNews)],
		"Start":      in.Facts[string(business.StartTime)],
		"Cause":      in.Facts["cause"],
		"Fix":        in.Facts["fix"],
		"Workaround": in.Facts["workaround"],
	}
	if known["What"] == "" {
		known["What"] = in.Facts["title"]
	}
	if since, err := time.Parse(time.RFC3339, in.Facts["since"]); err == nil && known["Start"] == "" {
		known["Start"] = words.Clock(since, lang)
	}
	return known
}

// promised puts the clock time of the next update into the approved words.
func promised(words *phrase.Words, t effect.Text, due time.Time) effect.Text {
	when := ""
	if !due.IsZero() {
		when = words.Clock(due, t.Language)
	}
	t.Body = strings.ReplaceAll(t.Body, nextUpdate, when)
	t.Subject = strings.ReplaceAll(t.Subject, nextUpdate, when)
	return t
}

// PublishRelease puts a released text on the status page, if its audience reads it there. It
// is the first step of a distribution and checks once more that the incident has not moved on.
func (a *Activities) PublishRelease(ctx context.Context, in contract.DistributionInput) (effect.Distributed, error) {
	old, err := a.superseded(ctx, in)
	if err != nil || old {
		return effect.Distributed{Superseded: old}, err
	}
	if !slices.Contains(in.Send, plan.SendStatusPage) {
		return effect.Distributed{}, nil
	}
	words := a.words()
	texts := map[string]record.Text{}
	for _, t := range in.Texts {
		t = promised(words, t, in.NextUpdate)
		texts[t.Language] = record.Text{Subject: t.Subject, Body: t.Body}
	}
	id := contract.DistributionID(in.Year, in.Incident, in.Phase, in.Audience, in.Release)
	return effect.Distributed{}, a.Record.Publish(ctx, record.Publication{
		ID: id, Incident: in.Incident, Phase: string(in.Phase), Audience: in.Audience, Texts: texts, NextUpdate: in.NextUpdate, At: a.Now(),
	})
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

// DistributeBatch mails a release to a range of recipients. Every recipient has a row in the
// ledger, so a batch that is repeated goes on where it stopped: what was attempted without
// an answer is not sent again but counted as unproven (a broadcast prefers silence to a
// double).
func (a *Activities) DistributeBatch(ctx context.Context, in contract.BatchInput) (effect.Distributed, error) {
	var so effect.Distributed
	words := a.words()
	p := a.Plan()
	audience, _ := p.Audience(in.Audience)
	for i := in.From; i < in.To; i++ {
		activity.RecordHeartbeat(ctx, i)
		old, err := a.superseded(ctx, in.DistributionInput)
		if err != nil {
			return so, err
		}
		if old {
			so.Superseded = true
			return so, nil
		}
		if i >= len(audience.Recipients) {
			// The list became shorter since the release.
			so.Failed++
			continue
		}
		outcome, err := a.mailRecipient(ctx, in, i, audience.Recipients[i], words, p)
		if err != nil {
			return so, err
		}
		switch outcome.State {
		case delivery.Accepted, delivery.Delivered, delivery.Answered:
			so.Sent++
		case delivery.Failed:
			so.Failed++
		case delivery.Intended, delivery.Attempting, delivery.Unknown:
			so.Unknown++
		}
	}
	return so, nil
}

// mailRecipient sends to one recipient, waiting as long as the provider is certain that it
// took nothing.
func (a *Activities) mailRecipient(ctx context.Context, in contract.BatchInput, i int, r plan.Recipient, words *phrase.Words, p plan.Plan) (delivery.Outcome, error) {
	id := contract.DistributionID(in.Year, in.Incident, in.Phase, in.Audience, in.Release)
	n := delivery.ID(id, fmt.Sprint(i), "email")
	row, may, err := a.Record.Begin(ctx, record.Delivery{
		N: n, Incident: in.Incident, Workflow: id, Step: fmt.Sprintf("recipient-%d", i), Recipient: i + 1, Channel: string(plan.Email), Purpose: "update",
	}, false)
	if err != nil {
		return delivery.Outcome{}, err
	}
	again := row.Class == delivery.NotProcessed
	if !may && !again {
		return row.Outcome(), nil
	}
	text := promised(words, pick(in.Texts, r.Language), in.NextUpdate)
	m := words.UpdateMail(phrase.Update{Incident: in.Incident, Language: text.Language, Subject: text.Subject, Body: text.Body, Drill: in.Drill})
	for pause := time.Second; ; pause = min(2*pause, 30*time.Second) {
		if again {
			// Who was thought dead while it waited may find that another attempt went on with it.
			if row, err = a.Record.Delivery(ctx, n); err != nil || row.Class != delivery.NotProcessed {
				return row.Outcome(), err
			}
			if row, may, err = a.Record.Begin(ctx, row, true); err != nil || !may {
				return row.Outcome(), err
			}
		}
		result, err := a.Mail.Send(ctx, sendgrid.Mail{
			N: n, To: r.Email, ToName: r.Name, FromEmail: p.Channels.Mail.FromEmail, FromName: p.Channels.Mail.FromName,
			Subject: m.Subject, Text: m.Text, HTML: m.HTML, Headers: m.Headers,
		})
		if err != nil {
			result.Outcome = delivery.Outcome{State: delivery.Failed, Class: delivery.Permanent, Code: "request"}
		}
		a.Count(plan.Email, result.Outcome)
		if row, _, err = a.Record.Settle(ctx, n, result.Outcome); err != nil {
			return delivery.Outcome{}, err
		}
		if delivery.Next(result.Outcome) != delivery.RetrySame {
			return row.Outcome(), nil
		}
		again = true
		if err := rest(ctx, max(pause, result.RetryAfter), i); err != nil {
			return delivery.Outcome{}, err
		}
	}
}

// beat is how often a batch that waits says that it lives: well below its heartbeat timeout,
// after which the server would let another worker send to the same people beside it.
const beat = 5 * time.Second

// rest waits for d, alive.
func rest(ctx context.Context, d time.Duration, i int) error {
	over := time.NewTimer(d)
	defer over.Stop()
	alive := time.NewTicker(beat)
	defer alive.Stop()
	for {
		activity.RecordHeartbeat(ctx, i)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-over.C:
			return nil
		case <-alive.C:
		}
	}
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
