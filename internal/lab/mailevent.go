package lab

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strconv"
	"time"
)

// How long a mail takes, in the lab's time, and how often its events are tried. SendGrid tries for 24
// hours; the lab doubles its patience from one second and gives up after four minutes.
const (
	processingTakes = 200 * time.Millisecond
	mailboxTakes    = time.Second
	eventAttempts   = 9
)

// deliverMail is the life of the mails of one request after SendGrid has taken them.
func (l *Lab) deliverMail(mails []*Mail, dropped bool) {
	var posts sequence
	if !l.wait(processingTakes) {
		return
	}
	if dropped {
		l.mailEvent(&posts, mails, MailDropped)
		return
	}
	l.mailEvent(&posts, mails, MailProcessed)
	if l.wait(mailboxTakes) {
		l.mailEvent(&posts, mails, MailDelivered)
	}
}

// mailEvent moves mails on and posts one signed batch about it.
func (l *Lab) mailEvent(posts *sequence, mails []*Mail, status MailStatus) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.cfg.Now()
	batch := make([]map[string]any, 0, len(mails))
	for _, m := range mails {
		m.Status = status
		event := map[string]any{}
		for k, v := range m.CustomArgs {
			event[k] = v
		}
		event["email"] = m.To
		event["timestamp"] = now.Unix()
		event["event"] = status
		event["sg_event_id"] = newSID("")
		event["sg_message_id"] = m.ID
		event["smtp-id"] = "<" + m.ID + "@lab.sendgrid.net>"
		if len(m.Categories) > 0 {
			event["category"] = m.Categories
		}
		switch status {
		case MailDelivered:
			event["response"] = "250 OK"
		case MailDropped:
			event["reason"] = "Bounced Address"
		case MailProcessed:
		}
		batch = append(batch, event)
	}
	l.touch()
	target := l.mailEventsURL
	if target == "" {
		return
	}
	var body bytes.Buffer
	if err := json.NewEncoder(&body).Encode(batch); err != nil { // cannot be: strings and numbers only
		panic(err)
	}
	payload := append(bytes.TrimSuffix(body.Bytes(), []byte("\n")), "\r\n"...) // as SendGrid ends it
	l.enqueue(posts, post{last: status != MailProcessed, send: func() {
		l.postMail(target, payload, http.Header{"Content-Type": {"application/json;charset=utf-8"}, "User-Agent": {"SendGrid Event API"}})
	}})
}

// postMail posts events of mails, or a mail, until it is taken.
func (l *Lab) postMail(target string, payload []byte, header http.Header) {
	patience := time.Second
	for attempt := 1; ; attempt++ {
		l.signMail(header, payload)
		r, err := l.call(http.MethodPost, target, header, payload)
		if err == nil {
			err = r.err()
		}
		if err == nil || l.life.Err() != nil {
			return
		}
		l.log.WarnContext(context.Background(), "mail events of the phone lab were not taken; look at the server they were posted to",
			"path", pathOf(target), "attempt", attempt, "error", err)
		if attempt == eventAttempts || !l.wait(patience) {
			return
		}
		patience *= 2
	}
}

// signMail signs as SendGrid does: ECDSA over SHA-256 of time stamp and body.
func (l *Lab) signMail(header http.Header, payload []byte) {
	stamp := strconv.FormatInt(l.cfg.Now().Unix(), 10)
	digest := sha256.Sum256(append([]byte(stamp), payload...))
	signature, err := ecdsa.SignASN1(rand.Reader, l.cfg.SendGridWebhookKey, digest[:])
	if err != nil { // cannot be: New has checked the key
		panic(err)
	}
	header.Set("X-Twilio-Email-Event-Webhook-Signature", base64.StdEncoding.EncodeToString(signature))
	header.Set("X-Twilio-Email-Event-Webhook-Timestamp", stamp)
}
