package record

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestOptOuts_belongToOneSender(t *testing.T) {
	const anna, ben, pages, updates = "+4917604069001", "+4917604069002", "+4915735980001", "+4915735980002"
	each(t, func(t *testing.T, b *book) {
		out := func(phone, sender string) bool {
			all, err := b.OptOuts(t.Context())
			require.NoError(t, err)
			return all.Has(phone, sender)
		}
		require.False(t, out(anna, updates))
		require.NoError(t, b.PutOptOut(t.Context(), OptOut{Phone: anna, Sender: updates, Stopped: true, Item: 7}))
		require.True(t, out(anna, updates))
		require.False(t, out(anna, pages), "STOP to updates never silences a page")
		require.False(t, out(ben, updates))

		require.NoError(t, b.PutOptOut(t.Context(), OptOut{Phone: anna, Sender: updates, Item: 6}))
		require.True(t, out(anna, updates), "an older START undoes nothing")
		require.NoError(t, b.Close())
		b.open(t)
		require.True(t, out(anna, updates), "it outlives a restart")
		require.NoError(t, b.PutOptOut(t.Context(), OptOut{Phone: anna, Sender: updates, Item: 8}))
		require.False(t, out(anna, updates))
		require.NoError(t, b.PutOptOut(t.Context(), OptOut{Phone: anna, Sender: updates, Stopped: true, Item: 7}))
		require.False(t, out(anna, updates), "nor an older STOP")
		require.NoError(t, b.PutOptOut(t.Context(), OptOut{Phone: anna, Sender: updates, Stopped: true, Item: 9}))
		require.True(t, out(anna, updates))

		for _, column := range []string{anna[1:], updates[1:]} {
			hits, err := list(t.Context(), b.reads, value[int], "SELECT COUNT(*) FROM opt_outs WHERE channel LIKE $1", "%"+column+"%")
			require.NoError(t, err)
			require.Equal(t, []int{0}, hits, "no numbers in the record")
		}
	})
}

func TestPutRefused_isAsIfStopHadBeenSeen(t *testing.T) {
	const anna, pages, updates = "+4917604069001", "+4915735980001", "+4915735980002"
	each(t, func(t *testing.T, b *book) {
		out := func() bool {
			stopped, err := b.OptedOut(t.Context(), anna, pages)
			require.NoError(t, err)
			return stopped
		}
		word := func(stopped bool, item int64) {
			require.NoError(t, b.PutOptOut(t.Context(), OptOut{Phone: anna, Sender: pages, Stopped: stopped, Item: item}))
		}
		require.False(t, out())
		require.NoError(t, b.PutRefused(t.Context(), anna, pages, noon))
		require.True(t, out())
		stopped, err := b.OptedOut(t.Context(), anna, updates)
		require.NoError(t, err)
		require.False(t, stopped, "another sender was not refused")
		word(false, 1)
		require.False(t, out(), "any START lifts it")

		b.pass(30 * time.Second)
		require.NoError(t, b.PutRefused(t.Context(), anna, pages, b.clock()))
		require.False(t, out(), "the carrier may not have heard the START yet")
		b.pass(time.Hour)
		require.NoError(t, b.PutRefused(t.Context(), anna, pages, noon))
		require.False(t, out(), "it was asked before the START")
		require.NoError(t, b.PutRefused(t.Context(), anna, pages, b.clock()))
		require.True(t, out())
		word(false, 1)
		require.True(t, out(), "the same START, again")
		word(false, 2)
		require.False(t, out())
	})
}
