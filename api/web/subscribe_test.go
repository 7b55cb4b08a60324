package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/record"
	"github.com/stormbell/stormbell/workflows/contract"
)

const outsider = "new.colleague@acme.example"

// company opens the pages of a company whose mail domain may subscribe.
func company(t *testing.T) *site {
	t.Helper()
	s := open(t)
	p := s.Plan()
	p.Status.Domains = []string{"acme.example"}
	p.Services = []plan.Topic{{Name: "checkout", Title: map[string]string{"en": "Checkout", "de": "Kasse"}}}
	s.SetPlan(p)
	return s
}

// asks posts the form for an address and returns what the visitor reads.
func (s *site) asks(by, address, about string) string {
	s.t.Helper()
	to, sent := s.form(s.see("/status/subscribe"), "subscribe", values("by", by, "address", address, "about", about))
	w := s.post(to, sent)
	require.Equal(s.t, http.StatusSeeOther, w.Code)
	require.NotContains(s.t, w.Header().Get("Location"), address[1:], "no address in an address")
	return s.see(w.Header().Get("Location"))
}

// question is the page behind the link of the latest question.
func (s *site) question() string {
	s.t.Helper()
	in, asked := s.last().Command.(contract.OptInInput)
	require.True(s.t, asked)
	found, err := s.Record.Subscription(s.t.Context(), in.Subscription)
	require.NoError(s.t, err)
	return "/c/" + found.Token
}

func (s *site) subscribers() (addresses []string) {
	s.t.Helper()
	all, err := s.Record.Subscribers(s.t.Context(), 1)
	require.NoError(s.t, err)
	for _, x := range all {
		addresses = append(addresses, x.Address)
	}
	return addresses
}

func TestSubscribe_outsider_getsNothingBeforeTheyConfirm(t *testing.T) {
	t.Parallel()
	s := company(t)
	require.Contains(t, s.asks("email", outsider, "service:checkout"), "a question is on its way")
	page := s.question()
	require.Empty(t, s.subscribers())
	for range 3 {
		shown := s.see(page)
		require.Contains(t, shown, "Checkout")
		require.Contains(t, shown, "about every 30 min")
		require.NotContains(t, shown, outsider)
	}
	require.Empty(t, s.subscribers(), "looking changes nothing")

	unticked := s.post(page, nil)
	require.Contains(t, s.see(unticked.Header().Get("Location")), "Please tick", "a machine presses buttons and ticks nothing")
	require.Empty(t, s.subscribers())
	require.Contains(t, s.see(s.post(page, values("human", "yes")).Header().Get("Location")), "You get updates")
	require.Equal(t, []string{outsider}, s.subscribers())
	require.Contains(t, s.see(page), "You get updates", "the link goes on saying so")
}

// Whoever asks learns nothing about an address, and strangers are not asked at all.
func TestSubscribe_saysTheSameForEveryAddress(t *testing.T) {
	t.Parallel()
	s := company(t)
	known := s.asks("email", "anna@acme.example", "")
	require.Len(t, s.Calls(), 1)
	for _, stranger := range [][2]string{{"email", "victim@elsewhere.example"}, {"sms", "+49 176 04069099"}} {
		require.Equal(t, known, s.asks(stranger[0], stranger[1], ""))
	}
	require.Len(t, s.Calls(), 1)
	require.Equal(t, known, s.asks("sms", "+49 176 04069001", ""))
	require.Len(t, s.Calls(), 2, "a phone of the plan is asked")
	require.Equal(t, known, s.asks("email", "ANNA@acme.example", ""))
	require.Len(t, s.Calls(), 2, "but not again within ten minutes")
	for _, wrong := range [][2]string{{"email", "anna"}, {"sms", "0176"}, {"chat", "#general"}, {"pigeon", "coo"}} {
		require.Contains(t, s.asks(wrong[0], wrong[1], ""), `role="alert"`, wrong)
	}
	require.Contains(t, s.asks("email", outsider, "service:nonsense"), `role="alert"`)
}

func TestConfirm_endsAfterADay(t *testing.T) {
	t.Parallel()
	s := company(t)
	s.asks("email", outsider, "")
	page := s.question()
	s.Advance(t.Context(), record.ConfirmWithin)
	w := s.get(page, "de")
	require.Equal(t, http.StatusGone, w.Code)
	require.Contains(t, w.Body.String(), "abgelaufen")
	s.post(page, values("human", "yes"))
	require.Empty(t, s.subscribers())
}

