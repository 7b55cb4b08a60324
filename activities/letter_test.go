package activities_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/notice"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/lab"
	"github.com/stormbell/stormbell/internal/record"
	"github.com/stormbell/stormbell/workflows/contract"
)

// wants writes down what a page asks of a person.
func (s *site) wants(incident int, page, person, role string) {
	s.t.Helper()
	require.NoError(s.t, s.record.Append(s.t.Context(), record.Append{
		Incident: incident, Workflow: page, Run: "r", Kind: record.KindPage, Revision: 1,
		Asks: []record.Ask{{ID: person, Person: person, Role: role, Kind: effect.AskPage}},
	}))
}

func (s *site) body(request int) string { return s.lab.Log()[request].Form["Body"] }

func TestSendText_severalRequestsOnOnePhone_showTheirLetters(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	in := s.to(contract.SendText, "ben")
	s.wants(s.incident, s.page, "ben", plan.IncidentCommander)
	s.send(contract.SendText, in, contract.First)
	require.Contains(t, s.body(0), "1=I take it", "alone it needs none")

	other, year := s.open("second")
	page := contract.PageID(year, other, plan.TechnicalSLT, 1)
	second := in
	second.N, second.Workflow, second.Incident = delivery.ID(page, "x"), page, other
	second.Notice.Role, second.Notice.Incident = plan.TechnicalSLT, other
	// The workflow writes down what it asks while its text is already on the way.
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.send(contract.SendText, second, contract.First)
	}()
	time.AfterFunc(100*time.Millisecond, func() { s.wants(other, page, "ben", plan.TechnicalSLT) })
	<-done
	require.Contains(t, s.body(1), "1B=I take it 2B=")

	which := in
	which.N, which.Notice.Kind = delivery.ID(s.page, "which"), notice.TwoOpen
	s.send(contract.SendText, which, contract.First)
	require.Contains(t, s.body(2), "1A=take Incident Commander (incident 1)")
	require.Contains(t, s.body(2), "1B=take Technical Lead (incident 2)")
}

// A text that was sent with a letter is found by it, although none is needed any more.
func TestLookUp_letterGone_stillFindsItsText(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	in := s.to(contract.SendText, "ben")
	other, year := s.open("second")
	page := contract.PageID(year, other, plan.TechnicalSLT, 1)
	s.wants(s.incident, s.page, "ben", plan.IncidentCommander)
	s.wants(other, page, "ben", plan.TechnicalSLT)
	require.NoError(t, s.lab.SetCarrier(lab.Carrier{Fault: lab.FaultErrorAfterAccept, Share: 1, Channel: lab.ChannelSMS}))
	require.Equal(t, delivery.Unknown, s.send(contract.SendText, in, contract.First).State)
	require.Contains(t, s.body(0), "1A=")

	require.NoError(t, s.record.Append(t.Context(), record.Append{Incident: other, Workflow: page, Run: "r", Kind: record.KindPage, Revision: 2}))
	found := must[contract.LookUpResult](s, contract.LookUpSend, contract.LookUpInput{SendInput: in, Channel: plan.SMS})
	require.True(t, found.Found)
}
