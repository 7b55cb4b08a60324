package browser

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// Shots names the environment variable with the folder that pictures are kept in.
const Shots = "STORMBELL_SCREENSHOTS"

//go:embed find.js
var find string

// Tab is one tab. It is not safe for concurrent use.
type Tab struct {
	t    testing.TB
	ctx  context.Context
	base string
	*ears
}

// For is the tab for a part of the test, whose failures are that part's.
func (tab *Tab) For(t testing.TB) *Tab { return &Tab{t, tab.ctx, tab.base, tab.ears} }

// Goto opens a page and returns the status of its answer.
func (tab *Tab) Goto(path string) int {
	tab.t.Helper()
	address := path
	if strings.HasPrefix(path, "/") {
		address = tab.base + path
	}
	ctx, cancel := context.WithTimeout(tab.ctx, patience)
	defer cancel()
	answer, err := chromedp.RunResponse(ctx, chromedp.Navigate(address))
	require.NoError(tab.t, err, "go to %s", path)
	return int(answer.Status)
}

// Path is the address of the page that is shown, without the host.
func (tab *Tab) Path() string { return Eval[string](tab, `location.pathname+location.search`) }

// Text is what can be read on the page.
func (tab *Tab) Text() string { return Eval[string](tab, `document.body.innerText`) }

// Resize gives the window another size.
func (tab *Tab) Resize(width, height int64) { tab.do(chromedp.EmulateViewport(width, height)) }

// Wait waits until an expression of JavaScript is true.
func (tab *Tab) Wait(what, expression string) {
	tab.t.Helper()
	deadline := time.Now().Add(patience)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		ctx, cancel := context.WithTimeout(tab.ctx, patience)
		met, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`!!(`+expression+`)`))
		cancel()
		if err == nil && met {
			return
		}
		if time.Now().After(deadline) {
			require.FailNow(tab.t, "never seen: "+what, "on %s: %v\n%s", tab.Path(), err, tab.Text())
		}
		<-tick.C
	}
}

// spot is where to press; Leads says that another page follows.
type spot struct {
	X      float64 `json:"x"`
	Y      float64 `json:"y"`
	Leads  bool    `json:"leads"`
	Missed string  `json:"missed"`
}

// Click presses the button, link or summary that is called so, or its label.
func (tab *Tab) Click(words string) {
	tab.t.Helper()
	tab.press(words, fmt.Sprintf(`named(%s)`, quoted(words)))
}

// Submit fills in a form and presses its button. The form is found by the last part of its
// address and by the values that it brings itself; the others are typed, ticked or chosen.
func (tab *Tab) Submit(act string, pairs ...string) {
	tab.t.Helper()
	tab.press(fmt.Sprint(act, pairs), form(act, pairs))
}

// Offers tells whether there is a form that Submit would find.
func (tab *Tab) Offers(act string, pairs ...string) bool {
	tab.t.Helper()
	return Eval[bool](tab, `(() => {`+find+`; return !!`+form(act, pairs)+`})()`)
}

func form(act string, pairs []string) string {
	values := map[string]string{}
	for i := 0; i+1 < len(pairs); i += 2 {
		values[pairs[i]] = pairs[i+1]
	}
	raw, _ := json.Marshal(values)
	return fmt.Sprintf(`form(%s, %s)`, quoted(act), raw)
}

// press finds a spot, presses there as a finger does, and waits for the page that follows.
func (tab *Tab) press(what, finder string) {
	tab.t.Helper()
	at := Eval[spot](tab, `(() => {`+find+`; window.before = true; return spot(() => `+finder+`)})()`)
	require.Empty(tab.t, at.Missed, "press %s on %s:\n%s", what, tab.Path(), tab.Text())
	tab.do(chromedp.MouseClickXY(at.X, at.Y))
	if at.Leads {
		tab.Wait("the page after "+what, `!window.before && document.readyState === "complete"`)
	}
}

// Type types into the control with a label, as by keys.
func (tab *Tab) Type(label, words string) {
	tab.t.Helper()
	missed := Eval[string](tab, `(() => {`+find+`; const c = labelled(`+quoted(label)+`); if (!c) return "missed"; c.focus(); return ""})()`)
	require.Empty(tab.t, missed, "no field is called %s on %s:\n%s", label, tab.Path(), tab.Text())
	tab.Keys(words)
}

// Keys presses keys, wherever the focus is.
func (tab *Tab) Keys(words string) { tab.do(chromedp.KeyEvent(words)) }

// Shoot keeps a picture of the whole page in the folder that Shots names, if it names one.
func (tab *Tab) Shoot(name string) {
	tab.t.Helper()
	folder := os.Getenv(Shots)
	if folder == "" {
		return
	}
	picture, err := chromedp.Run(tab.ctx, chromedp.FullScreenshot(100))
	require.NoError(tab.t, err)
	file := filepath.Join(folder, name+".png")
	require.NoError(tab.t, os.MkdirAll(filepath.Dir(file), 0o750)) //nolint:gosec // whoever runs the tests names the folder
	require.NoError(tab.t, os.WriteFile(file, picture, 0o600))     //nolint:gosec // whoever runs the tests names the folder
}

// Eval runs JavaScript in the page.
func Eval[T any](tab *Tab, expression string) T {
	tab.t.Helper()
	ctx, cancel := context.WithTimeout(tab.ctx, patience)
	defer cancel()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	require.NoError(tab.t, err, "evaluate in the page")
	return value
}

func (tab *Tab) do(steps ...chromedp.Action[chromedp.Void]) {
	tab.t.Helper()
	require.NoError(tab.t, chromedp.Do(tab.ctx, steps...))
}

func call[P, R any](tab *Tab, command cdp.Command[P, R], params P) {
	tab.t.Helper()
	_, err := chromedp.Call(tab.ctx, command, params)
	require.NoError(tab.t, err)
}

func quoted(words string) string {
	raw, _ := json.Marshal(words)
	return string(raw)
}
