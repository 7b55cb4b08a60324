package web_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/api/act"
	"github.com/stormbell/stormbell/api/view"
	"github.com/stormbell/stormbell/api/web"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/record"
	"github.com/stormbell/stormbell/workflows/client"
)

// addresses are all pages of the incident.
func (s *site) addresses() []string {
	s.t.Helper()
	all := []string{"/", "/i/1", "/i/1/declare", "/i/1/wall", "/status", "/status?lang=de", "/r/nonsense", "/status/subscribe", "/c/nonsense", "/u/nonsense", "/assets/page.css", "/assets/console.css"}
	for _, p := range s.Plan().People {
		all = append(all, s.link(p.ID))
	}
	return all
}

func TestGet_hundredTimes_changesNothing(t *testing.T) {
	t.Parallel()
	s := emergency(t)
	all := s.addresses()
	before := s.everything()
	for _, path := range all {
		for range 100 {
			s.get(path, "en")
		}
		r := httptest.NewRequestWithContext(t.Context(), http.MethodHead, path, nil)
		w := httptest.NewRecorder()
		s.handler.ServeHTTP(w, r)
		require.NotEqual(t, http.StatusNotFound, w.Code, "mail gateways look with HEAD")
	}
	for _, person := range s.Plan().People {
		w := s.get(s.link(person.ID)+"/accept?role=legal_officer&key=x", "en")
		require.Equal(t, http.StatusNotFound, w.Code, "an act is a POST or nothing")
	}
	require.Equal(t, before, s.everything())
}

// everything is all the record and the engine know.
func (s *site) everything() string {
	s.t.Helper()
	snapshots, err := s.Record.Snapshots(s.t.Context(), 1)
	require.NoError(s.t, err)
	entries, err := s.Record.Timeline(s.t.Context(), 1, 0, 10_000)
	require.NoError(s.t, err)
	asks, err := s.Record.AsksOf(s.t.Context(), 1)
	require.NoError(s.t, err)
	return fmt.Sprint(len(s.Calls()), snapshots, len(entries), asks)
}

func TestPages_headers(t *testing.T) {
	t.Parallel()
	s := emergency(t)
	for _, path := range s.addresses() {
		h := s.get(path, "en").Header()
		csp := h.Get("Content-Security-Policy")
		require.Contains(t, csp, "default-src 'none'")
		require.Contains(t, csp, "frame-ancestors 'none'")
		require.NotContains(t, csp, "unsafe")
		if path != "/" && !strings.HasPrefix(path, "/i/") {
			require.NotContains(t, csp, "script")
		}
		require.Equal(t, "DENY", h.Get("X-Frame-Options"))
		require.Equal(t, "nosniff", h.Get("X-Content-Type-Options"))
		require.Equal(t, "no-referrer", h.Get("Referrer-Policy"))
		require.Contains(t, h.Get("X-Robots-Tag"), "noindex")
		switch {
		case strings.HasPrefix(path, "/status") && path != "/status/subscribe":
			require.Equal(t, "max-age=15", h.Get("Cache-Control"))
			require.Contains(t, h.Get("Vary"), "Accept-Language")
		case strings.HasPrefix(path, "/assets"):
			require.Contains(t, h.Get("Cache-Control"), "immutable")
		default:
			require.Equal(t, "no-store", h.Get("Cache-Control"))
		}
	}
}

// TestPages_everyState_speakBothLanguages looks at every page at every station of an
// incident: no word is missing, no script is there, and personal pages stay small.
func TestPages_everyState_speakBothLanguages(t *testing.T) {
	t.Parallel()
	missing := regexp.MustCompile(`\[[a-z_]+\.?[a-z_ ]*\]|<no value>|%!|ZgotmplZ`)
	look := func(s *site, station string) {
		for _, path := range s.addresses() {
			for _, language := range []string{"en", "de"} {
				w := s.get(path, language)
				body := w.Body.String()
				if strings.HasPrefix(path, "/assets") {
					require.True(t, len(body) <= 5<<10 || path == "/assets/console.css", path)
					continue
				}
				require.NotRegexp(t, missing, body, "%s %s", station, path)
				if path == "/" || strings.HasPrefix(path, "/i/") {
					require.NotRegexp(t, `<script>|<script [^>]*>[^<]`, body, "the console's scripts are files")
				} else {
					require.NotContains(t, body, "<script")
				}
				require.NotContains(t, body, "style=")
				require.NotRegexp(t, ` on[a-z]+=`, body)
				require.Contains(t, body, "<html lang=")
				if strings.HasPrefix(path, "/r/") {
					require.LessOrEqual(t, len(body)+5<<10, 20<<10, "%s %s: page and style", station, path)
				} else if !strings.Contains(path, "lang=") {
					require.Contains(t, body, `<html lang="`+language+`"`, path)
				}
			}
		}
	}
	look(declared(t, "Checkout is down"), "declared")
	look(gathered(t), "gathered")
	s := emergency(t)
	look(s, "emergency")
	s.Advance(t.Context(), 45*time.Minute)
	look(s, "overdue")
	s = emergency(t)
	s.writeInternal()
	look(s, "published")
	s.Advance(t.Context(), 2*time.Hour)
	look(s, "promise broken")
	s.press(s.link("ben"), "resolve", nil)
	look(s, "resolving")
	for _, audience := range []string{"internal", "strategic", "customers"} {
		s.press("/i/1/m/"+audience+"/resolution", "skip", values("reason", "told by phone"))
	}
	look(s, "restored")
}

