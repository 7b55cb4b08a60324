package holding

import (
	"time"

	"github.com/stormbell/stormbell/domain/notice"
)

// Lease is a role on time: an acknowledgement is no proof that somebody is still at work
// hours later. Without a sign of life the holder is asked again once, and without an answer
// to that the role goes to somebody else. The zero Lease never ends.
type Lease struct {
	// Length is how long a sign of life counts, Patience how long an answer may take.
	Length   time.Duration `json:"length,omitempty"`
	Patience time.Duration `json:"patience,omitempty"`
	// Due is when the next word is said.
	Due time.Time `json:"due,omitzero"`
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

// NewLease begins when somebody takes a role.
func NewLease(length, patience time.Duration, now time.Time) Lease {
	if length <= 0 {
		return Lease{}
	}
	return Lease{Length: length, Patience: patience, Due: now.Add(length)}
}

// alive notes a sign of life. Whoever promised something until then is left in peace until
// then; a zero until promises nothing.
func (l Lease) alive(now, until time.Time) Lease {
	if l.Length == 0 {
		return l
	}
	due := now.Add(l.Length)
	if until.After(due) {
		due = until
	}
	if l.Asked || due.After(l.Due) { // what was promised before still holds
		l.Due = due
	}
	l.Asked = false
	return l
}

// tick is the clock's word. Nobody loses a role without having been asked, however late the
// clock is: after an outage the signs of life may be what is missing.
func (l Lease) tick(now time.Time) (Lease, Verdict) {
	switch {
	case l.Length == 0 || now.Before(l.Due):
		return l, Fine
	case l.Asked:
		return Lease{}, Lost
	}
	l.Asked, l.Due = true, now.Add(l.Patience)
	return l, AskAgain
}

// Let begins the lease of a role that is held.
func (r Roles) Let(name string, l Lease) Roles {
	return r.change(name, func(role *Role) { role.Lease = l })
}

// Rest ends every lease: nobody is waited for any more.
func (r Roles) Rest() Roles {
	for _, role := range r {
		role.Lease, role.Join = Lease{}, Lease{}
		r = r.with(role)
	}
	return r
}

// Alive notes a sign of life for every role a person holds or is on the call for: a reply, a
// key, a button, a report or an estimate, which leaves them in peace until then.
func (r Roles) Alive(person string, now, until time.Time) Roles {
	for _, role := range r {
		if role.Lease.Length > 0 && r.Works(role.Name, person) {
			role.Lease = role.Lease.alive(now, until)
			r = r.with(role)
		}
	}
	return r
}

// Waited lists the roles of a person for which a sign of life is waited for.
func (r Roles) Waited(person string) (names []string) {
	for _, role := range r {
		if role.State == Held && role.Person == person && role.Lease.Asked {
			names = append(names, role.Name)
		}
	}
	return names
}

// Overdue is what the clock has to say about one role.
type Overdue struct {
	Role Role
	// Lost says that the holder was asked and has not answered; otherwise they are to be asked.
	Lost bool
	// Joining says that the holder is missing on the call; otherwise it is about a sign of life.
	Joining bool
}

// Say is what is told to whom, and the entry of the timeline that goes with it. A proxy is
// asked to come; everything else is between us and the holder.
func (o Overdue) Say() (n notice.Notice, person, kind, text string) {
	n, person = notice.Notice{Role: o.Role.Name, At: o.Role.Lease.Due}, o.Role.Person
	role := o.Role.Name
	switch {
	case o.Lost && o.Joining:
		n.Kind, n.At = notice.RoleLost, time.Time{}
		return n, person, "role_lost", "nobody came to the call for " + person + "; " + role + " is paged again"
	case o.Lost:
		n.Kind, n.At = notice.RoleLost, time.Time{}
		return n, person, "role_lost", "no sign of life of " + person + "; " + role + " is paged again"
	case o.Joining && o.Role.Proxy != "":
		n.Kind, n.At, n.Mention = notice.ProxyAsked, o.Role.Join.Due, person
		return n, o.Role.Proxy, "join_asked", o.Role.Proxy + " is not on the call yet for " + person + " as " + role + "; asking again"
	case o.Joining:
		n.Kind, n.At, n.Since = notice.JoinAsked, o.Role.Join.Due, o.Role.Since
		return n, person, "join_asked", person + " is not on the call yet as " + role + "; asking again"
	default:
		n.Kind = notice.StillThere
		return n, person, "sign_of_life_asked", "nothing was heard of " + person + " as " + role + " for long; asking"
	}
}

// Tick is the clock's word on every role.
func (r Roles) Tick(now time.Time) (Roles, []Overdue) {
	var all []Overdue
	for _, role := range r {
		if role.State != Held {
			continue
		}
		for _, l := range []struct {
			*Lease
			joining bool
		}{{&role.Lease, false}, {&role.Join, true}} {
			next, v := l.tick(now)
			if v != Fine {
				*l.Lease = next
				all = append(all, Overdue{Role: role, Lost: v == Lost, Joining: l.joining})
			}
		}
		r = r.with(role)
	}
	return r, all
}

// Next returns when the clock has something to say about a role, and why; a zero time means never.
func (r Roles) Next() (due time.Time, why string) {
	consider := func(at time.Time, reason string) {
		if !at.IsZero() && (due.IsZero() || at.Before(due)) {
			due, why = at, reason
		}
	}
	for _, role := range r {
		if role.State == Held {
			consider(role.Lease.Due, "is "+role.Person+" still there as "+role.Name+"?")
			consider(role.Join.Due, "is "+role.Person+" on the call as "+role.Name+"?")
		}
	}
	return due, why
}

// change changes a role that is held.
func (r Roles) change(name string, f func(*Role)) Roles {
	role, ok := r.Of(name)
	if !ok || role.State != Held {
		return r
	}
	f(&role)
	return r.with(role)
}
