package record

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/delivery"
)

var (
	accepted  = delivery.Outcome{State: delivery.Accepted, ProviderID: "X1"}
	throttled = delivery.Outcome{State: delivery.Failed, Class: delivery.NotProcessed, Code: "429"}
)

// release opens an incident in a phase and draws up a list for its first message.
func (b *book) release(t *testing.T, recipients int) (Broadcast, []Leaf) {
	t.Helper()
	opened, err := b.OpenByHand(t.Context(), "test", t.Name(), "Payments fail", noon)
	require.NoError(t, err)
	b.moves(t, opened.Incident, "investigation", 1)
	all := make([]Recipient, recipients)
	leaves := make([]Leaf, recipients)
	for i := range all {
		all[i] = Recipient{Channel: "email", Address: fmt.Sprintf("p%d@example.com", i), Language: "en"}
		leaves[i] = Leaf{N: fmt.Sprintf("n%d", i), Recipient: i}
	}
	list, err := b.PutRecipients(t.Context(), all)
	require.NoError(t, err)
	return Broadcast{Incident: opened.Incident, Workflow: "distribution:1", Phase: "investigation", List: list, Channel: "email", Request: "r1"}, leaves
}

func (b *book) moves(t *testing.T, incident int, phase string, revision int64) {
	t.Helper()
	require.NoError(t, b.Append(t.Context(), Append{Incident: incident, Workflow: "incident:1", Run: "r", Kind: KindIncident, Revision: revision, Phase: phase}))
}

func (b *book) tally(t *testing.T) Tally {
	t.Helper()
	got, err := b.TallyOf(t.Context(), "distribution:1")
	require.NoError(t, err)
	got.Latest = time.Time{}
	return got
}

func TestRecipients_sameList_sameName(t *testing.T) {
	each(t, func(t *testing.T, b *book) {
		all := []Recipient{
			{Channel: "email", Address: "anna@example.com", Name: "Anna", Language: "de", Person: "anna"},
			{Channel: "email", Address: "team@example.com", Language: "en", Shared: true},
			{Channel: "sms", Address: "+4915111111111", Language: "en"},
		}
		list, err := b.PutRecipients(t.Context(), all)
		require.NoError(t, err)
		require.NotContains(t, list, "example")
		again, err := b.PutRecipients(t.Context(), all)
		require.NoError(t, err)
		require.Equal(t, list, again)
		other, err := b.PutRecipients(t.Context(), all[:2])
		require.NoError(t, err)
		require.NotEqual(t, list, other)
		got, err := b.Recipients(t.Context(), list, 1, 3)
		require.NoError(t, err)
		require.Equal(t, all[1:], got)
		none, err := b.PutRecipients(t.Context(), []Recipient{})
		require.NoError(t, err)
		require.NotEmpty(t, none, "that nobody gets it is a list as well")
	})
}

func TestBroadcast_again_onlyWhatWasCertainlyNotTaken(t *testing.T) {
	each(t, func(t *testing.T, b *book) {
		cast, leaves := b.release(t, 100)
		leaves[7].Held = delivery.Outcome{State: delivery.Failed, Class: delivery.OptedOut, Code: Unsubscribed}
		begin := func() int {
			begun, err := b.BeginBroadcast(t.Context(), cast, leaves)
			require.NoError(t, err)
			return len(begun)
		}
		require.Equal(t, 99, begin())
		require.Equal(t, Tally{Failed: 1, Unproven: 99}, b.tally(t))
		require.Zero(t, begin(), "somebody has tried")
		under, err := b.AttemptsUnderWay(t.Context(), cast.Incident)
		require.NoError(t, err)
		require.Equal(t, 99, under)

		var names []string
		for i, leaf := range leaves {
			if i != 7 {
				names = append(names, leaf.N)
			}
		}
		require.NoError(t, b.SettleBroadcast(t.Context(), names, throttled))
		require.Equal(t, 99, begin(), "nobody has got it")
		d, err := b.Delivery(t.Context(), "n8")
		require.NoError(t, err)
		require.Equal(t, 2, d.Attempts)
		require.False(t, d.PossibleDuplicate)

		delivered := delivery.Outcome{State: delivery.Delivered, ProviderID: "X1"}
		_, _, err = b.Settle(t.Context(), "n0", delivered)
		require.NoError(t, err)
		require.NoError(t, b.SettleBroadcast(t.Context(), names, accepted))
		require.Zero(t, begin())
		require.Equal(t, Tally{Sent: 99, Failed: 1}, b.tally(t))
		d, err = b.Delivery(t.Context(), "n0")
		require.NoError(t, err)
		require.Equal(t, delivered, d.Outcome(), "the event was faster, and knows more")
		to, err := b.RecipientOf(t.Context(), d)
		require.NoError(t, err)
		require.Equal(t, "p0@example.com", to.Address)

		got, err := b.AddressedBy(t.Context(), cast.Workflow, cast.List, 6, 2)
		require.NoError(t, err)
		require.Len(t, got, 2)
		require.Equal(t, []any{6, accepted}, []any{got[0].Position, got[0].Send})
		require.Equal(t, []any{7, leaves[7].Held}, []any{got[1].Position, got[1].Send})
	})
}

