package contract

import (
	"strings"
	"time"

	"github.com/stormbell/stormbell/domain/notice"
	"github.com/stormbell/stormbell/domain/plan"
)

// CourtesyID names the answer to the text that the carrier knows by an id.
func CourtesyID(text string) string { return "courtesy:" + wire(strings.ToLower(text)) }

// CourtesyInput is one answer, or one word that belongs to no incident.
type CourtesyInput struct {
	Person string `json:"person"`
	// Channel is how; empty means a text.
	Channel plan.Channel  `json:"channel,omitempty"`
	Notice  notice.Notice `json:"notice"`
	Settle  time.Duration `json:"settle"`
}
