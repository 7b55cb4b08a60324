package report_test

import (
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/api/act"
	"github.com/stormbell/stormbell/api/apitest"
	"github.com/stormbell/stormbell/api/view"
	"github.com/stormbell/stormbell/api/view/report"
	"github.com/stormbell/stormbell/api/view/report/reporttest"
	web "github.com/stormbell/stormbell/api/web/report"
	"github.com/stormbell/stormbell/api/web/sheet"
	"github.com/stormbell/stormbell/domain/actor"
	"github.com/stormbell/stormbell/domain/business"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/planfile"
)

var update = flag.Bool("update", false, "write the golden pictures")

// drawn is the page of a report, whatever it is of.
func drawn(t testing.TB, in report.Input, lang string, names bool) string {
	t.Helper()
	press, err := sheet.New(sheet.Config{Plan: func() plan.Plan { return in.Plan }, Now: func() time.Time { return in.Now }})
	require.NoError(t, err)
	r := report.Make(in)
	if !names {
		r = report.WithoutNames(r)
	}
	page, err := web.Render(press, lang, r)
	require.NoError(t, err)
	require.NotContains(t, page, "[report", "every word is there")
	require.NotRegexp(t, `\[[a-z_]+\.[a-z_.]*\]`, page)
	require.NotContains(t, page, "&lt;no value&gt;")
	return page
}

var builtIn = sync.OnceValues(func() (plan.Plan, error) {
	return planfile.Parse("built-in plan", planfile.Example(), planfile.Options{Lenient: true})
})

func night(t testing.TB) report.Input {
	t.Helper()
	p, err := builtIn()
	require.NoError(t, err)
	return reporttest.Night(p)
}

var (
	parts    = regexp.MustCompile(`(?s)<section class="part"><h2 id="([a-z_]+)">(.*?)</section>`)
	readings = regexp.MustCompile(`<p class="reading">(.+?)</p>`)
	pictures = regexp.MustCompile(`(?s)<div class="(?:wide|narrow)"[^>]*>(<svg.*?</svg>)</div>`)
)

func TestReport_everyPictureHasASentenceAndATable(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"en", "de"} {
		page := drawn(t, night(t), lang, true)
		require.Contains(t, page, `<html lang="`+lang+`">`)
		require.Equal(t, 1, strings.Count(page, "<h1>"))
		found := parts.FindAllStringSubmatch(page, -1)
		require.Len(t, found, 8, lang)
		for _, part := range found {
			require.Regexp(t, readings, part[2], part[1])
			require.Len(t, pictures.FindAllString(part[2], -1), 2, "%s: for paper and for a phone", part[1])
			require.Contains(t, part[2], "<table>", part[1])
			require.Contains(t, part[2], `scope="col"`, part[1])
		}
		for _, svg := range pictures.FindAllStringSubmatch(page, -1) {
			wellFormed(t, svg[1])
		}
	}
}

func wellFormed(t testing.TB, svg string) {
	t.Helper()
	for r := xml.NewDecoder(strings.NewReader(svg)); ; {
		if _, err := r.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			require.NoError(t, err, svg)
		}
	}
}

func TestReport_readsItsPictures(t *testing.T) {
	t.Parallel()
	for lang, want := range map[string][]string{
		"en": {
			"In 1 h 40 min, 4 phases and 9 roles; 4 messages went out.",
			"15 of 22 sends to recipients are proven to have arrived; 2 were lost, mostly: has asked for no more.",
			"Legal needed the second backup, 17 min.",
			"2 of 3 promised updates came in time (66 %), 1 by the text agreed on beforehand.",
			"Texts waited longest for the draft: 29 min of 1 h 4 min.",
			"“Stop all outbound campaigns” ran over most: 8 min longer than said.",
			"that was done 3 min later.",
			"Anna Vogel held 3 roles at once.",
			"told by phone", "the release of 02:40 is suspected", "the number or address does not work", "Stop scheduled posts on every channel",
		},
		"de": {
			"In 1 Std. 40 Min.: 4 Phasen und 9 Rollen; 4 Meldungen gingen hinaus.",
			"„Recht“ brauchte die zweite Vertretung (17 Min.).",
			"2 von 3 zugesagten Meldungen kamen rechtzeitig (66 %), 1 durch den vorab vereinbarten Text.",
			"Am längsten warteten Texte auf den Entwurf (29 Min. von 1 Std. 4 Min.).",
			"das geschah 3 Min. später.",
			"Anna Vogel: bis zu 3 Rollen zugleich.",
		},
	} {
		page := html.UnescapeString(drawn(t, night(t), lang, true))
		for _, words := range want {
			if !strings.Contains(page, words) { // the whole page would say nothing
				t.Errorf("%s: %s", lang, words)
			}
		}
	}
}

func TestReport_withoutNames(t *testing.T) {
	t.Parallel()
	in := night(t)
	page := drawn(t, in, "en", false)
	for _, p := range in.Plan.People {
		require.NotContains(t, page, p.Name)
	}
	require.Contains(t, page, "Business Lead led the business")
	require.Contains(t, page, `href="/i/7/report"`, "the way back to names")
	require.Contains(t, drawn(t, in, "en", true), `href="/i/7/report?names=off"`)
}

