package web_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/actor"
	"github.com/stormbell/stormbell/domain/business"
	"github.com/stormbell/stormbell/domain/comms"
	"github.com/stormbell/stormbell/domain/escalation"
	"github.com/stormbell/stormbell/domain/incident"
)

// declared opens an incident from the console and declares it from its commander's page.
func declared(t *testing.T, title string) *site {
	t.Helper()
	s := open(t)
	page := s.press("/", "i", values("title", title, "visibility", "core", "impact", "most"))
	require.Contains(t, page, "Incident 1")
	s.takeOver()
	page = s.press(s.link("ben"), "declare", values("reason", "payments fail"))
	require.Contains(t, page, "Declared.")
	call := s.last()
	require.Equal(t, "declare", call.Name)
	c := call.Command.(incident.Declare)
	require.Equal(t, "ben", c.Actor.Person)
	require.False(t, c.Actor.StandIn, "a link is the person, and nobody in between")
	require.Equal(t, "payments fail", c.Reason)
	return s
}

// takeOver lets everybody who is asked for a role take it on their own page.
func (s *site) takeOver() {
	s.t.Helper()
	for _, r := range s.roles() {
		if r.Holder != "" || len(r.Asked) == 0 {
			continue
		}
		person := r.Asked[0].Person
		page := s.press(s.link(person), "accept", values("role", r.Role))
		require.Contains(s.t, page, `role="status"`)
		taken := s.last().Command.(escalation.Accept)
		require.Equal(s.t, person, taken.Actor.Person)
		require.Equal(s.t, actor.Web, taken.Actor.Via)
	}
}

// gathered has everybody the briefing waits for.
func gathered(t *testing.T) *site {
	t.Helper()
	s := declared(t, "Checkout is down")
	s.takeOver()
	for _, role := range []string{"business_lead", "customer_liaison", "technical_slt"} {
		holder := s.holder(role)
		require.Contains(t, s.press(s.link(holder), "attend", values("role", role)), `role="status"`)
		require.Equal(t, business.Attend{Actor: actor.Actor{Person: holder, Via: actor.Web}, Role: role}, s.last().Command)
	}
	return s
}

// emergency has emergency mode on, and everybody in their roles.
func emergency(t *testing.T) *site {
	t.Helper()
	s := gathered(t)
	liaison, slt := s.holder("customer_liaison"), s.holder("technical_slt")
	s.press(s.link(liaison), "brief", values("answer.start_time", "02:51", "answer.triggering_error", "Payments fail", "unknown.worst_case", "1"))
	briefed := s.last().Command.(business.Brief)
	require.Equal(t, []business.BriefReply{
		{Question: business.StartTime, Text: "02:51"}, {Question: business.TriggeringError, Text: "Payments fail"}, {Question: business.WorstCase, Unknown: true},
	}, briefed.Answers)
	s.press(s.link(slt), "confirm", nil)
	require.IsType(t, business.ConfirmBriefing{}, s.last().Command)
	s.takeOver()
	return s
}

func (s *site) holder(role string) string {
	s.t.Helper()
	for _, r := range s.roles() {
		if r.Role == role {
			require.NotEmpty(s.t, r.Holder, role)
			return r.Holder
		}
	}
	s.t.Fatalf("no role %s", role)
	return ""
}

