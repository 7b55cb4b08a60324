package phrase

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/url"
	"strings"

	"github.com/stormbell/stormbell/domain/notice"
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
	// Paragraphs are lists of lines.
	Paragraphs   [][]string
	Button, Link string
	Small        []string
	Leave, Stop  string
}

// Mail returns a notice as a mail. Its one button leads to the page where the person acts;
// opening it changes nothing.
func (w *Words) Mail(n notice.Notice, to To) Mail {
	f, lang := w.gather(n, to)
	s := sheet{Lang: lang, Heading: f.Head, Link: to.Link}
	if f.Name != "" {
		s.add(w.say(lang, "common.greeting", f))
	}
	s.add(w.say(lang, key(n.Kind, "mail"), f))
	if f.Title != "" && n.Kind != notice.NoteForLead {
		s.add(w.say(lang, "common.happened", f))
	}
	if n.Drill {
		s.add(w.say(lang, "common.drill", f))
	}
	if s.Link != "" {
		s.Button = w.say(lang, "common.button", f)
		if f.Asks {
			s.Button = w.say(lang, string(n.Kind)+".button", f)
		}
		s.Small = append(s.Small, w.say(lang, "common.safe", f))
	}
	if tel := w.plan.Company.Conference; tel != "" {
		s.Small = append(s.Small, w.say(lang, "common.conference", tel))
	}
	s.Small = append(s.Small, w.say(lang, "common.footer", f))
	m := s.mail()
	m.Subject = line(w.say(lang, "common.mark", f)+": "+w.say(lang, key(n.Kind, "subject"), f), 150)
	m.Headers = w.headers(n.Incident)
	if urgent(n.Kind) {
		m.Headers["Importance"], m.Headers["X-Priority"], m.Headers["Priority"] = "high", "1", "urgent"
	}
	return m
}

// urgent are the notices that somebody must see now.
func urgent(kind notice.Kind) bool {
	switch kind {
	case notice.Page, notice.Reminder, notice.NobodyAnswers, notice.PromiseBroken:
		return true
	default:
		return false
	}
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

// headers thread all mails of one incident, make them filterable, and ask machines not to answer.
func (w *Words) headers(incident int) map[string]string {
	host := "stormbell.invalid"
	if u, err := url.Parse(w.plan.Company.URL); err == nil && u.Hostname() != "" {
		host = u.Hostname()
	}
	thread := fmt.Sprintf("<incident-%d@%s>", incident, host)
	return map[string]string{
		"References": thread, "In-Reply-To": thread, "X-Stormbell-Incident": fmt.Sprint(incident),
		"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All",
	}
}

// add appends a text as paragraphs.
func (s *sheet) add(text string) {
	for p := range strings.SplitSeq(text, "\n\n") {
		if p = strings.Trim(p, "\n "); p != "" {
			s.Paragraphs = append(s.Paragraphs, strings.Split(p, "\n"))
		}
	}
}

func (s *sheet) mail() Mail {
	var text []string
	for _, lines := range s.Paragraphs {
		text = append(text, strings.Join(lines, "\n"))
	}
	if s.Button != "" {
		text = append(text, s.Button+":\n"+s.Link)
	}
	foot := s.Small
	if s.Leave != "" {
		foot = append(foot, s.Stop+" "+s.Leave)
	}
	text = append(text, "--\n"+strings.Join(foot, "\n"))
	var html bytes.Buffer
	// The template is ours and writes to memory; the tests render it for every kind.
	_ = mailTemplate.Execute(&html, s)
	return Mail{Text: strings.Join(text, "\n\n") + "\n", HTML: html.String()}
}
