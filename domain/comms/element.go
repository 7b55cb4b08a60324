package comms

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/stormbell/stormbell/domain/plan"
)

// What is filled in only when a text goes out: the words are approved before anybody knows the
// clock time, and no name of a person enters a workflow's history.
const (
	// NextUpdatePlace stands for the clock time by which the next message follows (R155).
	NextUpdatePlace = "{next update}"
	// SpokespersonPlace stands for the name of whoever speaks for the company.
	SpokespersonPlace = "{spokesperson}"
)

// Element is one thing that a message says.
type Element struct {
	// Name is one of Elements, or the plan's own.
	Name string
	// Line is how it is said in one language.
	Line string
	// Is names what is said, the same in every language; see Digest.
	Is string
}

// element is a thing the guide wants said, and the template fields that say it wherever in a
// template they stand. One without fields must be named by the template.
type element struct {
	name   string
	fields []string
}

// guide lists the elements of each phase, the most important first (R159–R162).
var guide = map[plan.Phase][]element{
	plan.Investigation: {start, seen, services, impact, {name: "advice"}, where, nextUpdate},
	plan.Identification: {
		cause, fix, {"decided", []string{"NextNews"}}, {"expected", []string{"Expected"}}, impact, recognise, services,
		{"severity", []string{"WorstCase", "Perspective"}}, start, seen, where, nextUpdate,
	},
	plan.Monitoring: {
		fix, {"applied", []string{"Applied"}}, recognise, {name: "still_seen"}, {"if_asked", []string{"SayToCustomers"}}, workaround,
		impact, start, seen, where, nextUpdate,
	},
	plan.Resolution: {{name: "over"}, fix, cause, recognise, workaround, {name: "still_seen"}, {name: "analysis"}, where, start},
	plan.Holding:    {nextUpdate},
}

var (
	start      = element{"start", []string{"Start"}}
	seen       = element{"seen", []string{"What", "Title"}}
	services   = element{"services", []string{"Services"}}
	impact     = element{"impact", []string{"Impact"}}
	cause      = element{"cause", []string{"Cause"}}
	fix        = element{"fix", []string{"Fix"}}
	recognise  = element{"recognise", []string{"Recognise"}}
	workaround = element{"workaround", []string{"Workaround"}}
	where      = element{"where", []string{"Link"}}
	nextUpdate = element{"next_update", []string{"NextUpdate"}}
)

// Missing returns the elements that the guide wants in a phase and that a text neither names
// nor shows a field of, the most important first (R159–R162).
func Missing(phase plan.Phase, named, fields []string) []string {
	return elements(phase, func(e element) bool { return !slices.Contains(named, e.name) && !e.shown(fields) })
}

// Shown returns the elements of a phase that a text shows a field of, wherever it stands.
func Shown(phase plan.Phase, fields []string) []string {
	return elements(phase, func(e element) bool { return e.shown(fields) })
}

// Unseen returns the elements of a phase that have no field: only their names tell them.
func Unseen(phase plan.Phase) []string {
	return elements(phase, func(e element) bool { return len(e.fields) == 0 })
}

func elements(phase plan.Phase, fits func(element) bool) []string {
	var all []string
	for _, e := range guide[phase] {
		if fits(e) {
			all = append(all, e.name)
		}
	}
	return all
}

func (e element) shown(fields []string) bool {
	return slices.ContainsFunc(e.fields, func(f string) bool { return slices.Contains(fields, f) })
}

// Arrange puts what the audience was not told yet before what it was, and leaves each of the
// two in the order of the template (R160). Told holds what each element said last.
func Arrange(all []Element, told map[string]string) (news, known []Element) {
	for _, e := range all {
		if told[e.Name] == e.Is {
			known = append(known, e)
			continue
		}
		news = append(news, e)
	}
	return news, known
}

// Digest names words without repeating them.
func Digest(words ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(words, "\x00")))
	return hex.EncodeToString(sum[:6])
}
