package piece

import (
	"cmp"
	"slices"
	"strings"

	"github.com/stormbell/stormbell/api/view"
	"github.com/stormbell/stormbell/domain/checkback"
	"github.com/stormbell/stormbell/domain/comms"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/phrase"
)

// Seen is a text as its receivers see it.
type Seen struct {
	Language, Subject, Body string
	// Text is what phones show; empty when nobody gets it there.
	Text string
}

// Seen are the texts as they would be seen if they went out now, or as they went out.
func (l Letter) Seen() (all []Seen) {
	rule, _ := l.Plan().Audience(l.Audience)
	for _, t := range l.Texts {
		t = l.put(t)
		u := phrase.Update{Incident: l.Incident.Number, Language: t.Language, Subject: t.Subject, Body: t.Body, Drill: l.Incident.Drill}
		seen := Seen{Language: t.Language, Subject: t.Subject, Body: t.Body}
		if slices.Contains(rule.Send, plan.SendEmail) && !rule.Personal {
			seen.Subject = l.Words().UpdateMail(u).Subject
		}
		if l.By[string(plan.SMS)] > 0 && t.Short != "" {
			u.Body = t.Short
			seen.Text = l.Words().UpdateSMS(u)
		}
		all = append(all, seen)
	}
	slices.SortStableFunc(all, func(a, b Seen) int {
		if (a.Language == l.Lang) == (b.Language == l.Lang) {
			return 0
		} else if a.Language == l.Lang {
			return -1 // what this reader reads first
		}
		return 1
	})
	return all
}

// Agreed says who said yes, and when.
func (l Letter) Agreed() string {
	var yes []string
	for _, g := range l.Gates {
		if g.State == string(checkback.Done) && g.Kind != string(comms.Draft) && g.Kind != string(comms.Announce) {
			yes = append(yes, l.RoleName(g.Role)+" "+l.Clock(g.DoneAt))
		}
	}
	return strings.Join(yes, ", ")
}

// put fills in what is known only when a text goes out.
func (l Letter) put(t view.Text) view.Text {
	rule, _ := l.Plan().Audience(l.Audience)
	fill := strings.NewReplacer(comms.NextUpdatePlace, l.next(t.Language), comms.SpokespersonPlace, l.spokesperson(rule))
	t.Subject, t.Body, t.Short = fill.Replace(t.Subject), fill.Replace(t.Body), fill.Replace(t.Short)
	return t
}

// next is the clock time that the text promises.
func (l Letter) next(language string) string {
	at := l.NextUpdate
	if at.IsZero() {
		at = l.Now.Add(l.Plan().Cadence.Updates[l.Audience])
	}
	return l.Words().Clock(at, language)
}

func (l Letter) spokesperson(rule plan.Audience) string {
	for _, holder := range l.Incident.Roles {
		if holder.Role == rule.Spokesperson && rule.Spokesperson != "" {
			return cmp.Or(holder.HolderName, l.Company().Name)
		}
	}
	return l.Company().Name
}

// ReadingMinutes is about how long it takes to read the texts in one language.
func (l Letter) ReadingMinutes() int {
	const wordsPerMinute = 200
	longest := 0
	for _, t := range l.Texts {
		longest = max(longest, len(strings.Fields(t.Body)))
	}
	return 1 + longest/wordsPerMinute
}

// MayTakeBack tells whether this reader approved it and may still think again.
func (l Letter) MayTakeBack() bool {
	return l.Now.Before(l.TakeBackUntil) && slices.ContainsFunc(l.Gates, func(g view.Gate) bool {
		return g.Kind == string(comms.Approve) && (l.reader == "" || g.DoneBy == l.reader)
	})
}
