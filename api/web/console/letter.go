package console

import (
	"errors"
	"net/url"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/stormbell/stormbell/api/login"
	"github.com/stormbell/stormbell/api/view"
	"github.com/stormbell/stormbell/api/web/piece"
	"github.com/stormbell/stormbell/domain/actor"
	"github.com/stormbell/stormbell/domain/board"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/domain/refusal"
	"github.com/stormbell/stormbell/internal/record"
)

// recipientsAtOnce is how many receivers a page lists.
const recipientsAtOnce = 50

// letter is a message with its whole loop.
type letter struct {
	piece.Letter
	// To are the receivers from From on, for those who may see addresses; Further is where the
	// list goes on, or "".
	To      []view.Recipient
	From    int
	Further string
	// Acts tells whether the visitor can do anything about its text.
	Acts bool
}

// fillLetter reads a message.
func fillLetter(k *Console, c *gin.Context, p *page, of []string) error {
	i := slices.IndexFunc(p.All.Messages, func(m view.Message) bool { return m.Audience == of[0] && m.Phase == of[1] })
	if i < 0 {
		return refusal.New(refusal.NotFound, "the board has no such message")
	}
	person := p.Visitor.Person
	if p.Visitor.StandIn {
		person = "" // who may act for anybody sees every gate
	} else if person == "" {
		person = "-"
	}
	p.Letter = &letter{Letter: piece.LetterOf(p.Sheet, p.All, p.All.Messages[i], person)}
	if !p.Visitor.StandIn && !p.Visitor.Proved {
		p.Letter.Proof, p.Letter.ProofLink = piece.SignIn, login.StepUp(c.Request.URL.Path)
	}
	settles := slices.ContainsFunc(p.Letter.Protests, p.Letter.MaySettle)
	p.Letter.Acts = !p.All.Closed && p.Letter.State == string(board.Open) && (person == "" || settles || len(p.Letter.Mine) > 0)
	if !p.Visitor.May(actor.Administer) {
		return nil
	}
	p.Letter.From, _ = strconv.Atoi(c.Query("from")) // what is no number begins at the beginning
	p.Letter.From = max(p.Letter.From, 0)
	to, err := k.Views.Recipients(c.Request.Context(), p.All.Number, of[0], plan.Phase(of[1]), p.Letter.From, recipientsAtOnce+1)
	if errors.Is(err, record.ErrNotFound) {
		return nil // no list was drawn up
	}
	if err != nil {
		return err
	}
	if len(to) > recipientsAtOnce {
		to, p.Letter.Further = to[:recipientsAtOnce], "?"+url.Values{"from": {strconv.Itoa(p.Letter.From + recipientsAtOnce)}}.Encode()
	}
	p.Letter.To = to
	return nil
}
