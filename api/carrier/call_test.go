package carrier

import (
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/escalation"
)

// heard is what a script does to a caller.
type heard struct {
	says, dials, gathers []string // a gather is "digits action"
}

// hear reads TwiML as strictly as can be: nothing but the verbs we use, with the
// attributes we write, and text in them.
func hear(t *testing.T, script string) (h heard) {
	t.Helper()
	allowed := map[string]string{
		"Response": "", "Say": "voice language", "Gather": "input action method timeout numDigits finishOnKey", "Hangup": "", "Dial": "", "Number": "sendDigits",
	}
	d := xml.NewDecoder(strings.NewReader(script))
	for open := []string{}; ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			require.Empty(t, open)
			return h
		}
		require.NoError(t, err, script)
		switch token := token.(type) {
		case xml.StartElement:
			attributes, known := allowed[token.Name.Local]
			require.True(t, known, "%s in %s", token.Name.Local, script)
			given := map[string]string{}
			for _, a := range token.Attr {
				require.Contains(t, attributes, a.Name.Local, script)
				given[a.Name.Local] = a.Value
			}
			if token.Name.Local == "Gather" {
				h.gathers = append(h.gathers, given["numDigits"]+" "+given["action"])
			}
			open = append(open, token.Name.Local)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			switch in := strings.Join(open, ">"); {
			case strings.HasSuffix(in, "Say"):
				h.says = append(h.says, string(token))
			case strings.HasSuffix(in, "Number"):
				h.dials = append(h.dials, string(token))
			default:
				require.Empty(t, strings.TrimSpace(string(token)), script)
			}
		case xml.ProcInst:
			require.Equal(t, "xml", token.Target)
		default:
			t.Fatalf("%T in %s", token, script)
		}
	}
}

func press(digits string) call {
	return twilio(keysAt, url.Values{"CallSid": {"CA1"}, "CallStatus": {"in-progress"}, "Digits": {digits}})
}

// A person who presses a key hears what is true once the page has decided, and never more.
func TestKeys_callerHearsTheTruth(t *testing.T) {
	t.Parallel()
	climbing := escalation.State{Stage: escalation.Climbing, Asked: []string{"anna", "ben"}}
	bens := escalation.State{Stage: escalation.Held, Holder: "ben", HeldAt: now.Add(-time.Minute)}
	closed := escalation.State{Stage: escalation.Closed}
	passed := func(people ...string) escalation.State {
		s := climbing
		s.Declined = people
		return s
	}
	for name, c := range map[string]struct {
		page    escalation.State
		digits  string
		then    *escalation.State // what the page becomes once the key is in the inbox
		says    string
		gathers string // how many digits are asked for
		dials   bool
		noItem  bool
	}{
		"takes it":                   {climbing, "1", &held, "is yours", "3", false, false},
		"minutes before the role":    {climbing, "7", nil, "That was 7. Please press 1, 2 or 3.", "1", false, true},
		"takes it and joins":         {climbing, "3", &held, "is yours", "", true, false},
		"passes on":                  {climbing, "2", ptr(passed("anna")), "We call your backup", "", false, false},
		"somebody was faster":        {climbing, "1", &bens, "Ben Ortiz has Marketing", "", false, false},
		"passes on what is taken":    {bens, "2", nil, "Ben Ortiz has Marketing", "", false, false},
		"joins what is taken":        {bens, "3", nil, "Ben Ortiz has Marketing", "", false, false},
		"stood down meanwhile":       {climbing, "1", &closed, "Nothing is open", "", false, false},
		"passes on what is over":     {closed, "2", nil, "Nothing is open", "", false, false},
		"nobody decides":             {climbing, "1", nil, "cannot take your answer", "", false, false},
		"nobody decides the passing": {climbing, "2", nil, "cannot take your answer", "", false, false},
		"only the other passes on":   {climbing, "1", ptr(passed("ben")), "cannot take your answer", "", false, false},
		"other passes on first":      {climbing, "2", ptr(passed("ben")), "cannot take your answer", "", false, false},
		"passed before, takes now":   {passed("anna"), "1", &held, "is yours", "3", false, false},
		"holds it, says minutes":     {held, "20", nil, "Noted: 20 minutes.", "", false, false},
		"holds it, is done":          {held, "4", nil, "noted as done", "", false, false},
		"wrong key":                  {climbing, "0", nil, "That was 0. Please press 1, 2 or 3.", "1", false, true},
		"done with nothing":          {climbing, "4", nil, "That was 4. Please press 1, 2 or 3.", "1", false, true},
		"holds it, wrong minutes":    {held, "999", nil, "minutes you need, at least 5", "3", false, true},
		"no keys":                    {climbing, "", nil, "Please press 1, 2 or 3.", "1", false, true},
		"markup for keys":            {climbing, "<Dial>+49900123456</Dial>", nil, "Please press 1, 2 or 3.", "1", false, true},
		"again":                      {climbing, "*", nil, "You are Marketing Sales on call.", "1", false, true},
		"holds it, again":            {held, "*", nil, "How many minutes", "3", false, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, c.page)
			answer := make(chan string, 1)
			if c.then != nil {
				s.hooks.Patience = 20 * time.Second
				if !c.then.Over() && !strings.Contains(c.says, "backup") {
					s.hooks.Patience = 100 * time.Millisecond // it waits for what does not come
				}
			}
			go func() {
				status, body := s.do(press(c.digits))
				if status != http.StatusOK {
					body = http.StatusText(status)
				}
				answer <- body
			}()
			if c.then != nil {
				require.Eventually(t, func() bool { return len(s.inbox()) == 1 }, 10*time.Second, time.Millisecond)
				s.becomes(*c.then)
			}
			h := hear(t, <-answer)
			require.Contains(t, strings.Join(h.says, "\n"), c.says)
			if c.gathers == "" {
				require.Empty(t, h.gathers)
			}
			for _, g := range h.gathers {
				require.Equal(t, c.gathers+" "+public+keysAt, g)
			}
			require.Equal(t, c.dials, len(h.dials) == 1)
			require.Equal(t, c.noItem, len(s.inbox()) == 0)
		})
	}
}

