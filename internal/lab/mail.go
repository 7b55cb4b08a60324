package lab

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// MailStatus is how far a mail has come, in the words of SendGrid's events.
type MailStatus string

// The statuses of a mail.
const (
	MailProcessed MailStatus = "processed"
	MailDelivered MailStatus = "delivered"
	MailDropped   MailStatus = "dropped"
)

// Inbox is a mailbox with its mails, oldest first. Dropped mails are not in it.
type Inbox struct {
	Address string `json:"address"`
	Mails   []Mail `json:"mails"`
}

// Mail is one mail to one recipient.
type Mail struct {
	ID         string            `json:"id"`
	From       string            `json:"from"` // as in a From header: a name and an address
	To         string            `json:"to"`
	Subject    string            `json:"subject"`
	Text       string            `json:"text"`
	HTML       string            `json:"html"`
	Headers    map[string]string `json:"headers"`
	CustomArgs map[string]string `json:"custom_args"`
	Categories []string          `json:"categories,omitempty"`
	At         time.Time         `json:"at"`
	Status     MailStatus        `json:"status"`
	// Replies are what was answered to it from this mailbox.
	Replies []string `json:"replies,omitempty"`

	read bool // the page has shown it to the inbox's owner
}

// inboxKey is what makes two spellings of an address the same inbox.
func inboxKey(address string) string { return strings.ToLower(strings.TrimSpace(address)) }

// mailError is a refusal in SendGrid's words.
type mailError struct {
	status         int
	message, field string
}

func (e *mailError) answer() answer {
	return answer{e.status, nil, map[string]any{"errors": []map[string]any{
		{"message": e.message, "field": optional(e.field), "help": nil},
	}}}
}

// mailTrouble is what SendGrid says when it cannot do its work.
func (l *Lab) mailTrouble(status int) answer {
	message := http.StatusText(status)
	if status == http.StatusTooManyRequests {
		message = "too many requests"
	}
	a := (&mailError{status: status, message: message}).answer()
	if status == http.StatusTooManyRequests {
		a.header = map[string]string{"Retry-After": "1", "X-RateLimit-Limit": "600", "X-RateLimit-Remaining": "0",
			"X-RateLimit-Reset": strconv.FormatInt(l.cfg.Now().Unix()+1, 10)}
	}
	return a
}

// mailRoutes serves mail/send; all else of SendGrid's API is its 404. Looking a mail up is a paid
// feature there and not available here either.
func (l *Lab) mailRoutes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v3/mail/send", func(w http.ResponseWriter, r *http.Request) {
		key, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		if subtle.ConstantTimeCompare([]byte(key), []byte(l.cfg.SendGridKey)) != 1 {
			(&mailError{status: http.StatusUnauthorized,
				message: "The provided authorization grant is invalid, expired, or revoked"}).answer().write(w)
			return
		}
		l.serve(w, r, ChannelEmail, true, l.sendMail, l.mailTrouble)
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		(&mailError{status: http.StatusNotFound, message: "not found"}).answer().write(w)
	})
	return mux
}

func (l *Lab) sendMail(r *http.Request, dropped bool) answer {
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		return (&mailError{http.StatusUnsupportedMediaType, "Content-Type should be application/json.", ""}).answer()
	}
	var m mailSend
	if err := json.NewDecoder(r.Body).Decode(&m); err != nil {
		return (&mailError{http.StatusBadRequest, "Bad Request", ""}).answer()
	}
	if refused := m.check(); refused != nil {
		return refused.answer()
	}
	if m.MailSettings.SandboxMode.Enable {
		return answer{status: http.StatusOK}
	}
	var random [16]byte
	_, _ = rand.Read(random[:]) // never fails
	id := base64.RawURLEncoding.EncodeToString(random[:])

	l.mu.Lock()
	defer l.mu.Unlock()
	var mails []*Mail
	for _, p := range m.Personalizations {
		for _, to := range slices.Concat(p.To, p.CC, p.BCC) {
			sent := m.mail(p, to)
			sent.ID, sent.At = fmt.Sprintf("%s.filterdlab-%d", id, len(mails)), l.cfg.Now()
			l.inboxes.add(inboxKey(to.Email), to.Email, 0)
			l.mails.add(sent.ID, sent, len(sent.Text)+len(sent.HTML))
			mails = append(mails, sent)
		}
	}
	l.touch()
	l.spawn(func() { l.deliverMail(mails, dropped) })
	return answer{status: http.StatusAccepted, header: map[string]string{"X-Message-Id": id}}
}

// Mails shows every mail that was taken, oldest first, whether it has arrived or not.
func (l *Lab) Mails() []Mail {
	l.mu.Lock()
	defer l.mu.Unlock()
	var all []Mail
	for m := range l.mails.each {
		all = append(all, *m)
	}
	return all
}

// Inboxes shows every mailbox, the configured ones first.
func (l *Lab) Inboxes() []Inbox {
	l.mu.Lock()
	defer l.mu.Unlock()
	index := make(map[string]int, len(l.inboxes.rows))
	inboxes := make([]Inbox, 0, len(l.inboxes.rows))
	for address := range l.inboxes.each {
		index[inboxKey(address)] = len(inboxes)
		inboxes = append(inboxes, Inbox{Address: address, Mails: []Mail{}})
	}
	for m := range l.mails.each {
		if i, ok := index[inboxKey(m.To)]; ok && m.Status == MailDelivered {
			inboxes[i].Mails = append(inboxes[i].Mails, *m)
		}
	}
	return inboxes
}
