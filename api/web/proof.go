package web

import (
	"context"
	"errors"
	"net/url"

	"github.com/gin-gonic/gin"

	"github.com/stormbell/stormbell/api/visitor"
	"github.com/stormbell/stormbell/api/web/deed"
	"github.com/stormbell/stormbell/api/web/piece"
	"github.com/stormbell/stormbell/internal/record"
)

// proofOf is what somebody with a personal link has to show before approving: a link shows who
// holds the phone, and no more (reliability: approvals want a second proof).
func (p *Pages) proofOf(ctx context.Context, person string) (piece.Proof, error) {
	if v := visitor.Of(ctx); v.Person == person && v.Proved && !v.StandIn {
		return piece.NoProof, nil
	}
	known, err := p.Views.Known(ctx, person)
	switch {
	case err != nil:
		return "", err
	case known.PIN != "none":
		return piece.PIN, nil
	case p.Open:
		// Whoever sits in front of a solo installation may act for anybody anyway.
		return piece.NoProof, nil
	case p.Plan().Login.OIDC.Issuer != "":
		return piece.SignIn, nil
	}
	return piece.FirstPIN, nil
}

// prove tells whether a form shows who posted it. The PIN is taken out of the form: nothing may
// carry it on.
func (p *Pages) prove(c *gin.Context, person string, f deed.Form) (bool, error) {
	pin := f.Text("pin")
	f.Del("pin")
	proof, err := p.proofOf(c.Request.Context(), person)
	if err != nil || proof != piece.PIN {
		return proof == piece.NoProof, err
	}
	return true, p.Record.CheckPIN(c.Request.Context(), person, pin)
}

// pinCodes are what pages say when a PIN does not count.
var pinCodes = map[error]string{
	errPINTwice: "pin_twice", record.ErrPINWeak: "pin_weak", record.ErrPINWrong: "pin_wrong", record.ErrPINLocked: "pin_locked",
}

// refusedPIN is what the next page says of a PIN, or nil.
func refusedPIN(err error) url.Values {
	for known, code := range pinCodes {
		if errors.Is(err, known) {
			return url.Values{"refused": {code}}
		}
	}
	return nil
}