// The pictures of the night, to look at and to see every change of.
func TestReport_goldenPictures(t *testing.T) {
	t.Parallel()
	page := drawn(t, night(t), "en", true)
	found := pictures.FindAllStringSubmatch(page, -1)
	require.Len(t, found, 16)
	for _, svg := range found {
		name := regexp.MustCompile(`id="pic-([a-z_]+-[wn])-t"`).FindStringSubmatch(svg[1])[1]
		file := filepath.Join("testdata", name+".svg")
		if *update {
			require.NoError(t, os.WriteFile(file, []byte(svg[1]+"\n"), 0o600))
		}
		want, err := os.ReadFile(file)
		require.NoError(t, err)
		require.Equal(t, string(want), svg[1]+"\n", "look at it, then: go test ./api/web/report -update")
	}
}

// Whatever stands in the record, the page is drawn, and nothing of it becomes markup.
func FuzzReport_words(f *testing.F) {
	for _, words := range []string{"Checkout is down", `"><script>alert(1)</script>`, "]]>\x00\xff", "{{.}} ${x}", strings.Repeat("W", 3000), "日本語 😀"} {
		f.Add(words)
	}
	f.Fuzz(func(t *testing.T, words string) {
		in := night(t)
		in.Incident.Title = words
		in.Plan.People, in.Plan.Roles = slices.Clone(in.Plan.People), slices.Clone(in.Plan.Roles)
		for i := range in.Plan.People {
			in.Plan.People[i].Name = words
		}
		for i := range in.Plan.Roles {
			in.Plan.Roles[i].Title = map[string]string{"en": words}
		}
		for i := range in.Timeline {
			in.Timeline[i].Text = words
			for _, name := range []string{"reason", "note"} {
				if in.Timeline[i].Data[name] != "" {
					in.Timeline[i].Data[name] = words
				}
			}
		}
		press, err := sheet.New(sheet.Config{Plan: func() plan.Plan { return in.Plan }, Now: func() time.Time { return in.Now }})
		require.NoError(t, err)
		page, err := web.Render(press, "en", report.Make(in))
		require.NoError(t, err)
		require.NotContains(t, page, "<script")
		for _, svg := range pictures.FindAllStringSubmatch(page, -1) {
			wellFormed(t, svg[1])
		}
	})
}

// The page through its own address, while the incident goes on and before anything happened.
func TestReport_soFar(t *testing.T) {
	t.Parallel()
	engine, err := apitest.New(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, engine.Record.Close()) })
	views := view.New(view.Config{Record: engine.Record, Plan: engine.Plan, Now: engine.Now})
	desk := act.New(act.Config{Record: engine.Record, Commands: engine, Views: views, Patience: 50 * time.Millisecond})
	press, err := sheet.New(sheet.Config{Plan: engine.Plan, Now: engine.Now, Open: true})
	require.NoError(t, err)
	pages, err := web.New(web.Config{Views: views, Press: press})
	require.NoError(t, err)
	gin.SetMode(gin.ReleaseMode)
	router := gin.New()
	pages.Register(router)
	get := func(path string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		router.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
		return w
	}
	require.Equal(t, http.StatusNotFound, get("/i/1/report").Code)

	who := act.Act{Incident: 1, Who: act.Who{StandIn: true, Via: actor.API}}
	_, _, err = desk.Open(t.Context(), who, act.Opening{Title: `<b>"Checkout" & more</b>`, Drill: true})
	require.NoError(t, err)
	early := get("/i/1/report")
	require.Equal(t, http.StatusOK, early.Code, early.Body)
	require.Contains(t, early.Body.String(), "so far")
	require.Contains(t, early.Body.String(), "Nothing of this has happened yet.")
	require.Contains(t, early.Body.String(), "DRILL")
	require.NotContains(t, early.Body.String(), "<b>")

	require.NoError(t, desk.Accept(t.Context(), who, plan.TechnicalSLT, 0))
	require.NoError(t, desk.Declare(t.Context(), who, "customers cannot pay"))
	engine.Advance(t.Context(), 10*time.Minute)
	for _, role := range []string{plan.BusinessLead, plan.CustomerLiaison} {
		require.NoError(t, desk.Accept(t.Context(), who, role, 0))
	}
	for _, role := range []string{plan.BusinessLead, plan.TechnicalSLT, plan.CustomerLiaison} {
		require.NoError(t, desk.Attend(t.Context(), who, role))
	}
	require.NoError(t, desk.Brief(t.Context(), who, []business.BriefReply{{Question: business.TriggeringError, Text: "a bad release"}}))
	require.NoError(t, desk.ConfirmBriefing(t.Context(), who))
	engine.Advance(t.Context(), 30*time.Minute)
	before, err := views.Timeline(t.Context(), 1, 0, 1000)
	require.NoError(t, err)
	for _, lang := range []string{"en", "de"} {
		for _, names := range []string{"", "&names=off"} {
			page := get(fmt.Sprintf("/i/1/report?lang=%s%s", lang, names))
			require.Equal(t, http.StatusOK, page.Code)
			require.NotContains(t, page.Body.String(), "[report")
			require.Contains(t, page.Body.String(), "a bad release")
			require.Contains(t, page.Body.String(), "customers cannot pay")
		}
	}
	after, err := views.Timeline(t.Context(), 1, 0, 1000)
	require.NoError(t, err)
	require.Equal(t, before, after, "reading changes nothing")
}
