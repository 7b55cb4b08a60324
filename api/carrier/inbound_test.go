package carrier

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/plan"
)

const (
	inboundKey = "0123456789abcdef"
	inboundAt  = "/hooks/sendgrid/inbound/" + inboundKey
	answers    = "incident@in.acme.example"
	token      = "7KQ2MX9RTB4D0000"
	quote      = "\r\n\r\nOn Thu, 12 Nov 2026 at 03:10, ACME Incident <incident@acme.example> wrote:\r\n> reply with 1 or 2\r\n"
)

// post is a form of Inbound Parse, part by part, as SendGrid divides it.
type post struct{ name, value string }

// aReply is what SendGrid posts when Anna answers.
func aReply(said string) []post {
	to := delivery.ReplyAddress(answers, token, "n1")
	return []post{
		{"headers", "Received: by mx.sendgrid.net\nMessage-ID: <abc@mail.acme.example>\nSubject: Re: [Action needed]\n  Incident 7\n"},
		{"dkim", "{@acme.example : pass}"},
		{"to", `"ACME Incident" <` + to + ">"},
		{"text", said},
		{"from", "Anna Vogel <anna@acme.example>"},
		{"envelope", `{"to":["` + to + `"],"from":"anna@acme.example"}`},
		{"subject", "Re: [Action needed] Incident 7"},
		{"charsets", `{"to":"UTF-8","from":"UTF-8","subject":"UTF-8","text":"utf-8"}`},
		{"SPF", "pass"},
	}
}

// with replaces or adds a field.
func with(form []post, name, value string) []post {
	form = slices.Clone(form)
	if i := slices.IndexFunc(form, func(p post) bool { return p.name == name }); i >= 0 {
		form[i].value = value
		return form
	}
	return append(form, post{name, value})
}

