package setup_test

import (
	"html"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/api/apitest"
	"github.com/stormbell/stormbell/api/intake"
	"github.com/stormbell/stormbell/api/view"
	"github.com/stormbell/stormbell/api/web/setup"
	"github.com/stormbell/stormbell/api/web/sheet"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/planfile"
	"github.com/stormbell/stormbell/internal/record"
)

// site is the pages for setting up beside the addresses that take alerts, over a record in memory.
type site struct {
	*apitest.Engine
	t       *testing.T
	handler http.Handler
}

func open(t *testing.T) *site {
	t.Helper()
	gin.SetMode(gin.ReleaseMode)
	engine, err := apitest.New(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, engine.Record.Close()) })
	views := view.New(view.Config{
		Record: engine.Record, Plan: engine.Plan, Now: engine.Now,
		Check: func() []planfile.Problem {
			return []planfile.Problem{{Line: 31, Column: 5, Path: "roles.legal", Severity: planfile.Warning, Message: "nobody is primary <soon>"}}
		},
	})
	press, err := sheet.New(sheet.Config{Plan: engine.Plan, Now: engine.Now})
	require.NoError(t, err)
	pages, err := setup.New(setup.Config{Press: press, Views: views})
	require.NoError(t, err)
	router := gin.New()
	pages.Register(router)
	intake.Register(router, intake.Config{Inbox: engine.Record, Plan: engine.Plan, Open: true, Heard: engine.Record.Hear})
	return &site{engine, t, router}
}

func (s *site) see(path, language string) string {
	s.t.Helper()
	r := httptest.NewRequestWithContext(s.t.Context(), http.MethodGet, path, nil)
	r.Header.Set("Accept-Language", language)
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	require.Equal(s.t, http.StatusOK, w.Code, w.Body.String())
	require.NotRegexp(s.t, `\[[a-z]+[_.][a-z_.]+\]`, w.Body.String(), "a word is missing")
	require.NotContains(s.t, w.Body.String(), "<soon>")
	return html.UnescapeString(w.Body.String())
}

// run does what a command of the page says, as a shell would.
func (s *site) run(command string) int {
	s.t.Helper()
	words := split(s.t, command)
	require.Equal(s.t, []string{"curl", "-X", "POST"}, words[:3])
	to := words[3][strings.Index(words[3], "8080")+len("8080"):]
	var body string
	r := httptest.NewRequestWithContext(s.t.Context(), http.MethodPost, to, nil)
	for i := 4; i < len(words); i += 2 {
		switch words[i] {
		case "-H":
			name, value, _ := strings.Cut(words[i+1], ": ")
			r.Header.Set(name, value)
		case "-d":
			body = words[i+1]
		}
	}
	sent := httptest.NewRequestWithContext(s.t.Context(), http.MethodPost, to, strings.NewReader(body))
	sent.Header = r.Header
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, sent)
	return w.Code
}

// split takes a command apart at blanks outside of quotation marks.
func split(t *testing.T, command string) []string {
	t.Helper()
	var words []string
	word, quote := "", rune(0)
	for _, r := range strings.ReplaceAll(command, "\\\n", " ") + " " {
		switch {
		case quote == 0 && (r == '\'' || r == '"'):
			quote = r
		case r == quote:
			quote = 0
		case quote == 0 && (r == ' ' || r == '\n'):
			if word != "" {
				words = append(words, word)
			}
			word = ""
		default:
			word += string(r)
		}
	}
	require.Zero(t, quote, "an open quotation mark in %s", command)
	return words
}

// tries are the commands of the page by trigger.
func tries(t *testing.T, page string) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, section := range strings.Split(page, `id="source-`)[1:] {
		name, _, _ := strings.Cut(section, `"`)
		blocks := strings.Split(section, `<pre class="paste" tabindex="0">`)
		require.Len(t, blocks, 3, name)
		found[name], _, _ = strings.Cut(blocks[2], "</pre>")
	}
	return found
}

// "Waiting for the first signal … received 2 s ago": every block that says it opens no incident
// opens none, and is seen to arrive.
func TestConnect_harmlessSignalsArriveAndOpenNothing(t *testing.T) {
	t.Parallel()
	s := open(t)
	page := s.see("/connect?watch=1", "en")
	require.Equal(t, len(s.Plan().Triggers), strings.Count(page, "Waiting for the first signal"))
	require.Contains(t, page, `content="5;url=/connect?watch=1"`)
	require.NotContains(t, s.see("/connect", "en"), "http-equiv")
	tried := 0
	for name, command := range tries(t, page) {
		if strings.Contains(command, "@alarm.json") {
			require.Contains(t, page, "this is a real alarm")
			continue
		}
		require.Equal(t, http.StatusAccepted, s.run(command), "%s: %s", name, command)
		tried++
	}
	require.GreaterOrEqual(t, tried, 5)
	all, err := s.Record.Incidents(t.Context(), record.Filter{})
	require.NoError(t, err)
	require.Empty(t, all)
	s.Advance(t.Context(), 2*time.Second)
	page = s.see("/connect", "en")
	require.Equal(t, tried, strings.Count(page, "Received 2 s ago"))
	require.Equal(t, tried, strings.Count(s.see("/connect", "de"), "Empfangen vor 2 s"))
	s.Advance(t.Context(), 3*time.Minute)
	require.Contains(t, s.see("/connect", "en"), "(3 min ago)")
}

// A page says where the secret comes from, and never what it is.
func TestConnect_showsNoSecret(t *testing.T) {
	t.Parallel()
	s := open(t)
	p := s.Plan()
	for i := range p.Triggers {
		p.Triggers[i].Key = plan.Secret("hunter2-hunter2-hunter2-" + p.Triggers[i].Name)
	}
	s.SetPlan(p)
	require.NoError(t, s.Record.PutPlan(t.Context(), p.Hash, []byte(`triggers: {alertmanager: {type: alertmanager, token: "${AM_TOKEN}"}, pagerduty: {token: "${PD_SECRET}"}, grafana: {token: "file:/run/secrets/grafana"}}`)))
	page := s.see("/connect", "en")
	require.NotContains(t, page, "hunter2")
	require.Contains(t, page, "credentials: ${AM_TOKEN}")
	require.Contains(t, page, `-H "Authorization: Bearer ${AM_TOKEN}"`)
	require.Contains(t, page, `-hmac "${PD_SECRET}"`)
	require.Contains(t, page, "authorization_credentials: YOUR_KEY")
	require.Contains(t, page, "routing_key: YOUR_KEY")
	require.Contains(t, page, "Where it says ${AM_TOKEN}, put the secret")
}

func TestSetup_saysWhatIsMissing(t *testing.T) {
	t.Parallel()
	s := open(t)
	page := s.see("/setup", "en")
	for _, words := range []string{
		"Not ready for a real night", "2 of 9 settled", "0 of 6 people", "The phone lab stands in", "none of 6 triggers heard",
		"<strong>31:5</strong> roles.legal: nobody is primary <soon>", "Invite them", "none yet",
	} {
		require.Contains(t, page, words)
	}
	require.Contains(t, s.see("/setup", "de"), "Noch nicht bereit für eine echte Nacht")
}
