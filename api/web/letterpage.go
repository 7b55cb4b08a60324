package web

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/gin-gonic/gin"

	"github.com/stormbell/stormbell/api/login"
	"github.com/stormbell/stormbell/api/view"
	"github.com/stormbell/stormbell/api/web/deed"
	"github.com/stormbell/stormbell/api/web/piece"
	"github.com/stormbell/stormbell/api/web/sheet"
	"github.com/stormbell/stormbell/domain/refusal"
)

// letterPage is one message on a page of its own: the personal page stays short, and whoever
// approves sees nothing but the text.
type letterPage struct {
	personPage
	Letter piece.Letter
}

// letterPath is the address of a message below a personal page's.
func letterPath(audience, phase string) string {
	return "/m/" + url.PathEscape(audience) + "/" + url.PathEscape(phase)
}

// Path is where a message is read.
func (c card) Path() string { return c.Base + letterPath(c.Letter.Audience, c.Letter.Phase) }

func (p *Pages) showLetter(c *gin.Context) {
	link, good := p.link(c)
	if !good {
		return
	}
	person, err := p.personPage(c, link, deed.Heard(c))
	if err != nil {
		sheet.Fail(c, err)
		return
	}
	i := slices.IndexFunc(person.All.Messages, func(m view.Message) bool {
		return m.Audience == c.Param("audience") && m.Phase == c.Param("phase") && m.Stage != ""
	})
	if i < 0 || !person.reads(person.All.Messages[i]) {
		sheet.Fail(c, refusal.New(refusal.NotFound, "there is no such message for you"))
		return
	}
	page := letterPage{personPage: person, Letter: piece.LetterOf(person.Sheet, person.All, person.All.Messages[i], link.Person)}
	if person.All.Closed || page.Letter.State != "open" {
		page.Letter.Mine = nil
	}
	if page.Letter.Proof, err = p.proofOf(c.Request.Context(), link.Person); err != nil {
		sheet.Fail(c, err)
		return
	}
	page.Letter.ProofLink = login.StepUp(c.Request.URL.Path)
	p.set.Draw(c, http.StatusOK, "person-letter", page)
}

// reads tells whether a message concerns this person: asked, or asked before, or leading.
func (p personPage) reads(m view.Message) bool {
	return p.Command || p.Lead == p.Person.Person || slices.ContainsFunc(m.Gates, func(g view.Gate) bool {
		return g.Person == p.Person.Person || g.DoneBy == p.Person.Person || slices.Contains(g.Deputies, p.Person.Person)
	})
}

// Undo are the messages that this person approved a moment ago.
func (p personPage) Undo() (all []piece.Letter) {
	for _, m := range p.All.Messages {
		if l := piece.LetterOf(p.Sheet, p.All, m, p.Person.Person); !p.All.Closed && l.MayTakeBack() {
			all = append(all, l)
		}
	}
	return all
}