func multipartOf(t testing.TB, form []post) (body, contentType string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	require.NoError(t, w.SetBoundary("xYzZY"))
	for _, p := range form {
		part, err := w.CreateFormField(p.name)
		require.NoError(t, err)
		_, err = part.Write([]byte(p.value))
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return b.String(), w.FormDataContentType()
}

// inbound posts a form to an address.
func inbound(t testing.TB, target string, form []post) call {
	body, contentType := multipartOf(t, form)
	return call{http.MethodPost, target, body, map[string]string{"Content-Type": contentType}, false}
}

// signed adds SendGrid's signature at some time.
func signed(t *testing.T, c call, key *ecdsa.PrivateKey, at time.Time) call {
	c.header = maps.Clone(c.header)
	c.header[SendGridTimestamp] = fmt.Sprint(at.Unix())
	c.header[SendGridSignature] = base64.StdEncoding.EncodeToString(signBatch(t, key, c.header[SendGridTimestamp], c.body))
	return c
}

// answering is a site whose plan takes answers to mails.
func answering(t *testing.T, in plan.Inbound) *site {
	t.Helper()
	s := newSite(t, held)
	p := company
	p.Channels.Mail.Inbound = in
	s.hooks.Plan = func() plan.Plan { return p }
	return s
}

func TestInbound_answers_areOneItemHoweverOftenTheyCome(t *testing.T) {
	t.Parallel()
	const mark = `"token":"7kq2mx9rtb4d0000","n":"n1","from":"anna@acme.example"`
	to := delivery.ReplyAddress(answers, token, "n1")
	for name, c := range map[string]struct {
		form []post
		want string // what is kept of it; "" means nothing
	}{
		"one line":   {aReply("1" + quote), `{` + mark + `,"said":"1"}`},
		"capitals":   {with(aReply("1"), "envelope", `{"to":["`+strings.ToUpper(to)+`"],"from":"anna@acme.example"}`), `{` + mark + `,"said":"1"}`},
		"attachment": {append(aReply("1"), post{"attachments", "1"}, post{"attachment1", strings.Repeat("\x00\xff", 600<<10)}), `{` + mark + `,"said":"1"}`},
		"passed on to us, the envelope names another": {with(aReply("1"), "envelope", `{"to":["forward@in.acme.example"],"from":"anna@acme.example"}`), `{` + mark + `,"said":"1"}`},
		"a copy":                {with(with(with(aReply("1"), "envelope", `{"to":["x@in.acme.example"]}`), "to", "Ben <ben@acme.example>"), "cc", "a@b.example, "+to), `{` + mark + `,"said":"1"}`},
		"HTML alone":            {with(with(aReply(""), "text", ""), "html", "<html><head><style>p{}</style></head><body><p>2<br></p><blockquote>reply with 1</blockquote></body></html>"), `{` + mark + `,"said":"2"}`},
		"other letters":         {with(with(aReply("\xfcbernehme"), "charsets", `{"text":"iso-8859-1"}`), "from", "=?iso-8859-1?Q?J=FCrgen?= <anna@acme.example>"), `{` + mark + `,"said":"übernehme"}`},
		"away":                  {with(aReply("Ich bin im Urlaub."), "headers", "Message-ID: <a@b>\nAuto-Submitted: auto-replied (vacation)\n"), `{` + mark + `,"said":"Ich bin im Urlaub.","automatic":true}`},
		"to the bare address":   {with(with(aReply("1"), "envelope", `{"to":["`+answers+`"]}`), "to", answers), ""},
		"to a mark of somebody": {with(with(aReply("1"), "envelope", `{"to":["incident+x@in.acme.example"]}`), "to", "x@y.example"), ""},
		"to no address at all":  {with(with(aReply("1"), "envelope", "rubbish"), "to", "rubbish"), ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := answering(t, plan.Inbound{Address: answers, Key: inboundKey})
			for range 3 {
				status, body := s.do(inbound(t, inboundAt, c.form))
				require.Equal(t, http.StatusNoContent, status)
				require.Empty(t, body)
			}
			if c.want == "" {
				require.Empty(t, s.inbox())
				return
			}
			require.Len(t, s.inbox(), 1)
			require.Regexp(t, "^mail_reply [a-z2-7]{26} ", s.inbox()[0])
			require.Equal(t, c.want, strings.SplitN(s.inbox()[0], " ", 3)[2])
			require.NotContains(t, s.log.String(), "anna@")
		})
	}
}

// Two answers to one mail are two; two machines' answers in one incident are one.
func TestInbound_secondAnswer_isAnother(t *testing.T) {
	t.Parallel()
	s := answering(t, plan.Inbound{Address: answers, Key: inboundKey})
	second := with(aReply("4"), "headers", "Message-ID: <def@mail.acme.example>\n")
	away := with(aReply("away"), "headers", "Auto-Submitted: auto-replied\nMessage-ID: <1@x>\n")
	to := delivery.ReplyAddress(answers, token, "n2")
	again := with(with(away, "headers", "Auto-Submitted: auto-replied\nMessage-ID: <2@x>\n"), "envelope", `{"to":["`+to+`"],"from":""}`)
	for _, form := range [][]post{aReply("1"), second, away, again} {
		status, _ := s.do(inbound(t, inboundAt, form))
		require.Equal(t, http.StatusNoContent, status)
	}
	require.Len(t, s.inbox(), 3)
}

