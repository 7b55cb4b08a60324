package plan

import (
	"slices"
	"time"
)

// Policy is one escalation policy: the ladder of a page.
type Policy struct {
	Name  string `json:"name"`
	Steps []Step `json:"steps"`
	// Again goes back to an earlier step before Last takes over; its zero value goes back never.
	Again Again `json:"again,omitzero"`
	// Last is what follows the last step, for ever, until a human ends it: no page falls silent.
	Last LastRule `json:"last"`
	// Quiet are hours in which the policy makes no noise; its zero value has none.
	Quiet Quiet `json:"quiet,omitzero"`
	// Lease is how long an acknowledgement counts without another sign of life: then whoever
	// holds the role is asked, and without an answer the role is paged again. 0 means for ever.
	Lease time.Duration `json:"lease,omitempty"`
	// Edition says which reading of the rules a page follows. A page keeps the one it began
	// with, so that its history still replays when the rules are mended.
	Edition int `json:"edition,omitempty"`
}

// Edition is the newest reading of the rules, which every plan that is read now gets.
//
// Since edition 1 nobody who passed on is rung because another channel failed, the next
// backup is the next one not reached yet (and not the next place in a list that may have
// changed), and whoever passed on and is asked again may pass on again.
//
// Since edition 2 those who were reached hear who took the role, a roll call goes on after
// that, STOP is followed by a call, the owners hear when nobody answers, an acknowledgement
// is a lease, and being there is a word of its own: whoever is needed to start confirms to
// be on the call (R35, R36).
//
// Since edition 3 an edit voids only the gates that come after its author's own, a silent
// reader's deputy is asked, an approval grows old, the next message is ordered before its
// promise lapses, and drafting goes on while others still read (R95).
//
// Since edition 4 an approval wants a fresh proof of who approves, and what not everybody may do
// wants a right or a role (see package actor).
const Edition = 4

// Quiet are hours in which a page is only mailed and waits for their end.
type Quiet struct {
	Hours []Hours `json:"hours,omitempty"`
	// Timezone is the IANA name of the clock that Hours are read from.
	Timezone string `json:"timezone,omitempty"`
}

// Target says whom a step reaches.
type Target string

// The targets of a step. Any other target is the name of a role, whose holder is reached.
const (
	TargetPrimary Target = "primary"
	TargetBackup  Target = "backup"
	// TargetBoth is the primary and the first backup side by side (R37).
	TargetBoth       Target = "primary_and_backup"
	TargetNextBackup Target = "next_backup"
	TargetAllBackups Target = "all_backups"
	TargetEveryone   Target = "everyone"
)

// Channel is a way to reach a person.
type Channel string

// The channels.
const (
	SMS   Channel = "sms"
	Call  Channel = "call"
	Email Channel = "email"
)

// Step is one rung of the ladder.
type Step struct {
	To   Target        `json:"to"`
	By   []Channel     `json:"by"`
	Wait time.Duration `json:"wait"`
	// Repeat is how many times the rung is climbed; 0 and 1 both mean once.
	Repeat int `json:"repeat,omitempty"`
	// RollCall says that everybody on this rung must answer: each is asked again until they
	// have, also when the role has found its holder, who is the first that took it (R40).
	RollCall bool `json:"roll_call,omitempty"`
}

// Again is how often the end of a ladder leads back to one of its steps.
type Again struct {
	// From is the number of the step to go back to, counted from 1.
	From int `json:"from"`
	// Times is how often.
	Times int `json:"times"`
}

// LastRule widens the circle and goes on, slower and slower up to a ceiling.
type LastRule struct {
	To []Target  `json:"to"`
	By []Channel `json:"by"`
	// Every is the first pause between two rounds; it doubles up to AtMost.
	Every  time.Duration `json:"every"`
	AtMost time.Duration `json:"at_most"`
}

// RollCall tells whether a step of the policy asks everybody on it.
func (p Policy) RollCall() bool {
	return slices.ContainsFunc(p.Steps, func(s Step) bool { return s.RollCall })
}

// Both returns the policy as it pages primary and first backup side by side before anything
// else (R37).
func (p Policy) Both() Policy {
	p.Steps = append([]Step{{To: TargetBoth, By: []Channel{SMS, Call}, Wait: p.Patience()}}, p.Steps...)
	if p.Again.From > 0 {
		p.Again.From++
	}
	return p
}

// Patience is how long the policy waits for a first answer.
func (p Policy) Patience() time.Duration {
	if len(p.Steps) == 0 {
		return p.Last.Every
	}
	return p.Steps[0].Wait
}
