package web

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

// form is what somebody posted; its fields are within their bounds.
type form struct{ url.Values }

// readForm reads what was posted. A field that makes no sense in any form is refused here,
// so that whatever reads it later need not doubt.
func readForm(w http.ResponseWriter, r *http.Request) (form, error) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		if d := problem.Of(err); d.Code == problem.TooLarge {
			return form{}, d
		}
		return form{}, problem.New(problem.BadRequest, "").Because(err)
	}
	f := form{r.PostForm}
	for field := range f.Values {
		text := f.text(field)
		_, err := strconv.Atoi(cmp.Or(text, "0"))
		numeric := field == "minutes" || field == "objection"
		if utf8.RuneCountInString(text) > limit(field) || !utf8.ValidString(text) || numeric && err != nil {
			return f, refusal.New(refusal.Invalid, "a field is too long, or not the number it should be")
		}
	}
	return f, nil
}

// request names a command: by the page it was posted from and by all it says. The same
// button pressed twice is one command; another button of an old page is another one.
func (f form) request(name string) string {
	key := f.Get("key")
	if key == "" || len(key) > 64 {
		return ""
	}
	sum := sha256.Sum256([]byte(name + "?" + f.Encode()))
	return key + "-" + hex.EncodeToString(sum[:8])
}

// text is a field as people mean it: without blanks around it, and with plain line breaks.
func (f form) text(field string) string {
	return strings.TrimSpace(strings.ReplaceAll(f.Get(field), "\r\n", "\n"))
}

// number is a field with a whole number in it; nothing is 0.
func (f form) number(field string) int {
	n, _ := strconv.Atoi(f.text(field)) // readForm has refused what is none
	return n
}

// letter says which message of the board is meant.
func (f form) letter() act.Letter {
	return act.Letter{Audience: f.text("audience"), Phase: plan.Phase(f.text("phase"))}
}

// hash is the text that was read. A yes to no text in particular must not count as a yes to
// the current one: "-" is the hash of none.
func (f form) hash() string { return cmp.Or(f.text("hash"), "-") }

// reason is a chosen reason together with the words typed to it.
func (f form) reason() string {
	return strings.Trim(f.text("why")+": "+f.text("reason"), ": ")
}

// texts are the texts of a draft.
func (f form) texts() []effect.Text {
	var all []effect.Text
	for _, field := range slices.Sorted(maps.Keys(f.Values)) {
		if lang, is := strings.CutPrefix(field, bodyField); is {
			all = append(all, effect.Text{Language: lang, Subject: f.text(subjectField + lang), Body: f.text(field)})
		}
	}
	return all
}

// answers are those answers of the briefing that are given now: what is as it was said
// before is not said again. Saying once more that something is unknown counts.
func (f form) answers(before map[string]string) []business.BriefReply {
	var all []business.BriefReply
	for _, q := range slices.Concat(business.Questions(), business.Later()) {
		text := f.text(answerField + string(q))
		unknown := text == "" && f.Get(unknownField+string(q)) != ""
		if unknown || text != "" && text != before[string(q)] {
			all = append(all, business.BriefReply{Question: q, Text: text, Unknown: unknown})
		}
	}
	return all
}

// typed are the words that somebody thought up for this form.
func (f form) typed() []string {
	fields := []string{"title", "what", "words", "how", "suggestion", "reason", "note", "text"}
	for _, q := range slices.Concat(business.Questions(), business.Later()) {
		fields = append(fields, answerField+string(q))
	}
	for _, lang := range languages {
		fields = append(fields, subjectField+lang, bodyField+lang)
	}
	var words []string
	for _, field := range fields {
		if text := f.text(field); text != "" {
			words = append(words, text)
		}
	}
	return words
}
