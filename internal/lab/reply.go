package lab

import (
	"context"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// The words Twilio handles itself before anybody else sees them, only when they stand alone.
var (
	stopWords  = []string{"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"}
	startWords = []string{"START", "YES", "UNSTOP"}
	helpWords  = []string{"HELP", "INFO"}
)

// What Twilio answers to them.
const (
	stopped = "You have successfully been unsubscribed. You will not receive any more messages from this number. Reply START to resubscribe."
	started = "You have successfully been re-subscribed to messages from this number. Reply HELP for help. Reply STOP to unsubscribe. Msg&Data Rates May Apply."
	helped  = "Reply STOP to unsubscribe. Msg&Data Rates May Apply."
)

// Reply sends a text from a phone to one of the senders, as its owner would. An empty to means the
// one who wrote last. The text is posted to the InboundURL beside this call, in the order of replies.
func (l *Lab) Reply(number, to, body string) (Message, error) {
	number, _ = normalNumber(number)
	l.mu.Lock()
	defer l.mu.Unlock()
	p, ok := l.phones.get(number)
	if !ok {
		return Message{}, noPhone
	}
	if to == "" {
		to = l.lastSender(number)
	}
	to, ok = normalNumber(to)
	switch {
	case !ok:
		return Message{}, refuse(http.StatusUnprocessableEntity, `say in "to" which sender's number the text is for, as E.164: nobody has written yet, or only a sender with a name`)
	case !l.owns(to):
		return Message{}, refuse(http.StatusUnprocessableEntity, `the number in "to" is none of the account's senders: use the "from" of a text this phone has got`)
	case strings.TrimSpace(body) == "":
		return Message{}, refuse(http.StatusUnprocessableEntity, `an empty text cannot be sent: put something in "body"`)
	case l.inboundURL == "":
		return Message{}, refuse(http.StatusConflict, "nobody takes incoming texts: the lab was given no inbound URL")
	}
	m := l.newMessage(inbound, number, to, body)
	form := url.Values{
		"AccountSid": {l.cfg.AccountSID}, "ApiVersion": {apiVersion},
		"MessageSid": {m.SID}, "SmsSid": {m.SID}, "SmsMessageSid": {m.SID}, "SmsStatus": {string(MessageReceived)},
		"From": {number}, "To": {to}, "Body": {body},
		"NumMedia": {"0"}, "NumSegments": {strconv.Itoa(segments(body))},
	}
	if word := l.optOut(p, to, body); word != "" {
		form.Set("OptOutType", word)
	}
	target, answers := l.inboundURL, 0
	l.enqueue(&p.replies, post{secure: true, send: func() {
		answers++
		if r, err := l.ask(http.MethodPost, target, form); err != nil {
			l.log.WarnContext(context.Background(), "a text from a phone of the lab was not taken; look at the server it was posted to", "path", pathOf(target), "error", err)
		} else if answers == 1 { // a repeated call-back must not show twice what was answered once
			l.answerText(m, r)
		}
	}})
	return m.Message, nil
}

func (l *Lab) lastSender(number string) string {
	for m := range l.messages.newest {
		if m.direction != inbound && m.To == number {
			return m.From
		}
	}
	return ""
}

// optOut does what Twilio does with STOP, START and HELP, and returns its OptOutType.
func (l *Lab) optOut(p *phone, sender, body string) string {
	word := strings.ToUpper(strings.TrimSpace(body))
	who := pair{p.Number, sender}
	switch {
	case slices.Contains(stopWords, word):
		if !l.hasOptedOut(p, sender) {
			l.optedOut[who] = true
			l.textBack(sender, p.Number, stopped)
		}
		return "STOP"
	case slices.Contains(startWords, word):
		if l.hasOptedOut(p, sender) {
			delete(l.optedOut, who)
			if p.Behaviour == OptedOut {
				l.behaves(p, Answer)
			}
			l.textBack(sender, p.Number, started)
		}
		return "START"
	case slices.Contains(helpWords, word):
		l.textBack(sender, p.Number, helped)
		return "HELP"
	}
	return ""
}

// answerText delivers what the webhook wants said back: TwiML messages, or plain text as it is.
func (l *Lab) answerText(m *message, r reply) {
	if err := r.err(); err != nil {
		l.log.WarnContext(context.Background(), "a text from a phone of the lab was refused; look at the server it was posted to", "error", err)
		return
	}
	var texts []string
	kind, _, _ := mime.ParseMediaType(r.contentType)
	switch {
	case len(strings.TrimSpace(string(r.body))) == 0:
	case kind == "text/plain":
		texts = []string{string(r.body)}
	default:
		document, err := parseTwiML(r.body)
		if err != nil {
			l.log.WarnContext(context.Background(), "the answer to a text is no TwiML; answer with a Response element or with nothing", "error", err)
			return
		}
		texts = document.messages()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, text := range texts {
		if !l.hasOptedOut(l.phoneAt(m.From), m.To) {
			l.textBack(m.To, m.From, text)
		}
	}
}

// textBack sends a text that no request has asked for. The caller holds l.mu.
func (l *Lab) textBack(from, to, body string) {
	m := l.newMessage(outboundReply, from, to, body)
	l.spawn(func() { l.deliver(m, false) })
}
