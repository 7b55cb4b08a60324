package phrase

import (
	"bytes"
	"testing"

	"github.com/emersion/go-vcard"
	"github.com/stretchr/testify/require"
)

// "The number is unknown, and Do not disturb blocks it": the card has both numbers and says how
// to let them ring through.
func TestCard_hasBothNumbersAndHowToRingThrough(t *testing.T) {
	t.Parallel()
	w := acme()
	w.plan.Channels.Pages.From, w.plan.Channels.Updates.From = "+4915735980001", "+4915735980002"
	for lang, want := range map[string][]string{
		"en": {"ACME incident response", "Emergency Bypass", "starred contacts"},
		"de": {"ACME Notfalldienst", "Notfallumgehung", "markierten Kontakten"},
	} {
		raw := w.Card(lang)
		require.Contains(t, string(raw), "VERSION:3.0\r\n")
		card, err := vcard.NewDecoder(bytes.NewReader(raw)).Decode()
		require.NoError(t, err)
		require.Equal(t, want[0], card.Value(vcard.FieldFormattedName))
		require.Equal(t, want[0], card.Name().FamilyName)
		require.Equal(t, []string{"+4915735980001", "+4915735980002"}, card.Values(vcard.FieldTelephone))
		for _, words := range append(want[1:], "iPhone: ", "Android: ") {
			require.Contains(t, card.Value(vcard.FieldNote), words)
		}
	}
	w.plan.Channels.Updates.From, w.company = "+4915735980001", "A;B\r\nTEL:+1900"
	card, err := vcard.NewDecoder(bytes.NewReader(w.Card("en"))).Decode()
	require.NoError(t, err)
	require.Equal(t, []string{"+4915735980001"}, card.Values(vcard.FieldTelephone), "one number is named once, and no name adds another")
}
