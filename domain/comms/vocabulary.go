package comms

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// vocabulary are the words of one language that Lint looks for.
type vocabulary struct {
	// filler says nothing, or hides who does what (R156).
	filler *regexp.Regexp
	// claim names a cause; what follows within its match may show that none is meant.
	claim, harmless *regexp.Regexp
	// promise is a time typed where {next update} belongs.
	promise *regexp.Regexp
}

var english = vocabulary{
	filler: regexp.MustCompile(`(?i)\bor (?:when|if|once|as soon as) (?:there is|there are|we have|we know)[^.\n]*(?:news|more|update)s?\b|` +
		`\bas soon as possible\b|\basap\b|\bin due course\b|\bshortly\b|\bstay tuned\b|\bat this (?:point in )?time\b|` +
		`\b(?:apologi[sz]e|sorry|apologies) for (?:any|the) inconvenience[^.\n]*|\bthank you for your (?:patience|understanding)\b|\bbear with us\b|` +
		`\bworking (?:hard|tirelessly|around the clock|diligently)\b|\bhighest priority\b|\btake (?:this|it) very seriously\b|\b(?:a )?small number of\b`),
	claim: regexp.MustCompile(`(?i)\b(?:caused by|due to|because of|triggered by|root cause (?:is|was)|(?:the )?cause (?:is|was)|(?:the )?reason (?:is|was|for this is)|owing to)\b[^.\n]*`),
	harmless: regexp.MustCompile(`(?i)^(?:due to|because of|owing to|caused by) (?:this|that|it|the (?:incident|disruption|trouble|outage|problem|fault))\b|` +
		`\b(?:not (?:yet )?(?:known|clear|found|confirmed)|unknown|unclear|being)\b`),
	promise: regexp.MustCompile(`(?i)\b(?:next (?:update|message|news|information)|hear from us|update you|more (?:news|information)|write (?:to you )?again)\b[^.\n{]*?(?:\b\d{1,2}[:.]\d{2}\b|\bin (?:\w+ )?\d+ (?:minutes?|hours?)\b|\bin (?:half )?an hour\b)`),
}

var german = vocabulary{
	filler: regexp.MustCompile(`(?i)\b(?:oder )?(?:sobald|wenn) (?:es (?:etwas )?(?:Neues|Neuigkeiten|neue Erkenntnisse)|(?:wir )?(?:mehr|Näheres|neue Erkenntnisse|Neues))[^.\n]*|` +
		`\bso (?:schnell|bald|rasch) wie möglich\b|\bschnellstmöglich\w*|\bbaldmöglichst\w*|\bumgehend\b|\bin Kürze\b|\bzeitnah\b|\bzum jetzigen Zeitpunkt\b|` +
		`\bUnannehmlichkeiten\b|\b(?:Geduld|Verständnis)\b|\bmit Hochdruck\b|\bhöchste\w* Priorität\b|\bnehmen (?:dies|das|die Sache) sehr ernst\b|\bbedauerlicherweise\b`),
	claim: regexp.MustCompile(`(?i)\b(?:verursacht (?:durch|von)|ausgelöst (?:durch|von)|aufgrund|wegen|(?:die )?Ursache (?:ist|war|liegt)|(?:der )?Grund (?:ist|war|dafür ist)|zurückzuführen auf)(?:[^\pL][^.\n]*|$)`),
	harmless: regexp.MustCompile(`(?i)^(?:aufgrund|wegen|verursacht durch|ausgelöst durch) (?:dieser|dieses|dessen|der (?:Störung|Probleme)|des (?:Notfalls|Ausfalls|Problems))(?:[^\pL]|$)|` +
		`(?:noch (?:nicht|unklar|unbekannt)|nicht bekannt|unklar|unbekannt)`),
	promise: regexp.MustCompile(`(?i)(?:nächste\w* (?:Meldung|Nachricht|Information|Mitteilung)|hören (?:Sie )?[^.\n{]*von uns|melden (?:wir )?uns|informieren (?:wir )?Sie|weitere Informationen)[^.\n{]*?(?:\d{1,2}[:.]\d{2}|\d{1,2} Uhr|in (?:\pL+ )?\d+ (?:Minuten?|Stunden?)|in einer (?:halben )?Stunde)|` +
		`(?:um|bis|gegen|spätestens) (?:um )?\d{1,2}(?:[:.]\d{2})?(?: Uhr)?[^.\n{]*(?:von uns|melden wir uns|informieren wir)`),
}

