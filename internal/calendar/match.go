package calendar

import (
	"errors"
	"slices"
	"strings"
	"unicode"

	"github.com/stormbell/stormbell/domain/plan"
)

var (
	errNobodyInvited = errors.New("nobody who takes part in it is in the plan with that address")
	errNobodyNamed   = errors.New("its title names nobody in the plan")
	errSeveral       = errors.New("it names several people; one at a time is on duty")
)

// match finds the person whom an event puts on duty: the first of those who take part whom the
// plan knows, or whom its title names.
func match(e event, people []plan.Person, byName bool) (string, error) {
	if byName {
		return named(e.title, people)
	}
	for _, guest := range e.guests {
		if i := slices.IndexFunc(people, func(p plan.Person) bool { return strings.EqualFold(p.Email, guest) }); i >= 0 {
			return people[i].ID, nil
		}
	}
	return "", errNobodyInvited
}

// named finds the one person whose whole name stands in a title; failing that, the one whose id
// or first name does.
func named(title string, people []plan.Person) (string, error) {
	words := split(title)
	for _, names := range []func(plan.Person) [][]string{
		func(p plan.Person) [][]string { return [][]string{split(p.Name)} },
		func(p plan.Person) [][]string { return [][]string{{p.ID}, split(p.Name)[:min(1, len(split(p.Name)))]} },
	} {
		var found []string
		for _, p := range people {
			if slices.ContainsFunc(names(p), func(n []string) bool { return contains(words, n) }) {
				found = append(found, p.ID)
			}
		}
		switch len(found) {
		case 0:
		case 1:
			return found[0], nil
		default:
			return "", errSeveral
		}
	}
	return "", errNobodyNamed
}

// split returns the words of a text in small letters.
func split(s string) []string {
	return strings.FieldsFunc(strings.ToLower(s), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_' && r != '-'
	})
}

// contains says whether some words follow each other in a text.
func contains(text, words []string) bool {
	for i := range text {
		if len(words) > 0 && i+len(words) <= len(text) && slices.Equal(text[i:i+len(words)], words) {
			return true
		}
	}
	return false
}
