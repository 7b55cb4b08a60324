package delivery

import (
	"slices"
	"time"

	"github.com/stormbell/stormbell/domain/notice"
	"github.com/stormbell/stormbell/domain/plan"
)

// Verdict is whether a send may go out.
type Verdict string

// The verdicts.
const (
	// Go: it goes out.
	Go Verdict = "go"
	// Elsewhere: the person has had so much by this way that another one is used.
	Elsewhere Verdict = "elsewhere"
	// Enough: nothing is sent.
	Enough Verdict = "enough"
)

// Try is a send that is about to go out to a person.
type Try struct {
	// Page is the workflow that sends.
	Page    string
	Channel plan.Channel
	Urgency notice.Urgency
	At      time.Time
	// Others are the ways, besides Channel, by which the person can be reached.
	Others []plan.Channel
	// Minute is the length of a minute in the plan.
	Minute time.Duration
}

// Sent is an earlier send to the same person.
type Sent struct {
	Page    string
	Channel plan.Channel
	Urgency notice.Urgency
	At      time.Time
	Outcome Outcome
}

// left tells whether it may have left us: only then did it cost its receiver any peace.
func (s Sent) left() bool { return s.Outcome.State != Failed || s.Outcome.ProviderID != "" }

// window is how many sends within so many minutes are enough.
type window struct{ most, minutes int }

// The figures for calls, texts and updates are what GoAlert found people and carriers to
// bear; a number that rings more often gets blocked.
var (
	callsToOne      = []window{{3, 15}, {7, 60}, {15, 180}}
	textsToOne      = []window{{5, 15}, {11, 60}, {21, 180}}
	updatesToOne    = []window{{1, 3}, {3, 20}, {8, 120}}
	courtesiesToOne = []window{{5, 60}}
)

// LimitSpan is how many of the plan's minutes of the past Limit wants to know about.
const LimitSpan = 180

// Limit says whether a send may go out, by what its receiver was sent before. Pages pass
// every limit rather than be lost, but as long as the other way that wakes somebody is below
// its own limit, they take that: text and call relieve each other, and mail relieves neither.
// What a phone is spared of answers and updates goes by mail. Courtesies beyond their limit
// are for nobody.
func Limit(t Try, earlier []Sent) Verdict {
	switch t.Urgency {
	case notice.Urgent:
		other, limited := relief(t.Channel)
		if limited && t.full(t.Channel, earlier) && t.open(other, earlier) {
			return Elsewhere
		}
	case notice.Answer:
		return t.spare(textsToOne, earlier)
	case notice.Update:
		return t.spare(updatesToOne, earlier)
	case notice.Courtesy:
		if t.over(courtesiesToOne, earlier, func(s Sent) bool { return s.Urgency == notice.Courtesy }) >= 0 {
			return Enough
		}
	case notice.Duty:
	}
	return Go
}

// relief is the other way that wakes somebody.
func relief(c plan.Channel) (other plan.Channel, ok bool) {
	switch c {
	case plan.SMS:
		return plan.Call, true
	case plan.Call:
		return plan.SMS, true
	case plan.Email:
	}
	return "", false
}

// full tells whether a phone has had enough of a channel, whatever it was about.
func (t Try) full(c plan.Channel, earlier []Sent) bool { return t.excess(c, earlier) >= 0 }

// excess is by how many sends a phone has had more of a channel than is enough.
func (t Try) excess(c plan.Channel, earlier []Sent) int {
	windows := textsToOne
	if c == plan.Call {
		windows = callsToOne
	}
	return t.over(windows, earlier, func(s Sent) bool { return s.Channel == c })
}

// open tells whether a page may go by another way instead. One that has failed this very page
// is no way, nor is a call that would have to wait for another one to the same person.
func (t Try) open(c plan.Channel, earlier []Sent) bool {
	failed := slices.ContainsFunc(earlier, func(s Sent) bool {
		return s.Page == t.Page && s.Channel == c && s.Outcome.State == Failed
	})
	return slices.Contains(t.Others, c) && !failed && !t.full(c, earlier) && (c != plan.Call || !t.engaged(earlier))
}

// talking is how many minutes a call of which no end is known may be under way.
const talking = 3

// engaged tells whether a call to the person is under way, or about to be: another page was
// sent there instead, or its turn to decide came a moment before.
func (t Try) engaged(earlier []Sent) bool {
	since := t.At.Add(-talking * t.Minute)
	calledFor := func(page string) bool {
		return slices.ContainsFunc(earlier, func(s Sent) bool { return s.Page == page && s.Channel == plan.Call })
	}
	deciding := t.excess(t.Channel, earlier) > 0
	return slices.ContainsFunc(earlier, func(s Sent) bool {
		switch {
		case !s.At.After(since):
			return false
		case s.Channel == plan.Call:
			return !Final(plan.Call, s.Outcome)
		case s.Outcome.Code == CodeElsewhere && s.Urgency == notice.Urgent:
			return !calledFor(s.Page)
		}
		return deciding && s.Channel == t.Channel && s.Outcome.State == Attempting
	})
}

// spare spares a phone further texts of one kind.
func (t Try) spare(windows []window, earlier []Sent) Verdict {
	same := func(s Sent) bool { return s.Channel == plan.SMS && s.Urgency == t.Urgency }
	if t.Channel == plan.SMS && t.over(windows, earlier, same) >= 0 {
		return Elsewhere
	}
	return Go
}

// over is by how many sends the fullest of the windows is more than full; 0 is just full.
func (t Try) over(windows []window, earlier []Sent, counts func(Sent) bool) int {
	worst := -windows[0].most
	for _, w := range windows {
		n, since := 0, t.At.Add(-time.Duration(w.minutes)*t.Minute)
		for _, s := range earlier {
			if s.left() && s.At.After(since) && counts(s) {
				n++
			}
		}
		worst = max(worst, n-w.most)
	}
	return worst
}