// vocabularyOf returns the words of a language; a language without any finds nothing.
func vocabularyOf(language string) vocabulary {
	base, _, _ := strings.Cut(strings.ToLower(language), "-")
	switch base {
	case "en":
		return english
	case "de":
		return german
	}
	return vocabulary{}
}

// claimed returns the causes that a text names, without those it says are unknown.
func (v vocabulary) claimed(text string) []string {
	return slices.DeleteFunc(matches(v.claim, text), func(claim string) bool { return v.harmless.MatchString(claim) })
}

// matches returns what an expression finds, each once.
func matches(e *regexp.Regexp, text string) []string {
	if e == nil {
		return nil
	}
	var all []string
	for _, m := range e.FindAllString(text, -1) {
		if m = strings.Trim(m, " ,;:"); !slices.Contains(all, m) {
			all = append(all, m)
		}
	}
	return all
}

// addresses are full of capitals and of codes that nobody reads.
var addresses = regexp.MustCompile(`(?i)\b[a-z][a-z0-9+.-]*://\S+|\S+@\S+`)

// everyday are words in capitals that every reader knows, besides names.
var everyday = []string{"OK", "SMS", "PIN", "IT", "TV", "PC", "EU", "USA", "AG", "KG", "SE", "II", "III"}

// acronyms finds short words in capitals that are no names (R68).
func acronyms(text string, names []string) []string {
	known := slices.Clone(everyday)
	for _, n := range names {
		known = append(known, strings.FieldsFunc(n, notInWord)...)
	}
	var all []string
	for _, w := range strings.FieldsFunc(text, notInWord) {
		letters := strings.TrimRightFunc(strings.TrimSuffix(w, "s"), unicode.IsDigit)
		capitals := letters != "" && strings.IndexFunc(letters, func(r rune) bool { return !unicode.IsUpper(r) }) < 0
		if n := size(letters); capitals && n > 1 && n < 7 && !slices.Contains(known, w) && !slices.Contains(known, letters) && !slices.Contains(all, w) {
			all = append(all, w)
		}
	}
	return all
}

func notInWord(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }

// Advice says in one sentence what to do about a finding, in German or else in English.
func (f Finding) Advice(language string) string {
	if base, _, _ := strings.Cut(strings.ToLower(language), "-"); base == "de" {
		return advice[f.Flaw].de
	}
	return advice[f.Flaw].en
}

var advice = map[Flaw]struct{ en, de string }{
	Acronym: {"Write it out; not every reader knows the abbreviation.", "Schreiben Sie es aus; nicht alle kennen die Abkürzung."},
	Filler:  {"Leave it out, or say what is being done and by when.", "Lassen Sie es weg, oder sagen Sie, was bis wann geschieht."},
	Claim: {"Name no cause before one is confirmed; say what is seen and that the cause is being looked for.",
		"Nennen Sie keine Ursache, bevor sie bestätigt ist; sagen Sie, was zu sehen ist und dass die Ursache gesucht wird."},
	Lacks: {"Say it if it is known, or ask whoever knows.", "Sagen Sie es, wenn es bekannt ist, oder fragen Sie, wer es weiß."},
	Repeat: {"They were told exactly this before; say what people can do meanwhile, such as a workaround.",
		"Genau das wurde schon gesagt; sagen Sie, was man inzwischen tun kann, etwa einen Ausweg."},
	TooOften: {"The last message is this old; wait, or put the two together.", "So alt ist die letzte Meldung; warten Sie, oder fassen Sie beide zusammen."},
	TypedTime: {"Write {next update} instead; the promised time is put in when the message goes out.",
		"Schreiben Sie stattdessen {next update}; die zugesagte Zeit wird beim Senden eingesetzt."},
	NoPromise: {"Say by when the next message comes, with {next update} for the time.",
		"Sagen Sie, bis wann die nächste Meldung kommt, mit {next update} für die Uhrzeit."},
	LatePromise: {"It is over; promise no further update.", "Es ist vorbei; sagen Sie keine weitere Meldung zu."},
	TooLong:     {"Cut it; the rest would not be seen.", "Kürzen Sie es; der Rest wäre nicht zu sehen."},
}
