package record

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/plan"
)

var annasText = Contact{Person: "anna", Channel: plan.SMS, Address: "+4917604069001"}

func (b *book) confirmed(t *testing.T, c Contact) time.Time {
	t.Helper()
	all, err := b.Contacts(t.Context())
	require.NoError(t, err)
	return all.Confirmed(c)
}

func TestConfirm_isOfOnePersonChannelAndNumber(t *testing.T) {
	each(t, func(t *testing.T, b *book) {
		for range 2 {
			require.NoError(t, b.Confirm(t.Context(), annasText))
		}
		require.Equal(t, noon, b.confirmed(t, annasText))
		for why, c := range map[string]Contact{
			"a new number is unconfirmed": {"anna", plan.SMS, "+4917604069009"},
			"hearing is not reading":      {"anna", plan.Call, annasText.Address},
			"a number that went to Ben":   {"ben", plan.SMS, annasText.Address},
		} {
			require.Zero(t, b.confirmed(t, c), why)
		}
		b.pass(time.Hour)
		require.NoError(t, b.Confirm(t.Context(), annasText))
		require.Equal(t, noon, b.confirmed(t, annasText), "once a day is enough")
		b.pass(24 * time.Hour)
		require.NoError(t, b.Confirm(t.Context(), annasText))
		require.Equal(t, noon.Add(25*time.Hour), b.confirmed(t, annasText))
		require.NoError(t, b.Close())
		b.open(t)
		require.Equal(t, noon.Add(25*time.Hour), b.confirmed(t, annasText), "it outlives a restart")
		require.Equal(t, 0, b.count(t, "SELECT COUNT(*) FROM contacts WHERE contact LIKE $1", "%"+annasText.Address[1:]+"%"), "no numbers in the record")
	})
}

func TestOpenTest_oneIsUnderWay(t *testing.T) {
	each(t, func(t *testing.T, b *book) {
		open := func(id string, c Contact) ContactTest {
			test, err := b.OpenTest(t.Context(), id, c, false, b.clock().Add(-10*time.Minute))
			require.NoError(t, err)
			return test
		}
		var mu sync.Mutex
		ids := map[string]bool{}
		together(t, 10, func(i int) {
			test := open("test:"+string(rune('a'+i)), annasText)
			mu.Lock()
			defer mu.Unlock()
			ids[test.ID] = true
		})
		require.Len(t, ids, 1, "of ten at once one begins")
		first := open("test:x", annasText)
		require.Equal(t, ContactTest{ID: first.ID, Person: "anna", Channel: plan.SMS, StartedAt: noon}, first)
		call := annasText
		call.Channel = plan.Call
		require.Equal(t, "test:call", open("test:call", call).ID, "each channel has its own")
		moved := annasText
		moved.Address = "+4917604069009"
		require.Equal(t, "test:moved", open("test:moved", moved).ID, "and each number")

		_, _, err := b.Begin(t.Context(), Delivery{N: "n1", Workflow: "test:call", Step: "ask", Person: "anna", Channel: "call"}, false)
		require.NoError(t, err)
		require.Equal(t, "test:call", open("test:call2", call).ID)
		_, _, err = b.Settle(t.Context(), "n1", delivery.Outcome{State: delivery.Failed, Class: delivery.NotReached})
		require.NoError(t, err)
		require.Equal(t, "test:call2", open("test:call2", call).ID, "what has failed can be asked again at once")
		b.pass(10 * time.Minute)
		require.Equal(t, "test:later", open("test:later", annasText).ID, "what is not answered can be asked again later")
		require.NoError(t, b.Confirm(t.Context(), annasText))
		require.Equal(t, "test:again", open("test:again", annasText).ID)
	})
}

func TestConfirm_answersTheTestsThatAsk(t *testing.T) {
	each(t, func(t *testing.T, b *book) {
		require.NoError(t, b.Confirm(t.Context(), annasText))
		_, err := b.OpenTest(t.Context(), "test:old", annasText, true, noon)
		require.NoError(t, err)
		b.pass(24 * time.Hour)
		_, err = b.OpenTest(t.Context(), "test:new", annasText, false, noon)
		require.NoError(t, err)
		b.pass(time.Minute)
		require.NoError(t, b.Confirm(t.Context(), annasText), "though it was proven within a day")
		test, found, err := b.TestOf(t.Context(), annasText, noon)
		require.NoError(t, err)
		require.True(t, found)
		require.Equal(t, ContactTest{ID: "test:new", Person: "anna", Channel: plan.SMS, StartedAt: noon.Add(24 * time.Hour), ConfirmedAt: noon.Add(24*time.Hour + time.Minute)}, test)
		require.Equal(t, 1, b.count(t, "SELECT COUNT(*) FROM contact_tests WHERE id = 'test:old' AND confirmed_at = 0"), "an answer a day later is not its")
		_, found, err = b.TestOf(t.Context(), annasText, noon.Add(24*time.Hour))
		require.NoError(t, err)
		require.False(t, found)
		_, found, err = b.TestOf(t.Context(), Contact{Person: "ben", Channel: plan.SMS}, time.Time{})
		require.NoError(t, err)
		require.False(t, found)
	})
}

