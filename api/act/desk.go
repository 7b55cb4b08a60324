package act

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"github.com/stormbell/stormbell/api/view"
	"github.com/stormbell/stormbell/domain/actor"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/domain/refusal"
	"github.com/stormbell/stormbell/domain/roster"
	"github.com/stormbell/stormbell/internal/record"
	"github.com/stormbell/stormbell/workflows/client"
	"github.com/stormbell/stormbell/workflows/contract"
)

// Commands is the door to the workflows; *client.Client is one.
type Commands interface {
	Ready(ctx context.Context) error
	Open(ctx context.Context, ref client.Ref, rules plan.Snapshot, drill bool, command any, request string) (contract.Receipt, error)
	Incident(ctx context.Context, ref client.Ref, name string, command any, request string) (contract.Receipt, error)
	Business(ctx context.Context, ref client.Ref, name string, command any, request string) (contract.Receipt, error)
	Page(ctx context.Context, ref client.Ref, role string, k int, name string, command any, request string) (contract.Receipt, error)
	Message(ctx context.Context, ref client.Ref, phase plan.Phase, audience, name string, command any, request string) (contract.Receipt, error)
	TestContact(ctx context.Context, id string, in contract.ContactTestInput) error
	Confirmed(ctx context.Context, test string, c contract.Confirmation) error
	DutyChanged(ctx context.Context) error
	OptIn(ctx context.Context, id string, in contract.OptInInput) error
	TellAgain(ctx context.Context, in contract.OutletInput) error
	SendAgain(ctx context.Context, in contract.DistributionInput) error
}

// Config is what a desk works with.
type Config struct {
	// Record gives incidents that people open their numbers; required.
	Record *record.Record
	// Commands is where commands go; required.
	Commands Commands
	// Views is where the desk looks up how things stand; required.
	Views *view.Views
	// Patience is how long to wait for a workflow that is about to begin, and for one workflow
	// to take over what another decided; 0 means 3 s.
	Patience time.Duration
}

// Desk takes people's commands. It is safe for concurrent use.
type Desk struct {
	Config
	// asking bounds how many addresses are asked whether they want updates.
	asking *rate.Limiter
	// inviting is set while everybody is being invited.
	inviting atomic.Bool
}

// New returns a desk.
func New(c Config) *Desk {
	if c.Patience == 0 {
		c.Patience = 3 * time.Second
	}
	return &Desk{Config: c, asking: rate.NewLimiter(asksPerSecond, asksAtOnce)}
}

// Who is the one who acts.
type Who struct {
	// Person is the id of the one who acts, or for whom a stand-in acts. A stand-in may leave
	// it empty: then it acts for the person the act belongs to.
	Person string
	// Guest is the id of somebody who signed in without being on the plan; then Person is empty.
	Guest string
	// StandIn may act for anybody: the visitor of a solo installation, or an operator.
	StandIn bool
	// Proved: they have just shown who they are.
	Proved bool
	// Rights are what the sign-in brings.
	Rights []actor.Right
	Via    actor.Via
}

// Act is what all commands have in common.
type Act struct {
	// Incident is its number.
	Incident int
	Who      Who
	// Request makes a repeated command harmless; empty means that it is a new one.
	Request string
}

// belongs says whose act something is: the person, or while there is none whoever is on
// call for the role.
type belongs func(*view.Case) (person, role string)

func holderOf(role string) belongs {
	return func(c *view.Case) (string, string) { return c.Roles().Holder(role), role }
}

func commander(c *view.Case) (string, string) {
	return c.Incident.Commander(), plan.IncidentCommander
}

// lead leads what is going on: the business incident, or before it the technical one.
func lead(c *view.Case) (string, string) {
	if c.InBusiness() && c.Business != nil {
		return c.Business.Lead(), plan.BusinessLead
	}
	return commander(c)
}

