package lab

import (
	"math"
	"net/mail"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Bounds of the page: what is older or further down is in the control API.
const (
	shownAddresses = 60
	shownTexts     = 40
	shownCalls     = 8
	shownMails     = 60
	shownPosts     = 60
	shownEvents    = 30
)

// The parts of the page, of which it shows one.
const (
	showPhones  = "phones"
	showMail    = "mail"
	showOutlets = "outlets"
)

// wish is what a visitor wants to look at, as it stands in the page's address.
type wish struct {
	lang               string // as named; empty leaves it to the browser
	show, filter       string
	address, mail, way string
}

func wishOf(q url.Values) wish {
	w := wish{lang: q.Get("lang"), show: q.Get("show"), filter: q.Get("q"), address: q.Get("box"), mail: q.Get("mail"), way: q.Get("view")}
	if w.show != showMail && w.show != showOutlets {
		w.show = showPhones
	}
	return w
}

// wants tells whether the filter lets something with these texts through.
func (w wish) wants(texts ...string) bool {
	return strings.Contains(strings.ToLower(strings.Join(texts, " ")), strings.ToLower(w.filter))
}

// board is what the page shows.
type board struct {
	Lang         language
	Show, Filter string
	lang         string

	Ringing    []phoneCard
	Phones     []phoneCard
	MorePhones int
	NewOn      []phoneCard // those of Phones with new texts
	NewTexts   int

	Boxes     []mailbox
	MoreBoxes int
	NewMails  int
	Box       *mailbox
	Mail      *Mail
	Way       string // how the mail is looked at: html, text or head

	Chat  []Post
	Hooks []Hooked

	Carrier   Carrier
	Callbacks Callbacks
	Speed     float64
	Alerts    bool // the lab knows who takes alerts
	Fresh     bool // nothing has happened yet
}

// mailbox is an inbox, newest mail first.
type mailbox struct {
	Inbox
	New int
}

// To is the address of the page that shows something else; pairs of a name and a value say what.
func (b board) To(pairs ...string) string {
	q := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	if b.lang != "" && !q.Has("lang") {
		q.Set("lang", b.lang)
	}
	return "/lab?" + q.Encode()
}

// Percent is a share as people say it.
func (b board) Percent(share float64) float64 { return math.Round(share*1000) / 10 }

// Minute is how many seconds a minute of the lab takes.
func (b board) Minute() float64 { return math.Round(6000/b.Speed) / 100 }

// Reads tells whether a mail is the one that is open.
func (b board) Reads(m Mail) bool { return b.Mail != nil && b.Mail.ID == m.ID }

// Unread tells whether nobody has opened a mail.
func (b board) Unread(m Mail) bool { return !m.read }

// senderName is the name in a From header, or the whole of it where there is none.
func senderName(from string) string {
	if a, err := mail.ParseAddress(from); err == nil && a.Name != "" {
		return a.Name
	}
	return from
}

func (l *Lab) board(w wish, accepted string) board {
	b := board{
		Lang: languageFor(w.lang, accepted), lang: w.lang, Show: w.show, Filter: w.filter,
		Carrier: l.Carrier(), Callbacks: l.Callbacks(), Speed: l.cfg.Speed, Alerts: l.cfg.AlertURL != "", Fresh: true,
	}
	l.mu.Lock()
	since := l.cleared
	l.mu.Unlock()
	l.fillPhones(&b, w, since)
	l.fillMail(&b, w, since)
	if w.show == showOutlets {
		b.Chat = latest(slices.DeleteFunc(l.Posts(), func(p Post) bool { return p.At.Before(since) }), shownPosts)
		b.Hooks = latest(slices.DeleteFunc(l.Hooked(), func(e Hooked) bool { return e.At.Before(since) }), shownEvents)
		slices.Reverse(b.Hooks)
	}
	return b
}

func (l *Lab) fillPhones(b *board, w wish, since time.Time) {
	for _, p := range l.Phones() {
		c := l.card(p, since)
		b.NewTexts += c.New
		b.Fresh = b.Fresh && !c.Reach
		if c.Call != nil && c.Call.Ringing() {
			b.Ringing = append(b.Ringing, c)
		}
		switch {
		case w.show != showPhones || !w.wants(p.Number, p.Person):
		case len(b.Phones) == shownAddresses:
			b.MorePhones++
		default:
			b.Phones = append(b.Phones, c)
			if c.New > 0 {
				b.NewOn = append(b.NewOn, c)
			}
		}
	}
}

func (l *Lab) fillMail(b *board, w wish, since time.Time) {
	for _, inbox := range l.Inboxes() {
		box := mailbox{Inbox: inbox}
		box.Mails = slices.DeleteFunc(box.Mails, func(m Mail) bool { return m.At.Before(since) })
		for _, m := range box.Mails {
			if !m.read {
				box.New++
			}
		}
		b.NewMails += box.New
		switch {
		case w.show != showMail || !w.wants(box.Address):
		case len(b.Boxes) == shownAddresses:
			b.MoreBoxes++
		default:
			box.Mails = latest(box.Mails, shownMails)
			slices.Reverse(box.Mails)
			b.Boxes = append(b.Boxes, box)
		}
	}
	b.open(w)
}

// open chooses the mailbox and the mail to read: those that are wished, else the first box with mail.
func (b *board) open(w wish) {
	for i, box := range b.Boxes {
		if wished := inboxKey(box.Address) == inboxKey(w.address); wished || b.Box == nil && len(box.Mails) > 0 {
			b.Box = &b.Boxes[i]
			if wished {
				break
			}
		}
	}
	switch {
	case len(b.Boxes) == 0:
		return
	case b.Box == nil:
		b.Box = &b.Boxes[0]
	}
	for i, m := range b.Box.Mails {
		if m.ID == w.mail {
			b.Mail = &b.Box.Mails[i]
		}
	}
	if b.Mail == nil {
		return
	}
	switch b.Way = w.way; {
	case b.Way == "head":
	case b.Mail.HTML == "":
		b.Way = "text"
	case b.Way != "text" || b.Mail.Text == "":
		b.Way = "html"
	}
}
