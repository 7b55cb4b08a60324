package record

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestCalendarLink_oneForEach_untilItIsRevoked(t *testing.T) {
	each(t, func(t *testing.T, b *book) {
		anna, err := b.CalendarLink(t.Context(), "", "anna", "anna")
		require.NoError(t, err)
		require.Equal(t, CalendarLink{Token: anna.Token, Person: "anna", CreatedAt: noon, CreatedBy: "anna"}, anna)
		require.Len(t, anna.Token, 26)
		b.pass(time.Second)
		again, err := b.CalendarLink(t.Context(), "", "anna", "dev")
		require.NoError(t, err)
		require.Equal(t, anna, again)
		lead, err := b.CalendarLink(t.Context(), "lead", "", "")
		require.NoError(t, err)
		require.NotEqual(t, anna.Token, lead.Token)
		found, err := b.CalendarByToken(t.Context(), anna.Token)
		require.NoError(t, err)
		require.Equal(t, anna, found)

		require.NoError(t, b.RevokeCalendarLink(t.Context(), "", "anna", "dev"))
		_, err = b.CalendarByToken(t.Context(), anna.Token)
		require.ErrorIs(t, err, ErrNotFound)
		require.ErrorIs(t, b.RevokeCalendarLink(t.Context(), "", "anna", "dev"), ErrNotFound)
		all, err := b.CalendarLinks(t.Context())
		require.NoError(t, err)
		require.Equal(t, []CalendarLink{lead}, all)
		fresh, err := b.CalendarLink(t.Context(), "", "anna", "")
		require.NoError(t, err)
		require.NotEqual(t, anna.Token, fresh.Token)
		require.Equal(t, 1, b.count(t, "SELECT COUNT(*) FROM calendar_links WHERE revoked_by = 'dev'"))
		_, err = b.CalendarByToken(t.Context(), "")
		require.ErrorIs(t, err, ErrNotFound)
	})
}