// begin reads the incident and settles who acts.
func (d *Desk) begin(ctx context.Context, a Act, whose belongs) (*view.Case, actor.Actor, error) {
	c, err := d.Views.Case(ctx, a.Incident)
	if err != nil {
		return nil, actor.Actor{}, err
	}
	if !c.Row.ClosedAt.IsZero() {
		return nil, actor.Actor{}, refusal.New(refusal.Ended, "incident %d is closed; open a new one", a.Incident)
	}
	person, role := whose(c)
	by, err := d.actor(ctx, a.Who, person, role)
	return c, by, err
}

func (d *Desk) actor(ctx context.Context, w Who, person, role string) (actor.Actor, error) {
	by := actor.Actor{Person: w.Person, Via: w.Via, StandIn: w.StandIn, Proved: w.Proved, Rights: w.Rights}
	switch {
	case w.Guest != "":
		by.Person = w.Guest
	case w.Person != "":
		if _, known := d.Views.Plan().Person(w.Person); !known {
			return by, refusal.New(refusal.Invalid, "the plan knows nobody by that id; GET /api/v1/people lists them")
		}
	case !w.StandIn:
		return by, refusal.New(refusal.Forbidden, "sign in, or use your personal link")
	case person != "":
		by.Person = person
	default:
		now := d.Views.Now()
		overrides, err := d.Record.Overrides(ctx, now)
		if err != nil {
			return by, fmt.Errorf("who is on call: %w", err)
		}
		on, _ := roster.Holder(d.Views.Plan(), overrides, role, now)
		by.Person = on.Person
	}
	return by, nil
}

func ref(c *view.Case) client.Ref { return client.Ref{Year: c.Row.Year, Number: c.Row.Number} }

// toIncident sends a command to the technical incident.
func (d *Desk) toIncident(ctx context.Context, a Act, whose belongs, name string, command func(actor.Actor) any) error {
	c, by, err := d.begin(ctx, a, whose)
	if err != nil {
		return err
	}
	return d.eventually(ctx, a.Incident, func() error {
		_, err := d.Commands.Incident(ctx, ref(c), name, command(by), a.Request)
		return err
	})
}

// toBusiness sends a command to the business incident.
func (d *Desk) toBusiness(ctx context.Context, a Act, whose belongs, name string, command func(actor.Actor) any) error {
	c, by, err := d.begin(ctx, a, whose)
	if err != nil {
		return err
	}
	if err := declared(c); err != nil {
		return err
	}
	return d.eventually(ctx, a.Incident, func() error {
		_, err := d.Commands.Business(ctx, ref(c), name, command(by), a.Request)
		return err
	})
}

// declared refuses what only a business incident has.
func declared(c *view.Case) error {
	switch {
	case c.Incident.Declared == nil:
		return refusal.New(refusal.TooEarly, "declare the business incident first; until then there is nothing of this")
	case !c.InBusiness():
		return refusal.New(refusal.Ended, "business incident %d is over", c.Row.Number)
	}
	return nil
}

// pollEvery is how often the record is read again for what another process may have written.
const pollEvery = 100 * time.Millisecond

// eventually tries again while a workflow that the record already speaks of has not begun.
func (d *Desk) eventually(ctx context.Context, number int, try func() error) error {
	notices, stop := d.Record.Watch(number)
	defer stop()
	waiting, cancel := context.WithTimeout(ctx, d.Patience)
	defer cancel()
	poll := time.NewTicker(pollEvery)
	defer poll.Stop()
	for {
		err := try()
		if !errors.Is(err, client.ErrNotRunning) {
			return err
		}
		select {
		case <-notices:
		case <-poll.C:
		case <-waiting.Done():
			return err
		}
	}
}

// settle waits until one workflow has taken over what another decided, so that the next
// command and the next read find it. That it takes longer is no failure: it will come.
func (d *Desk) settle(ctx context.Context, number int, settled func(*view.Case) bool) {
	notices, stop := d.Record.Watch(number)
	defer stop()
	waiting, cancel := context.WithTimeout(ctx, d.Patience)
	defer cancel()
	poll := time.NewTicker(pollEvery)
	defer poll.Stop()
	for {
		c, err := d.Views.Case(waiting, number)
		if err != nil || settled(c) {
			return
		}
		select {
		case <-notices:
		case <-poll.C:
		case <-waiting.Done():
			return
		}
	}
}