func ptr[T any](v T) *T { return &v }

// A roll call goes on for others after the role is held; whoever has answered hears so at once.
func TestKeys_rollCall_callerNeedNotWaitForTheOthers(t *testing.T) {
	t.Parallel()
	for says, page := range map[string]escalation.State{
		"is yours":                      {Stage: escalation.Held, Holder: "anna", Roll: []string{"ben"}},
		"Ben Ortiz has Marketing Sales": {Stage: escalation.Held, Holder: "ben", Roll: []string{"finn"}},
		"cannot take your answer":       {Stage: escalation.Held, Holder: "ben", Roll: []string{"anna"}}, // it was not counted yet
	} {
		s := newSite(t, page)
		s.hooks.Patience = 20 * time.Second
		if slices.Contains(page.Roll, "anna") {
			s.hooks.Patience = time.Millisecond // it waits for what does not come
		}
		status, body := s.do(press("1"))
		require.Equal(t, http.StatusOK, status)
		require.Contains(t, strings.Join(hear(t, body).says, "\n"), says)
	}
}

// Whatever an alert calls itself, the caller hears a sentence and no verb of its own.
func TestKeys_hostileTitles_neverBreakTheScript(t *testing.T) {
	t.Parallel()
	s := newSite(t, held)
	for name, title := range map[string]string{
		"closes the verb":  `</Say></Gather><Dial>+49900123456</Dial><Say>`,
		"escaped already":  `&lt;/Say&gt;&#60;Dial&#62;+49900123456&lt;/Dial&gt;`,
		"CDATA":            `]]><Dial>+49900123456</Dial><![CDATA[`,
		"comment":          `--><Redirect>https://evil.example/x</Redirect><!--`,
		"entity":           `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>&e;`,
		"SSML":             `<break time="9s"/><audio src="https://evil.example/a.mp3"/>`,
		"controls":         "a\x00b\x08c\x1bd\u0085e\u2028f\ufffeg\uffff",
		"not UTF-8":        "caf\xe9 \xff\xfe",
		"direction":        "\u202egnp.exe \u2066x",
		"attributes":       `" action="https://evil.example" x='`,
		"line breaks":      "down\r\n\r\n</Say>\tup",
		"endless":          strings.Repeat("<&\"'>", 2_000),
		"emoji":            strings.Repeat("🔥", 500),
		"template":         `{{.Help}} {{template "x"}} %s %n`,
		"nothing but dots": "...,,,",
	} {
		for _, page := range []escalation.State{{Stage: escalation.Climbing}, held, {Stage: escalation.Held, Holder: "ben"}, {Stage: escalation.Closed}} {
			page.Page.Title, page.Page.Since = title, now.Add(-time.Hour)
			s.becomes(page)
			s.hooks.Patience = 20 * time.Second
			if !page.Over() {
				s.hooks.Patience = time.Millisecond
			}
			for _, digits := range []string{"*", "0", "1", "2", "3", "20"} {
				c := press(digits)
				// What the caller's request adds to the address comes back as an attribute.
				c.target += `&x=%22%3E%3CDial%3E&y=<'"&z=1`
				c.header[TwilioSignature] = sign("token", public+c.target, url.Values{"CallSid": {"CA1"}, "CallStatus": {"in-progress"}, "Digits": {digits}})
				status, script := s.do(c)
				require.Equal(t, http.StatusOK, status, name)
				h := hear(t, script)
				require.NotEmpty(t, h.says, name)
				for _, word := range []string{"900123456", "evil", "<", ">", "\x00"} {
					require.NotContains(t, strings.Join(h.says, "\n"), word, name)
				}
				for _, dialled := range h.dials {
					require.Equal(t, company.Company.Conference, dialled, name)
				}
				for _, g := range h.gathers {
					require.Equal(t, public+c.target, g[2:], name)
				}
			}
		}
	}
}