// Two workers that both saw a mail refused do not both send it again.
func TestBegin_againInABroadcast_oneMay(t *testing.T) {
	each(t, func(t *testing.T, b *book) {
		d := Delivery{N: "abc", Incident: 1, Workflow: "distribution:1", Recipient: 1, Channel: "email", Purpose: update}
		_, may, err := b.Begin(t.Context(), d, false)
		require.NoError(t, err)
		require.True(t, may)
		_, _, err = b.Settle(t.Context(), d.N, throttled)
		require.NoError(t, err)
		var won atomic.Int32
		together(t, 20, func(int) {
			_, ok, err := b.Begin(t.Context(), d, true)
			require.NoError(t, err)
			if ok {
				won.Add(1)
			}
		})
		require.EqualValues(t, 1, won.Load())
	})
}

// A provider takes a request as a whole: one event proves it for all whose worker has died.
func TestBroadcast_oneEvent_provesItsSiblings(t *testing.T) {
	each(t, func(t *testing.T, b *book) {
		cast, leaves := b.release(t, 20)
		_, err := b.BeginBroadcast(t.Context(), cast, leaves[:10])
		require.NoError(t, err)
		cast.Request = "r2"
		_, err = b.BeginBroadcast(t.Context(), cast, leaves[10:])
		require.NoError(t, err)
		_, _, err = b.Settle(t.Context(), "n3", delivery.Outcome{State: delivery.Failed, Class: delivery.Permanent, Code: "bounce", ProviderID: "X1"})
		require.NoError(t, err)
		require.Equal(t, Tally{Sent: 9, Failed: 1, Unproven: 10}, b.tally(t), "of the other request nothing is known")

		n, err := b.Reopen(t.Context(), cast.Workflow)
		require.NoError(t, err)
		require.Zero(t, n, "it may still be leaving")
		b.pass(underWay)
		n, err = b.Reopen(t.Context(), cast.Workflow)
		require.NoError(t, err)
		require.Equal(t, 10, n)
		begun, err := b.BeginBroadcast(t.Context(), cast, leaves)
		require.NoError(t, err)
		require.Len(t, begun, 10)
		d, err := b.Delivery(t.Context(), "n10")
		require.NoError(t, err)
		require.True(t, d.PossibleDuplicate)
	})
}

// Once a phase change is in the record no send of an old message begins; whatever began before
// is seen by whoever changed the phase.
func TestBroadcast_againstPhaseChange_neverBoth(t *testing.T) {
	each(t, func(t *testing.T, b *book) {
		cast, leaves := b.release(t, 50)
		var begun, seen atomic.Int32
		together(t, 51, func(i int) {
			if i == 25 {
				b.moves(t, cast.Incident, "identification", 2)
				under, err := b.AttemptsUnderWay(t.Context(), cast.Incident)
				require.NoError(t, err)
				seen.Store(int32(under))
				return
			}
			names, err := b.BeginBroadcast(t.Context(), cast, leaves[i-i/26:i-i/26+1])
			if err != nil {
				require.ErrorIs(t, err, ErrMovedOn)
			}
			begun.Add(int32(len(names)))
		})
		require.Equal(t, seen.Load(), begun.Load())
		require.ErrorIs(t, b.Publish(t.Context(), Publication{ID: "p", Incident: cast.Incident, Phase: cast.Phase, InTime: true}), ErrMovedOn)
	})
}
