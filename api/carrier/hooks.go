package carrier

import (
	"context"
	"crypto/ecdsa"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/stormbell/stormbell/api/pump"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/record"
)

const (
	// maxBody bounds a call-back.
	maxBody = 64 << 10
	// maxEvents bounds a batch of mail events, which SendGrid posts as soon as it has 768 KB.
	maxEvents = 1 << 20
)

// Config is what the call-backs work with.
type Config struct {
	Record *record.Record
	Plan   func() plan.Plan
	// Tokens sign Twilio's call-backs; two while one is being replaced.
	Tokens []string
	// MailKey signs SendGrid's events; nil refuses them all.
	MailKey *ecdsa.PublicKey
	// InboundKey signs the mails that SendGrid posts; nil leaves it to the secret in the address.
	InboundKey *ecdsa.PublicKey
	// PublicURL is our address as providers were told it, without a trailing slash. Signatures
	// are over it, never over what a request claims.
	PublicURL string
	Logger    *slog.Logger
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Patience is how long a caller hears nothing while the truth is being found out; the
	// carrier gives up after 15 s. 0 means 4 s.
	Patience time.Duration
}

// Hooks take what providers call back. Each call-back is verified, becomes one row in the
// inbox, and is answered; everything else happens later.
type Hooks struct {
	Config
}

// New returns the call-back handlers.
func New(c Config) *Hooks {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Patience == 0 {
		c.Patience = 4 * time.Second
	}
	return &Hooks{Config: c}
}

// Register adds the routes, below /hooks.
func (h *Hooks) Register(r gin.IRouter) {
	r.POST("/twilio/status", h.twilio(h.status))
	r.POST("/twilio/reply", h.twilio(h.reply))
	r.POST("/twilio/keys", h.twilio(h.keys))
	r.POST("/twilio/call", h.twilio(h.called))
	r.GET("/twilio/fallback.xml", h.fallback)
	r.POST("/sendgrid/events", h.mail)
	r.POST("/sendgrid/inbound", h.inbound)
	r.POST("/sendgrid/inbound/:key", h.inbound)
}

// twilio verifies a call-back before anything of it is believed. A forged one gets 403 and
// leaves no trace.
func (h *Hooks) twilio(handle func(*gin.Context, TwilioCallback) error) gin.HandlerFunc {
	return func(c *gin.Context) {
		body, err := io.ReadAll(http.MaxBytesReader(c.Writer, c.Request.Body, maxBody))
		if err != nil {
			c.AbortWithStatus(http.StatusRequestEntityTooLarge)
			return
		}
		url := h.PublicURL + c.Request.URL.RequestURI()
		if err := VerifyTwilio(h.Tokens, url, body, c.GetHeader("X-Twilio-Signature")); err != nil {
			h.Logger.WarnContext(c, "a call-back is not from twilio", "path", c.Request.URL.Path, "reason", err)
			c.AbortWithStatus(http.StatusForbidden)
			return
		}
		in, err := DecodeTwilio(url, body)
		if err != nil {
			h.Logger.WarnContext(c, "a call-back of twilio cannot be read", "path", c.Request.URL.Path, "reason", err)
			c.AbortWithStatus(http.StatusBadRequest)
			return
		}
		if err := handle(c, in); err != nil {
			h.Logger.ErrorContext(c, "a call-back could not be kept", "path", c.Request.URL.Path, "reason", err)
			c.AbortWithStatus(http.StatusServiceUnavailable)
		}
	}
}

func (h *Hooks) accept(ctx context.Context, kind record.ItemKind, key string, body any) error {
	raw, err := json.Marshal(body)
	if err != nil {
		return err
	}
	return h.Record.AcceptItems(ctx, []record.Item{{Kind: kind, Key: key, Body: raw}})
}

func (h *Hooks) status(c *gin.Context, in TwilioCallback) error {
	if in.N != "" && in.Status != "" {
		key := in.MessageSid + in.CallSid + ":" + in.Status
		if err := h.accept(c, record.ItemReceipt, key, pump.Receipt{N: in.N, Outcome: in.Outcome()}); err != nil {
			return err
		}
	}
	c.Status(http.StatusNoContent)
	return nil
}

func (h *Hooks) reply(c *gin.Context, in TwilioCallback) error {
	if err := h.accept(c, record.ItemReply, in.MessageSid, pump.Text{From: in.From, To: in.To, Body: in.Body, Word: in.word()}); err != nil {
		return err
	}
	// The answer comes from the workflow that knows the truth, not from here.
	twiml(c, "<Response/>")
	return nil
}

func (h *Hooks) mail(c *gin.Context) {
	body, err := io.ReadAll(http.MaxBytesReader(c.Writer, c.Request.Body, maxEvents))
	if err != nil {
		c.AbortWithStatus(http.StatusRequestEntityTooLarge)
		return
	}
	timestamp, signature := c.GetHeader("X-Twilio-Email-Event-Webhook-Timestamp"), c.GetHeader("X-Twilio-Email-Event-Webhook-Signature")
	if h.MailKey == nil {
		err = errors.New("no key is configured")
	} else {
		err = VerifySendGrid(h.MailKey, timestamp, signature, body, h.Now())
	}
	if err != nil {
		h.Logger.WarnContext(c, "mail events are not from sendgrid", "reason", err)
		c.AbortWithStatus(http.StatusForbidden)
		return
	}
	events, err := DecodeSendGrid(body)
	if err != nil {
		c.AbortWithStatus(http.StatusBadRequest)
		return
	}
	// The whole batch in one go: a commit for each event would outlast SendGrid's patience.
	var items []record.Item
	for _, e := range events {
		if e.N == "" {
			continue
		}
		raw, marshalErr := json.Marshal(pump.Receipt{N: e.N, Outcome: e.Outcome()})
		err = errors.Join(err, marshalErr)
		items = append(items, record.Item{Kind: record.ItemMail, Key: e.ID, Body: raw})
		if stop, is := h.suppression(e); is {
			raw, marshalErr := json.Marshal(stop)
			err = errors.Join(err, marshalErr)
			items = append(items, record.Item{Kind: record.ItemSuppression, Key: e.ID, Body: raw})
		}
	}
	if err = errors.Join(err, h.Record.AcceptItems(c, items)); err != nil {
		h.Logger.ErrorContext(c, "mail events could not be kept", "reason", err)
		c.AbortWithStatus(http.StatusServiceUnavailable)
		return
	}
	c.Status(http.StatusNoContent)
}

// suppression is what a mail event says of its address. One of several readers of an address
// cannot end its updates for the others (R140).
func (h *Hooks) suppression(e MailEvent) (pump.Suppression, bool) {
	reason := e.Suppresses()
	if reason == "" || e.To == "" || h.Plan().Shares(e.To) && (reason == record.Complained || reason == record.Unsubscribed) {
		return pump.Suppression{}, false
	}
	return pump.Suppression{To: record.DestinationOf(string(plan.Email), e.To), Reason: reason, At: e.At}, true
}

func twiml(c *gin.Context, script string) {
	c.Data(http.StatusOK, "text/xml; charset=utf-8", []byte(script))
}