func TestPages_hostileTitle_isShownAndHarmless(t *testing.T) {
	t.Parallel()
	const hostile = "\u202eefas\u202c <script>alert(1)</script> \"><img src=x> {{.Key}} javascript:alert(1) \u200bend"
	s := declared(t, hostile)
	for _, path := range s.addresses() {
		if strings.HasPrefix(path, "/assets") {
			continue
		}
		body := s.get(path, "en").Body.String()
		require.NotContains(t, body, "<script>")
		require.NotContains(t, body, "<img")
		require.NotContains(t, body, "\u202e")
		require.NotContains(t, body, "\u200b")
		require.NotContains(t, body, `href="javascript`)
		if !strings.HasSuffix(path, "/nonsense") {
			require.Contains(t, body, "efas &lt;script&gt;alert(1)&lt;/script&gt;", path)
			require.Contains(t, body, "{{.Key}}", "a title is no template")
		}
	}
}

func TestLink_endedOrUnknown_getsTheSameFriendlyPage(t *testing.T) {
	t.Parallel()
	s := declared(t, "Checkout is down")
	good, other := s.link("eva"), s.link("anna")
	require.NoError(t, s.Record.RevokeLink(t.Context(), 1, "anna"))
	unknown := s.get("/r/0000000000000000", "en")
	require.Equal(t, http.StatusGone, unknown.Code)
	require.Contains(t, unknown.Body.String(), "This link has ended")
	require.Contains(t, unknown.Body.String(), "&#43;49 30 23125000", "and whom to call")
	require.Contains(t, unknown.Body.String(), "reply 1 to &#43;49 171 3920001")
	require.Contains(t, s.get("/r/x", "de-AT,en;q=0.5").Body.String(), "Diese Adresse gilt nicht mehr")
	require.Equal(t, unknown.Body.String(), s.get(other, "en").Body.String())

	require.NoError(t, s.Record.CloseIncident(t.Context(), 1, s.Now()))
	page := s.see(good)
	require.Contains(t, page, "Nichts mehr zu tun", "for a day it says how it ended")
	require.Empty(t, forms.FindString(page))
	s.Advance(t.Context(), 25*time.Hour)
	require.Equal(t, unknown.Body.String(), s.get(good, "en").Body.String())
	before := len(s.Calls())
	require.Equal(t, http.StatusGone, s.post(good+"/accept", values("role", "business_lead")).Code)
	require.Len(t, s.Calls(), before)
}

func TestPersonalLink_cannotDoWhatIsNotItsOwn(t *testing.T) {
	t.Parallel()
	s := declared(t, "Checkout is down")
	anna := s.link("anna")
	before := len(s.Calls())
	for _, c := range []struct {
		act, refused string
		with         map[string][]string
	}{
		{"page", "forbidden", values("role", "legal_officer")},
		{"assess", "forbidden", values("impact", "few")},
		{"resolve", "forbidden", nil},
		{"declare", "forbidden", nil},
		{"appoint", "forbidden", values("role", "legal_officer", "person", "anna", "as", "ben")},
		{"note", "invalid", nil},
		{"nonsense", "not_found", nil},
		{"minutes", "invalid", values("task", "x", "minutes", "many")},
		{"note", "invalid", values("key", strings.Repeat("x", 5000))},
	} {
		w := s.post(anna+"/"+c.act, c.with)
		require.Equal(t, http.StatusSeeOther, w.Code, c.act)
		require.Contains(t, w.Header().Get("Location"), "refused="+c.refused, c.act)
		require.Contains(t, s.get(w.Header().Get("Location"), "de").Body.String(), `role="alert"`)
	}
	for _, call := range s.Calls()[before:] {
		require.NotContains(t, fmt.Sprint(call.Command), "ben", "nobody acts for somebody else by a link")
	}
	page := s.get(anna+"?said=%3Cb%3E&refused=%3Cscript%3Efree+words", "de").Body.String()
	require.NotContains(t, page, "free words", "an address never speaks")
}

func TestPages_engineDown_keepsTheWordsAndOffersTheSameRequest(t *testing.T) {
	t.Parallel()
	s := declared(t, "Checkout is down")
	s.Break(client.ErrUnavailable)
	ben := s.link("ben")
	to, sent := s.form(s.see(ben), "cancel", values("reason", "it was the test"))
	w := s.post(to, sent)
	require.Equal(t, http.StatusServiceUnavailable, w.Code)
	require.Contains(t, w.Body.String(), "it was the test")
	s.Break(nil)
	to, again := s.form(w.Body.String(), "cancel", values("key", sent.Get("key")))
	require.Equal(t, sent, again, "the very same request")
	require.Equal(t, http.StatusSeeOther, s.post(to, again).Code)
	require.Equal(t, "cancel", s.last().Name)

	s.Break(client.ErrUnavailable)
	w = s.post("/i", values("title", "Another one", "key", "k"))
	require.Equal(t, http.StatusServiceUnavailable, w.Code)
	require.Contains(t, w.Body.String(), "Another one")
}

