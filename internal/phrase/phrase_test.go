package phrase

import (
	"encoding/xml"
	"errors"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/BurntSushi/toml"
	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/notice"
	"github.com/stormbell/stormbell/domain/plan"
)

// hostile is a title as an attacker would choose it.
const hostile = "\u202e<script>alert(1)</script>\r\nBcc: x@evil.example 🔥🔥 https://evil.example/pay {{.Link}} 1234567890"

// worst is a company with the longest names that are allowed, and a notice full of them.
func worst(kind notice.Kind, lang string) (*Words, notice.Notice, To) {
	w := acme()
	w.plan.People = append(w.plan.People, plan.Person{ID: "max", Name: "Maximiliane-Charlotte von Hohenstein-Wolfenbüttel"})
	long := map[string]string{"en": "Chief Customer Communications & Press Officer", "de": "Leitung Kundenkommunikation & Öffentlichkeitsarbeit"}
	for i := range w.plan.Roles {
		w.plan.Roles[i].Title = long
	}
	w.plan.Emergency[0].Do = map[string]string{"en": "Stop “every” campaign – all 12 of them, in each of the 27 countries", "de": "Wirklich „alle“ Kampagnen in jedem der 27 Länder stoppen – sofort"}
	w.plan.Emergency[0].Undo = w.plan.Emergency[0].Do
	w.plan.Audiences[0].Title = map[string]string{"en": "strategic customers & partners in all 27 countries", "de": "strategische Kunden & Partner in allen 27 Ländern"}
	n := example(kind)
	n.Title, n.Mention, n.Incident, n.Letter, n.Count, n.Minutes = hostile, "max", 1234, "B", 12, 480
	n.At, n.Since = n.At.AddDate(0, 0, 20), n.Since.AddDate(0, 0, -20)
	return w, n, To{Name: "Maximiliane-Charlotte von Hohenstein-Wolfenbüttel", Language: lang, Link: link}
}

func each(t *testing.T, check func(t *testing.T, kind notice.Kind, lang string, drill bool)) {
	t.Helper()
	for _, kind := range append(kinds(t), "later") {
		for _, lang := range []string{"en", "de"} {
			for _, drill := range []bool{false, true} {
				t.Run(strings.Join([]string{string(kind), lang, map[bool]string{true: "drill"}[drill]}, "/"), func(t *testing.T) {
					t.Parallel()
					check(t, kind, lang, drill)
				})
			}
		}
	}
}

func TestSMSAlwaysFits(t *testing.T) {
	t.Parallel()
	codes := regexp.MustCompile(`1B=.*2B=|4B=|\d0B|\d5B|Reply 1B|Antwort 1B|Reply 4B|Antwort 4B`)
	each(t, func(t *testing.T, kind notice.Kind, lang string, drill bool) {
		w, n, to := worst(kind, lang)
		n.Drill = drill
		text := w.SMS(n, to)
		septets, gsm := Septets(text)
		require.True(t, gsm, text)
		require.LessOrEqual(t, septets, 160, text)
		require.Equal(t, text, strings.Join(strings.Fields(text), " "))
		require.NotContains(t, text, "evil")
		require.LessOrEqual(t, strings.Count(text, link), 1, "a title was run as a template")
		require.NotContains(t, text, "<no value>")
		company := "ACME"
		if drill {
			company = map[string]string{"en": "ACME DRILL", "de": "ACME ÜBUNG"}[lang]
		}
		require.True(t, strings.HasPrefix(text, company), text)
		// What carries a code or a link with short names still carries it, whole, with long ones.
		n2 := example(kind)
		n2.Letter, n2.Drill = "B", drill
		short := acme().SMS(n2, To{Language: lang, Link: link, Name: "Anna"})
		require.Equal(t, strings.Contains(short, link), strings.Contains(text, link), text)
		require.Equal(t, codes.MatchString(short), codes.MatchString(text), "%s\n%s", short, text)
	})
}

func FuzzSMS(f *testing.F) {
	f.Add(hostile, "Marketing", "Anna Vogel", "stop_campaigns")
	f.Add(strings.Repeat("[", 200), strings.Repeat("€", 60), "\xff", "{{.Link}}")
	f.Fuzz(func(t *testing.T, title, role, name, subject string) {
		w := acme()
		w.plan.Roles[0].Title = map[string]string{"en": role}
		for _, kind := range []notice.Kind{notice.Page, notice.Lapsed, notice.NoteForLead, notice.ReviewAsked} {
			n := notice.Notice{Kind: kind, Title: title, Role: "marketing_officer", Mention: name, Subject: subject, Incident: 7, At: w.Now()}
			text := w.SMS(n, To{Name: name, Language: "en", Link: link})
			if n, gsm := Septets(text); n > 160 || !gsm || !strings.Contains(text, link) {
				t.Fatalf("%d septets: %q", n, text)
			}
			if s := w.Speech(n, To{Name: name, Language: "de"}); runes(s.Hello+s.Story+s.Keys) > maxSpoken || strings.ContainsAny(s.Story, "<>&/") {
				t.Fatalf("spoken: %q", s.Story)
			}
		}
	})
}

