package planfile

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"net/mail"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/nyaruka/phonenumbers"

	"github.com/stormbell/stormbell/domain/plan"
)

// The columns of a list of recipients; its first line names those that it has, in any order.
var listColumns = []string{"email", "phone", "name", "language", "shared"}

// maxList bounds a list of recipients, in bytes.
const maxList = 16 << 20

// ListError is what is wrong with single lines of a list of recipients. The others are good.
type ListError struct{ mistakes []badLine }

type badLine struct {
	line int
	what string
}

// Error says it of each line.
func (e *ListError) Error() string {
	all := make([]string, len(e.mistakes))
	for i, m := range e.mistakes {
		all[i] = fmt.Sprintf("line %d: %s", m.line, m.what)
	}
	return strings.Join(all, "; ")
}

// Lines are the numbers of the lines that were left out.
func (e *ListError) Lines() []int {
	var all []int
	for _, m := range e.mistakes {
		all = append(all, m.line)
	}
	return all
}

// ReadRecipients reads the CSV file of an audience's recipients: email or phone, name, language
// and shared, named by its first line. With a *ListError the good lines are returned as well.
func ReadRecipients(path string, languages []string) ([]plan.Recipient, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("cannot read the list of recipients: %w", err)
	}
	return parseRecipients(data, languages)
}

func parseRecipients(data []byte, languages []string) ([]plan.Recipient, error) {
	if len(data) > maxList {
		return nil, errors.New("the list of recipients is larger than 16 MiB; split it into several audiences")
	}
	in := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff"))))
	in.FieldsPerRecord, in.TrimLeadingSpace, in.ReuseRecord = -1, true, true
	if first, _, _ := bytes.Cut(data, []byte("\n")); bytes.Contains(first, []byte(";")) { // as spreadsheets write it in many countries
		in.Comma = ';'
	}
	header, err := in.Read()
	if err != nil {
		return nil, fmt.Errorf("line 1: the first line must name the columns: %s", strings.Join(listColumns, ", "))
	}
	at := map[string]int{}
	for i, name := range header {
		name = strings.ToLower(strings.TrimSpace(name))
		if !slices.Contains(listColumns, name) {
			return nil, fmt.Errorf("line 1: there is no column %q; name them: %s", name, strings.Join(listColumns, ", "))
		}
		at[name] = i
	}
	var all []plan.Recipient
	var wrong ListError
	listed := map[string]int{}
	for {
		fields, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		line, _ := in.FieldPos(0)
		if err != nil {
			var broken *csv.ParseError
			if errors.As(err, &broken) {
				line = broken.StartLine
			}
			wrong.mistakes = append(wrong.mistakes, badLine{line, "cannot be read as CSV; check its quotes"})
			continue
		}
		r, what := readRecipient(func(name string) string {
			if i, ok := at[name]; ok && i < len(fields) {
				return strings.TrimSpace(fields[i])
			}
			return ""
		}, languages)
		key := strings.ToLower(r.Email) + r.Phone
		if what == "" && listed[key] > 0 {
			what = fmt.Sprintf("is on line %d already; nobody gets the same message twice", listed[key])
		}
		if what != "" {
			wrong.mistakes = append(wrong.mistakes, badLine{line, what})
			continue
		}
		listed[key] = line
		all = append(all, r)
	}
	if len(wrong.mistakes) > 0 {
		return all, &wrong
	}
	return all, nil
}

// readRecipient reads one line, and says what is wrong with it without repeating an address.
func readRecipient(column func(string) string, languages []string) (r plan.Recipient, wrong string) {
	r = plan.Recipient{Email: column("email"), Name: column("name"), Language: column("language")}
	phone := column("phone")
	switch strings.ToLower(column("shared")) {
	case "", "no", "false", "0":
	case "yes", "true", "1":
		r.Shared = true
	default:
		return r, "shared must be yes or no"
	}
	if (r.Email == "") == (phone == "") {
		return r, "give an email or a phone, one of them"
	}
	if r.Language == "" && len(languages) > 0 {
		r.Language = languages[0]
	}
	if len(languages) > 0 && !slices.Contains(languages, r.Language) {
		return r, "the company does not speak this language: " + strings.Join(languages, ", ")
	}
	if r.Email != "" {
		if a, err := mail.ParseAddress(r.Email); err != nil || a.Address != r.Email {
			return r, "the email is no e-mail address; write it like anna@example.com"
		}
		return r, ""
	}
	n, err := phonenumbers.Parse(phone, phonenumbers.UNKNOWN_REGION)
	switch {
	case !strings.HasPrefix(phone, "+") || err != nil || !phonenumbers.IsValidNumber(n):
		return r, "the phone is no number with its country code; write it like +49 171 1234567"
	case phonenumbers.GetNumberType(n) == phonenumbers.FIXED_LINE:
		return r, "the phone is a landline, which takes no texts"
	}
	r.Phone = phonenumbers.Format(n, phonenumbers.E164)
	return r, ""
}

// recipientList checks the file of an audience's recipients and returns where it is. Where the
// plan is checked without its secrets, its lists may be missing as well.
func (b *builder) recipientList(t text) string {
	path := strings.TrimSpace(t.value)
	if !t.good || path == "" {
		return ""
	}
	if !filepath.IsAbs(path) {
		path = filepath.Join(b.options.Dir, path)
	}
	data, err := b.options.ReadFile(path)
	if err != nil {
		complain := b.fail
		if b.options.Lenient {
			complain = b.warn
		}
		complain(t.spot, "the file cannot be read: %v", err)
		return path
	}
	all, err := parseRecipients(data, b.plan.Company.Languages)
	var wrong *ListError
	switch {
	case errors.As(err, &wrong):
		const shown = 20
		for _, m := range wrong.mistakes[:min(shown, len(wrong.mistakes))] {
			b.fail(t.spot, "line %d of the file: %s", m.line, m.what)
		}
		if more := len(wrong.mistakes) - shown; more > 0 {
			b.fail(t.spot, "%d more lines of the file are wrong", more)
		}
	case err != nil:
		b.fail(t.spot, "%v of the file", err)
	case len(all) == 0:
		b.warn(t.spot, "the file names nobody")
	}
	return path
}
