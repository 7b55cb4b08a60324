package comms

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/plan"
)

// Flaw is a kind of thing to make better in a text. None of them blocks anything.
type Flaw string

// The flaws.
const (
	// Acronym: a word of capitals that not every reader knows (R68).
	Acronym Flaw = "acronym"
	// Filler: words that say nothing (R156).
	Filler Flaw = "filler"
	// Claim: a cause is named before one is confirmed.
	Claim Flaw = "cause_claim"
	// Lacks: what the guide wants said in this phase is not (R159–R162).
	Lacks Flaw = "missing"
	// Repeat: the audience was told exactly this before (R158).
	Repeat Flaw = "repeat"
	// TooOften: the last message is only minutes old (R157).
	TooOften Flaw = "too_often"
	// TypedTime: a time of the next update that will not be kept up to date (R155).
	TypedTime Flaw = "typed_time"
	// NoPromise: nothing says when the next message comes (R155).
	NoPromise Flaw = "no_promise"
	// LatePromise: a next update is promised although it is over (R162).
	LatePromise Flaw = "late_promise"
	// TooLong: more than the way it is sent takes (R153).
	TooLong Flaw = "too_long"
)

// Finding is one thing to make better in a text.
type Finding struct {
	Flaw Flaw
	// Language is the text's; empty means every language.
	Language string
	// Words are those found, or the elements that are missing.
	Words string
}

// LintInput is a message as somebody is about to send it.
type LintInput struct {
	Phase plan.Phase
	Texts []effect.Text
	// Names may be written in capitals: the company's, its services'.
	Names []string
	// Carries are the elements that are in the texts; nil means that nobody knows.
	Carries map[string]string
	// Said is the Gist of what the audience was told last; empty means nothing.
	Said string
	// Last is when that was, Now the time, and Often the shortest time between two messages
	// that nobody is warned of. A zero Last or Often asks for no such warning.
	Last, Now time.Time
	Often     time.Duration
}

// maxSubject is the longest subject in characters; mail and list views cut what is longer.
const maxSubject = 150

// Lint tells what could be better about a message, in the order of its languages.
func Lint(in LintInput) []Finding {
	var all []Finding
	found := func(flaw Flaw, language string, words ...string) {
		if len(words) > 0 {
			all = append(all, Finding{Flaw: flaw, Language: language, Words: strings.Join(words, ", ")})
		}
	}
	for _, t := range in.Texts {
		words := vocabularyOf(t.Language)
		text := addresses.ReplaceAllString(t.Subject+"\n"+t.Body+"\n"+t.Short, " ")
		found(Acronym, t.Language, acronyms(text, in.Names)...)
		found(Filler, t.Language, matches(words.filler, text)...)
		if early(in.Phase) {
			found(Claim, t.Language, words.claimed(text)...)
		}
		promised := strings.Contains(t.Body, NextUpdatePlace)
		switch typed := matches(words.promise, t.Body); {
		case in.Phase == plan.Resolution && promised:
			found(LatePromise, t.Language, NextUpdatePlace)
		case in.Phase == plan.Resolution, in.Phase == plan.Analysis, in.Phase == plan.Publishing:
		case len(typed) > 0:
			found(TypedTime, t.Language, typed...)
		case !promised:
			found(NoPromise, t.Language, NextUpdatePlace)
		}
		if size(t.Subject) > maxSubject {
			found(TooLong, t.Language, head(t.Subject, 40)+ellipsis)
		}
		if size(t.Short) > ShortLimit {
			found(TooLong, t.Language, head(t.Short, 40)+ellipsis)
		}
	}
	if in.Carries != nil {
		found(Lacks, "", Missing(in.Phase, slices.Sorted(maps.Keys(in.Carries)), nil)...)
	}
	if in.Said != "" && in.Said == Gist(in.Texts) {
		all = append(all, Finding{Flaw: Repeat})
	}
	if since := in.Now.Sub(in.Last); !in.Last.IsZero() && since < in.Often {
		all = append(all, Finding{Flaw: TooOften, Words: since.Truncate(time.Minute).String()})
	}
	return all
}

// early tells whether it is too early to name a cause. A holding text was written before
// anything happened, and the first analysis comes before the real one (R124).
func early(p plan.Phase) bool {
	switch p {
	case plan.Detection, plan.Investigation, plan.Analysis, plan.Holding:
		return true
	case plan.Identification, plan.Monitoring, plan.Resolution, plan.Publishing:
	}
	return false
}
