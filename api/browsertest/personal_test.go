package browsertest

import (
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/internal/browser"
)

// pocket is a phone that runs no scripts.
func (s *site) pocket(b *browser.Browser) *browser.Tab {
	return b.Open(s.t, browser.Look{Base: s.base, Width: 390, Height: 844, NoScript: true})
}

// What people read at three in the morning is small, shows what to press without scrolling, and
// does the whole of it without a script: taking a role, minutes, a question back, and done.
func TestPersonalPage_smallAndWholeWithoutScripts(t *testing.T) {
	s := newSite(t)
	tab := s.pocket(browser.Start(t))
	s.opened()
	s.declared()
	tab.Goto(s.link("carla"))
	require.Empty(t, s.heavy(s.link("carla")))
	first := browser.Eval[float64](tab, `document.querySelector("main form button").getBoundingClientRect().bottom`)
	require.Less(t, first, 844.0, "the first button lies below the fold")
	t.Logf("the first button ends at %.0f of 844 px", first)

	tab.Submit("accept", "role", "customer_liaison")
	require.Equal(t, "carla", s.holder("customer_liaison"))
	require.Contains(t, browser.Eval[string](tab, `document.querySelector("[role=status]").innerText`), "Danke")
	s.gathered()
	s.emergency()
	marketing := s.of("marketing_officer")
	require.Empty(t, s.heavy(marketing))
	task := func(id string) (found string) {
		i, err := s.views.Incident(t.Context(), 1)
		require.NoError(t, err)
		for _, task := range i.Tasks {
			if task.ID == id {
				found = task.State
			}
		}
		return found
	}
	tab.Goto(marketing)
	tab.Submit("minutes", "task", "stop_campaigns", "minutes", "20")
	require.Equal(t, "promised", task("stop_campaigns"))
	tab.Submit("done", "task", "stop_campaigns")
	require.Equal(t, "done", task("stop_campaigns"))
	why := browser.Eval[string](tab, `document.querySelector("[name=why]").value`)
	tab.Submit("blocked", "task", "stop_paid_social", "why", why, "reason", "no second factor here")
	require.Equal(t, "blocked", task("stop_paid_social"))

	writer := s.of("technical_slt") + "/m/internal/investigation"
	tab.Goto(writer)
	tab.Submit("submit", "audience", "internal")
	liaison := s.of("customer_liaison") + "/m/internal/investigation"
	require.Empty(t, s.heavy(liaison))
	tab.Goto(liaison)
	tab.Submit("agree", "audience", "internal")
	require.NotContains(t, tab.Path(), "refused=")
}

// heavy says what of a page does not fit into 20 KB together with its styles, or asks for scripts.
func (s *site) heavy(path string) string {
	s.t.Helper()
	total := 0
	for _, address := range []string{path, "/assets/page.css"} {
		answer, err := http.Get(s.base + address)
		require.NoError(s.t, err)
		body, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		require.NoError(s.t, err)
		require.Equal(s.t, http.StatusOK, answer.StatusCode, address)
		require.NotContains(s.t, string(body), "<script", address)
		total += len(body)
	}
	s.t.Logf("%s: %d bytes", s.pattern(path), total)
	if total > 20<<10 {
		return path
	}
	return ""
}
