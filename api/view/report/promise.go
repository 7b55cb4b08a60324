package report

import (
	"math"
	"slices"
	"time"

	"github.com/stormbell/stormbell/domain/board"
	"github.com/stormbell/stormbell/domain/plan"
)

// Keeping is what became of the promised updates (R155).
type Keeping struct {
	Known  Known      `json:"known" enum:"recorded,pending,not_applicable,not_recorded"`
	Items  []Promised `json:"items"`
	Kept   int        `json:"kept"`
	Held   int        `json:"held" doc:"Kept by the text agreed on beforehand, because nothing else was ready"`
	Late   int        `json:"late"`
	Broken int        `json:"broken" doc:"Nothing came"`
	Open   int        `json:"open"`
}

// Decided is how many promises came to an end that can be judged.
func (k Keeping) Decided() int { return k.Kept + k.Held + k.Late + k.Broken }

// InTime is how many were kept, by whatever text.
func (k Keeping) InTime() int { return k.Kept + k.Held }

// Percent is the share that was kept; ok is false while none was due.
func (k Keeping) Percent() (percent int, ok bool) {
	if k.Decided() == 0 {
		return 0, false
	}
	return int(math.Floor(100 * float64(k.InTime()) / float64(k.Decided()))), true
}

// PromiseOutcome is what became of one promise.
type PromiseOutcome string

// The outcomes.
const (
	PromiseKept   PromiseOutcome = "kept"
	PromiseHeld   PromiseOutcome = "held"
	PromiseLate   PromiseOutcome = "late"
	PromiseBroken PromiseOutcome = "broken"
	PromiseOpen   PromiseOutcome = "open"
	// PromiseLifted: the incident ended before it was due.
	PromiseLifted PromiseOutcome = "lifted"
)

// Promised is one promise to one audience.
type Promised struct {
	Audience string            `json:"audience"`
	Title    map[string]string `json:"title"`
	MadeAt   time.Time         `json:"made_at"`
	Due      time.Time         `json:"due,omitzero" doc:"Absent where it was not recorded"`
	At       time.Time         `json:"at,omitzero" doc:"When the update came"`
	Outcome  PromiseOutcome    `json:"outcome" enum:"kept,held,late,broken,open,lifted"`
	Handed   bool              `json:"handed,omitempty" doc:"Somebody else was asked to keep it"`
}

func (s story) keeping() Keeping {
	k := Keeping{Items: []Promised{}}
	open := map[string]int{} // by audience, counted from 1
	told := map[string]time.Time{}
	settle := func(audience string, at time.Time, outcome PromiseOutcome) {
		if i := open[audience]; i > 0 {
			k.Items[i-1].At, k.Items[i-1].Outcome = at, outcome
			delete(open, audience)
		}
	}
	// came settles a promise of which nobody wrote down whether it was kept.
	came := func(audience string, at time.Time) {
		outcome := PromiseKept
		if i := open[audience]; i > 0 && !k.Items[i-1].Due.IsZero() && at.After(k.Items[i-1].Due) {
			outcome = PromiseLate
		}
		settle(audience, at, outcome)
	}
	begin := func(audience string, made, due time.Time) {
		k.Items = append(k.Items, Promised{Audience: audience, Title: s.audienceTitle(audience), MadeAt: made, Due: due, Outcome: PromiseOpen})
		open[audience] = len(k.Items)
	}
	for _, e := range s.Timeline {
		audience := e.Data["audience"]
		due, _ := time.Parse(time.RFC3339, e.Data["due"]) // zero where there is none
		if i := open[audience]; i > 0 && k.Items[i-1].Due.IsZero() && e.Kind != "promise_made" {
			k.Items[i-1].Due = due
		}
		switch e.Kind {
		case "promise_made":
			came(audience, e.At)
			begin(audience, e.At, due)
		case "promise_kept":
			settle(audience, e.At, PromiseKept)
		case "promise_late":
			settle(audience, e.At, PromiseLate)
		case "promise_broken":
			if i := open[audience]; i > 0 {
				k.Items[i-1].Outcome = PromiseBroken
			}
		case "promise_handed":
			if i := open[audience]; i > 0 {
				k.Items[i-1].Handed = true
			}
		case "holding_sent":
			settle(audience, e.At, PromiseHeld)
			begin(audience, e.At, time.Time{})
		case "sent":
			if e.Data["phase"] == string(plan.Resolution) {
				told[audience] = e.At
			}
		}
	}
	for audience, at := range told {
		came(audience, at) // where no word of its own followed
	}
	return s.judged(k, open)
}

// judged counts, after what is still open was compared with the state.
func (s story) judged(k Keeping, open map[string]int) Keeping {
	now := s.board().Promises
	for audience, i := range open {
		p := &k.Items[i-1]
		at := slices.IndexFunc(now, func(x board.Promise) bool { return x.Audience == audience })
		switch {
		case at >= 0 && s.ongoing:
			if p.Due.IsZero() {
				p.Due = now[at].Due
			}
			if now[at].Broken {
				p.Outcome = PromiseBroken
			}
		case p.Outcome == PromiseOpen:
			p.Outcome = PromiseLifted
		}
	}
	for _, p := range k.Items {
		switch p.Outcome {
		case PromiseKept:
			k.Kept++
		case PromiseHeld:
			k.Held++
		case PromiseLate:
			k.Late++
		case PromiseBroken:
			k.Broken++
		case PromiseOpen:
			k.Open++
		case PromiseLifted:
		}
	}
	k.Known = s.known(len(k.Items) > 0)
	return k
}

func (s story) board() board.Board {
	if s.Business != nil {
		return s.Business.Board
	}
	return s.Incident.Board
}
