package deed

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/stormbell/stormbell/api/act"
	"github.com/stormbell/stormbell/api/problem"
	"github.com/stormbell/stormbell/api/web/sheet"
	"github.com/stormbell/stormbell/domain/business"
	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/domain/refusal"
)

// maxForm bounds a posted form, in bytes: a draft in two languages fits many times.
const maxForm = 256 << 10

// Fields of texts are named by their language behind these, answers by their question.
const (
	subjectField = "subject."
	bodyField    = "body."
	answerField  = "answer."
	unknownField = "unknown."
)

// limit is how many characters a field takes.
func limit(field string) int {
	switch {
	case strings.HasPrefix(field, bodyField):
		return 20_000 // the domain's own bound
	case field == "title", field == "what", strings.HasPrefix(field, subjectField):
		return 1000
	}
	return 4000
}

// Form is what somebody posted; its fields are within their bounds.
type Form struct{ url.Values }

// Read reads what was posted. A field that makes no sense in any form is refused here,
// so that whatever reads it later need not doubt.
func Read(w http.ResponseWriter, r *http.Request) (Form, error) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		if d := problem.Of(err); d.Code == problem.TooLarge {
			return Form{}, d
		}
		return Form{}, problem.New(problem.BadRequest, "").Because(err)
	}
	f := Form{r.PostForm}
	for field := range f.Values {
		text := f.Text(field)
		_, err := strconv.Atoi(cmp.Or(text, "0"))
		numeric := field == "minutes" || field == "objection"
		if utf8.RuneCountInString(text) > limit(field) || !utf8.ValidString(text) || numeric && err != nil {
			return f, refusal.New(refusal.Invalid, "a field is too long, or not the number it should be")
		}
	}
	return f, nil
}

// Request names a command: by the page it was posted from and by all it says. The same
// button pressed twice is one command; another button of an old page is another one.
func (f Form) Request(name string) string {
	key := f.Get("key")
	if key == "" || len(key) > 64 {
		return ""
	}
	sum := sha256.Sum256([]byte(name + "?" + f.Encode()))
	return key + "-" + hex.EncodeToString(sum[:8])
}

// Text is a field as people mean it: without blanks around it, and with plain line breaks.
func (f Form) Text(field string) string {
	return strings.TrimSpace(strings.ReplaceAll(f.Get(field), "\r\n", "\n"))
}

// Number is a field with a whole number in it; nothing is 0.
func (f Form) Number(field string) int {
	n, _ := strconv.Atoi(f.Text(field)) // Read has refused what is none
	return n
}

// Letter says which message of the board is meant.
func (f Form) Letter() act.Letter {
	return act.Letter{Audience: f.Text("audience"), Phase: plan.Phase(f.Text("phase"))}
}

// Hash is the text that was read. A yes to no text in particular must not count as a yes to
// the current one: "-" is the hash of none.
func (f Form) Hash() string { return cmp.Or(f.Text("hash"), "-") }

// Reason is a chosen reason together with the words typed to it.
func (f Form) Reason() string {
	return strings.Trim(f.Text("why")+": "+f.Text("reason"), ": ")
}

// Texts are the texts of a draft.
func (f Form) Texts() []effect.Text {
	var all []effect.Text
	for _, field := range slices.Sorted(maps.Keys(f.Values)) {
		if lang, is := strings.CutPrefix(field, bodyField); is {
			all = append(all, effect.Text{Language: lang, Subject: f.Text(subjectField + lang), Body: f.Text(field)})
		}
	}
	return all
}

// Answers are those answers of the briefing that are given now: what is as it was said
// before is not said again. Saying once more that something is unknown counts.
func (f Form) Answers(before map[string]string) []business.BriefReply {
	var all []business.BriefReply
	for _, q := range slices.Concat(business.Questions(), business.Later()) {
		text := f.Text(answerField + string(q))
		unknown := text == "" && f.Get(unknownField+string(q)) != ""
		if unknown || text != "" && text != before[string(q)] {
			all = append(all, business.BriefReply{Question: q, Text: text, Unknown: unknown})
		}
	}
	return all
}

// Typed are the words that somebody thought up for this form.
func (f Form) Typed() []string {
	fields := []string{"title", "what", "words", "how", "suggestion", "reason", "note", "text"}
	for _, q := range slices.Concat(business.Questions(), business.Later()) {
		fields = append(fields, answerField+string(q))
	}
	for _, lang := range sheet.Languages() {
		fields = append(fields, subjectField+lang, bodyField+lang)
	}
	var words []string
	for _, field := range fields {
		if text := f.Text(field); text != "" {
			words = append(words, text)
		}
	}
	return words
}
