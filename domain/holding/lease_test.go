package holding_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/holding"
)

const minute = time.Minute

var t0 = time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)

func leased() holding.Roles {
	return holding.Roles{}.Hold("legal", "anna", "sms", t0).Let("legal", holding.NewLease(30*minute, 3*minute, t0))
}

// tick is the clock's word after a while, and what it must come to: "", "asked" or "lost".
func tick(t *testing.T, r holding.Roles, after time.Duration, want string) holding.Roles {
	t.Helper()
	r, overdue := r.Tick(t0.Add(after))
	said := ""
	for _, o := range overdue {
		said = map[bool]string{true: "lost", false: "asked"}[o.Lost]
	}
	require.Equal(t, want, said, "after %s", after)
	return r
}

func TestLease_noSignOfLife_askedOnceThenLost(t *testing.T) {
	t.Parallel()
	r := tick(t, leased(), 29*minute, "")
	r = tick(t, r, 30*minute, "asked")
	r = tick(t, r, 30*minute, "")
	due, _ := r.Next()
	require.Equal(t, t0.Add(33*minute), due)
	r = tick(t, r, 33*minute, "lost")
	tick(t, r, 24*time.Hour, "")
}

func TestLease_signOfLife_beginsAnew(t *testing.T) {
	t.Parallel()
	r := leased().Alive("bob", t0.Add(20*minute), time.Time{})
	require.Equal(t, leased(), r, "only the holder's own signs count")
	r = tick(t, r, 31*minute, "asked")
	require.Equal(t, []string{"legal"}, r.Waited("anna"))
	r = r.Alive("anna", t0.Add(32*minute), time.Time{})
	require.Empty(t, r.Waited("anna"))
	r = tick(t, r, 61*minute, "")
	tick(t, r, 62*minute, "asked")
}

func TestLease_estimate_isLeftInPeaceUntilThen(t *testing.T) {
	t.Parallel()
	r := leased().Alive("anna", t0, t0.Add(2*time.Hour))
	r = r.Alive("anna", t0.Add(minute), time.Time{}) // a word in between takes nothing back
	r = tick(t, r, 119*minute, "")
	tick(t, r, 120*minute, "asked")
	short := leased().Alive("anna", t0, t0.Add(5*minute))
	tick(t, short, 29*minute, "")
}

func TestLease_afterAnOutage_isAskedBeforeItIsLost(t *testing.T) {
	t.Parallel()
	r := tick(t, leased(), 48*time.Hour, "asked")
	tick(t, r, 48*time.Hour+2*minute, "")
}

func TestLease_withoutLength_neverEnds(t *testing.T) {
	t.Parallel()
	r := holding.Roles{}.Hold("legal", "anna", "sms", t0).Let("legal", holding.NewLease(0, minute, t0))
	tick(t, r.Alive("anna", t0, time.Time{}), 1000*time.Hour, "")
}

func TestLease_roleThatIsPagedAgain_hasNone(t *testing.T) {
	t.Parallel()
	r, _ := leased().Page("legal", t0)
	due, _ := r.Next()
	require.Zero(t, due)
	tick(t, r, time.Hour, "")
}
