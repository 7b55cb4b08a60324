package view

import (
	"context"

	"github.com/stormbell/stormbell/domain/comms"
	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/record"
	"github.com/stormbell/stormbell/workflows/contract"
)

// Recipient is one of those who get a message, and what became of it.
type Recipient struct {
	Position int    `json:"position" doc:"Counts from 1"`
	Channel  string `json:"channel" enum:"email,sms,chat"`
	Address  string `json:"address" example:"support@acme.example"`
	Name     string `json:"name,omitempty"`
	Language string `json:"language" example:"en"`
	Person   string `json:"person,omitempty" doc:"Person id, if it is one of the plan's people"`
	Shared   bool   `json:"shared,omitempty" doc:"Several people read it; none of them alone can leave the list"`
	State    string `json:"state" enum:"waiting,sending,sent,delivered,failed,stopped,unproven" doc:"Stopped: nothing is sent there, and the reason says why. Unproven: nobody can tell whether it arrived"`
	Reason   string `json:"reason,omitempty" example:"bounced"`
}

// Recipients returns up to limit recipients of a message from a position on, which counts from
// 0, or record.ErrNotFound when its list is not drawn up. Until the message goes out each shows
// whether anything stands in the way.
func (v *Views) Recipients(ctx context.Context, number int, audience string, phase plan.Phase, from, limit int) ([]Recipient, error) {
	c, err := v.Case(ctx, number)
	if err != nil {
		return nil, err
	}
	loop := c.messages[contract.MessageID(c.Row.Year, c.Row.Number, phase, audience)]
	if loop.List == "" {
		return nil, record.ErrNotFound
	}
	rows, err := v.Record.AddressedBy(ctx, contract.DistributionID(c.Row.Year, c.Row.Number, phase, audience, loop.Order), loop.List, from, limit)
	if err != nil {
		return nil, err
	}
	waiting := map[string][]string{} // addresses by channel
	for _, r := range rows {
		if r.Send.State == "" {
			waiting[r.Channel] = append(waiting[r.Channel], r.Address)
		}
	}
	stopped := map[string]map[string]string{}
	for channel, addresses := range waiting {
		if stopped[channel], err = v.Record.Suppressed(ctx, number, channel, addresses); err != nil {
			return nil, err
		}
	}
	all := make([]Recipient, len(rows))
	for i, r := range rows {
		all[i] = Recipient{
			Position: r.Position + 1, Channel: r.Channel, Address: r.Address, Name: r.Name, Language: r.Language, Person: r.Person, Shared: r.Shared,
		}
		all[i].State, all[i].Reason = standing(r, loop.Stage == comms.Sending)
		if reason := stopped[r.Channel][r.Address]; r.Send.State == "" && reason != "" {
			all[i].State, all[i].Reason = "stopped", reason
		}
	}
	return all, nil
}

// standing is how a send stands in a word, and why. An attempt without an answer is on its way
// only while the message is.
func standing(r record.Addressed, sending bool) (state, reason string) {
	switch r.Send.State {
	case delivery.Intended, delivery.Attempting, delivery.Unknown:
		if sending && r.Send.State != delivery.Unknown {
			return "sending", ""
		}
		return "unproven", r.Send.Code
	case delivery.Accepted:
		return "sent", ""
	case delivery.Delivered, delivery.Answered:
		return "delivered", r.Send.Code
	case delivery.Failed:
		if r.Send.Class == delivery.OptedOut {
			return "stopped", r.Send.Code
		}
		if r.Send.Class == delivery.NotProcessed && sending {
			return "sending", ""
		}
		return "failed", r.Send.Code
	default:
		return "waiting", ""
	}
}
