package browser

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const frame = `<!doctype html><html lang="en"><head><meta name="viewport" content="width=device-width"><title>A page</title><style>
:root{color-scheme:light dark} body{margin:0;font:18px sans-serif} label{display:block;min-height:48px} button,input,summary{font:inherit;min-height:48px;min-width:48px} .tiny{font-size:13px} .wide{width:900px} .low{min-height:20px;height:20px}
@media (prefers-color-scheme:dark){.pale{color:#333;background:#222}}</style></head><body><main><h1>A page</h1>%s</main></body></html>`

// good has what a page of ours has: a form, something folded, a link within a sentence.
const good = `<form method="post" action="/do/greet"><input type="hidden" name="key" value="k"><input type="hidden" name="who" value="anna"><label>Your name <input name="name" required></label><button class="main">Say hello</button></form>
<form method="post" action="/do/greet"><input type="hidden" name="who" value="ben"><button name="minutes" value="5">5</button><button name="minutes" value="20">20</button></form>
<details><summary>More</summary><p>See <a href="/other">the other page</a> for more.</p><form method="post" action="/do/leave"><label><input type="checkbox" name="sure" value="yes" required> I am sure</label><button>Leave</button></form></details>`

// site serves pages, and says what a form sent.
func site(t *testing.T, pages map[string]string) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'self'")
		body, known := pages[r.URL.Path]
		if r.Method == http.MethodPost {
			_ = r.ParseForm()
			body, known = "<p>"+r.URL.Path+" "+r.PostForm.Encode()+"</p>", true
		}
		if !known {
			w.WriteHeader(http.StatusNotFound)
		}
		fmt.Fprintf(w, frame, "<p>"+r.Header.Get("Accept-Language")+"</p>"+body)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func TestCheck_everyKindOfFlaw_isFound(t *testing.T) {
	flaws := map[string]string{
		"axe label":          `<input name="x">`,
		"axe color-contrast": `<p class="pale">hard to read in the dark</p>`,
		"text of 13.0 px":    `<details><summary>More</summary><p class="tiny">small print</p></details>`,
		"px to press":        `<button class="low">Low</button>`,
		"scrolls sideways":   `<p class="wide">wide</p>`,
		"Security Policy":    `<script>window.x = 1</script>`,
	}
	pages := map[string]string{"/good": good}
	for name, body := range flaws {
		pages["/"+strings.ReplaceAll(name, " ", "-")] = body
	}
	tab := Start(t).Open(t, Look{Base: site(t, pages), Dark: true, Width: 320, Height: 600})
	require.Equal(t, http.StatusOK, tab.Goto("/good"))
	tab.Check(44)
	for name := range flaws {
		tab.Goto("/" + strings.ReplaceAll(name, " ", "-"))
		found := append(tab.judge(), tab.measure(44)...)
		require.NotEmpty(t, found, name)
		for _, line := range found {
			require.Contains(t, line, name)
		}
	}
	require.Equal(t, http.StatusNotFound, tab.Goto("/nowhere"))
	require.Empty(t, tab.measure(44), "that a page is missing is no flaw of it")
}

func TestTab_actsLikeAPerson(t *testing.T) {
	tab := Start(t).Open(t, Look{Base: site(t, map[string]string{"/": good, "/other": "there"}), Language: "de", NoScript: true})
	start := func() { require.Equal(t, http.StatusOK, tab.Goto("/")) }
	start()
	require.Contains(t, tab.Text(), "de\n")
	tab.Type("Your name", "Änne")
	tab.Click("Say hello")
	require.Contains(t, tab.Text(), "/do/greet key=k&name=%C3%84nne&who=anna")
	start()
	tab.Submit("greet", "who", "ben", "minutes", "20")
	require.Contains(t, tab.Text(), "/do/greet minutes=20&who=ben")
	start()
	tab.Submit("leave", "sure", "yes")
	require.Contains(t, tab.Text(), "/do/leave sure=yes")
	start()
	tab.Click("More")
	tab.Click("the other page")
	require.Equal(t, "/other", tab.Path())
}