// Temporal away: nobody was asked, so the visitor hears it and may try again at once.
func TestSubscribe_nobodyAsked_mayTryAgain(t *testing.T) {
	t.Parallel()
	s := company(t)
	s.Break(http.ErrServerClosed)
	require.Contains(t, s.asks("email", outsider, ""), `role="alert"`)
	s.Break(nil)
	require.Contains(t, s.asks("email", outsider, ""), "on its way")
	require.NotEmpty(t, s.question())
}

func TestLeave_stopsAndUndoes(t *testing.T) {
	t.Parallel()
	s := company(t)
	_, err := s.Record.Join(t.Context(), record.Subscriber{Channel: "email", Address: outsider})
	require.NoError(t, err)
	token, err := s.Record.UnsubscribeToken(t.Context(), "email", outsider, 1)
	require.NoError(t, err)
	page := "/u/" + token
	press := func(do string) string {
		w := s.post(page, values("do", do))
		require.Equal(t, http.StatusSeeOther, w.Code)
		return s.see(w.Header().Get("Location"))
	}
	for range 3 {
		require.Contains(t, s.see(page), "Stop all updates")
	}
	require.Equal(t, []string{outsider}, s.subscribers(), "looking changes nothing")

	require.Contains(t, press("incident"), "No more about this incident")
	require.Empty(t, s.subscribers())
	require.Contains(t, press("incident"), "already off the list")
	require.Contains(t, press("undo"), "You get updates again")
	require.Equal(t, []string{outsider}, s.subscribers())
	require.Contains(t, press("all"), "You are off the list")
	require.Contains(t, press("all"), "already off the list", "never an error")
	require.Contains(t, press("undo"), "You get updates again")
	require.Contains(t, press("nonsense"), `role="alert"`)
	require.Equal(t, http.StatusGone, s.get("/u/0000000000000000-1", "en").Code)
}

// RFC 8058: the mail program posts by itself, without a page, a cookie or an origin.
func TestLeave_oneClick(t *testing.T) {
	t.Parallel()
	s := company(t)
	_, err := s.Record.Join(t.Context(), record.Subscriber{Channel: "email", Address: outsider})
	require.NoError(t, err)
	token, err := s.Record.UnsubscribeToken(t.Context(), "email", outsider, 1)
	require.NoError(t, err)
	for range 2 {
		w := s.post("/u/"+token, values("List-Unsubscribe", "One-Click"))
		require.Equal(t, http.StatusOK, w.Code, "it follows no redirect")
		require.Contains(t, w.Body.String(), "You are off the list")
		require.Empty(t, s.subscribers())
	}
}

// One of several readers cannot leave for all of them, whatever link turns up.
func TestLeave_sharedAddress_cannotBeLeft(t *testing.T) {
	t.Parallel()
	s := company(t)
	p := s.Plan()
	p.Audiences[0].Recipients = []plan.Recipient{{Email: "support@acme.example", Shared: true}}
	s.SetPlan(p)
	token, err := s.Record.UnsubscribeToken(t.Context(), "email", "Support@acme.example", 1)
	require.NoError(t, err)
	require.Contains(t, s.see("/u/"+token), "ask whoever looks after the list")
	w := s.post("/u/"+token, values("List-Unsubscribe", "One-Click"))
	require.Equal(t, http.StatusForbidden, w.Code)
	require.Contains(t, w.Body.String(), "ask whoever looks after the list")
	require.Contains(t, s.see(s.post("/u/"+token, values("do", "all")).Header().Get("Location")), "nobody can take it off the list alone")
	why, err := s.Record.Suppressed(t.Context(), 1, "email", []string{"support@acme.example"})
	require.NoError(t, err)
	require.Empty(t, why)
	s.asks("email", "support@acme.example", "")
	require.Empty(t, s.Calls(), "nor can one of them subscribe it")
}