func TestPreferences_areKept(t *testing.T) {
	each(t, func(t *testing.T, b *book) {
		language := func() string {
			l, err := b.Language(t.Context(), "anna")
			require.NoError(t, err)
			return l
		}
		require.Empty(t, language())
		require.NoError(t, b.SetLanguage(t.Context(), "anna", "en"))
		require.NoError(t, b.SetLanguage(t.Context(), "anna", "de"))
		require.Equal(t, "de", language())
		b.pass(time.Minute)
		require.NoError(t, b.NoteCard(t.Context(), "anna"))
		all, err := b.Preferences(t.Context())
		require.NoError(t, err)
		require.Equal(t, map[string]Preferences{"anna": {Language: "de", CardAt: noon.Add(time.Minute)}}, all)
	})
}

// A handful of wrong tries locks a PIN for everybody, also after a restart and however many
// come at once.
func TestCheckPIN_locksAfterFiveWrong(t *testing.T) {
	each(t, func(t *testing.T, b *book) {
		ctx := context.Background()
		require.ErrorIs(t, b.CheckPIN(ctx, "anna", "2749"), ErrPINWrong, "there is none")
		require.NoError(t, b.SetPIN(ctx, "anna", "", "2749"))
		require.Equal(t, 0, b.count(t, "SELECT COUNT(*) FROM preferences WHERE pin LIKE '%2749%'"))
		require.NoError(t, b.CheckPIN(ctx, "anna", "2749"))
		require.ErrorIs(t, b.CheckPIN(ctx, "ben", "2749"), ErrPINWrong)

		for range 3 {
			require.ErrorIs(t, b.CheckPIN(ctx, "anna", "0001"), ErrPINWrong)
		}
		require.NoError(t, b.CheckPIN(ctx, "anna", "2749"), "the right one forgets the wrong ones")
		require.ErrorIs(t, b.SetPIN(ctx, "anna", "1111", "8305"), ErrPINWrong, "replacing needs the old one")
		require.NoError(t, b.Close())
		b.open(t)
		var mu sync.Mutex
		tried := map[error]int{}
		together(t, 10, func(int) {
			err := b.CheckPIN(ctx, "anna", "0001")
			mu.Lock()
			defer mu.Unlock()
			tried[err]++
		})
		require.Equal(t, map[error]int{ErrPINWrong: 4, ErrPINLocked: 6}, tried)
		require.ErrorIs(t, b.CheckPIN(ctx, "anna", "2749"), ErrPINLocked)
		require.ErrorIs(t, b.SetPIN(ctx, "anna", "2749", "8305"), ErrPINLocked)
		all, err := b.Preferences(ctx)
		require.NoError(t, err)
		require.Equal(t, Preferences{PINAt: noon, Locked: true}, all["anna"])

		require.NoError(t, b.ClearPIN(ctx, "anna"))
		require.ErrorIs(t, b.CheckPIN(ctx, "anna", ""), ErrPINWrong)
		require.NoError(t, b.SetPIN(ctx, "anna", "", "8305"))
		require.NoError(t, b.SetPIN(ctx, "anna", "8305", "64092"))
		require.NoError(t, b.CheckPIN(ctx, "anna", "64092"))
	})
}

func TestSetPIN_weakOnes_areRefused(t *testing.T) {
	t.Parallel()
	for _, pin := range []string{"", "123", "123456789", "12a4", "１２３４", "0000", "1234", "4321", "7890", "2468", "99999999", "1212", "123123", " 274"} {
		require.True(t, weak(pin), pin)
	}
	for _, pin := range []string{"2749", "8305", "640921", "10294857", "1124"} {
		require.False(t, weak(pin), pin)
	}
	b := openBook(t, Config{URL: "sqlite::memory:"})
	require.ErrorIs(t, b.SetPIN(t.Context(), "anna", "", "1234"), ErrPINWeak)
}
