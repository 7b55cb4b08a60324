package carrier

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/internal/record"
)

// The headers that sign a batch of SendGrid's events.
const (
	SendGridSignature = "X-Twilio-Email-Event-Webhook-Signature"
	SendGridTimestamp = "X-Twilio-Email-Event-Webhook-Timestamp"
)

// MailEvent is one thing that happened to one mail.
type MailEvent struct {
	// ID is unique for the event: the same id again is the same event again.
	ID string
	// N is the delivery id.
	N string
	// Event, Type and Reason are SendGrid's words. Reason may hold an address and belongs in no log.
	Event, Type, Reason string
	At                  time.Time
	// To is the address it went to. It is personal and belongs in no log.
	To string
	// MessageID is SendGrid's name of the mail, as it answered to the sending.
	MessageID string
}

// Outcome is what the event says of the send; the zero Outcome if nothing.
func (e MailEvent) Outcome() delivery.Outcome {
	o := delivery.SendGridEvent(e.Event, e.Type, e.Reason)
	if o.State != "" {
		o.ProviderID = e.MessageID
	}
	return o
}

// Suppresses says why no updates go to the mail's address any more; empty when the event changes
// nothing about that.
func (e MailEvent) Suppresses() string {
	class := e.Outcome().Class
	switch {
	case e.Event == "spamreport":
		return record.Complained
	case e.Event == "unsubscribe", e.Event == "group_unsubscribe":
		return record.Unsubscribed
	case e.Event == "bounce" && class == delivery.Permanent:
		return record.Bounced
	case e.Event == "dropped" && (class == delivery.Permanent || class == delivery.OptedOut):
		return record.Dropped
	}
	return ""
}

// ParseSendGridKey reads the public key that SendGrid shows for the event webhook: base64 of DER,
// an elliptic-curve key on P-256.
func ParseSendGridKey(text string) (*ecdsa.PublicKey, error) {
	der, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
	if err != nil {
		return nil, errors.New("carrier: the event key is not base64: copy the verification key from SendGrid's mail settings")
	}
	parsed, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		return nil, errors.New("carrier: the event key is no public key: copy the verification key from SendGrid's mail settings")
	}
	key, ok := parsed.(*ecdsa.PublicKey)
	if !ok || key.Curve != elliptic.P256() {
		return nil, errors.New("carrier: the event key is not an elliptic-curve key on P-256: copy the verification key from SendGrid's mail settings")
	}
	return key, nil
}

var tenDigits = regexp.MustCompile(`^\d{10}$`)

const (
	// oldestBatch is how late a batch may come: SendGrid tries for a day.
	oldestBatch = 25 * time.Hour
	// clockSkew is how far SendGrid's clock may be ahead of ours.
	clockSkew = 10 * time.Minute
)

// VerifySendGrid tells whether a batch of events comes from SendGrid. Timestamp and signature are
// the headers' values, body is the body as it came. Timestamp and body are signed without a mark
// between them, so both must keep their form, or a digit could move from one to the other.
func VerifySendGrid(key *ecdsa.PublicKey, timestamp, signature string, body []byte, now time.Time) error {
	if key == nil {
		return errors.New("carrier: there is no event key: give the plan SendGrid's verification key")
	}
	if !tenDigits.MatchString(timestamp) || !bytes.HasPrefix(body, []byte("[")) {
		return errors.New("carrier: that is no batch of events")
	}
	if !fresh(timestamp, oldestBatch, now) {
		return errors.New("carrier: the batch is too old or from the future: compare the clocks")
	}
	hash := sha256.Sum256(append([]byte(timestamp), body...))
	if !verified(key, hash[:], signature) {
		return errors.New("carrier: the event key did not make this signature: compare it with SendGrid's mail settings")
	}
	return nil
}

// fresh tells whether what was signed at a time is not too old by now, nor from the future.
func fresh(timestamp string, oldest time.Duration, now time.Time) bool {
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	at := time.Unix(seconds, 0)
	return err == nil && !at.Before(now.Add(-oldest)) && !at.After(now.Add(clockSkew))
}

// DecodeSendGrid reads a batch that VerifySendGrid has passed. An event that cannot be read, or that
// has no id, is left out: SendGrid would send the whole batch again for a day because of it.
func DecodeSendGrid(body []byte) ([]MailEvent, error) {
	var batch []json.RawMessage
	if err := json.Unmarshal(body, &batch); err != nil {
		return nil, errors.New("carrier: the batch is not JSON")
	}
	var events []MailEvent
	for _, raw := range batch {
		var e struct {
			ID        string `json:"sg_event_id"`
			N         string `json:"n"`
			Event     string `json:"event"`
			Type      string `json:"type"`
			Reason    string `json:"reason"`
			Timestamp int64  `json:"timestamp"`
			MessageID string `json:"sg_message_id"`
			Email     string `json:"email"`
		}
		if json.Unmarshal(raw, &e) != nil || e.ID == "" {
			continue
		}
		events = append(events, MailEvent{
			ID: e.ID, N: e.N, Event: e.Event, Type: e.Type, Reason: e.Reason,
			At: time.Unix(e.Timestamp, 0).UTC(), MessageID: mailName(e.MessageID), To: e.Email,
		})
	}
	return events, nil
}

// mailName cuts off what SendGrid's machines add to the name of a mail on its way.
func mailName(id string) string {
	for _, mark := range []string{".recvd", ".filter"} {
		id, _, _ = strings.Cut(id, mark)
	}
	return id
}
