package record

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/delivery"
)

var sms = Delivery{N: "abc2", Incident: 1, Workflow: "page:2026-1:lead:1", Step: "1", Person: "anna", Channel: "sms", Purpose: "page"}

func (b *book) begin(t *testing.T, again bool) (Delivery, bool) {
	t.Helper()
	d, may, err := b.Begin(t.Context(), sms, again)
	require.NoError(t, err)
	return d, may
}

func (b *book) settle(t *testing.T, o delivery.Outcome) (Delivery, bool) {
	t.Helper()
	d, changed, err := b.Settle(t.Context(), sms.N, o)
	require.NoError(t, err)
	return d, changed
}

func TestBegin_race_oneMay(t *testing.T) {
	each(t, func(t *testing.T, b *book) {
		var may atomic.Int32
		together(t, 50, func(int) {
			d, ok, err := b.Begin(t.Context(), sms, false)
			require.NoError(t, err)
			require.Equal(t, delivery.Attempting, d.State)
			if ok {
				may.Add(1)
			}
		})
		require.EqualValues(t, 1, may.Load())
	})
}

func TestBegin_again_onlyWhileNothingIsProven(t *testing.T) {
	each(t, func(t *testing.T, b *book) {
		d, may := b.begin(t, true)
		require.True(t, may, "nobody tried before")
		require.Equal(t, 1, d.Attempts)
		require.Equal(t, noon, d.CreatedAt)
		_, may = b.begin(t, false)
		require.False(t, may)

		b.settle(t, delivery.Outcome{State: delivery.Failed, Class: delivery.NotProcessed, Code: "429"})
		_, may = b.begin(t, false)
		require.False(t, may)
		d, may = b.begin(t, true)
		require.True(t, may)
		require.False(t, d.PossibleDuplicate, "the first attempt was certainly not taken")
		require.Equal(t, delivery.Outcome{State: delivery.Attempting}, d.Outcome())

		b.settle(t, delivery.Outcome{State: delivery.Unknown, Class: delivery.Ambiguous})
		b.pass(time.Minute)
		d, may = b.begin(t, true)
		require.True(t, may)
		require.True(t, d.PossibleDuplicate)
		require.Equal(t, 3, d.Attempts)
		require.Equal(t, noon.Add(time.Minute), d.UpdatedAt)
		d, may = b.begin(t, true)
		require.True(t, may, "whoever attempted has died")
		require.Equal(t, 4, d.Attempts)

		b.settle(t, delivery.Outcome{State: delivery.Accepted, ProviderID: "SM1"})
		d, may = b.begin(t, true)
		require.False(t, may, "a call-back proved it")
		require.Equal(t, "SM1", d.ProviderID)
		require.True(t, d.PossibleDuplicate)
		for _, n := range []string{"", "UPPER", "a-b", string(make([]byte, 65))} {
			_, _, err := b.Begin(t.Context(), Delivery{N: n}, false)
			require.Error(t, err)
		}
	})
}

// Every order of the words of one send ends in the same row, and each word counts once.
func TestSettle_everyOrder_endsTheSame(t *testing.T) {
	words := []delivery.Outcome{
		{State: delivery.Unknown, Class: delivery.Ambiguous},
		{State: delivery.Accepted, ProviderID: "SM1"},
		{State: delivery.Delivered, ProviderID: "SM1"},
		{State: delivery.Answered},
	}
	each(t, func(t *testing.T, b *book) {
		n := 0
		permute(words, func(order []delivery.Outcome) {
			n++
			d := sms
			d.N = letters(n)
			_, may, err := b.Begin(t.Context(), d, false)
			require.NoError(t, err)
			require.True(t, may)
			together(t, len(order)*2, func(i int) { // all at once, and each twice
				_, _, err := b.Settle(t.Context(), d.N, order[i/2])
				require.NoError(t, err)
			})
			got, err := b.Delivery(t.Context(), d.N)
			require.NoError(t, err)
			require.Equal(t, delivery.Outcome{State: delivery.Answered, ProviderID: "SM1"}, got.Outcome())
		})
		require.Equal(t, 24, n)
	})
}

func permute(words []delivery.Outcome, visit func([]delivery.Outcome)) {
	if len(words) == 0 {
		visit(nil)
	}
	for i := range words {
		rest := append(append([]delivery.Outcome{}, words[:i]...), words[i+1:]...)
		permute(rest, func(tail []delivery.Outcome) { visit(append([]delivery.Outcome{words[i]}, tail...)) })
	}
}

func letters(n int) string { return "n" + string(rune('a'+n%26)) + string(rune('a'+n/26)) }

func TestSettle_tellsWhatChanged(t *testing.T) {
	each(t, func(t *testing.T, b *book) {
		_, _, err := b.Settle(t.Context(), "unknown", delivery.Outcome{State: delivery.Accepted})
		require.ErrorIs(t, err, ErrNotFound)
		b.begin(t, false)
		_, changed := b.settle(t, delivery.Outcome{State: delivery.Delivered, ProviderID: "SM1"})
		require.True(t, changed, "a receipt before the create call returned")
		d, changed := b.settle(t, delivery.Outcome{State: delivery.Accepted, ProviderID: "SM1"})
		require.False(t, changed)
		require.Equal(t, delivery.Delivered, d.State)
		d, changed = b.settle(t, delivery.Outcome{State: delivery.Accepted, ProviderID: "SM2"})
		require.False(t, changed)
		require.Equal(t, "SM1", d.ProviderID, "the caller sees that SM2 is a double")
		found, err := b.DeliveryByProvider(t.Context(), "SM1")
		require.NoError(t, err)
		require.Equal(t, d, found)
		_, err = b.DeliveryByProvider(t.Context(), "")
		require.ErrorIs(t, err, ErrNotFound)
	})
}

func TestDeliveries_newestLast(t *testing.T) {
	each(t, func(t *testing.T, b *book) {
		for i, n := range []string{"z", "a", "m"} {
			b.pass(time.Second)
			_, _, err := b.Begin(t.Context(), Delivery{N: n, Incident: 7, Workflow: "w", Recipient: i, Channel: "email"}, false)
			require.NoError(t, err)
		}
		b.begin(t, false)
		of, err := b.Deliveries(t.Context(), 7)
		require.NoError(t, err)
		require.Len(t, of, 3)
		require.Equal(t, "m", of[2].N)
		require.Equal(t, 2, of[2].Recipient)
		same, err := b.DeliveriesOf(t.Context(), "w")
		require.NoError(t, err)
		require.Equal(t, of, same)
	})
}
