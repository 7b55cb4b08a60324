package browsertest

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/internal/browser"
)

// note writes a note, which every open console is to show.
func (s *site) note(words string) {
	s.do(http.MethodPost, "/1/notes", object{"text": words})
}

const lives = `document.getElementById("live")?.classList.contains("on")`

func shows(panel, words string) string {
	return fmt.Sprintf(`document.getElementById("panel-%s").innerText.includes(%q)`, panel, words)
}

// A change shows in an open browser within a second, also after the stream broke while something
// happened; who is writing in a panel is never interrupted.
func TestConsole_live(t *testing.T) {
	s := newSite(t)
	b := browser.Start(t)
	s.opened()
	s.declared()
	tab := b.Open(t, browser.Look{Base: s.base})
	tab.Goto("/i/1")
	tab.Wait("the page is live", lives)

	for i := range 5 {
		words := fmt.Sprintf("note number %d", i)
		from := time.Now()
		s.note(words)
		tab.Wait(words, shows("timeline", words))
		took := time.Since(from)
		t.Logf("seen after %s", took.Round(time.Millisecond))
		require.Less(t, took, time.Second)
	}

	// The line breaks, something happens, the line comes back.
	s.server.CloseClientConnections()
	s.note("said while the line was down")
	tab.Wait("what happened meanwhile", shows("timeline", "said while the line was down"))
	tab.Wait("the page is live again", lives)

	// Somebody writes in a panel; it waits, the others do not.
	browser.Eval[bool](tab, `(() => {const box = document.createElement("textarea"); box.id = "box"; document.getElementById("panel-timeline").append(box); box.focus(); return true})()`)
	tab.Keys("half a sen")
	s.note("said while somebody writes")
	s.gathered()
	tab.Wait("the roles have changed", shows("roles", "✓"))
	tab.Keys("tence")
	require.Equal(t, "half a sentence", browser.Eval[string](tab, `document.activeElement.value`))
	require.False(t, browser.Eval[bool](tab, shows("timeline", "said while somebody writes")))
	browser.Eval[bool](tab, `(() => {const box = document.getElementById("box"); box.value = ""; box.blur(); return true})()`)
	tab.Wait("the panel has caught up", shows("timeline", "said while somebody writes"))

	// A form on a page of its own stands still altogether.
	tab.Goto("/i/1/briefing")
	field := `document.querySelector("textarea")`
	browser.Eval[bool](tab, `(() => {`+field+`.focus(); return true})()`)
	tab.Keys("Payments fail")
	s.note("said while the briefing is written")
	tab.Keys(" at the checkout")
	require.Equal(t, "Payments fail at the checkout", browser.Eval[string](tab, `document.activeElement.value`))
}
