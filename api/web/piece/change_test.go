package piece_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/api/view"
	"github.com/stormbell/stormbell/api/web/piece"
	"github.com/stormbell/stormbell/api/web/sheet"
	"github.com/stormbell/stormbell/domain/plan"
)

func changes(tb testing.TB, was, is string) piece.Change {
	tb.Helper()
	press, err := sheet.New(sheet.Config{Plan: func() plan.Plan { return plan.Plan{} }})
	require.NoError(tb, err)
	l := piece.Letter{Sheet: press.Blank("en"), Message: view.Message{
		Template: []view.Text{{Language: "en", Subject: "News", Body: was}},
		Texts:    []view.Text{{Language: "en", Subject: "News", Body: is}, {Language: "de", Body: "anders"}},
	}}
	return l.Changes()[0]
}

// Whoever approves sees which words are new and which are gone, and how many.
func TestChanges_byWords(t *testing.T) {
	t.Parallel()
	c := changes(t, "About 40 % of payments fail.\n\nWe look for the cause.", "About half of all payments fail.\n\nWe look for the cause.")
	require.Equal(t, []piece.Span{
		{Words: "About "}, {Mark: "del", Words: "40 % "}, {Mark: "ins", Words: "half "}, {Words: "of "}, {Mark: "ins", Words: "all "},
		{Words: "payments fail.\n\nWe look for the cause."},
	}, c.Body)
	require.Equal(t, 2, c.Added)
	require.Equal(t, 2, c.Removed)
	require.False(t, c.Same())
	require.Equal(t, []piece.Span{{Words: "News"}}, c.Subject)
	require.True(t, changes(t, "The same.", "The same.").Same())
	require.Empty(t, piece.Letter{Message: view.Message{Texts: []view.Text{{Language: "en", Body: "x"}}}}.Changes(), "nothing to compare with")
}

// Whatever the texts are: what is shown as kept and added is the text, as kept and removed the template.
func FuzzChanges(f *testing.F) {
	f.Add("a b c", "a c d")
	f.Add("", "  x\r\n")
	f.Add("ä ö  ü", "\n\n")
	f.Fuzz(func(t *testing.T, was, is string) {
		if !utf8.ValidString(was) || !utf8.ValidString(is) {
			t.Skip()
		}
		var before, after strings.Builder
		for _, s := range changes(t, was, is).Body {
			if s.Mark != "ins" {
				before.WriteString(s.Words)
			}
			if s.Mark != "del" {
				after.WriteString(s.Words)
			}
		}
		require.Equal(t, strings.ReplaceAll(was, "\r\n", "\n"), before.String())
		require.Equal(t, strings.ReplaceAll(is, "\r\n", "\n"), after.String())
	})
}