func TestSMSWithoutLinkOrFacts(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, kind notice.Kind, lang string, drill bool) {
		for _, n := range []notice.Notice{{Kind: kind, Drill: drill}, example(kind)} {
			text := acme().SMS(n, To{Language: lang})
			require.NotContains(t, text, "http")
			require.NotContains(t, text, "  ")
			require.False(t, strings.HasSuffix(text, ":"), text)
		}
	})
}

func TestSMSOfAPathologicalAddressKeepsTheCodes(t *testing.T) {
	t.Parallel()
	text := acme().SMS(example(notice.Page), To{Link: "https://" + strings.Repeat("x", 150)})
	require.LessOrEqual(t, septets(text), 160)
	require.Contains(t, text, "1=übernehme 2=Vertretung")
	require.NotContains(t, text, "http")
}

func TestSMSCutsTheTitleFirst(t *testing.T) {
	t.Parallel()
	n := example(notice.Page)
	n.Title = "Checkout fails for 40 % of all customers in 12 countries since the night"
	text := acme().SMS(n, To{Language: "en", Link: link})
	require.Equal(t, "ACME INCIDENT 7: Checkout fails for 40 % of all customers in. You are Marketing on call. Reply 1=I take it 2=pass to backup. "+link, text)
}

func TestOpenListsRequestsByLetter(t *testing.T) {
	t.Parallel()
	var open []notice.Notice
	for _, letter := range []string{"A", "B", "C", "D", "E"} {
		open = append(open, notice.Notice{Letter: letter, Role: "marketing_officer", Incident: 1234})
	}
	w := acme()
	require.Contains(t, w.Open(open[:2], To{Language: "en"}), "1A=take Marketing (incident 1234), 1B=take")
	long := w.Open(open, To{Language: "en", Link: link})
	require.LessOrEqual(t, septets(long), 160)
	require.Contains(t, long, link, "too long a list is on the page instead")
}

func TestRoom(t *testing.T) {
	t.Parallel()
	w := acme()
	require.GreaterOrEqual(t, w.Room(), 40)
	w.plan.Company.URL = "https://incident-response.operations.example.com"
	require.Less(t, w.Room(), 40)
}

func TestSpeechIsShortAndPlain(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, kind notice.Kind, lang string, drill bool) {
		w, n, to := worst(kind, lang)
		n.Drill = drill
		s := w.Speech(n, to)
		require.Equal(t, map[string]string{"en": "en-US", "de": "de-DE"}[lang], s.Language)
		for _, text := range []string{s.Hello, s.Story, s.Silence, s.Bye, s.Machine, s.Unreachable, s.Connecting} {
			require.NotEmpty(t, text)
			require.NotContains(t, text, "http")
			require.NotContains(t, text, "<")
			require.NotContains(t, text, "1234", "an id is read out")
		}
		if kind != notice.Taken { // a long question, but nobody waits behind it
			require.LessOrEqual(t, runes(s.Hello+s.Story+s.More+s.Keys), maxSpoken)
		}
		if drill {
			require.Contains(t, s.Hello, map[string]string{"en": "a drill", "de": "eine Übung"}[lang])
		}
	})
}

func TestPageSpeech(t *testing.T) {
	t.Parallel()
	w := acme()
	s := w.Speech(example(notice.Page), To{Person: "anna"})
	require.Equal(t, "Guten Morgen Anna Vogel. Hier ist der Notfalldienst von ACME. Das ist keine Übung.", s.Hello)
	require.Equal(t, "Checkout down, seit 2 Uhr 51. Sie haben Dienst für Marketing.", s.Story)
	require.Equal(t, "3 weitere Anfragen sind offen.", s.More)
	require.Equal(t, "That was 7. Please press 1, 2 or 3.", w.WrongKey("7", example(notice.Page), To{Language: "en"}))
	require.Equal(t, "Please press 1, 2 or 3.", w.WrongKey("<b>", example(notice.Page), To{Language: "en"}))
	require.Empty(t, w.Speech(example(notice.PassedOn), To{}).Keys, "nothing is left to press")
}

