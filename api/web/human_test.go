package web_test

import (
	"html"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/api/view"
)

// mailLink is the address of a person's page as their mails have it.
func (s *site) mailLink(person string) string {
	s.t.Helper()
	token, err := s.Record.MailLink(s.t.Context(), 1, person)
	require.NoError(s.t, err)
	return "/r/" + token
}

var hrefs = regexp.MustCompile(` href="(/[^"]*)"`)

// scan does what the worst of mail gateways do: it opens a link and everything the page links
// to, and sends every form as it comes, once without a button and once with each.
func (s *site) scan(path string) (pressed int) {
	s.t.Helper()
	for _, method := range []string{http.MethodHead, http.MethodOptions, http.MethodPost} {
		r := httptest.NewRequestWithContext(s.t.Context(), method, path, nil)
		s.handler.ServeHTTP(httptest.NewRecorder(), r)
	}
	page := s.see(path)
	for _, link := range hrefs.FindAllStringSubmatch(page, -1) {
		s.get(html.UnescapeString(link[1]), "en")
	}
	for _, f := range forms.FindAllStringSubmatch(page, -1) {
		to, sent := html.UnescapeString(f[1]), fields(f[2])
		s.refuses(to, sent)
		for _, button := range buttons.FindAllString(f[2], -1) {
			a, with := attributes(button), maps.Clone(sent)
			if a["name"] != "" {
				with.Set(a["name"], a["value"])
			}
			if a["formaction"] != "" {
				s.refuses(a["formaction"], with)
			}
			s.refuses(to, with)
			pressed++
		}
	}
	return pressed
}

// refuses sends a form; the page that comes back asks who pressed, and its forms are sent too.
func (s *site) refuses(to string, sent url.Values) {
	s.t.Helper()
	w := s.post(to, sent)
	require.Equal(s.t, http.StatusUnprocessableEntity, w.Code, "%s %v", to, sent)
	require.Empty(s.t, w.Header().Values("Set-Cookie"))
	page := w.Body.String()
	require.Contains(s.t, page, `role="alert"`)
	again := forms.FindStringSubmatch(page)
	require.Equal(s.t, to, html.UnescapeString(again[1]), "the same once more is the first form")
	require.Contains(s.t, again[2], `type="checkbox" name="human" value="yes" required`)
	require.Equal(s.t, http.StatusUnprocessableEntity, s.post(to, fields(again[2])).Code)
}

// Scanners that also post (frontier.md, activepieces #14024; experience.md §0.5): whatever a machine
// does with the links of mails, nothing happens.
func TestMailLink_scannerPressesEverything_nothingChanges(t *testing.T) {
	t.Parallel()
	stations := map[string]func(*testing.T) *site{
		"declared":  func(t *testing.T) *site { return declared(t, "Checkout is down") },
		"gathered":  gathered,
		"emergency": emergency,
		"overdue": func(t *testing.T) *site {
			s := emergency(t)
			s.Advance(t.Context(), 45*time.Minute)
			return s
		},
		"published": func(t *testing.T) *site {
			s := emergency(t)
			s.writeInternal()
			return s
		},
	}
	for station, reach := range stations {
		t.Run(station, func(t *testing.T) {
			t.Parallel()
			s := reach(t)
			var links []string
			for _, p := range s.Plan().People {
				links = append(links, s.mailLink(p.ID))
			}
			before, pressed := s.everything(), 0
			for _, link := range links {
				pressed += s.scan(link)
			}
			require.Greater(t, pressed, 5, "there was something to press")
			require.Equal(t, before, s.everything())
		})
	}
}

// A person says once who they are, and from then on one press is enough; a text needs none of it.
func TestMailLink_personTicks_thenActs(t *testing.T) {
	t.Parallel()
	s := declared(t, "Checkout is down")
	roles := s.roles()
	asked := roles[slices.IndexFunc(roles, func(r view.Role) bool { return len(r.Asked) > 0 })]
	person := asked.Asked[0].Person
	name, _ := s.Plan().Person(person)
	link, tick := s.mailLink(person), `<input type="checkbox" name="human" value="yes" required>`
	page := s.see(link)
	require.Equal(t, strings.Count(page, "<form "), strings.Count(page, tick+map[string]string{"en": " I am ", "de": " Ich bin "}[name.Language]+name.Name), "in every form, and never ticked")
	require.NotContains(t, page, "checked")
	require.NotContains(t, s.see(s.link(person)), `name="human"`)

	to, sent := s.form(page, "accept", values("role", asked.Role))
	calls := len(s.Calls())
	require.Equal(t, http.StatusUnprocessableEntity, s.post(to, sent).Code)
	require.Len(t, s.Calls(), calls)
	sent.Set("human", "yes")
	w := s.post(to, sent)
	require.Equal(t, http.StatusSeeOther, w.Code)
	require.Equal(t, person, s.holder(asked.Role))

	cookies := w.Result().Cookies()
	require.Len(t, cookies, 1)
	require.True(t, cookies[0].HttpOnly)
	require.Equal(t, link, cookies[0].Path, "for this page alone")
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, link, nil)
	r.AddCookie(cookies[0])
	shown := httptest.NewRecorder()
	s.handler.ServeHTTP(shown, r)
	require.NotContains(t, shown.Body.String(), `name="human"`)
	to, sent = s.form(shown.Body.String(), "handback", values("role", asked.Role))
	r = httptest.NewRequestWithContext(t.Context(), http.MethodPost, to, strings.NewReader(sent.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.AddCookie(cookies[0])
	done := httptest.NewRecorder()
	s.handler.ServeHTTP(done, r)
	require.Equal(t, http.StatusSeeOther, done.Code)
	require.NotContains(t, done.Header().Get("Location"), "refused")
}

// What somebody wrote is not lost when they forgot to tick, and is hidden in the form to send again.
func TestMailLink_forgottenTick_keepsTheWords(t *testing.T) {
	t.Parallel()
	s := emergency(t)
	person := s.holder("marketing_officer")
	to, sent := s.form(s.see(s.mailLink(person)), "blocked", values("reason", "second <factor>"))
	w := s.post(to, sent)
	require.Equal(t, http.StatusUnprocessableEntity, w.Code)
	require.Contains(t, w.Body.String(), "<pre>second &lt;factor&gt;</pre>")
	again := forms.FindStringSubmatch(w.Body.String())
	repeat := fields(again[2])
	require.Equal(t, sent, repeat)
	repeat.Set("human", "yes")
	require.Equal(t, http.StatusSeeOther, s.post(to, repeat).Code)
}

// The address that mails are answered to stands in every answer. It opens nothing.
func TestReplyToken_isNoLink(t *testing.T) {
	t.Parallel()
	s := declared(t, "Checkout is down")
	token, err := s.Record.ReplyToken(t.Context(), 1, "anna")
	require.NoError(t, err)
	ended := s.get("/r/nonsense", "en")
	shown := s.get("/r/"+token, "en")
	require.Equal(t, http.StatusGone, shown.Code)
	require.Equal(t, ended.Body.String(), shown.Body.String())
	require.Equal(t, http.StatusGone, s.post("/r/"+token+"/note", values("text", "x", "human", "yes")).Code)
}
