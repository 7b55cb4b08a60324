package visitor

import (
	"context"
	"slices"
	"time"

	"github.com/stormbell/stormbell/api/act"
	"github.com/stormbell/stormbell/domain/actor"
)

// Method is how a visitor proved who they are.
type Method string

// The ways to prove it.
const (
	// Nobody has proved anything.
	Nobody Method = ""
	// Loopback is whoever sits in front of a solo installation.
	Loopback Method = "loopback"
	// Company is the company's own login.
	Company Method = "company"
	// BreakGlass is the local account for the night on which the company's login is down.
	BreakGlass Method = "break_glass"
	// Token is an operator's bearer token.
	Token Method = "token"
)

// Visitor is who makes a request.
type Visitor struct {
	// Person is the id of a person of the plan: who signed in, or for whom a stand-in acts. Empty
	// means nobody of the plan; a stand-in then acts for whoever an act belongs to.
	Person string
	// Guest names whoever signed in without being on the plan, for the record.
	Guest string
	// Name is how the page calls them.
	Name string
	// StandIn may act for anybody.
	StandIn bool
	// Rights are what the sign-in brings.
	Rights []actor.Right
	Method Method
	// ProvedAt is when they last proved who they are; zero when a page must not rely on it. Proved
	// says that it was a few minutes ago at most: enough for what wants a fresh proof.
	ProvedAt time.Time
	Proved   bool
}

// May tells whether the visitor has a right.
func (v Visitor) May(r actor.Right) bool { return v.StandIn || slices.Contains(v.Rights, r) }

// Who is the visitor as somebody who acts.
func (v Visitor) Who(via actor.Via) act.Who {
	return act.Who{Person: v.Person, Guest: v.Guest, StandIn: v.StandIn, Proved: v.Proved, Rights: v.Rights, Via: via}
}

type key struct{}

// With returns a context that knows the visitor.
func With(ctx context.Context, v Visitor) context.Context { return context.WithValue(ctx, key{}, v) }

// Of is the visitor of a request; nobody when none was let in.
func Of(ctx context.Context) Visitor {
	v, _ := ctx.Value(key{}).(Visitor)
	return v
}
