package record

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func (b *book) ask(t *testing.T, workflow string, revision int64, asks ...Ask) {
	t.Helper()
	b.append(t, Append{Incident: 1, Workflow: workflow, Kind: KindPage, Revision: revision, Asks: asks})
}

func (b *book) asksOf(t *testing.T, person string) (all []string) {
	t.Helper()
	asks, err := b.OpenAsks(t.Context(), person)
	require.NoError(t, err)
	for _, a := range asks {
		require.Equal(t, 1, a.Incident)
		all = append(all, a.Letter+" "+a.Workflow+"/"+a.ID)
	}
	return all
}

func TestAsks_letters_areTheSmallestRested(t *testing.T) {
	each(t, func(t *testing.T, b *book) {
		b.alert(t, "s", "k", Firing)
		anna := func(id string) Ask { return Ask{ID: id, Person: "anna", Role: "lead", Kind: "task", Subject: id} }
		b.ask(t, "w1", 1, anna("t1"), anna("t2"))
		b.pass(time.Minute)
		b.ask(t, "w2", 1, anna("t1"), Ask{ID: "t2", Person: "ben"})
		require.Equal(t, []string{"A w1/t1", "B w1/t2", "C w2/t1"}, b.asksOf(t, "anna"))
		require.Equal(t, []string{"A w2/t2"}, b.asksOf(t, "ben"))

		b.pass(time.Minute)
		b.ask(t, "w1", 2, anna("t2"), anna("t3"))
		require.Equal(t, []string{"B w1/t2", "C w2/t1", "D w1/t3"}, b.asksOf(t, "anna"), "t1 vanished and its letter rests; t2 keeps its own")
		b.ask(t, "w1", 1, anna("t1"))
		require.Len(t, b.asksOf(t, "anna"), 3, "an old revision changes nothing")

		last, found, err := b.LastAsk(t.Context(), "anna", b.clock())
		require.NoError(t, err)
		require.True(t, found)
		require.Equal(t, OpenAsk{Ask: Ask{ID: "t3", Person: "anna", Role: "lead", Kind: "task", Subject: "t3", OpenedAt: b.clock()}, Workflow: "w1", Incident: 1, Letter: "D"}, last)

		b.ask(t, "w1", 3, Ask{ID: "t2", Person: "ben", OpenedAt: noon})
		require.Equal(t, []string{"C w2/t1"}, b.asksOf(t, "anna"), "t2 passed on to ben")
		require.Equal(t, []string{"B w1/t2", "A w2/t2"}, b.asksOf(t, "ben"), "oldest first")
		of, err := b.AsksOf(t.Context(), 1)
		require.NoError(t, err)
		require.Len(t, of, 3)

		b.pass(time.Hour)
		b.ask(t, "w2", 2)
		require.Empty(t, b.asksOf(t, "anna"))
		last, found, err = b.LastAsk(t.Context(), "anna", b.clock().Add(-time.Minute))
		require.NoError(t, err)
		require.True(t, found)
		require.Equal(t, "w2", last.Workflow, "t3 was opened later but closed an hour ago")
		require.Equal(t, b.clock(), last.ClosedAt)
		_, found, err = b.LastAsk(t.Context(), "carl", noon)
		require.NoError(t, err)
		require.False(t, found)
	})
}

// Late words must not hit what they were not about ("unknown reply code", "took the wrong
// one"): a letter that was free for a moment is not given to the next request.
func TestAsks_freedLetters_rest(t *testing.T) {
	anna := func(ids ...string) (asks []Ask) {
		for _, id := range ids {
			asks = append(asks, Ask{ID: id, Person: "anna"})
		}
		return asks
	}
	each(t, func(t *testing.T, b *book) {
		b.alert(t, "s", "k", Firing)
		revision := map[string]int64{}
		is := func(workflow string, asks ...Ask) {
			t.Helper()
			revision[workflow]++
			b.ask(t, workflow, revision[workflow], asks...)
			b.pass(time.Second)
		}
		is("w", anna("1")...)
		is("w")
		b.pass(letterRest - 3*time.Second)
		is("w", anna("2")...)
		require.Equal(t, []string{"B w/2"}, b.asksOf(t, "anna"), "A was free for less than an hour")
		is("w")
		b.pass(time.Second)
		is("w", anna("3")...)
		require.Equal(t, []string{"A w/3"}, b.asksOf(t, "anna"), "A has rested for an hour")

		b.pass(2 * letterRest)
		is("w", anna("3", "4")...)
		require.Equal(t, []string{"A w/3", "C w/4"}, b.asksOf(t, "anna"), "B rests on as long as something else is open")
		is("w", anna("3")...)
		is("w", anna("3", "4")...)
		require.Equal(t, []string{"A w/3", "C w/4"}, b.asksOf(t, "anna"), "who asks again keeps the letter")

		is("w", append(anna("3"), Ask{ID: "4", Person: "ben"})...)
		require.Equal(t, []string{"A w/4"}, b.asksOf(t, "ben"))
		is("w", append(anna("3", "5"), Ask{ID: "4", Person: "ben"})...)
		require.Equal(t, []string{"A w/3", "D w/5"}, b.asksOf(t, "anna"), "what went to ben is not forgotten of anna")
		late, found, err := b.AskByLetter(t.Context(), "anna", "C", noon)
		require.NoError(t, err)
		require.True(t, found)
		require.Equal(t, "4", late.ID)
		require.False(t, late.ClosedAt.IsZero())
		_, found, err = b.AskByLetter(t.Context(), "anna", "D", noon)
		require.NoError(t, err)
		require.False(t, found, "D is open")
		_, found, err = b.AskByLetter(t.Context(), "anna", "C", b.clock())
		require.NoError(t, err)
		require.False(t, found, "too long ago")

		is("w", anna("3", "5", "6", "7", "8")...)
		require.Equal(t, []string{"A w/3", "D w/5", "E w/6", "F w/7", "G w/8"}, b.asksOf(t, "anna"))
		is("w", anna("3", "5", "6", "7", "8", "9")...)
		require.Contains(t, b.asksOf(t, "anna"), "B w/9", "none has rested; B has longest")
		is("w", anna("3", "5", "6", "7", "8", "9", "10", "11")...)
		require.Contains(t, b.asksOf(t, "anna"), "C w/10")
		require.Contains(t, b.asksOf(t, "anna"), "H w/11", "all that a reply can name are open")
	})
}

func TestAsks_onePersonInManyIncidents_getsDifferentLetters(t *testing.T) {
	each(t, func(t *testing.T, b *book) {
		for i := range 30 {
			b.alert(t, "s", fmt.Sprint(i), Firing)
		}
		together(t, 30, func(i int) {
			for revision := range int64(3) { // opened, closed and opened again
				asks := []Ask{{ID: "x", Person: "anna"}, {ID: "y", Person: "ben"}}
				if revision == 1 {
					asks = nil
				}
				require.NoError(t, b.Append(t.Context(), Append{Incident: i + 1, Workflow: fmt.Sprint("w", i), Revision: revision + 1, Asks: asks}))
			}
		})
		for _, person := range []string{"anna", "ben"} {
			asks, err := b.OpenAsks(t.Context(), person)
			require.NoError(t, err)
			letters := map[string]bool{}
			for _, a := range asks {
				letters[a.Letter] = true
			}
			require.Len(t, letters, 30)
		}
	})
}

func TestLetter(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{0: "A", 25: "Z", 26: "AA", 51: "AZ", 52: "BA", 701: "ZZ", 702: "AAA"} {
		require.Equal(t, want, letter(n))
	}
}