// Somebody who asked to be connected joins by a key, so that no mailbox ever does; without a
// conference nothing is left to press.
func TestBridgeSpeech(t *testing.T) {
	t.Parallel()
	w, to := acme(), To{Person: "ben"}
	s := w.Speech(notice.Notice{Kind: notice.Bridge}, to)
	require.Equal(t, "You asked to be connected to the conference.", s.Story)
	require.Equal(t, "Press 1 to join the conference. Press star to hear this again.", s.Keys)
	require.Equal(t, "That was 2. Please press 1, or just hang up.", w.WrongKey("2", notice.Notice{Kind: notice.Bridge}, to))
	require.Contains(t, w.SMS(notice.Notice{Kind: notice.Bridge}, To{Language: "en", Link: link}), "Number and PIN of the conference: "+link)
	w.plan.Company.Conference = ""
	s = w.Speech(notice.Notice{Kind: notice.Bridge}, to)
	require.Contains(t, s.Story, "we have no conference number")
	require.Contains(t, s.Story, "call + 4 9 3 0")
	require.Empty(t, s.Keys)
}

func TestIdleSpeech(t *testing.T) {
	t.Parallel()
	w := acme()
	for want, n := range map[string]notice.Notice{
		"ACME incident response. Nothing is open for you right now. To reach":                                          {},
		"ACME incident response. Anna Vogel has Legal since 2 51. Nothing is":                                          {Mention: "anna", Role: "legal_officer", Since: w.Now().Add(-19 * time.Minute)},
		"ACME incident response. No role waits for your answer. One request is open for you: please answer our text m": {Count: 1},
		"ACME incident response. No role waits for your answer. 2 requests are open for you":                           {Count: 2},
	} {
		s := w.Idle(n, To{Person: "ben"})
		require.Contains(t, s.Story, want)
		require.LessOrEqual(t, runes(s.Story), maxSpoken)
	}
	require.Contains(t, w.Idle(notice.Notice{}, To{Person: "anna"}).Story, "Für Sie ist gerade nichts offen.")
}

func TestMailIsSafeAndWhole(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, kind notice.Kind, lang string, drill bool) {
		w, n, to := worst(kind, lang)
		n.Drill = drill
		m := w.Mail(n, to)
		require.False(t, strings.ContainsFunc(m.Subject, func(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Cf) }), "%q", m.Subject)
		require.NotContains(t, m.Subject+m.Text+m.HTML, "evil.example/pay")
		require.NotContains(t, m.HTML, "<script")
		require.NotContains(t, m.HTML, "\u202e")
		links := 1
		if kind == notice.Page || kind == notice.Reminder {
			links = 2 // to take it, or to pass it on: on the same page
		}
		require.Equal(t, links, strings.Count(m.HTML, "<a "))
		require.Equal(t, links, strings.Count(m.HTML, `href="`+link+`"`))
		require.Contains(t, m.Text, link)
		require.NotContains(t, m.Text+m.HTML+m.Subject, "<no value>")
		require.NotContains(t, m.Subject, "unknown.")
		wellFormed(t, m.HTML)
		require.Equal(t, "auto-generated", m.Headers["Auto-Submitted"])
		require.Equal(t, "<incident-1234@i.acme.com>", m.Headers["References"])
		require.Equal(t, urgent(kind), m.Headers["Importance"] == "high")
		if drill {
			require.True(t, strings.HasPrefix(m.Subject, map[string]string{"en": "ACME DRILL", "de": "ACME ÜBUNG"}[lang]), m.Subject)
		}
	})
}

// wellFormed checks that every element that was opened is closed.
func wellFormed(t *testing.T, html string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(html))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			require.NoError(t, err, html)
		}
	}
}

func TestUpdateMail(t *testing.T) {
	t.Parallel()
	m := acme().UpdateMail(Update{
		Incident: 7, Language: "en", Subject: "Checkout\r\nBcc: x", Body: "<b>One</b>\n\nTwo\nlines", Unsubscribe: "https://i.acme.com/u/1",
	})
	require.Equal(t, "[ACME incident 7] Checkout Bcc: x", m.Subject)
	require.Contains(t, m.HTML, "&lt;b&gt;One")
	require.Contains(t, m.HTML, "Two<br/>lines")
	require.Equal(t, "<https://i.acme.com/u/1>", m.Headers["List-Unsubscribe"])
	require.Equal(t, "List-Unsubscribe=One-Click", m.Headers["List-Unsubscribe-Post"])
	wellFormed(t, m.HTML)
	require.NotContains(t, acme().UpdateMail(Update{Incident: 7}).Headers, "List-Unsubscribe")
}

