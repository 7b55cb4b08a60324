package act

import (
	"context"
	"time"

	"github.com/stormbell/stormbell/domain/refusal"
)

// inviteWithin bounds the invitation of everybody: hundreds of people take a minute or two.
const inviteWithin = 10 * time.Minute

// InviteAll invites everybody whom a page does not reach for certain, and returns how many that
// are. It answers at once and goes on in the background; how far it came is seen by the tests it
// starts. Whoever it did not get to, because this process ended, is invited by the next press, and
// nobody whose test is under way is asked again. It needs the right to page or to administer.
func (d *Desk) InviteAll(ctx context.Context, w Who) (int, error) {
	if !mayRoster(w) {
		return 0, refusal.New(refusal.Forbidden, "inviting people rings them; it needs the right to page")
	}
	if err := d.Commands.Ready(ctx); err != nil {
		return 0, err
	}
	people, err := d.Views.People(ctx)
	if err != nil {
		return 0, err
	}
	var whom []string
	for _, x := range people {
		if !x.Reachable() && len(x.Channels) > 0 {
			whom = append(whom, x.ID)
		}
	}
	if len(whom) == 0 || !d.inviting.CompareAndSwap(false, true) {
		return len(whom), nil
	}
	go func() {
		defer d.inviting.Store(false)
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), inviteWithin)
		defer cancel()
		for _, person := range whom {
			_ = d.Test(ctx, person, nil, true) // whoever is missed stays on the list of the unreached
		}
	}()
	return len(whom), nil
}

// Inviting tells whether everybody is being invited by this process at this moment.
func (d *Desk) Inviting() bool { return d.inviting.Load() }
