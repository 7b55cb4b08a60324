package phrase

import (
	"bytes"
	"slices"
	"strings"

	"github.com/emersion/go-vcard"
)

// Card is the contact that people save, so that they know who calls and their phone lets it
// ring at night: a vCard 3.0 (RFC 2426), which phones of both kinds have understood longest.
func (w *Words) Card(language string) []byte {
	lang := w.language(language)
	// A semicolon separates the parts of a name, and the encoder lets it through.
	name := strings.ReplaceAll(w.say(lang, "card.name", facts{Company: w.company}), ";", " ")
	card := vcard.Card{}
	card.SetValue(vcard.FieldVersion, "3.0")
	card.SetValue(vcard.FieldFormattedName, name)
	card.SetValue(vcard.FieldName, name+";;;;")
	card.SetValue(vcard.FieldOrganization, strings.ReplaceAll(w.company, ";", " "))
	for _, number := range slices.Compact([]string{w.plan.Channels.Pages.From, w.plan.Channels.Updates.From}) {
		if number != "" {
			card.Add(vcard.FieldTelephone, &vcard.Field{Value: number, Params: vcard.Params{vcard.ParamType: {vcard.TypeCell}}})
		}
	}
	card.SetValue(vcard.FieldNote, strings.Join(w.RingThrough(language), "\n"))
	var b bytes.Buffer
	_ = vcard.NewEncoder(&b).Encode(card) // the version is there, and memory takes it
	return b.Bytes()
}

// RingThrough says, for each kind of phone, how the saved contact rings through "Do not disturb".
func (w *Words) RingThrough(language string) []string {
	lang := w.language(language)
	return []string{w.say(lang, "card.iphone", nil), w.say(lang, "card.android", nil)}
}
