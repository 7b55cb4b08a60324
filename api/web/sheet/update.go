package sheet

import (
	"maps"
	"slices"

	"github.com/stormbell/stormbell/api/view"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/phrase"
	"github.com/stormbell/stormbell/internal/record"
)

// Written is a post in one language.
type Written struct {
	view.PostText
	Language string
}

// Text is a post in the page's language, else in the company's, else in any.
func (s *Sheet) Text(post view.Post) Written {
	for _, lang := range s.Order(slices.Sorted(maps.Keys(post.Texts))) {
		if text, is := post.Texts[lang]; is {
			return Written{text, lang}
		}
	}
	return Written{}
}

// Topic is how people call a service or a region.
func (s *Sheet) Topic(all []plan.Topic, name string) string {
	i := slices.IndexFunc(all, func(t plan.Topic) bool { return t.Name == name })
	if i < 0 {
		return s.Human(name)
	}
	return s.Pick(all[i].Title, name)
}

// Wish says what a subscription is about.
func (s *Sheet) Wish(x record.Subscriber) string { return s.clock.Wish(s.optIn(x)) }

// Expect says what comes and how often.
func (s *Sheet) Expect() string { return s.clock.Expect(phrase.OptIn{Language: s.Lang}) }

func (s *Sheet) optIn(x record.Subscriber) phrase.OptIn {
	return phrase.OptIn{Language: s.Lang, Service: x.Service, Region: x.Region, Incident: x.Incident}
}