// Somebody whose own page it is needs no confirmation, and ends it there as well.
func TestOwnUpdates_oneClick(t *testing.T) {
	t.Parallel()
	s := declared(t, "Checkout is down")
	page := s.link("ben")
	require.Contains(t, s.press(page, "updates", values("by", "sms")), "From now on we send you updates")
	require.Equal(t, []string{"+4917604069002"}, s.subscribers())
	all, err := s.Record.Subscribers(t.Context(), 2)
	require.NoError(t, err)
	require.Empty(t, all, "only of the incident whose page it is")
	require.Contains(t, s.press(page, "end", nil), "That is ended")
	require.Empty(t, s.subscribers())

	token, err := s.Record.Link(t.Context(), 0, "ben")
	require.NoError(t, err)
	s.press("/me/"+token, "updates", values("by", "email", "about", ""))
	mine, err := s.Record.Subscribers(t.Context(), 0)
	require.NoError(t, err)
	require.Equal(t, "ben", mine[0].Person)
	require.Equal(t, "en", mine[0].Language)
	w := s.post("/me/"+strings.ToLower(token)+"/updates", values("by", "email", "address", "victim@elsewhere.example"))
	require.Contains(t, w.Header().Get("Location"), "refused=invalid")
	other, err := s.Record.Link(t.Context(), 0, "carla")
	require.NoError(t, err)
	s.post("/me/"+other+"/end", values("subscription", mine[0].ID))
	require.Len(t, s.subscribers(), 1, "nobody ends another one's")
	require.NoError(t, s.Record.Suppress(t.Context(), "email", "ben@acme.example", record.Bounced, 0, s.Now()))
	require.Contains(t, s.see("/me/"+token), "come back", "why nothing comes is said")
}

func TestSubscribe_bounceIsLiftedAloud(t *testing.T) {
	t.Parallel()
	s := company(t)
	require.NoError(t, s.Record.Suppress(t.Context(), "email", outsider, record.Bounced, 0, s.Now()))
	s.Advance(t.Context(), time.Minute)
	s.asks("email", outsider, "")
	page := s.question()
	require.Contains(t, s.see(s.post(page, values("human", "yes")).Header().Get("Location")), "had come back before")
	require.Equal(t, []string{outsider}, s.subscribers())
}

// remote is a visitor from elsewhere, or one who claims not to be.
func (s *site) remote(path string, change func(*http.Request)) *httptest.ResponseRecorder {
	s.t.Helper()
	r := httptest.NewRequestWithContext(s.t.Context(), http.MethodGet, path, nil)
	r.Host = "status.acme.example"
	change(r)
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	return w
}

func TestStatus_signIn_closesItToStrangers(t *testing.T) {
	t.Parallel()
	s := serve(t, false)
	p := s.Plan()
	p.Status.SignIn = true
	s.SetPlan(p)
	loopback := func(r *http.Request) { r.RemoteAddr = "127.0.0.1:1234" }
	for _, path := range []string{"/status", "/status.json", "/status.atom", "/status/subscribe"} {
		for name, change := range map[string]func(*http.Request){
			"elsewhere":              func(r *http.Request) { r.RemoteAddr = "192.0.2.7:1234" },
			"behind a proxy here":    loopback,
			"claims to be localhost": func(r *http.Request) { r.RemoteAddr, r.Host = "192.0.2.7:1234", "localhost" },
			"forwarded":              func(r *http.Request) { loopback(r); r.Host = "127.0.0.1"; r.Header.Set("X-Forwarded-For", "192.0.2.7") },
		} {
			w := s.remote(path, change)
			require.Contains(t, []int{http.StatusForbidden, http.StatusUnauthorized}, w.Code, "%s %s", name, path)
		}
	}
	require.Contains(t, s.remote("/status", loopback).Body.String(), "personal link")
	require.Equal(t, http.StatusOK, s.remote("/status", func(r *http.Request) { loopback(r); r.Host = "127.0.0.1:8080" }).Code)
	token, err := s.Record.Link(t.Context(), 0, "anna")
	require.NoError(t, err)
	w := s.remote("/me/"+token+"/status", loopback)
	require.Equal(t, http.StatusOK, w.Code)
	require.Contains(t, w.Header().Get("Cache-Control"), "private")
	require.Contains(t, w.Body.String(), `href="/me/`+token+`"`, "updates are had on their own page")
	require.NotContains(t, w.Body.String(), "status.atom")
	require.Equal(t, http.StatusGone, s.remote("/me/"+url.PathEscape("x")+"/status", loopback).Code)
}
