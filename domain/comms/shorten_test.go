package comms_test

import (
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/comms"
)

const pointer = "More: https://i.acme.example/status"

func TestShorten_longBody_keepsTheFirstLinesThePromiseAndThePointer(t *testing.T) {
	t.Parallel()
	body := "Since 02:51: payments fail.\n\nWhat customers notice: cards are declined everywhere and nobody can say for how long.\n" +
		"Follow it here: https://i.acme.example/status\nThe next message comes by {next update} at the latest.\n\nACME"
	require.Equal(t, "Since 02:51: payments fail.\nThe next message comes by {next update} at the latest.\n"+pointer, comms.Shorten(body, 160, pointer))
	require.Equal(t, "Since 02:51: payments fail.\nWhat customers notice: cards are declined everywhere and nobody can say for how long.\n"+
		"The next message comes by {next update} at the latest.\nACME\n"+pointer, comms.Shorten(body, comms.ShortLimit, pointer), "the pointer says where to follow it")
	require.Equal(t, "Payments...\n"+pointer, comms.Shorten("Payments "+strings.Repeat("fail", 20), 76, pointer), "one long line is cut at a word")
	require.Equal(t, pointer, comms.Shorten("", 100, pointer))
}

func TestReshorten_editedBody_keepsWhereTheRestIs(t *testing.T) {
	t.Parallel()
	short := comms.Shorten("One.\nNext by {next update}.", comms.ShortLimit, pointer)
	require.Equal(t, "Two.\nNext by {next update}.\n"+pointer, comms.Reshorten(short, "Two.\nNext by {next update}."))
	require.Equal(t, "Two.", comms.Reshorten("One.\nNext by {next update}.", "Two."), "a promise points nowhere")
	require.Equal(t, "Two.", comms.Reshorten("", "Two."))
}

func TestShorten_anyText_fitsAndKeepsItsPromise(t *testing.T) {
	t.Parallel()
	words := []string{"Zahlungen", "fail", "€", "a", "12:30", ".", ". ", "https://x.example/y", "\n", "\n\n", "ü", strings.Repeat("x", 70), "{{.Cause}}", "{", "-"}
	for seed := range uint64(20000) {
		r := rand.New(rand.NewPCG(seed, 7))
		var b strings.Builder
		n, promise := r.IntN(80), r.IntN(80)
		for i := range n {
			if i == promise {
				b.WriteString(" " + comms.NextUpdatePlace + " ")
			}
			b.WriteString(words[r.IntN(len(words))])
			if r.IntN(2) == 0 {
				b.WriteByte(' ')
			}
		}
		body, limit := b.String(), 60+r.IntN(300)
		to := []string{"", pointer, "Ask us.", strings.Repeat("long ", 50)}[r.IntN(4)]
		short := comms.Shorten(body, limit, to)
		require.LessOrEqual(t, utf8.RuneCountInString(short), limit, "%q", body)
		require.Equal(t, strings.Contains(body, comms.NextUpdatePlace), strings.Contains(short, comms.NextUpdatePlace), "%q became %q", body, short)
		require.True(t, utf8.ValidString(short))
		if to != "" && utf8.RuneCountInString(to) < limit/2-2 {
			require.True(t, strings.HasSuffix(short, to), "%q", short)
		}
	}
}
