package twilio

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	api "github.com/twilio/twilio-go/rest/api/v2010"

	"github.com/stormbell/stormbell/activities/provider"
	"github.com/stormbell/stormbell/domain/delivery"
)

// Text is one SMS.
type Text struct {
	// N is the delivery's id.
	N string
	// To is a number in E.164.
	To string
	// Body is at most 1600 characters.
	Body string
	// Or are other words that it may have been sent with, for FindText.
	Or []string
	// StatusCallback is where Twilio reports; empty means Config.StatusURL(N), NoCallback nowhere.
	StatusCallback string
	// Urgent texts go first where texts wait for each other. Twilio does not hear of it.
	Urgent bool
	// ValidFor is how long it may wait at Twilio before it is dropped, 1 s to 10 h, so that no page
	// arrives hours late; 0 means Twilio's 10 h.
	ValidFor time.Duration
}

func (t Text) check() error {
	switch {
	case t.N == "" || t.To == "" || t.Body == "":
		return errors.New("twilio: a text needs a delivery id, a number and a body")
	case utf8.RuneCountInString(t.Body) > 1600:
		return errors.New("twilio: the text is longer than 1600 characters: render it shorter")
	}
	return nil
}

// Text sends one SMS with one request. Whatever Twilio makes of it is an outcome; the error is
// about the arguments or the configuration, and then nothing was sent.
func (c *Client) Text(ctx context.Context, t Text) (provider.Result, error) {
	if err := t.check(); err != nil {
		return provider.Result{}, err
	}
	p := (&api.CreateMessageParams{}).SetTo(t.To).SetFrom(c.from).SetBody(t.Body)
	if url := c.callback(t.StatusCallback, t.N); url != "" {
		p.SetStatusCallback(url)
	}
	if t.ValidFor > 0 {
		p.SetValidityPeriod(seconds(t.ValidFor, 10*time.Hour))
	}
	service, x := c.service(ctx)
	m, err := service.CreateMessage(p)
	return result(x, err, func() delivery.Outcome { return textOutcome(m) })
}

// textOutcome reads Twilio's picture of a text. One without a SID is no text of Twilio's.
func textOutcome(m *api.ApiV2010Message) delivery.Outcome {
	if value(m.Sid) == "" {
		return provider.Unreadable()
	}
	o := delivery.TwilioMessage(value(m.Status), value(m.ErrorCode))
	o.ProviderID = *m.Sid
	return o
}

// FindText looks for a text whose sending ended ambiguously. Twilio keeps neither our id nor the
// call-back's address with a text, so it is recognised by number, sender, body (our bodies hold a
// link for one person and one incident) and a creation at since or later. Texts of the same body
// are told apart by known: the SIDs that other deliveries already own. Of several, the oldest is
// found. Not found means: not in the list now; Twilio promises nothing about how fast it gets there.
func (c *Client) FindText(ctx context.Context, t Text, since time.Time, known ...string) (provider.Result, bool, error) {
	service, x := c.service(ctx)
	// no filter by date: DateSent misses what is queued
	page, err := service.PageMessage((&api.ListMessageParams{}).SetTo(t.To).SetPageSize(pageSize), "", "")
	if err := answer("list texts", x, err); err != nil {
		return provider.Result{}, false, err
	}
	w := wanted{since: since, known: known}
	var found *api.ApiV2010Message
	for i := range page.Messages {
		m := &page.Messages[i]
		if value(m.To) == t.To && value(m.From) == c.from && t.said(value(m.Body)) &&
			w.better(value(m.Sid), value(m.DateCreated)) {
			found = m
		}
	}
	if found == nil {
		return provider.Result{}, false, nil
	}
	return x.Result(textOutcome(found), requestID), true, nil
}

// said tells whether a body at Twilio is this text's.
func (t Text) said(body string) bool {
	return slices.ContainsFunc(append([]string{t.Body}, t.Or...), func(ours string) bool { return sameBody(body, ours) })
}

// sameBody compares without regard to white space. Trial accounts put a sentence of Twilio's in front.
func sameBody(theirs, ours string) bool {
	squeeze := func(s string) string { return strings.Join(strings.Fields(s), " ") }
	return strings.HasSuffix(squeeze(theirs), squeeze(ours))
}

// seconds is a duration as Twilio wants it: whole seconds, at least one.
func seconds(d, most time.Duration) int {
	return int(min(max(d, time.Second), most) / time.Second)
}
