package view

import (
	"slices"

	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/record"
)

// TextState is what becomes of texts from one of our senders to a person.
type TextState string

// The states. A page whose text would be refused goes on by voice at once.
const (
	TextsOK TextState = "ok"
	// TextsStopped: the person has sent STOP, and the carrier refuses texts until START.
	TextsStopped TextState = "stopped"
)

// Texts are the states of our two senders. STOP to one says nothing to the other.
type Texts struct {
	Pages   TextState `json:"pages" enum:"ok,stopped" doc:"Stopped: this person has sent STOP to the number of pages, is called instead, and must send START there"`
	Updates TextState `json:"updates" enum:"ok,stopped" doc:"Stopped: this person has sent STOP to the number of updates; pages are not touched by it"`
}

// textsOf asks about the phone that texts go to, the first that takes them.
func textsOf(p plan.Person, c plan.Channels, stops record.OptOuts) *Texts {
	i := slices.IndexFunc(p.Phones, func(f plan.Phone) bool { return !f.NoText })
	if i < 0 {
		return nil
	}
	state := func(sender string) TextState {
		if stops.Has(p.Phones[i].Number, sender) {
			return TextsStopped
		}
		return TextsOK
	}
	return &Texts{Pages: state(c.Pages.From), Updates: state(c.Updates.From)}
}
