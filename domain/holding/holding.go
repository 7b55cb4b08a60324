// Package holding is who holds which role in one incident, for how long that counts, and
// whether they are on the call. At most one person holds a role at any time (R43). It must
// not import other aggregates.
package holding

import (
	"slices"
	"time"

	"github.com/stormbell/stormbell/domain/refusal"
)

// State is where a role stands.
type State string

// The states of a role.
const (
	// Paged: somebody is being reached.
	Paged State = "paged"
	// Held: somebody took it.
	Held State = "held"
)

// Role is one role in an incident.
type Role struct {
	Name   string    `json:"role"`
	State  State     `json:"state"`
	Person string    `json:"person,omitempty"`
	Since  time.Time `json:"since,omitzero"`
	Via    string    `json:"via,omitempty"`
	// K counts the pages of the role in this incident.
	K int `json:"k"`
	// PresentAt is when the person, or their proxy, confirmed to be on the call (R40).
	PresentAt time.Time `json:"present_at,omitzero"`
	// Proxy is on the call for a holder who cannot join (R42). A proxy speaks and works for
	// the holder, and decides nothing in their name.
	Proxy string `json:"proxy,omitempty"`
	// Lease is how long holding the role counts without a sign of life, Join how long the
	// holder may take to be on the call.
	Lease Lease `json:"lease,omitzero"`
	Join  Lease `json:"join,omitzero"`
}

// Roles are the roles of one incident, in the order in which they came up.
type Roles []Role

// Holder returns who holds a role, or "".
func (r Roles) Holder(name string) string {
	if i := r.index(name); i >= 0 && r[i].State == Held {
		return r[i].Person
	}
	return ""
}

// Of returns the role, and whether it came up at all.
func (r Roles) Of(name string) (Role, bool) {
	if i := r.index(name); i >= 0 {
		return r[i], true
	}
	return Role{}, false
}

// MayTake refuses everybody but the holder of a role that is held: who holds it keeps it (R43).
func (r Role) MayTake(person string) error {
	if r.State != Held || r.Person == person {
		return nil
	}
	return refusal.New(refusal.RoleTaken, "%s took %s before; nothing more to do", r.Person, r.Name).
		With("role", r.Name).With("holder", r.Person).With("since", r.Since.UTC().Format(time.RFC3339))
}

// HeldBy lists the roles that a person holds.
func (r Roles) HeldBy(person string) []string {
	var names []string
	for _, role := range r {
		if role.State == Held && role.Person == person {
			names = append(names, role.Name)
		}
	}
	return names
}

// Page notes that a role is being paged, and returns the number of the page.
func (r Roles) Page(name string, now time.Time) (Roles, int) {
	k := 1
	if i := r.index(name); i >= 0 {
		k = r[i].K + 1
	}
	return r.with(Role{Name: name, State: Paged, Since: now, K: k}), k
}

// Hold notes that a person holds a role.
func (r Roles) Hold(name, person, via string, at time.Time) Roles {
	k := 0
	if i := r.index(name); i >= 0 {
		k = r[i].K
	}
	return r.with(Role{Name: name, State: Held, Person: person, Since: at, Via: via, K: k})
}

// Works tells whether a person may do the work of a role: its holder, or their proxy.
func (r Roles) Works(name, person string) bool {
	role, ok := r.Of(name)
	return ok && role.State == Held && person != "" && (role.Person == person || role.Proxy == person)
}

func (r Roles) index(name string) int {
	return slices.IndexFunc(r, func(role Role) bool { return role.Name == name })
}

func (r Roles) with(role Role) Roles {
	r = slices.Clone(r)
	if i := r.index(role.Name); i >= 0 {
		r[i] = role
		return r
	}
	return append(r, role)
}
