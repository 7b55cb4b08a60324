package phrase

import (
	"bytes"
	"cmp"
	"embed"
	"fmt"
	"html/template"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/nyaruka/phonenumbers"

	"github.com/stormbell/stormbell/domain/notice"
	"github.com/stormbell/stormbell/domain/plan"
)

//go:embed mail.html.tmpl
var mailFile embed.FS

var mailTemplate = template.Must(template.ParseFS(mailFile, "mail.html.tmpl"))

// Mail is one rendered mail without its addresses.
type Mail struct {
	// Subject is a single clean line.
	Subject string
	// Text and HTML say the same.
	Text, HTML string
	// Headers are the further headers to set: threading, importance, no automatic answers.
	Headers map[string]string
}

// sheet is what both parts of a mail are made of.
type sheet struct {
	Lang, Heading string
	// Before stands above the button, After below it.
	Before, After []paragraph
	// Button leads to Link, and so does Pass, which says the opposite.
	Button, Pass, Link string
	Small              []string
	Leave, Stop        string
}

// paragraph is lines that belong together. Strong ones are what nobody may miss.
type paragraph struct {
	Lines  []string
	Strong bool
}

// Mail returns a notice as a mail. Its button leads to the page where the person acts;
// opening it changes nothing.
func (w *Words) Mail(n notice.Notice, to To) Mail {
	f, lang := w.gather(n, to)
	if n.Mention != "" {
		f.Other = line(w.personName(n.Mention), 40)
	}
	f.Replies, f.Place = w.plan.Channels.Mail.Inbound.Has(), w.place(n, to.Person)
	// A mail has room for numbers as people dial them, and for a conference's whole address.
	f.Help = grouped(f.Help)
	if f.Dial != "" && !f.Engineers {
		f.Dial = grouped(w.plan.Company.Conference)
	}
	s := sheet{Lang: lang, Heading: f.Head, Link: to.Link}
	if n.Incident == 0 {
		s.Heading = f.Tag
	}
	if f.Name != "" {
		s.add(w.say(lang, "common.greeting", f))
	}
	if n.Drill {
		s.add(w.say(lang, "common.drill", f))
	}
	s.add(w.say(lang, key(n.Kind, "mail"), f))
	seeks := n.Kind == notice.Page || n.Kind == notice.Reminder
	if seeks {
		s.Before = append(s.Before, paragraph{[]string{w.say(lang, "mail.deadline", f)}, true})
	}
	if f.Title != "" && n.Kind != notice.NoteForLead {
		s.add(w.say(lang, "common.happened", f))
	}
	if s.Link != "" {
		s.Button = w.say(lang, "common.button", f)
		if f.Asks {
			s.Button = w.say(lang, string(n.Kind)+".button", f)
		}
		if seeks {
			s.Pass = w.say(lang, "mail.pass", f)
		}
		s.Small = append(s.Small, w.say(lang, "common.safe", f))
	}
	if how := answer(n.Kind, f.Audience != ""); f.Replies && how != "" {
		s.After = append(s.After, paragraph{Lines: []string{w.say(lang, how, f)}})
	}
	if steps := w.steps(n.Role, lang); (seeks || n.Kind == notice.Taken) && !n.Judge && len(steps) > 0 {
		s.After = append(s.After, paragraph{Lines: append([]string{w.say(lang, "mail.first", nil)}, steps...)})
	}
	if f.Dial != "" && !f.Engineers && n.Incident != 0 {
		s.After = append(s.After, paragraph{Lines: []string{w.say(lang, "common.conference", f)}})
	}
	s.Small = append(s.Small, w.say(lang, "common.footer", f))
	m := s.mail()
	m.Subject = line(w.say(lang, "common.mark", f)+": "+w.say(lang, key(n.Kind, "subject"), f), 150)
	m.Headers = w.headers(n.Incident)
	if f.Replies {
		// That somebody is away is worth knowing: the lead is told.
		m.Headers[suppress] = "DR, RN, NRN, AutoReply"
	}
	if urgent(n.Kind) {
		m.Headers["Importance"], m.Headers["X-Priority"], m.Headers["Priority"] = "high", "1", "urgent"
	}
	return m
}

// urgent are the notices that somebody must see now.
func urgent(kind notice.Kind) bool {
	switch kind {
	case notice.Page, notice.Reminder, notice.RollCall, notice.StillThere, notice.JoinAsked, notice.ProxyAsked, notice.NobodyAnswers, notice.PromiseBroken:
		return true
	default:
		return false
	}
}

// answer names the text that says how a notice can be replied to, "" when its page alone can
// answer it. A reply means the same as on the phone.
func answer(kind notice.Kind, message bool) string {
	switch kind {
	case notice.Page, notice.Reminder:
		return "mail.reply_role"
	case notice.Lapsed:
		if message {
			return "mail.reply_minutes"
		}
		return "mail.reply_task"
	case notice.TaskAsked, notice.UndoAsked:
		return "mail.reply_task"
	case notice.Taken, notice.DraftAsked, notice.CheckAsked, notice.ReviewAsked, notice.ApprovalAsked:
		return "mail.reply_minutes"
	case notice.WatchDue:
		return "mail.reply_words"
	case notice.RollCall, notice.StillThere:
		return "mail.reply_there"
	case notice.JoinAsked, notice.ProxyAsked, notice.HandOver:
		return "mail.reply_joined"
	case notice.ContactTest, notice.Invitation:
		return "mail.reply_any"
	default:
		return ""
	}
}

