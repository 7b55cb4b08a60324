// Package checkback is the one primitive behind every task, draft, review, approval and
// open question: ask somebody, get an estimate, check back when it lapses, extend it, pass
// it on (R63, R64, R80, R96, R101, R107, R110). It must not import anything but the
// standard library. Start with Item.
package checkback

import "time"

// State is where an item stands.
type State string

// The states of an item.
const (
	// Waiting: nobody was asked yet, because the role is still being paged or an earlier gate is closed.
	Waiting State = "waiting"
	// Asked: somebody was asked and gave no estimate.
	Asked State = "asked"
	// Promised: somebody gave an estimate that still runs.
	Promised State = "promised"
	// Overdue: the estimate, or the first patience, has lapsed.
	Overdue State = "overdue"
	// Blocked: the person cannot do it and said so.
	Blocked State = "blocked"
	// Done: it is finished.
	Done State = "done"
	// Dropped: it is not needed any more.
	Dropped State = "dropped"
)

// Item is one thing asked of one role.
type Item struct {
	ID    string `json:"id"`
	Role  string `json:"role"`
	State State  `json:"state"`
	// Person is who was asked.
	Person string    `json:"person,omitempty"`
	Since  time.Time `json:"since,omitzero"`
	// Due is when Stormbell checks back; zero while nobody was asked.
	Due time.Time `json:"due,omitzero"`
	// Minutes is the latest estimate, as the person gave it.
	Minutes int `json:"minutes,omitempty"`
	// Lapses counts how often the time ran out without an answer since the last estimate.
	Lapses int       `json:"lapses,omitempty"`
	DoneAt time.Time `json:"done_at,omitzero"`
	DoneBy string    `json:"done_by,omitempty"`
	Note   string    `json:"note,omitempty"`
}

// New returns an item nobody was asked for yet.
func New(id, role string) Item { return Item{ID: id, Role: role, State: Waiting} }

// Open tells whether something is still expected of somebody.
func (i Item) Open() bool { return i.State != Done && i.State != Dropped }

// Pending tells whether somebody was asked and has not finished.
func (i Item) Pending() bool { return i.Open() && i.State != Waiting }

// Ask hands the item to a person, to be checked after patience.
func (i Item) Ask(person string, now time.Time, patience time.Duration) Item {
	i.State, i.Person, i.Since, i.Due, i.Minutes, i.Lapses = Asked, person, now, now.Add(patience), 0, 0
	return i
}

// Estimate notes how long the person still needs; asking for more time is fine as long as
// it comes with a new estimate (R64). The unit is the plan's minute.
func (i Item) Estimate(minutes int, unit time.Duration, now time.Time) Item {
	i.State, i.Minutes, i.Due, i.Lapses = Promised, minutes, now.Add(time.Duration(minutes)*unit), 0
	return i
}

// Lapse notes that the time ran out, and sets the next check-back.
func (i Item) Lapse(now time.Time, patience time.Duration) Item {
	i.State, i.Due = Overdue, now.Add(patience)
	i.Lapses++
	return i
}

// Block notes that the person cannot do it, and why. It stays open and has no clock: the
// lead decides.
func (i Item) Block(reason string) Item {
	i.State, i.Note, i.Due = Blocked, reason, time.Time{}
	return i
}

// Finish closes the item.
func (i Item) Finish(by string, now time.Time) Item {
	i.State, i.DoneAt, i.DoneBy, i.Due = Done, now, by, time.Time{}
	return i
}

// Drop closes the item because it is not needed any more.
func (i Item) Drop() Item {
	i.State, i.Due = Dropped, time.Time{}
	return i
}

// Lapsed tells whether it is time to check back.
func (i Item) Lapsed(now time.Time) bool {
	return i.Pending() && !i.Due.IsZero() && !now.Before(i.Due)
}

// Earliest returns the earliest due time of the items, and the item's id.
func Earliest(items ...Item) (due time.Time, id string) {
	for _, i := range items {
		if i.Pending() && !i.Due.IsZero() && (due.IsZero() || i.Due.Before(due)) {
			due, id = i.Due, i.ID
		}
	}
	return due, id
}
