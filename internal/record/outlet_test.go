package record

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/delivery"
)

// One at a time has the chat's message; who dies with it loses it, and what they write later is
// not taken.
func TestChat_isHeldByOne(t *testing.T) {
	each(t, func(t *testing.T, b *book) {
		var held atomic.Int64
		var wait sync.WaitGroup
		for range 8 {
			wait.Go(func() {
				_, mine, err := b.HoldChat(t.Context(), 7, time.Minute)
				if err != nil {
					t.Error(err)
				}
				if mine {
					held.Add(1)
				}
			})
		}
		wait.Wait()
		require.Equal(t, int64(1), held.Load())
		_, mine, err := b.HoldChat(t.Context(), 8, time.Minute)
		require.NoError(t, err)
		require.True(t, mine, "another incident has its own")

		b.pass(time.Minute + time.Second)
		dead, mine, err := b.HoldChat(t.Context(), 7, time.Minute)
		require.NoError(t, err)
		require.True(t, mine, "whoever died lost it")
		b.pass(time.Minute + time.Second)
		c, mine, err := b.HoldChat(t.Context(), 7, time.Minute)
		require.NoError(t, err)
		require.True(t, mine)

		dead.Message = "C1/0.1"
		require.NoError(t, b.KeepChat(t.Context(), dead))
		c.Message, c.Subject, c.NextUpdate, c.SaidAt = "C1/1.1", "Down", noon.Add(time.Hour), noon
		require.NoError(t, b.KeepChat(t.Context(), c))
		again, mine, err := b.HoldChat(t.Context(), 7, time.Minute)
		require.NoError(t, err)
		require.True(t, mine, "it was let go of")
		c.until = again.until
		require.Equal(t, c, again)
	})
}

func TestHookEvents_keepTheirWordsAndTheirOrder(t *testing.T) {
	each(t, func(t *testing.T, b *book) {
		first := HookEvent{N: "n1", Hook: "page", Incident: 7, Audience: "customers", Phase: "investigation", Release: 1, At: noon, Media: "application/json", Body: `{"a":1}`}
		kept, err := b.KeepHookEvent(t.Context(), first)
		require.NoError(t, err)
		require.Equal(t, first, kept)
		changed := first
		changed.Body = "{}"
		kept, err = b.KeepHookEvent(t.Context(), changed)
		require.NoError(t, err)
		require.Equal(t, first, kept, "what was told once is told like that again")
		kept, err = b.HookEvent(t.Context(), "n1")
		require.NoError(t, err)
		require.Equal(t, first, kept)
		_, err = b.HookEvent(t.Context(), "n2")
		require.ErrorIs(t, err, ErrNotFound)

		for i, other := range []HookEvent{{Hook: "other", Incident: 7, Audience: "customers"}, {Hook: "page", Incident: 8, Audience: "customers"}, {Hook: "page", Incident: 7, Audience: "internal"}} {
			other.N, other.At = "o"+string(rune('a'+i)), noon.Add(time.Hour)
			_, err = b.KeepHookEvent(t.Context(), other)
			require.NoError(t, err)
		}
		old, err := b.HookEventSuperseded(t.Context(), first)
		require.NoError(t, err)
		require.False(t, old, "others are no successors")
		newer := first
		newer.N, newer.At = "n2", noon.Add(time.Microsecond)
		_, err = b.KeepHookEvent(t.Context(), newer)
		require.NoError(t, err)
		old, err = b.HookEventSuperseded(t.Context(), first)
		require.NoError(t, err)
		require.True(t, old)

		for _, n := range []string{"n1", "n2", "again"} {
			step := n
			if n == "again" {
				step = "n1"
			}
			_, _, err = b.Begin(t.Context(), Delivery{N: n, Incident: 7, Workflow: "w", Step: step, Channel: HookChannel, Purpose: "outlet"}, false)
			require.NoError(t, err)
			b.pass(time.Second)
		}
		_, _, err = b.Settle(t.Context(), "n2", delivery.Outcome{State: delivery.Delivered})
		require.NoError(t, err)
		all, err := b.HookDeliveries(t.Context(), "page", 2)
		require.NoError(t, err)
		require.Len(t, all, 2)
		require.Equal(t, []string{"again", "n1", "n2", "n2"}, []string{all[0].N, all[0].Event.N, all[1].N, all[1].Event.N})
		require.Equal(t, delivery.Delivered, all[1].State)
	})
}