// TestPersonalPages_wholeIncident_everyFormLeadsToItsCommand walks an incident from the
// first click to the end, by the forms of the pages and nothing else.
func TestPersonalPages_wholeIncident_everyFormLeadsToItsCommand(t *testing.T) {
	t.Parallel()
	s := emergency(t)
	marketing := s.link(s.holder("marketing_officer"))

	s.press(marketing, "minutes", values("task", "stop_campaigns", "minutes", "20"))
	require.Equal(t, 20, s.last().Command.(business.EstimateTask).Minutes)
	page := s.press(marketing, "blocked", values("task", "stop_campaigns", "why", "I have no access", "reason", "second factor"))
	require.Equal(t, "I have no access: second factor", s.last().Command.(business.BlockTask).Reason)
	require.Contains(t, page, "second factor")
	require.Contains(t, s.see(s.link(s.holder("business_lead"))), "second factor", "the lead sees what is stuck")
	s.press(s.link(s.holder("business_lead")), "drop", values("task", "stop_campaigns", "reason", "not tonight"))
	require.Equal(t, "not tonight", s.last().Command.(business.DropTask).Reason)
	s.press(marketing, "done", values("task", "stop_paid_social"))
	require.Equal(t, "stop_paid_social", s.last().Command.(business.FinishTask).Task)
	s.press(marketing, "attend", values("role", "marketing_officer"))
	require.Equal(t, "marketing_officer", s.last().Command.(business.Attend).Role)

	social := s.link(s.holder("social_officer"))
	s.press(social, "note", values("text", "the mood is calm"))
	require.Equal(t, "the mood is calm", s.last().Command.(incident.AddNote).Text)

	s.writeInternal()
	status := s.see("/status")
	require.Contains(t, status, "Checkout is down")
	require.Contains(t, status, "We know about it, version 2.")
	require.Contains(t, s.see(s.link("ben")), "We know about it, version 2.", "the latest message is on everybody's page")
	require.Contains(t, s.see(marketing), "About Checkout is down in investigation", "in their language")

	commander := s.link("ben")
	s.press(commander, "phase", values("phase", "identification"))
	require.Equal(t, "identification", string(s.last().Command.(incident.ChangePhase).Phase))
	s.press(commander, "resolve", values("reason", "fixed"))
	require.Equal(t, "fixed", s.last().Command.(incident.Resolve).Reason)
}

// writeInternal takes the first message through its loop by everybody's own page.
func (s *site) writeInternal() {
	s.t.Helper()
	author := s.link(s.holder("technical_slt"))
	letter := values("audience", "internal", "phase", "investigation")
	with := func(pairs ...string) map[string][]string {
		v := values(pairs...)
		for field := range letter {
			v.Set(field, letter.Get(field))
		}
		return v
	}
	s.press(author, "submit", with("body.en", "We know about it, version 1.\r\n\r\nMore soon."))
	calls := s.Calls()
	edit, submit := calls[len(calls)-2], calls[len(calls)-1]
	require.Equal(s.t, "submitDraft", submit.Name)
	require.Len(s.t, edit.Command.(comms.Edit).Texts, 2)
	require.Equal(s.t, "We know about it, version 1.\n\nMore soon.", edit.Command.(comms.Edit).Texts[1].Body)
	require.NotEqual(s.t, edit.Request, submit.Request)

	liaison := s.link(s.holder("customer_liaison"))
	s.press(liaison, "review", with("minutes", "10"))
	require.Equal(s.t, 10, s.last().Command.(comms.Estimate).Minutes)
	s.press(liaison, "edit", with("body.en", "We know about it, version 2."))
	s.press(liaison, "agree", letter)

	legal := s.link(s.holder("legal_officer"))
	s.press(legal, "object", with("role", "legal_officer", "words", "version 2"))
	require.Equal(s.t, comms.Object{Actor: s.last().Command.(comms.Object).Actor, Role: "legal_officer", Words: "version 2"}, s.last().Command)
	s.press(legal, "settle", with("objection", "1", "how", "talked about it"))
	require.Equal(s.t, "talked about it", s.last().Command.(comms.Settle).How)
	s.press(legal, "agree", with("role", "legal_officer", "suggestion", "say when"))
	require.Equal(s.t, "say when", s.last().Command.(comms.Agree).Suggestion)
	messaging := s.link(s.holder("messaging_officer"))
	s.press(messaging, "agree", with("role", "messaging_officer"))

	approver := s.link(s.holder("elt_approver"))
	require.NotContains(s.t, s.see(approver), "/edit", "the domain does not let the approver write")
	s.press(approver, "approve", letter)
	require.NotEmpty(s.t, s.last().Command.(comms.Authorise).Hash)
	s.press(s.link("ben"), "release", letter)
	require.NotEmpty(s.t, s.last().Command.(comms.Dispatch).Hash)
}

