package web

import (
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/stormbell/stormbell/api/web/deed"
	"github.com/stormbell/stormbell/internal/record"
)

// humanField is what no form comes ticked with, and the cookie that remembers the tick.
const humanField = "human"

// remembered is how long a browser need not be told again who sits in front of it, in seconds.
const remembered = 7 * 24 * 60 * 60

// human tells whether a person pressed the button. A link of a mail is opened by gateways that
// send every form of a page as it comes (frontier.md, activepieces #14024): such a form does
// nothing until somebody ticks who they are, once in each browser.
func (p *Pages) human(c *gin.Context, link record.Link, f deed.Form) bool {
	if proven(c, link) {
		return true
	}
	if f.Get(humanField) != "yes" {
		return false
	}
	http.SetCookie(c.Writer, &http.Cookie{ //nolint:gosec // secure wherever there is TLS; solo on the loopback has none
		Name: humanField, Value: "yes", Path: strings.TrimSuffix(c.Request.URL.Path, "/"+c.Param("act")), MaxAge: remembered,
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: strings.HasPrefix(p.Plan().Company.URL, "https:"),
	})
	return true
}

// proven tells whether a visitor need not say that they are no machine: they come from a text, or
// have said so in this browser.
func proven(c *gin.Context, link record.Link) bool {
	said, err := c.Request.Cookie(humanField)
	return link.Door != record.MailDoor || err == nil && said.Value == "yes"
}
