package phrase

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/notice"
)

// A company whose name and address are as long as `check` lets them be still fits its tests
// into one text each, with the whole link.
func TestContactTexts_longestCompany_keepTheLink(t *testing.T) {
	t.Parallel()
	w := acme()
	for w.Room() > 40 {
		w.company += "x"
	}
	link := w.plan.Company.URL + "/me/" + strings.Repeat("X", 16)
	for _, kind := range []notice.Kind{notice.ContactTest, notice.Invitation, notice.Confirmed} {
		for _, lang := range []string{"en", "de"} {
			text := w.SMS(notice.Notice{Kind: kind, Role: "marketing_officer", Drill: kind == notice.ContactTest}, To{Name: "Maximiliane-Charlotte", Language: lang, Link: link})
			require.LessOrEqual(t, septets(text), maxSeptets)
			require.Contains(t, text, link)
		}
	}
}