func TestPersonalPage_pass_thenTakeAfterAll(t *testing.T) {
	t.Parallel()
	s := declared(t, "Checkout is down")
	lead := ""
	for _, r := range s.roles() {
		if r.Role == "business_lead" {
			lead = r.Asked[0].Person
		}
	}
	page := s.press(s.link(lead), "pass", values("role", "business_lead"))
	require.IsType(t, escalation.Decline{}, s.last().Command)
	require.Contains(t, page, "Sie haben Leitung Krisenstab abgegeben")
	require.NotContains(t, page, "jetzt tun", "what was passed on is nothing to do")
	s.press(s.link(lead), "accept", values("role", "business_lead"))
	require.Equal(t, lead, s.holder("business_lead"))

	page = s.press(s.link(lead), "handback", values("role", "business_lead"))
	require.Equal(t, "declinePage", s.last().Name, "a role that is held is given away too")
	require.Contains(t, page, "Jetzt wird jemand anderes gefragt")
	for _, r := range s.roles() {
		if r.Role == "business_lead" {
			require.Empty(t, r.Holder)
			require.NotEqual(t, lead, r.Asked[len(r.Asked)-1].Person)
		}
	}
}

func TestPersonalPage_recommendation_showsCriteriaBesideTheFacts(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.press("/", "i", values("title", "Checkout is down", "visibility", "core", "impact", "most"))
	s.Advance(t.Context(), 20*time.Minute) // the score rises, the Technical SLT is paged
	s.takeOver()
	slt := s.holder("technical_slt")
	page := s.see(s.link(slt))
	for _, want := range []string{"a side product 1", "the core 3", "Now: the core (3)", "from 12", "Now: 18"} {
		require.Contains(t, page, want)
	}
	s.press(s.link(slt), "recommend", values("declare", "no", "minutes", "15", "note", "wait for the deploy"))
	r := s.last().Command.(incident.Recommend)
	require.Equal(t, incident.Recommend{Actor: r.Actor, Note: "wait for the deploy", AskAgainMinutes: 15}, r)
	require.Contains(t, s.see(s.link("ben")), "wait for the deploy", "the commander reads it beside the button")
}

func TestPersonalPage_staleText_isRefusedKindly(t *testing.T) {
	t.Parallel()
	s := emergency(t)
	author, liaison := s.link(s.holder("technical_slt")), s.link(s.holder("customer_liaison"))
	s.press(author, "submit", nil)
	to, old := s.form(s.seeAll(liaison), "agree", nil)
	s.press(liaison, "edit", values("body.en", "Something else entirely."))

	w := s.post(to, old)
	require.Equal(t, http.StatusSeeOther, w.Code)
	page := s.get(w.Header().Get("Location"), "en").Body.String()
	require.Contains(t, page, `role="alert"`)
	require.Regexp(t, "The text has changed since you read it|Der Text hat sich geändert", page)

	old.Del("hash")
	w = s.post(to, old)
	require.Contains(t, w.Header().Get("Location"), "refused=stale", "a yes to no text in particular is no yes")

	// Somebody's words survive a refusal.
	to, sent := s.form(s.seeAll(liaison), "edit", nil)
	s.press(liaison, "edit", values("body.en", "And something else again."))
	sent.Set("body.en", "My long and careful words.")
	w = s.post(to, sent)
	require.Equal(t, http.StatusConflict, w.Code)
	require.Contains(t, w.Body.String(), "My long and careful words.")
	require.NotContains(t, w.Body.String(), "/edit\"><input type=\"hidden\" name=\"body.de\"", "an old text is not offered to be sent again")
}

func TestForms_pressedTwice_areOneCommand(t *testing.T) {
	t.Parallel()
	s := emergency(t)
	marketing := s.link(s.holder("marketing_officer"))
	to, sent := s.form(s.see(marketing), "minutes", values("minutes", "10"))
	s.post(to, sent)
	first := s.last().Request
	s.post(to, sent)
	require.Equal(t, first, s.last().Request)
	sent.Set("minutes", "45")
	s.post(to, sent)
	require.NotEqual(t, first, s.last().Request, "another button of the same page is another command")
	_, again := s.form(s.see(marketing), "minutes", nil)
	require.NotEqual(t, sent.Get("key"), again.Get("key"), "every page has a fresh key")
}

func TestPersonalPage_cancel(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.press("/", "i", values("title", "Checkout is down", "visibility", "core", "impact", "most"))
	ben := s.link("ben")
	s.press(ben, "cancel", values("reason", "a test"))
	require.Equal(t, "a test", s.last().Command.(incident.Cancel).Reason)
	page := s.see(ben)
	require.Contains(t, page, "It was a false alarm")
	require.Empty(t, forms.FindString(page), "there is nothing left to press")
}
