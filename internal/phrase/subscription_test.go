package phrase

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/plan"
)

// What is asked before updates come says what will come and how often, in every language.
func TestOptIn_saysWhatComesAndHowOften(t *testing.T) {
	t.Parallel()
	w := acme()
	w.plan.Company.Name = strings.Repeat("ACME Holding ", 2)
	w.company = line(w.plan.Company.Name, 30)
	w.plan.Services = []plan.Topic{{Name: "checkout", Title: map[string]string{"en": strings.Repeat("Checkout and payments ", 4), "de": strings.Repeat("Kasse & Zahlung ", 5)}}}
	w.plan.Regions = []plan.Topic{{Name: "dach", Title: map[string]string{"en": "Germany, Austria, Switzerland", "de": "Deutschland, Österreich, Schweiz"}}}
	w.plan.Audiences = []plan.Audience{{Name: "internal", Subscribers: true}, {Name: "strategic"}}
	w.plan.Cadence.Updates = map[string]time.Duration{"internal": 45 * time.Minute, "strategic": time.Minute}
	const confirm = "https://i.acme.com/c/7KQ2MX9RTB4DABCD"
	for lang, name := range map[string]string{"en": "Checkout", "de": "Kasse"} {
		o := OptIn{Language: lang, Service: "checkout", Region: "dach", Link: confirm}
		sms := short(t, w, o)
		require.Contains(t, sms, name)
		m := w.OptInMail(o)
		for _, part := range []string{sms, m.Text, m.HTML} {
			require.Contains(t, part, confirm)
			require.Contains(t, part, "45 min")
			require.NotContains(t, part, "<no value>")
		}
		require.Contains(t, m.Subject, name)
		require.NotContains(t, m.HTML, "Kasse & Zahlung", "escaped")
		require.NotContains(t, m.Headers, "List-Unsubscribe", "there is nothing yet to leave")
		title, body, button := w.OptInChat(o)
		require.NotEmpty(t, title+button)
		require.Contains(t, body, "45 min")
		for _, o := range []OptIn{{Language: lang, Incident: 7}, {Language: lang}} {
			require.NotContains(t, w.Wish(o)+w.Expect(o), "no value")
			require.NotEmpty(t, w.Wish(o))
		}
	}
}

// short is the text, which must fit one message whatever the names are.
func short(t *testing.T, w *Words, o OptIn) string {
	t.Helper()
	sms := w.OptInSMS(o)
	n, gsm := Septets(sms)
	require.True(t, gsm, sms)
	require.LessOrEqual(t, n, 160, sms)
	return sms
}
