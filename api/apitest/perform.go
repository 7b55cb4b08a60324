package apitest

import (
	"context"
	"fmt"

	"github.com/stormbell/stormbell/domain/business"
	"github.com/stormbell/stormbell/domain/comms"
	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/escalation"
	"github.com/stormbell/stormbell/domain/incident"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/domain/roster"
	"github.com/stormbell/stormbell/internal/record"
	"github.com/stormbell/stormbell/workflows/contract"
)

// perform does what a run decided. Sends are taken by the provider and never answered.
func perform[S, C any](ctx context.Context, r *run[S, C], e effect.Effect) error {
	engine := r.engine
	switch e := e.(type) {
	case effect.Record, effect.HangUp, effect.StopDistribution:
	case effect.FindPeople:
		return r.tell(ctx, engine.find(ctx, e))
	case effect.Reach:
		return engine.send(ctx, r.ref.Number, r.id, e.ID, e.Person, e.Channel, "page")
	case effect.Tell:
		return engine.send(ctx, r.ref.Number, r.id, e.ID, e.Person, plan.SMS, string(e.Notice.Kind))
	case effect.OpenPage:
		p := escalation.Page{Incident: r.ref.Number, Role: e.Role, K: e.K, Policy: e.Policy, Title: e.Title, Since: e.Since, Minute: engine.Plan().Minute}
		return engine.beginPage(ctx, r.ref, p, e.Skip, func(ctx context.Context, f effect.PageEnded) {
			_ = r.tell(ctx, f) // the domain never refuses facts
		})
	case effect.ClosePage:
		page := engine.pages[contract.PageID(r.ref.Year, r.ref.Number, e.Role, e.K)]
		if page == nil || page.ended {
			return nil
		}
		return page.apply(ctx, escalation.StandDown{FalseAlarm: e.FalseAlarm})
	case effect.StartBusiness:
		return engine.beginBusiness(ctx, any(r).(*run[incident.State, incident.Command]), e.By)
	case effect.InformBusiness:
		b := engine.business[r.ref.Number]
		if e.Reply != nil {
			return b.tell(ctx, *e.Reply)
		}
		return b.apply(ctx, business.Follow{Phase: e.Phase, By: e.By, Cancelled: e.Cancelled})
	case effect.OpenMessage:
		return engine.beginMessage(ctx, r, engine.writes(r.state, e.Audience), e, r.ref)
	case effect.WithdrawMessage:
		m := engine.messages[contract.MessageID(r.ref.Year, r.ref.Number, e.Phase, e.Audience)]
		if m == nil || m.ended {
			return nil
		}
		return m.apply(ctx, comms.Withdraw{Reason: "the incident moved on"})
	case effect.InformMessages:
		for _, m := range engine.messages {
			if m.ref == r.ref && !m.ended {
				var c comms.Command = comms.RoleHeld{Role: e.Role, Person: e.Person}
				if e.Role == "" {
					c = comms.Learn{Facts: e.Facts, Scope: e.Scope}
				}
				if err := m.apply(ctx, c); err != nil {
					return err
				}
			}
		}
	case effect.Render:
		var texts []effect.Text
		for _, language := range engine.Plan().Company.Languages {
			texts = append(texts, effect.Text{
				Language: language, Subject: fmt.Sprintf("To %s, %s", e.Audience, language),
				Body: fmt.Sprintf("About %s in %s: %s.", e.Facts["title"], e.Phase, e.Facts["triggering_error"]),
			})
		}
		return r.tell(ctx, effect.Rendered{Texts: texts})
	case effect.Deputise:
		m := engine.messages[contract.MessageID(r.ref.Year, r.ref.Number, e.Phase, e.Audience)]
		for _, role := range e.Roles {
			if m != nil && !m.ended {
				if err := m.apply(ctx, comms.Deputise{Role: role, Person: e.Person}); err != nil {
					return err
				}
			}
		}
	case effect.Moved:
		return r.parent.tell(ctx, e)
	case effect.Gather:
		return engine.gather(ctx, r.tell, e)
	case effect.Distribute:
		if e.Holding {
			return r.tell(ctx, effect.Held{Audience: e.Audience, Distributed: effect.Distributed{Sent: 1}})
		}
		post := record.Publication{
			ID: contract.DistributionID(r.ref.Year, r.ref.Number, e.Phase, e.Audience, e.Release), Incident: r.ref.Number,
			Phase: string(e.Phase), Audience: e.Audience, Texts: map[string]record.Text{}, NextUpdate: e.NextUpdate, At: engine.Now(),
		}
		for _, t := range e.Texts {
			post.Texts[t.Language] = record.Text{Subject: t.Subject, Body: t.Body}
		}
		if err := engine.Record.Publish(ctx, post); err != nil {
			return err
		}
		return r.tell(ctx, effect.Distributed{Sent: e.Recipients})
	}
	return nil
}

// writes is what a message of an incident begins with.
func (e *Engine) writes(state any, audience string) comms.Start {
	var in comms.Start
	var rules plan.Snapshot
	switch s := state.(type) {
	case business.State:
		in, rules = comms.Start{Incident: s.Number, Year: s.Year, Title: s.Title, Drill: s.Drill}, s.Rules
	case incident.State:
		in, rules = comms.Start{Incident: s.Number, Year: s.Year, Title: s.Title, Drill: s.Drill}, s.Rules
	}
	in.Audience, _ = rules.Audience(audience)
	in.Cadence, in.Patience, in.Minute = rules.Cadence.Updates[audience], rules.Cadence.Review, rules.Minute
	in.Fresh, in.Edition = rules.Cadence.Fresh, rules.Edition
	return in
}

// gather lists the plan's own recipients.
func (e *Engine) gather(ctx context.Context, tell func(context.Context, effect.Fact) error, g effect.Gather) error {
	audience, _ := e.Plan().Audience(g.Audience)
	var to []record.Recipient
	for _, r := range audience.Recipients {
		to = append(to, record.Recipient{Channel: string(plan.Email), Address: r.Email, Name: r.Name, Language: r.Language, Shared: r.Shared})
	}
	list, err := e.Record.PutRecipients(ctx, to)
	if err != nil {
		return err
	}
	return tell(ctx, effect.Gathered{List: list, Total: len(to), By: map[string]int{string(plan.Email): len(to)}})
}

func (e *Engine) find(ctx context.Context, f effect.FindPeople) effect.PeopleFound {
	now, found := e.Now(), effect.PeopleFound{Role: f.Role, Rung: f.Rung, Others: map[string]string{}}
	overrides, err := e.Record.Overrides(ctx, now)
	if err != nil {
		return found
	}
	for _, c := range roster.Candidates(e.Plan(), overrides, f.Role, now) {
		found.Candidates = append(found.Candidates, c.Person)
	}
	for _, role := range f.Others {
		c, _ := roster.Holder(e.Plan(), overrides, role, now)
		found.Others[role] = c.Person
	}
	return found
}

func (e *Engine) send(ctx context.Context, number int, workflow, step, person string, channel plan.Channel, purpose string) error {
	d := record.Delivery{
		N: delivery.ID(workflow, step, person, string(channel)), Incident: number, Workflow: workflow, Step: step,
		Person: person, Channel: string(channel), Purpose: purpose,
	}
	if _, _, err := e.Record.Begin(ctx, d, false); err != nil {
		return err
	}
	_, _, err := e.Record.Settle(ctx, d.N, delivery.Outcome{State: delivery.Accepted, ProviderID: "SM" + d.N})
	return err
}
