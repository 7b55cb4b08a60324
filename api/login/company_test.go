package login_test

import (
	"crypto/rand"
	"crypto/rsa"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/api/login"
	"github.com/stormbell/stormbell/domain/plan"
)

const (
	plainly  = "http://127.0.0.1:8080"
	securely = "https://i.acme.example"
)

func TestCompany_personOfThePlan_signsInAndOut(t *testing.T) {
	t.Parallel()
	s := serve(t, securely)
	require.Equal(t, "/sign-in?to=%2Fi%2F1", s.goes(s.visit("/i/1", nil)), "a page asks for a sign-in and remembers where it was")
	page := s.see("/sign-in?to=%2Fi%2F1")
	require.Contains(t, page, `href="/sign-in/company?to=%2Fi%2F1"`)
	require.NotContains(t, page, "masthead\">", "nobody is nobody yet")

	s.is("BEN@acme.example", "managers", "others")
	require.Equal(t, "/setup", s.signIn("/setup"))
	require.Equal(t, "stormbell", s.issuer.asked.Get("client_id"))
	require.Equal(t, securely+login.ReturnPath, s.issuer.asked.Get("redirect_uri"))
	require.Equal(t, "openid profile email groups", s.issuer.asked.Get("scope"))
	cookie := s.cookies["__Host-stormbell"]
	require.NotNil(t, cookie)
	require.True(t, cookie.Secure && cookie.HttpOnly)
	require.Equal(t, http.SameSiteLaxMode, cookie.SameSite)
	require.Equal(t, "/", cookie.Path)
	require.Empty(t, cookie.Domain)
	require.Len(t, s.cookies, 1, "the way out is forgotten")

	page = s.see("/")
	require.Contains(t, page, "Ben Ortiz", "as the plan calls them, not as the login does")
	require.Contains(t, page, `action="/sign-out"`)
	require.NotContains(t, page, `action="/as"`)
	require.NotContains(t, s.log.String(), "ben@")

	token := cookie.Value
	require.Equal(t, "/sign-out", s.goes(s.visit("/sign-out", url.Values{})))
	require.Contains(t, s.see("/sign-out"), "You are signed out")
	require.Empty(t, s.cookies)
	s.cookies[cookie.Name] = &http.Cookie{Name: cookie.Name, Value: token}
	require.Contains(t, s.goes(s.visit("/", nil)), "/sign-in", "a kept cookie is worth nothing")
}

// Who signs in anew gets a new token; the old one ends with it, wherever it came from.
func TestCompany_signingIn_renewsTheToken(t *testing.T) {
	t.Parallel()
	s := serve(t, plainly)
	s.is("ben@acme.example")
	s.cookies["stormbell"] = &http.Cookie{Name: "stormbell", Value: "planted-by-somebody"}
	s.signIn("/")
	first := s.cookies["stormbell"].Value
	require.NotEqual(t, "planted-by-somebody", first)
	require.False(t, s.cookies["stormbell"].Secure, "without https there would be no cookie at all")
	s.signIn("/")
	require.NotEqual(t, first, s.cookies["stormbell"].Value)
	s.cookies["stormbell"].Value = first
	require.Contains(t, s.goes(s.visit("/", nil)), "/sign-in")
}

func TestCompany_whatDoesNotHold_signsNobodyIn(t *testing.T) {
	t.Parallel()
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	claim := func(name string, value any) func(*site) {
		return func(s *site) { s.issuer.spoil = func(c map[string]any) { c[name] = value } }
	}
	for name, c := range map[string]struct {
		spoil func(*site)
		way   func(string) string // what becomes of the address that leads back
		code  string
	}{
		"another nonce":        {claim("nonce", "another"), nil, "untrusted"},
		"no nonce":             {claim("nonce", nil), nil, "untrusted"},
		"for another client":   {claim("aud", "somebody-else"), nil, "untrusted"},
		"of another issuer":    {claim("iss", "https://evil.example"), nil, "untrusted"},
		"expired":              {func(s *site) { claim("exp", s.Now().Add(-time.Second).Unix())(s) }, nil, "untrusted"},
		"not valid yet":        {func(s *site) { claim("nbf", s.Now().Add(time.Hour).Unix())(s) }, nil, "untrusted"},
		"signed by a stranger": {func(s *site) { s.issuer.signer = other }, nil, "untrusted"},
		"another code":         {nil, func(back string) string { return strings.Replace(back, "the-code", "guessed", 1) }, "untrusted"},
		"another state":        {nil, func(back string) string { return strings.Replace(back, "state=", "state=X", 1) }, "lost"},
		"no state":             {nil, func(back string) string { return strings.Replace(back, "state=", "x=", 1) }, "lost"},
		"in another browser":   {func(s *site) { s.issuer.spoil = nil }, func(back string) string { return "!" + back }, "lost"},
		"refused there":        {nil, func(back string) string { return back + "&error=access_denied" }, "denied"},
		"too late":             {nil, func(back string) string { return "+" + back }, "lost"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, plainly)
			s.is("ben@acme.example", "admins")
			back := s.issuer.authorize(s.goes(s.visit(login.CompanyPath, nil)))
			if c.spoil != nil {
				c.spoil(s)
			}
			if c.way != nil {
				back = c.way(back)
			}
			switch back[0] {
			case '!':
				clear(s.cookies)
			case '+':
				s.Advance(t.Context(), 11*time.Minute)
			}
			to := s.goes(s.visit(strings.TrimLeft(back, "!+"), nil))
			require.Equal(t, "/sign-in?refused="+c.code+"&to=%2F", to)
			require.Empty(t, s.cookies)
			require.Contains(t, s.see(to), `role="alert"`)
			require.NotContains(t, s.see(to), "[signin", "there are words for it")
			require.Contains(t, s.goes(s.visit("/", nil)), "/sign-in")
		})
	}
}