func TestInbound_forged_leavesNoTrace(t *testing.T) {
	t.Parallel()
	key, other := newKey(t, elliptic.P256()), newKey(t, elliptic.P256())
	good := inbound(t, inboundAt, aReply("1"))
	bare := inbound(t, "/hooks/sendgrid/inbound", aReply("1"))
	for name, c := range map[string]struct {
		in   plan.Inbound
		key  *ecdsa.PublicKey
		call call
	}{
		"no key":                  {plan.Inbound{Address: answers, Key: inboundKey}, nil, bare},
		"another key":             {plan.Inbound{Address: answers, Key: inboundKey}, nil, inbound(t, "/hooks/sendgrid/inbound/0123456789abcdee", aReply("1"))},
		"the beginning of it":     {plan.Inbound{Address: answers, Key: inboundKey}, nil, inbound(t, "/hooks/sendgrid/inbound/0123456789", aReply("1"))},
		"nothing configured":      {plan.Inbound{}, nil, good},
		"no secret configured":    {plan.Inbound{Address: answers}, nil, bare},
		"not signed":              {plan.Inbound{Address: answers}, &key.PublicKey, bare},
		"signed by another":       {plan.Inbound{Address: answers}, &key.PublicKey, signed(t, bare, other, now)},
		"signed days ago":         {plan.Inbound{Address: answers}, &key.PublicKey, signed(t, bare, key, now.Add(-74*time.Hour))},
		"signed in the future":    {plan.Inbound{Address: answers}, &key.PublicKey, signed(t, bare, key, now.Add(time.Hour))},
		"signed, but a key too":   {plan.Inbound{Address: answers}, &key.PublicKey, signed(t, good, key, now)},
		"the key, but not signed": {plan.Inbound{Address: answers, Key: inboundKey}, &key.PublicKey, good},
		"changed after signing": {plan.Inbound{Address: answers}, &key.PublicKey, func() call {
			c := signed(t, bare, key, now)
			c.body = strings.Replace(c.body, "anna@", "anne@", 1)
			return c
		}()},
		"a digit moved from the body to the time": {plan.Inbound{Address: answers}, &key.PublicKey, func() call {
			c := signed(t, bare, key, now)
			c.header[SendGridTimestamp], c.body = c.header[SendGridTimestamp][:9], c.header[SendGridTimestamp][9:]+c.body
			return c
		}()},
		"rubbish without a key": {plan.Inbound{Address: answers, Key: inboundKey}, nil, call{http.MethodPost, "/hooks/sendgrid/inbound/x", "rubbish", nil, false}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := answering(t, c.in)
			s.hooks.InboundKey = c.key
			before := s.trace()
			status, body := s.do(c.call)
			require.Equal(t, http.StatusForbidden, status)
			require.Empty(t, body, "a stranger learns nothing")
			require.Equal(t, before, s.trace())
			require.NotContains(t, s.log.String(), "0123456789", "no key in a log")
		})
	}
	for name, in := range map[string]plan.Inbound{"signature alone": {Address: answers}, "both": {Address: answers, Key: inboundKey}} {
		s := answering(t, in)
		s.hooks.InboundKey = &key.PublicKey
		c := bare
		if in.Key != "" {
			c = good
		}
		status, _ := s.do(signed(t, c, key, now.Add(-72*time.Hour)))
		require.Equal(t, http.StatusNoContent, status, name)
		require.Len(t, s.inbox(), 1)
	}
}

func TestInbound_unreadable_isRefusedWithoutATrace(t *testing.T) {
	t.Parallel()
	s := answering(t, plan.Inbound{Address: answers, Key: inboundKey})
	before := s.trace()
	good := inbound(t, inboundAt, aReply("1"))
	raw, contentType := multipartOf(t, []post{{"email", "From: a\n\n1"}})
	for name, c := range map[string]call{
		"no form":           {http.MethodPost, inboundAt, "{}", map[string]string{"Content-Type": "application/json"}, false},
		"a field twice":     inbound(t, inboundAt, append(aReply("1"), post{"from", "ben@acme.example"})),
		"an injected field": inbound(t, inboundAt, with(aReply("1"), "text", "2\r\n--xYzZY\r\nContent-Disposition: form-data; name=\"envelope\"\r\n\r\n{}")),
		"the whole message": {http.MethodPost, inboundAt, raw, map[string]string{"Content-Type": contentType}, false},
		"too many parts":    inbound(t, inboundAt, append(aReply("1"), slices.Repeat([]post{{"x", ""}}, maxParts)...)),
	} {
		status, _ := s.do(c)
		require.Equal(t, http.StatusBadRequest, status, name)
	}
	require.Equal(t, before, s.trace())
	status, _ := s.do(inbound(t, inboundAt, append(aReply("1"), post{"attachment1", strings.Repeat("x", MaxInbound)})))
	require.Equal(t, http.StatusRequestEntityTooLarge, status)
	require.Equal(t, before, s.trace())
	require.NoError(t, s.Close())
	status, _ = s.do(good)
	require.Equal(t, http.StatusServiceUnavailable, status, "SendGrid comes again")
}

