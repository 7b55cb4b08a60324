package contract

import (
	"strings"
	"time"

	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/plan"
)

// The outlets: the company's chat, and with HookPrefix the plan's webhooks by name.
const (
	ChatOutlet = "chat"
	HookPrefix = "webhook:"
)

// HookOf is the name of the webhook that an outlet is, and whether it is one.
func HookOf(outlet string) (name string, ok bool) { return strings.CutPrefix(outlet, HookPrefix) }

// OutletID names the telling of one outlet of one release.
func OutletID(year, number int, phase plan.Phase, audience string, release int, outlet string) string {
	tail, _ := strings.CutPrefix(DistributionID(year, number, phase, audience, release), DistributionPrefix)
	return "outlet:" + tail + ":" + wire(outlet)
}

// ChatID names the bringing up to date of an incident's chat message after something changed.
func ChatID(year, number int, why string) string {
	return "outlet:" + Scope(year, number) + ":chat:" + wire(why)
}

// RedeliveryID names the telling of a webhook of an event once more; once names the wish.
func RedeliveryID(event, once string) string {
	return "outlet:again:" + event + ":" + wire(strings.ToLower(once))
}

// OutletInput is a release for one outlet. For the chat, no release means that its message is
// only brought up to date.
type OutletInput struct {
	DistributionInput
	// Outlet is ChatOutlet, or HookPrefix and the name of a webhook.
	Outlet string `json:"outlet"`
	// At is when it was released, which orders the releases of an audience.
	At time.Time `json:"at"`
	// Event is set when a webhook is told once more of an event that the record has; Once names
	// the wish.
	Event string `json:"event,omitempty"`
	Once  string `json:"once,omitempty"`
}

// OutletResult says what became of it.
type OutletResult struct {
	Outcome delivery.Outcome `json:"outcome"`
}
