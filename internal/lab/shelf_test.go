package lab

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAShelfForgetsTheOldestButNotWhatIsPinned(t *testing.T) {
	t.Parallel()
	s := newShelf[int](3)
	s.add("pinned", -1, 0)
	s.pin()
	for i := range 10 {
		s.add(strconv.Itoa(i), i, 0)
	}
	s.add("9", 99, 0)
	require.Equal(t, []int{-1, 7, 8, 9}, slices.Collect(s.each))
	require.Equal(t, []int{9, 8, 7, -1}, slices.Collect(s.newest))
	_, ok := s.get("6")
	require.False(t, ok)
	got, ok := s.get("7")
	require.True(t, ok)
	require.Equal(t, 7, got)

	s.add("huge", 10, maxBytes+1)
	require.Equal(t, []int{-1, 10}, slices.Collect(s.each), "the newest stays even if it is too big alone")
	s.add("small", 11, 1)
	require.Equal(t, []int{-1, 11}, slices.Collect(s.each))
	require.Equal(t, 1, s.bytes)
}

func TestSegments(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		body string
		want int
	}{
		{"", 1},
		{strings.Repeat("ä", 160), 1},
		{strings.Repeat("ä", 161), 2},
		{strings.Repeat("€", 80), 1},
		{strings.Repeat("€", 81), 2},
		{strings.Repeat("a", 307), 3},
		{strings.Repeat("ł", 70), 1},
		{strings.Repeat("ł", 71), 2},
		{strings.Repeat("😀", 35), 1},
		{strings.Repeat("😀", 36), 2},
	} {
		require.Equal(t, c.want, segments(c.body), "%d of %.4s", len([]rune(c.body)), c.body)
	}
}

func TestEveryBehaviourHasMannersAndALabel(t *testing.T) {
	t.Parallel()
	require.Len(t, mannersOf, len(Behaviours))
	for _, b := range Behaviours {
		require.True(t, b.valid())
		require.NotEqual(t, string(b), b.Label())
		require.Contains(t, behaviourNames, string(b))
	}
}

func TestTwiMLIsStrict(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"", "<Say/>", "<Response>", "<Response/><Response/>", strings.Repeat("<Response>", 20) + strings.Repeat("</Response>", 20)} {
		_, err := parseTwiML([]byte(bad))
		require.Error(t, err, bad)
	}
	document, err := parseTwiML([]byte("<?xml version=\"1.0\"?>\n<Response>\n<Say>One <break/> two\n three</Say></Response>"))
	require.NoError(t, err)
	require.Equal(t, "One two three", document.children[0].words())
}

func FuzzTwiML(f *testing.F) {
	f.Add([]byte(`<Response><Gather timeout="3"><Say loop="2">a</Say></Gather></Response>`))
	f.Fuzz(func(t *testing.T, body []byte) {
		document, err := parseTwiML(body)
		if err == nil && document.name != "Response" {
			t.Fatalf("took %q for TwiML", body)
		}
	})
}