func TestClock(t *testing.T) {
	t.Parallel()
	w := acme()
	now := w.Now() // Thursday 03:10 in Berlin
	for _, c := range []struct {
		t                  time.Time
		en, de, say, sagen string
	}{
		{now, "03:10", "03:10", "3 10", "3 Uhr 10"},
		{now.Add(-5 * time.Minute), "03:05", "03:05", "3 oh 5", "3 Uhr 5"},
		{now.Add(50 * time.Minute), "04:00", "04:00", "4 o'clock", "4 Uhr"},
		{now.Add(-4 * time.Hour), "Wed 23:10", "Mi 23:10", "Wednesday 23 10", "Mittwoch 23 Uhr 10"},
		{now.AddDate(0, 0, 30), "12 Dec 03:10", "12.12. 03:10", "Saturday 3 10", "Samstag 3 Uhr 10"},
		{time.Time{}, "", "", "", ""},
	} {
		require.Equal(t, c.en, w.Clock(c.t, "en"))
		require.Equal(t, c.de, w.Clock(c.t, "de-AT"))
		require.Equal(t, c.say, spokenClock(c.t, now, w.zone, "en"))
		require.Equal(t, c.sagen, spokenClock(c.t, now, w.zone, "de"))
	}
}

func TestPersonDecidesTheLanguage(t *testing.T) {
	t.Parallel()
	w := acme()
	require.Contains(t, w.SMS(example(notice.Page), To{Person: "ben"}), "You are")
	require.Contains(t, w.SMS(example(notice.Page), To{Person: "ben", Language: "de"}), "Sie sind")
	require.Contains(t, w.SMS(example(notice.Page), To{Language: "fr"}), "Sie sind", "the company's first language")
	require.Contains(t, New(plan.Plan{}).SMS(notice.Notice{Kind: notice.Page}, To{}), "INCIDENT")
}

// TestBothLanguagesHaveTheSameWords compares keys, plural forms and the facts they name.
func TestBothLanguagesHaveTheSameWords(t *testing.T) {
	t.Parallel()
	require.Equal(t, slices.Sorted(maps.Keys(texts(t, "en"))), slices.Sorted(maps.Keys(texts(t, "de"))))
	for _, kind := range kinds(t) {
		for _, channel := range []string{"sms", "subject", "mail"} {
			require.True(t, words().ids[string(kind)+"."+channel], "%s.%s", kind, channel)
		}
	}
	for _, kind := range []string{"page", "reminder", "lapsed", "task_asked", "taken", "noted", "passed_on", "too_late"} {
		require.True(t, words().ids[kind+".story"], kind)
	}
}

// texts reads a language's file flat.
func texts(t *testing.T, lang string) map[string]string {
	t.Helper()
	raw, err := files.ReadFile("active." + lang + ".toml")
	require.NoError(t, err)
	var tree map[string]any
	require.NoError(t, toml.Unmarshal(raw, &tree))
	flat := map[string]string{}
	var walk func(prefix string, node any)
	walk = func(prefix string, node any) {
		switch node := node.(type) {
		case string:
			flat[prefix] = node
		case map[string]any:
			for k, v := range node {
				walk(prefix+"."+k, v)
			}
		}
	}
	walk("", tree)
	return flat
}

// TestNoEnglishInGermanTexts keeps foreign words from executives; names in a plan and
// titles of alerts are data and not looked at.
func TestNoEnglishInGermanTexts(t *testing.T) {
	t.Parallel()
	action := regexp.MustCompile(`\{\{[^}]*\}\}`)
	english := strings.Fields("incident backup page call task status reply update deadline done take message approve approval release " +
		"review draft check meeting feedback team report issue ticket down lead officer drill role please you your the and for late due " +
		"internal customer customers link button stakeholder response on-call escalation briefing online offline mail e-mail sms")
	for id, text := range texts(t, "de") {
		for _, word := range strings.FieldsFunc(strings.ToLower(action.ReplaceAllString(text, " ")), func(r rune) bool { return !unicode.IsLetter(r) && r != '-' }) {
			require.NotContains(t, english, word, "%s: %s", id, text)
		}
	}
	for id, text := range texts(t, "en") {
		require.NotRegexp(t, `(?i)\b(notfall|bitte|antwort|sie|ihre|und)\b`, action.ReplaceAllString(text, " "), id)
	}
}

// TestGermanIsFormal finds a "du" that slipped in.
func TestGermanIsFormal(t *testing.T) {
	t.Parallel()
	for id, text := range texts(t, "de") {
		require.NotRegexp(t, `(?i)\b(du|dein|deine|dir|dich|euch)\b`, text, id)
	}
}
