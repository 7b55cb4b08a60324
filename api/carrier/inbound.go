package carrier

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/stormbell/stormbell/api/pump"
	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/record"
)

// MaxInbound bounds one posted mail, in bytes: SendGrid takes mails of up to 30 MB. Of all that
// comes with one, pictures in a signature above all, nothing is kept in memory.
const MaxInbound = 31 << 20

// oldestInbound is how late a mail may be posted: SendGrid tries for three days.
const oldestInbound = 73 * time.Hour

// inbound takes a mail that somebody wrote to us. What is not proven to come from SendGrid gets
// 403 and leaves no trace; what is no answer to a mail of ours is forgotten.
func (h *Hooks) inbound(c *gin.Context) {
	in := h.Plan().Channels.Mail.Inbound
	m, err := h.readInbound(c, in)
	var large *http.MaxBytesError
	switch {
	case errors.Is(err, errForged):
		h.Logger.WarnContext(c, "an inbound mail is not from sendgrid", "path", c.FullPath(), "reason", err)
		c.AbortWithStatus(http.StatusForbidden)
		return
	case errors.As(err, &large):
		c.AbortWithStatus(http.StatusRequestEntityTooLarge)
		return
	case err != nil:
		h.Logger.WarnContext(c, "an inbound mail cannot be read", "path", c.FullPath(), "reason", err)
		c.AbortWithStatus(http.StatusBadRequest)
		return
	}
	for _, to := range m.To {
		token, n, ours := delivery.ReplyMark(in.Address, to)
		if !ours {
			continue
		}
		// The same mail again is known by its own name. A machine that answers every mail of an
		// incident is heard once.
		key := delivery.ID(token, n, m.ID, m.Said)
		if m.Automatic {
			key = delivery.ID("automatic", token)
		}
		err := h.accept(c, record.ItemMailReply, key, pump.Mail{Token: token, N: n, From: m.From, Said: m.Said, Automatic: m.Automatic})
		if err != nil {
			h.Logger.ErrorContext(c, "an inbound mail could not be kept", "path", c.FullPath(), "reason", err)
			c.AbortWithStatus(http.StatusServiceUnavailable)
			return
		}
		break
	}
	c.Status(http.StatusNoContent)
}

// errForged says that a mail is not proven to come from SendGrid.
var errForged = errors.New("carrier: that is not from SendGrid's Inbound Parse")

// readInbound reads a mail and proves where it comes from: by the secret in the address before
// anything is read, and by the signature over every byte once all are read.
func (h *Hooks) readInbound(c *gin.Context, in plan.Inbound) (Inbound, error) {
	switch {
	case !in.Has() || in.Key == "" && h.InboundKey == nil:
		return Inbound{}, fmt.Errorf("%w: the plan takes no answers to mails", errForged)
	case subtle.ConstantTimeCompare([]byte(c.Param("key")), []byte(in.Key.Reveal())) != 1:
		return Inbound{}, fmt.Errorf("%w: compare the address with the plan's key", errForged)
	}
	timestamp := c.GetHeader(SendGridTimestamp)
	hash := sha256.New()
	hash.Write([]byte(timestamp))
	body := bufio.NewReader(io.TeeReader(http.MaxBytesReader(c.Writer, c.Request.Body, MaxInbound), hash))
	start, _ := body.Peek(2) // what fails here fails below as well
	m, malformed := DecodeInbound(body, c.GetHeader("Content-Type"))
	if _, err := io.Copy(io.Discard, body); err != nil {
		return Inbound{}, err
	}
	if h.InboundKey != nil {
		// Timestamp and body are signed without a mark between them, so both must keep their form.
		signed := tenDigits.MatchString(timestamp) && string(start) == "--" && fresh(timestamp, oldestInbound, h.Now())
		if !signed || !verified(h.InboundKey, hash.Sum(nil), c.GetHeader(SendGridSignature)) {
			return Inbound{}, fmt.Errorf("%w: compare the plan's public_key with SendGrid's security policy, and the clocks", errForged)
		}
	}
	return m, malformed
}

// verified tells whether a key made a signature, as it stands in a header, over a hash.
func verified(key *ecdsa.PublicKey, hash []byte, signature string) bool {
	signed, err := base64.StdEncoding.DecodeString(signature)
	return err == nil && ecdsa.VerifyASN1(key, hash, signed)
}