func TestAutomatic_machines_areKnownAndPeopleAreNot(t *testing.T) {
	t.Parallel()
	envelope := func(from string) post { return post{"envelope", `{"to":["x@y.example"],"from":` + from + `}`} }
	for name, c := range map[string]struct {
		fields []post
		want   bool
	}{
		"a person":                     {nil, false},
		"a person, said to be so":      {[]post{{"headers", "Auto-Submitted: no\n"}}, false},
		"RFC 3834":                     {[]post{{"headers", "auto-submitted: Auto-Replied; owner=x\n"}}, true},
		"Exchange":                     {[]post{{"headers", "X-Auto-Response-Suppress: All\nAuto-Submitted: auto-generated\n"}}, true},
		"an Exchange server's person":  {[]post{{"headers", "X-MS-Exchange-Organization-AuthAs: Internal\nPrecedence: normal\n"}}, false},
		"old vacation program":         {[]post{{"headers", "Precedence: bulk\n"}}, true},
		"Groupwise":                    {[]post{{"headers", "Precedence: auto_reply\n"}}, true},
		"X-Autoreply":                  {[]post{{"headers", "X-Autoreply: yes\n"}}, true},
		"X-Autorespond":                {[]post{{"headers", "X-Autorespond:\n"}}, true},
		"nobody to return it to":       {[]post{envelope(`""`)}, true},
		"nobody, in brackets":          {[]post{envelope(`"<>"`)}, true},
		"the envelope says nothing":    {[]post{{"envelope", `{"to":["x@y.example"]}`}}, false},
		"a report":                     {[]post{{"headers", "Content-Type: multipart/report; report-type=delivery-status\n"}}, true},
		"the mail system":              {[]post{{"from", "Mail Delivery System <MAILER-DAEMON@acme.example>"}}, true},
		"English, by its subject":      {[]post{{"subject", "Automatic reply: [Action needed] Incident 7"}}, true},
		"German, by its subject":       {[]post{{"subject", "Abwesenheitsnotiz: Notfall 7"}}, true},
		"German Outlook":               {[]post{{"subject", "Automatische Antwort: Notfall 7"}}, true},
		"undeliverable":                {[]post{{"subject", "Unzustellbar: Notfall 7"}}, true},
		"a person who answers to that": {[]post{{"subject", "AW: Automatische Antwort: Notfall 7"}}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			form := aReply("1")
			for _, f := range c.fields {
				form = with(form, f.name, f.value)
			}
			body, contentType := multipartOf(t, form)
			m, err := DecodeInbound(strings.NewReader(body), contentType)
			require.NoError(t, err)
			require.Equal(t, c.want, m.Automatic)
		})
	}
}

func FuzzDecodeInbound(f *testing.F) {
	for _, form := range [][]post{aReply("1" + quote), with(aReply(""), "html", "<p>1<blockquote>x"), with(aReply("\xff"), "charsets", `{"text":"utf-16"}`)} {
		body, _ := multipartOf(f, form)
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		m, err := DecodeInbound(strings.NewReader(body), "multipart/form-data; boundary=xYzZY")
		if err != nil {
			if !errors.Is(err, err) || m.Said != "" || len(m.To) > 0 {
				t.Fatalf("an error and a mail: %+v", m)
			}
			return
		}
		if n := len([]rune(m.Said)); n > maxSaid || strings.ToValidUTF8(m.Said, "") != m.Said || strings.ContainsAny(m.From, " <>\n") && !strings.HasPrefix(m.From, `"`) {
			t.Fatalf("%d characters, from %q", n, m.From)
		}
	})
}
