package contract

import (
	"time"

	"github.com/stormbell/stormbell/domain/notice"
	"github.com/stormbell/stormbell/domain/roster"
)

// DutyID names the one workflow that tells people of duty.
const DutyID = "duty"

// DutyInput is how far duty was looked at.
type DutyInput struct {
	// Since is until when people know of hand-overs. To begin with it is zero: what was before
	// is nobody's news.
	Since time.Time `json:"since,omitzero"`
	// Alarmed is when gaps were last looked for, Gaps what was found and told then.
	Alarmed time.Time    `json:"alarmed,omitzero"`
	Gaps    []roster.Gap `json:"gaps,omitempty"`
}

// DutyResult is what a look at duty found.
type DutyResult struct {
	// Next is what the next look begins with, Wait how long it may rest.
	Next DutyInput     `json:"next"`
	Wait time.Duration `json:"wait"`
	Tell []DutyNotice  `json:"tell,omitempty"`
	// Settle is how long an ambiguous send rests before it is looked up.
	Settle time.Duration `json:"settle"`
}

// DutyNotice is one thing to tell one person.
type DutyNotice struct {
	// Step is the same whenever the same thing is told again.
	Step   string        `json:"step"`
	Person string        `json:"person"`
	Notice notice.Notice `json:"notice"`
	// Until is when it is no news any more.
	Until time.Time `json:"until"`
}
