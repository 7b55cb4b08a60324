package view_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/api/act"
	"github.com/stormbell/stormbell/api/apitest"
	"github.com/stormbell/stormbell/api/view"
	"github.com/stormbell/stormbell/domain/actor"
	"github.com/stormbell/stormbell/domain/business"
	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/record"
)

// stage is views over an engine with somebody who acts for everybody.
type stage struct {
	*view.Views
	*act.Desk
	engine *apitest.Engine
}

func newStage(t *testing.T) stage {
	t.Helper()
	engine, err := apitest.New(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, engine.Record.Close()) })
	views := view.New(view.Config{Record: engine.Record, Plan: engine.Plan, Now: engine.Now})
	return stage{views, act.New(act.Config{Record: engine.Record, Commands: engine, Views: views, Patience: 50 * time.Millisecond}), engine}
}

func (s stage) act() act.Act {
	return act.Act{Incident: 1, Who: act.Who{StandIn: true, Via: actor.API}}
}

// emergency brings incident 1 to emergency mode.
func (s stage) emergency(t *testing.T) {
	t.Helper()
	_, _, err := s.Open(t.Context(), s.act(), act.Opening{Title: "Checkout is down"})
	require.NoError(t, err)
	require.NoError(t, s.Accept(t.Context(), s.act(), plan.TechnicalSLT, 0))
	require.NoError(t, s.Declare(t.Context(), s.act(), ""))
	require.NoError(t, s.Accept(t.Context(), s.act(), plan.BusinessLead, 0))
	require.NoError(t, s.Accept(t.Context(), s.act(), plan.CustomerLiaison, 0))
	for _, role := range []string{plan.BusinessLead, plan.TechnicalSLT, plan.CustomerLiaison} {
		require.NoError(t, s.Attend(t.Context(), s.act(), role))
	}
	require.NoError(t, s.Desk.Brief(t.Context(), s.act(), []business.BriefReply{{Question: business.TriggeringError, Text: "a bad release"}}))
	require.NoError(t, s.ConfirmBriefing(t.Context(), s.act()))
}

func TestPerson_seesExactlyWhatIsAsked(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.emergency(t)
	todo := func(person string) []view.Todo {
		p, err := s.Person(t.Context(), 1, person)
		require.NoError(t, err)
		return p.Todo
	}

	// Anna is asked for a role, and after she took it for its task.
	require.Equal(t, "page", todo("anna")[0].Kind)
	require.Equal(t, s.engine.Now().Add(3*time.Minute), todo("anna")[0].Due)
	require.NoError(t, s.Accept(t.Context(), s.act(), plan.MarketingOfficer, 0))
	p, err := s.Person(t.Context(), 1, "anna")
	require.NoError(t, err)
	require.Equal(t, "Anna Vogel", p.Name)
	require.Equal(t, "de", p.Language)
	require.Equal(t, "Eva Lindner", p.LeadName)
	require.Equal(t, plan.MarketingOfficer, p.Roles[0].Role)
	var task *view.Task
	for _, x := range p.Todo {
		if x.Task != nil {
			task = x.Task
			require.Nil(t, x.Message)
		}
	}
	require.NotNil(t, task)
	require.Equal(t, "Alle ausgehenden Kampagnen stoppen", task.What["de"])
	require.Equal(t, "https://wiki.acme.example/stop-campaigns", task.How)

	// Time runs out: it is overdue, and Anna's page says so.
	s.engine.Advance(t.Context(), 21*time.Minute)
	overdue := 0
	for _, x := range todo("anna") {
		if x.Overdue {
			overdue++
		}
	}
	require.Equal(t, 1, overdue)

	// Dev writes the first draft; Carla reads it after him, with its words.
	draft := todo("dev")[0]
	require.Equal(t, "draft", draft.Kind)
	require.Contains(t, draft.Message.Texts[0].Body, "a bad release")
	require.NoError(t, s.Submit(t.Context(), s.act(), act.Letter{Audience: "internal", Phase: plan.Investigation}))
	var kinds []string
	for _, x := range todo("carla") {
		kinds = append(kinds, x.Kind)
	}
	require.Contains(t, kinds, "check")
	require.Contains(t, kinds, "brief")

	nobody, err := s.Person(t.Context(), 1, "stranger")
	require.NoError(t, err)
	require.Empty(t, nobody.Todo)
	require.Equal(t, "en", nobody.Language, "the company's first")
	_, err = s.Person(t.Context(), 9, "anna")
	require.ErrorIs(t, err, record.ErrNotFound)
}

func TestPerson_technicalLead_isAskedToRecommend(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	_, _, err := s.Open(t.Context(), s.act(), act.Opening{Title: "Checkout is down"})
	require.NoError(t, err)
	require.NoError(t, s.Accept(t.Context(), s.act(), plan.TechnicalSLT, 0))
	p, err := s.Person(t.Context(), 1, "dev")
	require.NoError(t, err)
	require.Equal(t, "recommend", p.Todo[0].Kind)
	require.Equal(t, "ben", p.Lead, "the commander leads as long as nobody else does")
}

