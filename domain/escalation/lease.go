package escalation

import (
	"time"

	"github.com/stormbell/stormbell/domain/plan"
)

// Lease is a role on time: an acknowledgement is no proof that somebody is still at work
// hours later. Without a sign of life the holder is asked again once, and without an answer
// to that the role goes to somebody else. The aggregate that knows who holds the role keeps
// it; the page has ended by then. The zero Lease never ends.
type Lease struct {
	Person string `json:"person"`
	// Length is how long a sign of life counts, Patience how long an answer may take.
	Length   time.Duration `json:"length"`
	Patience time.Duration `json:"patience"`
	// Due is when the next word is said.
	Due time.Time `json:"due"`
	// Asked is set while the holder's answer is waited for.
	Asked bool `json:"asked,omitempty"`
}

// Verdict is what a lease asks for.
type Verdict string

// The verdicts of a lease.
const (
	// Fine: nothing is to be done.
	Fine Verdict = ""
	// AskAgain: ask the holder for a sign of life.
	AskAgain Verdict = "ask_again"
	// Lost: page the role again, and leave out whoever held it.
	Lost Verdict = "lost"
)

// NewLease begins when somebody takes a role. An answer may take as long as the first step
// of the policy waits for one.
func NewLease(p plan.Policy, person string, now time.Time) Lease {
	if p.Lease == 0 || person == "" {
		return Lease{}
	}
	l := Lease{Person: person, Length: p.Lease, Patience: p.Lease}
	if len(p.Steps) > 0 {
		l.Patience = p.Steps[0].Wait
	}
	l.Due = now.Add(l.Length)
	return l
}

// Alive notes a sign of life: any reply, key, button, report or estimate of a person. Whoever
// promised something until then is left in peace until then; a zero until promises nothing.
func (l Lease) Alive(person string, now, until time.Time) Lease {
	if l.Length == 0 || person != l.Person {
		return l
	}
	l.Asked, l.Due = false, now.Add(l.Length)
	if until.After(l.Due) {
		l.Due = until
	}
	return l
}

// Tick is the clock's word. Nobody loses a role without having been asked, however late the
// clock is: after an outage the signs of life may be what is missing.
func (l Lease) Tick(now time.Time) (Lease, Verdict) {
	switch {
	case l.Length == 0 || now.Before(l.Due):
		return l, Fine
	case l.Asked:
		return Lease{}, Lost
	}
	l.Asked, l.Due = true, now.Add(l.Patience)
	return l, AskAgain
}