// A code is redeemed once: the address that led back is worth nothing afterwards.
func TestCompany_returnTwice_isLost(t *testing.T) {
	t.Parallel()
	s := serve(t, plainly)
	s.is("ben@acme.example")
	back := s.issuer.authorize(s.goes(s.visit(login.CompanyPath, nil)))
	require.Equal(t, "/", s.goes(s.visit(back, nil)))
	require.Contains(t, s.goes(s.visit(back, nil)), "refused=lost")
}

func TestCompany_whoIsNotOnThePlan_isAGuestWithTheRightsOfTheirGroups(t *testing.T) {
	t.Parallel()
	for name, says := range map[string]map[string]any{
		"stranger":              {"email": "gina@acme.example", "email_verified": true, "name": "Gina", "groups": []string{"managers"}},
		"address not confirmed": {"email": "ben@acme.example", "email_verified": false, "name": "Gina", "groups": []string{"managers"}},
		"address of nobody":     {"name": "Gina", "groups": "managers"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, plainly)
			s.issuer.says, s.issuer.page = says, map[string]any{"sub": "42"}
			s.signIn("/")
			page := s.see("/")
			require.Contains(t, page, "Gina")
			require.NotContains(t, page, "Ben Ortiz")
			w := s.visit("/i", url.Values{"title": {"Checkout is down"}, "key": {"k"}})
			require.Contains(t, s.goes(w), "/i/1", "the right to declare opens an incident")
			entries, err := s.Record.Timeline(t.Context(), 1, 0, 10)
			require.NoError(t, err)
			require.Regexp(t, `^guest-[0-9a-f]{10}$`, entries[0].Actor, "the record names them without saying who it is")
			guests, err := s.Record.Guests(t.Context())
			require.NoError(t, err)
			require.Equal(t, "Gina", guests[0].Name)
			require.Equal(t, entries[0].Actor, guests[0].ID)
		})
	}
}

// What a token leaves out is on the page about the user, if that is about the same one.
func TestCompany_claimsOnTheUsersPage(t *testing.T) {
	t.Parallel()
	s := serve(t, plainly)
	s.issuer.page = map[string]any{"sub": "42", "email": "ben@acme.example", "email_verified": "true", "groups": []string{"admins"}}
	s.signIn("/")
	require.Contains(t, s.see("/"), "Ben Ortiz")
	require.Equal(t, http.StatusOK, s.visit("/api/v1/subscriptions", nil).Code, "the groups are there, too")
	s.issuer.page["sub"] = "43"
	require.Contains(t, s.signIn("/"), "refused=untrusted")
}

func TestCompany_withoutTheRightToRead_saysWhoCanHelp(t *testing.T) {
	t.Parallel()
	s := serve(t, plainly, func(p *plan.Plan) {
		p.Login.Rights["read"] = []string{"staff"}
		p.Company.Owners = []string{"carla"}
		p.Status.SignIn = true
	})
	require.Equal(t, http.StatusForbidden, s.visit("/status", nil, "X-Forwarded-For: 10.0.0.1").Code)
	s.is("gina@acme.example", "others")
	s.signIn("/")
	w := s.visit("/", nil)
	require.Equal(t, http.StatusForbidden, w.Code)
	require.Contains(t, w.Body.String(), "carla@acme.example")
	require.NotContains(t, w.Body.String(), "[")
	require.Equal(t, http.StatusForbidden, s.visit("/api/v1/incidents", nil).Code)
	require.Equal(t, http.StatusOK, s.visit("/status", nil, "X-Forwarded-For: 10.0.0.1").Code, "the status page is every colleague's")
}

// A login that is down holds up neither the start nor for long whoever comes; once it is back it works.
func TestCompany_down_offersTheGlass(t *testing.T) {
	t.Parallel()
	s := serve(t, plainly)
	s.issuer.down = true
	to := s.goes(s.visit(login.CompanyPath+"?to=/i/1", nil))
	require.Equal(t, "/sign-in?refused=unreachable&to=%2Fi%2F1", to)
	require.Contains(t, s.see(to), "<details open>")
}

func TestStepUp_wantsAProofOfNow(t *testing.T) {
	t.Parallel()
	s := serve(t, plainly)
	s.is("ben@acme.example")
	again := func(proved any) string {
		out := s.goes(s.visit(login.StepUp("/setup"), nil))
		back := s.issuer.authorize(out)
		require.Equal(t, "login", s.issuer.asked.Get("prompt"))
		require.Equal(t, "0", s.issuer.asked.Get("max_age"))
		s.issuer.says["auth_time"] = proved
		return s.goes(s.visit(back, nil))
	}
	require.Contains(t, again(nil), "refused=untrusted", "a login that does not say when it asked did not ask")
	require.Contains(t, again(s.Now().Add(-time.Hour).Unix()), "refused=untrusted")
	require.Equal(t, "/setup", again(s.Now().Unix()))
}

func TestLocal_leadsNowhereElse(t *testing.T) {
	t.Parallel()
	for _, good := range []string{"/", "/i/7", "/i/7?edit=1#x"} {
		require.Equal(t, good, login.Local(good))
	}
	for _, bad := range []string{"", "https://evil.example", "//evil.example", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)", "/\t/evil", "i/7", "/sign-in", "/sign-out"} {
		require.Equal(t, "/", login.Local(bad), bad)
	}
}