// place is how somebody comes to get a notice about a role, "" when the plan does not say.
func (w *Words) place(n notice.Notice, person string) string {
	role, _ := w.plan.RoleByName(n.Role)
	switch {
	case n.Kind == notice.NobodyAnswers:
		return "owner"
	case person == "" || role.Name == "":
		return ""
	case role.Primary == person:
		return "primary"
	case slices.Contains(role.Backups, person):
		return "backup"
	}
	for _, ref := range append([]string{role.Primary}, role.Backups...) {
		name, _ := plan.RotationName(ref)
		if r, ok := w.plan.Rotation(name); ok && slices.Contains(r.People, person) {
			return "duty"
		}
	}
	return ""
}

// maxSteps is how many tasks a mail names; the page has them all.
const maxSteps = 3

// steps are the first things a role does in emergency mode, with the usual time.
func (w *Words) steps(role, lang string) (lines []string) {
	for _, t := range w.plan.Emergency {
		if t.Role == role && len(lines) < maxSteps {
			f := facts{Task: w.pick(t.Do, lang, t.ID), Span: w.span(t.Expect), Every: w.span(t.Every)}
			lines = append(lines, fmt.Sprintf("%d. %s", len(lines)+1, w.say(lang, "mail.step", f)))
		}
	}
	return lines
}

// span is a length of time in the plan's minutes, rounded: "20 min", "2 h", or "" for none.
func (w *Words) span(d time.Duration) string {
	minute := cmp.Or(w.plan.Minute, time.Minute)
	if n := int(d.Round(minute) / minute); n >= 120 {
		return fmt.Sprintf("%d h", (n+30)/60)
	} else if n > 0 {
		return fmt.Sprintf("%d min", n)
	}
	return ""
}

// grouped writes a phone number in groups; an address stays as it is.
func grouped(number string) string {
	parsed, err := phonenumbers.Parse(number, "")
	if err != nil {
		return number
	}
	return phonenumbers.Format(parsed, phonenumbers.INTERNATIONAL)
}

// Aside marks words of a mail for whoever is told of them, in the company's language: they
// came from a machine, or not from the person's own address.
func (w *Words) Aside(words string, automatic bool) string {
	id := "mail.elsewhere"
	if automatic {
		id = "mail.automatic"
	}
	return w.say(w.language(""), id, words)
}

// Update is a released message to one audience.
type Update struct {
	Incident                int
	Language, Subject, Body string
	// Unsubscribe is the address of a page with a button, which also takes the POST of
	// RFC 8058; empty where nobody can leave the list.
	Unsubscribe string
	Drill       bool
}

// UpdateMail returns a released message as a mail that filters find by its subject (R141).
func (w *Words) UpdateMail(u Update) Mail {
	lang := w.language(u.Language)
	f := facts{Company: w.company, Incident: u.Incident, Drill: u.Drill}
	s := sheet{Lang: lang, Heading: line(u.Subject, 150)}
	if u.Drill {
		s.add(w.say(lang, "common.drill", f))
	}
	s.add(block(u.Body))
	s.Small = []string{w.say(lang, "common.update_footer", f)}
	if u.Unsubscribe != "" {
		s.Leave, s.Stop = u.Unsubscribe, w.say(lang, "common.unsubscribe", f)
	}
	m := s.mail()
	m.Subject = line(w.say(lang, "common.filter", f)+" "+s.Heading, 180)
	m.Headers = w.headers(u.Incident)
	if u.Unsubscribe != "" {
		m.Headers["List-Unsubscribe"] = "<" + u.Unsubscribe + ">"
		m.Headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
	}
	return m
}

// suppress says which automatic answers are not wanted.
const suppress = "X-Auto-Response-Suppress"

// headers thread all mails of one incident, make them filterable, and ask machines not to
// answer. The mail that all refer to was never sent: its name alone keeps them together.
func (w *Words) headers(incident int) map[string]string {
	host := "stormbell.invalid"
	if u, err := url.Parse(w.plan.Company.URL); err == nil && u.Hostname() != "" {
		host = u.Hostname()
	}
	thread := fmt.Sprintf("<incident-%d@%s>", incident, host)
	return map[string]string{
		"References": thread, "In-Reply-To": thread, "X-Stormbell-Incident": fmt.Sprint(incident),
		"Auto-Submitted": "auto-generated", suppress: "All",
	}
}

// add appends a text as paragraphs.
func (s *sheet) add(text string) {
	for p := range strings.SplitSeq(text, "\n\n") {
		if p = strings.Trim(p, "\n "); p != "" {
			s.Before = append(s.Before, paragraph{Lines: strings.Split(p, "\n")})
		}
	}
}

func (s *sheet) mail() Mail {
	var text []string
	write := func(lines ...string) { text = append(text, strings.Join(lines, "\n")) }
	for _, p := range s.Before {
		write(p.Lines...)
	}
	switch {
	case s.Pass != "":
		write(s.Button+" / "+s.Pass+":", s.Link)
	case s.Button != "":
		write(s.Button+":", s.Link)
	}
	for _, p := range s.After {
		write(p.Lines...)
	}
	foot := append([]string{"--"}, s.Small...)
	if s.Leave != "" {
		foot = append(foot, s.Stop+" "+s.Leave)
	}
	write(foot...)
	var html bytes.Buffer
	// The template is ours and writes to memory; the tests render it for every kind.
	_ = mailTemplate.Execute(&html, s)
	return Mail{Text: strings.Join(text, "\n\n") + "\n", HTML: html.String()}
}
