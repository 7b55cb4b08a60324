package lab

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"
)

// MessageStatus is Twilio's word for how far a text has come.
type MessageStatus string

// The statuses of a text.
const (
	MessageQueued      MessageStatus = "queued"
	MessageSent        MessageStatus = "sent"
	MessageDelivered   MessageStatus = "delivered"
	MessageUndelivered MessageStatus = "undelivered"
	MessageReceived    MessageStatus = "received" // from a phone
)

// Message is one text.
type Message struct {
	SID    string        `json:"sid"`
	From   string        `json:"from"`
	To     string        `json:"to"`
	Body   string        `json:"body"`
	At     time.Time     `json:"at"`
	Status MessageStatus `json:"status"`
	// ErrorCode is Twilio's, for example 30003 for a phone that was not reachable; 0 for none.
	ErrorCode int `json:"error_code,omitempty"`

	read bool // the page has shown it to whoever holds the phone
}

// The directions of a text as Twilio names them.
const (
	outbound      = "outbound-api"
	outboundReply = "outbound-reply"
	inbound       = "inbound"
)

type message struct {
	Message
	direction      string
	sentAt, moved  time.Time
	statusCallback string
	posts          sequence
}

func (m *message) sid() string          { return m.SID }
func (m *message) createdAt() time.Time { return m.At }

// phone is the number of the handset, whichever way the text goes.
func (m *message) phone() string {
	if m.direction == inbound {
		return m.From
	}
	return m.To
}

func (m *message) json(account string) map[string]any {
	uri := "/" + apiVersion + "/Accounts/" + account + "/Messages/" + m.SID
	var errorCode, errorMessage any
	if m.ErrorCode != 0 {
		errorCode, errorMessage = m.ErrorCode, "Unreachable destination handset"
	}
	return map[string]any{
		"account_sid": account, "api_version": apiVersion, "body": m.Body,
		"date_created": twilioDate(m.At), "date_sent": twilioDate(m.sentAt), "date_updated": twilioDate(m.moved),
		"direction": m.direction, "error_code": errorCode, "error_message": errorMessage,
		"from": m.From, "messaging_service_sid": nil, "num_media": "0", "num_segments": strconv.Itoa(segments(m.Body)),
		"price": nil, "price_unit": "USD", "sid": m.SID, "status": m.Status,
		"subresource_uris": map[string]string{"media": uri + "/Media.json"}, "to": m.To, "uri": uri + ".json",
	}
}

func (l *Lab) createMessage(r *http.Request, undelivered bool) answer {
	f := r.PostForm
	l.mu.Lock()
	defer l.mu.Unlock()
	if refused := l.checkMessage(f); refused != nil {
		return refused.answer()
	}
	m := l.newMessage(outbound, f.Get("From"), f.Get("To"), f.Get("Body"))
	m.statusCallback = f.Get("StatusCallback")
	l.spawn(func() { l.deliver(m, undelivered) })
	return found(http.StatusCreated, m.json(l.cfg.AccountSID))
}

// newMessage keeps a text. The caller holds l.mu.
func (l *Lab) newMessage(direction, from, to, body string) *message {
	now := l.cfg.Now()
	m := &message{
		Message:   Message{SID: newSID("SM"), From: from, To: to, Body: body, At: now, Status: MessageQueued},
		direction: direction, moved: now,
	}
	if direction == inbound {
		m.Status = MessageReceived
	}
	l.phoneAt(m.phone())
	l.messages.add(m.SID, m, len(body))
	l.touch()
	return m
}

// alphaSender is a sender with a name instead of a number; nobody can answer it.
var alphaSender = regexp.MustCompile(`^[0-9A-Za-z ]{0,10}[A-Za-z][0-9A-Za-z ]{0,10}$`)

const maxMessageRunes = 1600

// checkMessage refuses what Twilio refuses before it takes a text. The caller holds l.mu.
func (l *Lab) checkMessage(f url.Values) *twilioError {
	to, from, body := f.Get("To"), f.Get("From"), f.Get("Body")
	isName := len(from) <= 11 && alphaSender.MatchString(from)
	switch {
	case f.Has("MessagingServiceSid") || f.Has("ContentSid") || f.Has("MediaUrl"):
		return refusal(20001, "the phone lab sends plain texts only: no MessagingServiceSid, ContentSid or MediaUrl")
	case to == "":
		return refusal(21604, "A 'To' phone number is required.")
	case from == "":
		return refusal(21603, "A 'From' phone number is required.")
	case body == "":
		return refusal(21602, "Message body is required.")
	case utf8.RuneCountInString(body) > maxMessageRunes:
		return refusal(21617, "The concatenated message body exceeds the 1600 character limit")
	case !numberForm.MatchString(to):
		return refusal(21211, "Invalid 'To' Phone Number: %s", to)
	case !isName && !numberForm.MatchString(from):
		return refusal(21212, "Invalid 'From' Phone Number: %s", from)
	case to == from:
		return refusal(21266, "'To' and 'From' number cannot be the same: %s", to)
	case !l.owns(from):
		return refusal(21606, "The 'From' phone number provided (%s) is not a valid message-capable Twilio phone number for this destination/account", from)
	case f.Has("StatusCallback") && !isWebURL(f.Get("StatusCallback")):
		return refusal(21609, "The 'StatusCallback' URL %s is not a valid URL", f.Get("StatusCallback"))
	}
	if f.Has("ValidityPeriod") {
		if seconds, err := strconv.Atoi(f.Get("ValidityPeriod")); err != nil || seconds < 1 || seconds > 36_000 {
			return refusal(20001, "ValidityPeriod must be 1 to 36000 seconds")
		}
	}
	p := l.phoneAt(to)
	switch {
	case p.Behaviour == Landline:
		return refusal(21614, "'To' number is not a valid mobile number")
	case l.hasOptedOut(p, from):
		return refusal(21610, "Attempt to send to unsubscribed recipient")
	}
	return nil
}

// owns tells whether a sender is the account's. An account without a list of senders owns all.
func (l *Lab) owns(sender string) bool {
	return len(l.cfg.Senders) == 0 || slices.Contains(l.cfg.Senders, sender)
}

func (l *Lab) hasOptedOut(p *phone, sender string) bool {
	return p.Behaviour == OptedOut || l.optedOut[pair{p.Number, sender}]
}

func (l *Lab) listMessages(r *http.Request, _ bool) answer {
	return page(l, r, "messages", l.messages, []string{"To", "From"}, func(m *message, q url.Values) bool {
		return is(q, "To", m.To) && is(q, "From", m.From)
	})
}

// is tells whether a filter lets a value through.
func is(q url.Values, filter, value string) bool { return !q.Has(filter) || q.Get(filter) == value }

func (l *Lab) fetchMessage(r *http.Request, _ bool) answer {
	m, refused := lookUp(l, r, l.messages)
	if refused != nil {
		return refused.answer()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return found(http.StatusOK, m.json(l.cfg.AccountSID))
}