func TestRole_providersWord_isKnownBeforeThePageHearsIt(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	_, _, err := s.Open(t.Context(), s.act(), act.Opening{Title: "Checkout is down", Declare: true})
	require.NoError(t, err)
	lead := func() view.Role {
		i, err := s.Incident(t.Context(), 1)
		require.NoError(t, err)
		for _, r := range i.Roles {
			if r.Role == plan.BusinessLead {
				return r
			}
		}
		return view.Role{}
	}
	const page = "page:2026-1:business-lead:1"
	n := delivery.ID(page, "rung-0-eva-sms", "eva", "sms")
	_, _, err = s.engine.Record.Settle(t.Context(), n, delivery.Outcome{State: delivery.Failed, Class: delivery.OptedOut, Code: "21610"})
	require.NoError(t, err)
	require.Equal(t, "failed", lead().Attempts[0].State)
	require.Equal(t, "opted_out", lead().Attempts[0].Class)
	require.Equal(t, view.Texted, lead().State)

	require.NoError(t, s.engine.Reported(t.Context(), page, effect.Reported{ID: "rung-0-eva-sms", Outcome: delivery.Outcome{State: delivery.Failed, Class: delivery.OptedOut}}))
	require.Equal(t, view.Ringing, lead().State, "another channel is tried at once")
	busy := delivery.Outcome{State: delivery.Failed, Class: delivery.NotReached, Code: "486"}
	_, _, err = s.engine.Record.Settle(t.Context(), delivery.ID(page, "rung-0-eva-call", "eva", "call"), busy)
	require.NoError(t, err)
	require.Equal(t, "busy", lead().Attempts[1].End, "whatever the provider calls it")
	require.Empty(t, lead().Attempts[0].End, "a text does not end like a call")
	s.engine.Advance(t.Context(), 3*time.Minute)
	s.engine.Advance(t.Context(), 3*time.Minute)
	require.Len(t, lead().Asked, 1)
	for range 20 {
		s.engine.Advance(t.Context(), 10*time.Minute)
	}
	require.Equal(t, view.Unanswered, lead().State)
	require.NoError(t, s.Cancel(t.Context(), s.act(), "a test"))
	require.Equal(t, view.StoodDown, lead().State)
}

func TestStatus_publishedTexts_areShownWithTheMode(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.emergency(t)
	letter := act.Letter{Audience: "internal", Phase: plan.Investigation}
	require.NoError(t, s.Submit(t.Context(), s.act(), letter))
	for range 5 {
		_ = s.Agree(t.Context(), s.act(), letter, "", "", "") // until nobody is asked any more
	}
	_ = s.Approve(t.Context(), s.act(), letter, "")
	_ = s.Release(t.Context(), s.act(), letter, "")
	status, err := s.Status(t.Context())
	require.NoError(t, err)
	require.Equal(t, "emergency", status.Mode.Mode)
	require.Equal(t, []int{1}, status.Mode.Incidents)
	require.Equal(t, "Checkout is down", status.Current[0].Title)
	require.Len(t, status.Current[0].Posts, 1)
	require.Contains(t, status.Current[0].Posts[0].Texts["de"].Body, "a bad release")
	require.False(t, status.Current[0].Posts[0].NextUpdate.IsZero())
	p, err := s.Person(t.Context(), 1, "ben")
	require.NoError(t, err)
	require.Equal(t, status.Current[0].Posts[0].ID, p.Latest.ID)
	require.Equal(t, status.Current[0].Posts[0].NextUpdate, p.NextUpdate)
	entries, err := s.Timeline(t.Context(), 1, 0, 500)
	require.NoError(t, err)
	require.Equal(t, "Ben Ortiz", entries[0].ActorName)
	require.Equal(t, "system", entries[1].ActorName)
}

func TestIncident_justAccepted_isReadableBeforeItsWorkflowSaysAnything(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	_, err := s.engine.Record.AcceptAlerts(t.Context(), []record.Alert{{Source: "events", Key: "k", Status: record.Firing, Title: "Checkout is down"}})
	require.NoError(t, err)
	i, err := s.Incident(t.Context(), 1)
	require.NoError(t, err)
	require.Equal(t, "Checkout is down", i.Title)
	require.Equal(t, "detection", i.Phase)
	require.Equal(t, "ordinary", i.Severity)
	require.Equal(t, "normal", i.Mode)
	raw, err := json.Marshal(i)
	require.NoError(t, err)
	require.NotContains(t, string(raw), "null", "no list is ever null")
}

func TestFind_numberOrID_sameIncident(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	_, _, err := s.Open(t.Context(), s.act(), act.Opening{Title: "Checkout is down"})
	require.NoError(t, err)
	for ref, found := range map[string]bool{
		"1": true, "incident:2026-1": true, "incident:2025-1": false, "business:2026-1": false, "2": false, "0": false, "-1": false, "": false, "99999999999": false,
	} {
		row, err := s.Find(t.Context(), ref)
		if !found {
			require.ErrorIs(t, err, record.ErrNotFound, ref)
			continue
		}
		require.NoError(t, err, ref)
		require.Equal(t, 1, row.Number)
	}
}
