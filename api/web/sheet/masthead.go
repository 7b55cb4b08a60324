package sheet

import (
	"net/http"
	"path"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/stormbell/stormbell/api/visitor"
)

// languageCookie remembers, in this browser, which language was chosen in a masthead.
const languageCookie = "language"

// ChooseLanguage remembers the language in which this browser wants its pages.
func ChooseLanguage(c *gin.Context, lang string, secure bool) {
	http.SetCookie(c.Writer, &http.Cookie{ //nolint:gosec // secure wherever there is TLS; solo on the loopback has none
		Name: languageCookie, Value: Preferred(lang), Path: "/", MaxAge: 365 * 24 * 60 * 60, HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: secure,
	})
}

// Masthead is what stands above every page for people who signed in: the ways to everywhere, the
// language, and who they are.
type Masthead struct {
	*Sheet
	Ways []Way
	// Choose lets a stand-in choose for whom to act; Leave lets somebody sign out; Broken says that
	// the glass is.
	Choose, Leave, Broken bool
}

// Way is a link of the masthead.
type Way struct {
	// To is where it leads, Word the name of its words.
	To, Word string
	Current  bool
}

// Masthead is nil for somebody who did not sign in.
func (s *Sheet) Masthead() *Masthead {
	v := s.Visitor
	if v.Method == visitor.Nobody && !s.Open {
		return nil
	}
	m := &Masthead{
		Sheet: s, Choose: v.StandIn || v.Method == visitor.Nobody, Broken: v.Method == visitor.BreakGlass,
		Leave: v.Method == visitor.Company || v.Method == visitor.BreakGlass,
	}
	for _, w := range []Way{{To: "/", Word: "incidents"}, {To: "/on-call", Word: "duty"}, {To: "/people", Word: "people"}, {To: "/setup", Word: "setup"}, {To: "/status", Word: "status"}} {
		w.Word = "signin_nav." + w.Word
		w.Current = s.Path == w.To || w.To == "/" && strings.HasPrefix(s.Path, "/i/") || w.To != "/" && strings.HasPrefix(s.Path, w.To+"/")
		m.Ways = append(m.Ways, w)
	}
	return m
}

// here is where a request comes back to: its own address without what was typed into it, or for a
// form the page that it stands on.
func here(r *http.Request) string {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return r.URL.Path
	}
	return path.Dir(r.URL.Path)
}
