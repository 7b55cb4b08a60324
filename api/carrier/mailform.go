package carrier

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"slices"
	"strings"

	"golang.org/x/text/encoding/htmlindex"
)

// Inbound is a mail that somebody wrote to us. From and Said are personal and belong in no log.
type Inbound struct {
	// ID is the mail's own name, Message-ID.
	ID string
	// To are the addresses it came to: first the one it was delivered to, then those it names.
	To []string
	// From is the bare address it says it comes from. Anybody can write that.
	From string
	// Said is what was written above the quote of the mail it answers.
	Said string
	// Automatic says that a machine wrote it: somebody is away, or a mail could not be delivered.
	Automatic bool
}

// inboundLimits are the fields that are read and how much of each, in bytes; the rest is cut, as
// nobody writes that much above a quote. Attachments are never read.
var inboundLimits = map[string]int64{
	"headers": 64 << 10, "envelope": 8 << 10, "charsets": 4 << 10, "from": 4 << 10, "to": 16 << 10, "cc": 16 << 10,
	"subject": 4 << 10, "text": 128 << 10, "html": 512 << 10,
}

// maxParts is how many parts a form may have.
const maxParts = 1000

// DecodeInbound reads what SendGrid's Inbound Parse posts. It keeps what it needs and skips all
// else. A field that comes twice makes the whole doubtful: SendGrid divides its forms by a line
// that a sender could have written into a mail.
func DecodeInbound(body io.Reader, contentType string) (Inbound, error) {
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil || kind != "multipart/form-data" || params["boundary"] == "" {
		return Inbound{}, errors.New("carrier: the body is no multipart form")
	}
	fields := map[string]string{}
	form := multipart.NewReader(body, params["boundary"])
	for n := 0; ; n++ {
		part, err := form.NextRawPart()
		if errors.Is(err, io.EOF) { // a body that was cut off on its way is another error
			break
		}
		if err != nil || n == maxParts {
			return Inbound{}, errors.Join(errors.New("carrier: the form cannot be read"), err)
		}
		name := part.FormName()
		limit, wanted := inboundLimits[name]
		if !wanted || part.FileName() != "" {
			continue
		}
		if _, twice := fields[name]; twice {
			return Inbound{}, errors.New("carrier: a field of the form comes twice")
		}
		data, err := io.ReadAll(io.LimitReader(part, limit))
		if err != nil {
			return Inbound{}, errors.Join(errors.New("carrier: the form cannot be read"), err)
		}
		fields[name] = string(data)
	}
	if fields["envelope"] == "" && fields["to"] == "" {
		return Inbound{}, errors.New("carrier: the form says nothing of a receiver")
	}
	return inboundOf(fields), nil
}

func inboundOf(fields map[string]string) Inbound {
	var charsets map[string]string
	_ = json.Unmarshal([]byte(fields["charsets"]), &charsets) // what it does not name is UTF-8
	for name, value := range fields {
		fields[name] = toUTF8(value, charsets[name])
	}
	var envelope struct {
		To   []string `json:"to"`
		From *string  `json:"from"`
	}
	_ = json.Unmarshal([]byte(fields["envelope"]), &envelope) // it may be missing
	headers := headersOf(fields["headers"])
	m := Inbound{ID: headers["message-id"], To: envelope.To, From: bareAddress(fields["from"]), Said: saidIn(fields["text"], fields["html"])}
	for _, field := range []string{"to", "cc"} {
		m.To = append(m.To, bareAddresses(fields[field])...)
	}
	returnless := envelope.From != nil && strings.Trim(*envelope.From, "<> ") == ""
	m.Automatic = returnless || automatic(headers, m.From, cmp.Or(fields["subject"], headers["subject"]))
	return m
}

// toUTF8 reads text in another encoding; of what cannot be read the rest stays.
func toUTF8(s, charset string) string {
	if e, err := htmlindex.Get(charset); err == nil {
		if text, err := e.NewDecoder().String(s); err == nil {
			s = text
		}
	}
	return strings.ToValidUTF8(s, "")
}

// headersOf reads the head of a mail by names in small letters; of several the first counts. Heads
// from outside are rarely perfect, so what is no header is passed over.
func headersOf(head string) map[string]string {
	all, last := map[string]string{}, ""
	lines := bufio.NewScanner(bytes.NewReader([]byte(head)))
	lines.Buffer(nil, len(head)+1)
	for lines.Scan() {
		line := lines.Text()
		if folded := strings.TrimLeft(line, " \t"); folded != line {
			if last != "" {
				all[last] += " " + folded
			}
			continue
		}
		name, value, ok := strings.Cut(line, ":")
		last = strings.ToLower(name)
		if _, known := all[last]; !ok || known {
			last = ""
			continue
		}
		all[last] = strings.TrimSpace(value)
	}
	return all
}

var addresses = mail.AddressParser{WordDecoder: &mime.WordDecoder{CharsetReader: func(string, io.Reader) (io.Reader, error) {
	return strings.NewReader("?"), nil // names are not used
}}}

// bareAddresses are the addresses of a header without their names.
func bareAddresses(header string) (all []string) {
	list, err := addresses.ParseList(header)
	if err != nil {
		if one := bareAddress(header); one != "" {
			return []string{one}
		}
		return nil
	}
	for _, a := range list {
		all = append(all, a.Address)
	}
	return all
}

// bareAddress is the one address of a header; of a header nobody can parse, what stands in <>.
func bareAddress(header string) string {
	if a, err := addresses.Parse(header); err == nil {
		return a.Address
	}
	_, rest, _ := strings.Cut(header, "<")
	address, _, ok := strings.Cut(rest, ">")
	if !ok || strings.ContainsAny(address, " <,") {
		return ""
	}
	return address
}

// awaySubjects begin what machines answer, in the languages of those who are paged.
var awaySubjects = []string{
	"automatic reply", "auto reply", "auto-reply", "autoreply", "out of office", "out of the office", "undeliverable", "undelivered mail", "delivery status notification",
	"mail delivery", "automatische antwort", "abwesenheit", "abwesend", "ich bin abwesend", "nicht im büro", "unzustellbar", "nicht zustellbar",
}

// automatic tells whether a machine wrote a mail (RFC 3834 and what came before it).
func automatic(headers map[string]string, from, subject string) bool {
	has := func(name string, values ...string) bool {
		value, _, _ := strings.Cut(strings.ToLower(headers[name]), ";")
		return slices.Contains(values, strings.TrimSpace(value))
	}
	given := func(name string) bool { _, ok := headers[name]; return ok }
	sender, _, _ := strings.Cut(strings.ToLower(from), "@")
	subject = strings.ToLower(strings.TrimSpace(subject))
	return given("auto-submitted") && !has("auto-submitted", "no") ||
		given("x-autoreply") && !has("x-autoreply", "no") || given("x-autorespond") || given("x-autoresponse") ||
		has("precedence", "auto_reply", "bulk", "junk", "list") || has("content-type", "multipart/report") ||
		has("return-path", "<>") || sender == "mailer-daemon" || sender == "postmaster" ||
		slices.ContainsFunc(awaySubjects, func(s string) bool { return strings.HasPrefix(subject, s) })
}
