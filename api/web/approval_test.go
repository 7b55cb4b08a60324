package web_test

import (
	"html"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/api/act"
	"github.com/stormbell/stormbell/api/login"
	"github.com/stormbell/stormbell/api/visitor"
	"github.com/stormbell/stormbell/api/web"
	"github.com/stormbell/stormbell/domain/comms"
	"github.com/stormbell/stormbell/domain/plan"
)

// approving has the first message wait for its approval, and returns the approver.
func approving(t *testing.T) (s *site, approver string, letter url.Values) {
	t.Helper()
	s = emergency(t)
	letter = values("audience", "internal", "phase", "investigation")
	with := func(role string) url.Values {
		return values("audience", "internal", "phase", "investigation", "role", role)
	}
	s.press(s.link(s.holder("technical_slt")), "submit", values("audience", "internal", "phase", "investigation", "body.en", "Since 02:51: All payments fail. Next by {next update}."))
	for _, role := range []string{"customer_liaison", "legal_officer", "messaging_officer"} {
		s.press(s.link(s.holder(role)), "agree", with(role))
	}
	return s, s.holder("elt_approver"), letter
}

// Whoever approves sees the text as its receivers do, what is different from the template, and who
// agreed; a PIN proves who they are, and for a minute they may think again.
func TestApproval_pinProves_andItCanBeTakenBack(t *testing.T) {
	t.Parallel()
	s, approver, letter := approving(t)
	require.NoError(t, s.Record.SetPIN(t.Context(), approver, "", "2580471"))
	path := s.link(approver)
	page := s.seeAll(path)
	require.Contains(t, page, "Since 02:51: All payments fail. Next by ")
	require.NotContains(t, page, "{next update}", "the receivers see a time")
	require.Regexp(t, `geändert \(Wörter hinzugefügt: \d+, entfernt: \d+\)`, page)
	require.Contains(t, page, "<ins>")
	require.Contains(t, page, "<del>")

	to, sent := s.form(page, "approve", letter)
	sent.Set("pin", "9999")
	w := s.post(to, sent)
	require.Contains(t, w.Header().Get("Location"), "/m/internal/investigation?refused=pin_wrong")
	require.Contains(t, s.see(w.Header().Get("Location")), "Das war nicht Ihre PIN")
	require.NotEqual(t, "approveDraft", s.last().Name)
	_, again := s.form(s.seeAll(path), "approve", letter)
	require.Empty(t, again.Get("pin"))

	again.Set("pin", "2580471")
	w = s.post(to, again)
	require.Contains(t, w.Header().Get("Location"), "said=approve")
	approved := s.last().Command.(comms.Authorise)
	require.True(t, approved.Actor.Proved)
	require.NotContains(t, s.last().Request, "2580471")

	page = s.press(path, "takeback", letter)
	require.Contains(t, page, "Zurückgenommen")
	require.IsType(t, comms.TakeBack{}, s.last().Command)
	require.Contains(t, s.seeAll(path), "/approve")
	_, again = s.form(s.seeAll(path), "approve", letter)
	again.Set("pin", "2580471")
	s.post(to, again)
	s.Advance(t.Context(), time.Minute)
	require.NotContains(t, s.see(path), "/takeback", "the minute is over")
}

// Without a PIN a link approves nothing, and leads to one instead.
func TestApproval_withoutAPIN_leadsToOne(t *testing.T) {
	t.Parallel()
	s, approver, letter := approving(t)
	pages, err := web.New(web.Config{Views: s.views, Desk: act.New(act.Config{Record: s.Record, Commands: s.Engine, Views: s.views, Patience: 100 * time.Millisecond}), Record: s.Record, Plan: s.Plan, Now: s.Now})
	require.NoError(t, err)
	_, sent := s.form(s.seeAll(s.link(approver)), "approve", letter)
	router := gin.New()
	pages.Register(router)
	s.handler = router

	page := s.seeAll(s.link(approver))
	require.Contains(t, page, "eine PIN und haben noch keine")
	require.NotContains(t, page, `/approve"`)
	w := s.post(s.link(approver)+"/approve", sent)
	require.Contains(t, w.Header().Get("Location"), "refused=unproven")
	require.Contains(t, s.see(w.Header().Get("Location")), "Es wurde nichts freigegeben")

	page = s.press(s.link(approver), "invite", nil)
	require.Contains(t, page, "Wählen Sie dort eine PIN")
	tests, err := s.views.Tests(t.Context(), approver)
	require.NoError(t, err)
	require.NotEmpty(t, tests)
}

// Where the company has a login, whoever has no PIN signs in again and comes back to the text.
func TestApproval_companyLogin_leadsThereAndBack(t *testing.T) {
	t.Parallel()
	s, approver, letter := approving(t)
	withLogin := func() plan.Plan {
		p := s.Plan()
		p.Login.OIDC = plan.OIDC{Issuer: "https://login.acme.example", ClientID: "stormbell"}
		return p
	}
	pages, err := web.New(web.Config{Views: s.views, Desk: act.New(act.Config{Record: s.Record, Commands: s.Engine, Views: s.views, Patience: 100 * time.Millisecond}), Record: s.Record, Plan: withLogin, Now: s.Now})
	require.NoError(t, err)
	who := visitor.Visitor{}
	router := gin.New()
	router.Use(func(c *gin.Context) { c.Request = c.Request.WithContext(visitor.With(c.Request.Context(), who)) })
	pages.Register(router)
	s.handler = router

	page := s.seeAll(s.link(approver))
	require.Contains(t, page, html.EscapeString(login.StepUp(s.link(approver)+"/m/internal/investigation")))
	require.NotContains(t, page, `/approve"`)
	who = visitor.Visitor{Person: "ben", Method: visitor.Company, Proved: true}
	require.NotContains(t, s.seeAll(s.link(approver)), `/approve"`, "somebody else's sign-in proves nothing")
	who.Person = approver
	s.press(s.link(approver), "approve", letter)
	require.True(t, s.last().Command.(comms.Authorise).Actor.Proved)
}

// Nobody reads a message that does not concern them, not even over a link that works.
func TestLetterPage_isForThoseWhomItConcerns(t *testing.T) {
	t.Parallel()
	s, approver, _ := approving(t)
	const path = "/m/internal/investigation"
	require.Equal(t, http.StatusOK, s.get(s.link(approver)+path, "en").Code)
	require.Equal(t, http.StatusOK, s.get(s.link("ben")+path, "en").Code, "the commander")
	require.Equal(t, http.StatusNotFound, s.get(s.link("finn")+path, "en").Code)
	require.Equal(t, http.StatusNotFound, s.get(s.link(approver)+"/m/nobody/investigation", "en").Code)
}