func TestConsole_closedWithoutSignIn_statusAndLinksStayOpen(t *testing.T) {
	t.Parallel()
	s := serve(t, false)
	for _, path := range []string{"/", "/i/1"} {
		w := s.get(path, "en")
		require.Equal(t, http.StatusSeeOther, w.Code)
		require.Equal(t, "/sign-in?to="+url.QueryEscape(path), w.Header().Get("Location"))
	}
	require.Contains(t, s.see("/sign-in"), "No sign-in is set up here")
	require.Equal(t, http.StatusUnauthorized, s.post("/i", values("title", "x")).Code)
	require.Equal(t, http.StatusUnauthorized, s.post("/i/1/declare", nil).Code)
	require.Equal(t, http.StatusOK, s.get("/status", "en").Code)
	require.Equal(t, http.StatusGone, s.get("/r/x", "en").Code)
	require.Empty(t, s.Calls())
}

func TestStatus_showsReleasedTextsAndTitlesOfOpenIncidentsOnly(t *testing.T) {
	t.Parallel()
	s := open(t)
	calm := s.see("/status")
	require.Contains(t, calm, "No business incident")
	require.Contains(t, calm, "%232e7d32", "a calm icon")

	s.press("/", "i", values("title", "Search is slow", "visibility", "side_product", "impact", "few"))
	minor := s.see("/status")
	require.Contains(t, minor, "No business incident")
	require.Contains(t, minor, "Search is slow")

	s = emergency(t)
	require.Contains(t, s.see("/status"), "The first message is being written")
	require.NotContains(t, s.see("/status"), "Payments fail", "a draft is nobody else's")
	s.writeInternal()
	page := s.see("/status")
	require.Contains(t, page, "<title>▲ 1 incident – ACME status</title>")
	require.Contains(t, page, "%23c62828", "an alarmed icon")
	require.Contains(t, page, "Next message by 04:32 (in 30 min)")
	require.Contains(t, page, `aria-current="step"`)
	german := s.get("/status", "de").Body.String()
	require.Contains(t, german, "Nächste Meldung bis 04:32")
	require.Contains(t, german, "About Checkout is down in investigation: Payments fail.", "the German text")
	require.Contains(t, s.get("/status?lang=en", "de").Body.String(), "version 2", "the switch wins")
	s.Advance(t.Context(), time.Hour)
	require.NoError(t, s.Record.Publish(t.Context(), record.Publication{
		ID: "late", Incident: 1, Audience: "internal", At: s.Now(), NextUpdate: s.Now().Add(-time.Second), Texts: map[string]record.Text{"en": {Subject: "To internal, en, late"}},
	}))
	require.Contains(t, s.see("/status"), "It is late, and being written")

	require.NoError(t, s.Record.CloseIncident(t.Context(), 1, s.Now()))
	over := s.see("/status")
	require.Contains(t, over, "No business incident")
	require.Contains(t, over, "(1 h 0 min)")
	require.NotContains(t, over, "Checkout is down", "the title of a closed incident")
	require.Contains(t, over, "To internal, en", "but what was released about it")
}

func TestStatus_paragraphsOfPlainText(t *testing.T) {
	t.Parallel()
	s := declared(t, "Checkout is down")
	require.NoError(t, s.Record.Publish(t.Context(), record.Publication{
		ID: "p", Incident: 1, Phase: "investigation", Audience: "internal", At: s.Now(),
		Texts: map[string]record.Text{"fr": {Subject: "Panne", Body: "un\ndeux\n\n<b>trois</b>"}},
	}))
	require.Contains(t, s.see("/status"), `<div class="text" lang="fr"><p><strong>Panne</strong></p><p>un<br>deux</p><p>&lt;b&gt;trois&lt;/b&gt;</p></div>`)
}

func TestPersonalPage_callButtonAndLinks(t *testing.T) {
	t.Parallel()
	s := declared(t, "Checkout is down")
	page := s.see(s.link("eva"))
	require.Contains(t, page, `href="tel:&#43;493023125001,,4711"`)
	p := s.Plan()
	p.Company.Conference, p.Company.Chat = "", "javascript:alert(1)"
	s.SetPlan(p)
	page = s.see(s.link("eva"))
	require.NotContains(t, page, "4711")
	require.NotContains(t, page, "javascript")
}

func TestNew_needsItsParts(t *testing.T) {
	t.Parallel()
	_, err := web.New(web.Config{Views: &view.Views{}, Desk: &act.Desk{}, Plan: func() plan.Plan { return plan.Plan{} }})
	require.Error(t, err)
}
