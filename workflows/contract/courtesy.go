package contract

import (
	"strings"
	"time"

	"github.com/stormbell/stormbell/domain/notice"
)

// CourtesyID names the answer to the text that the carrier knows by an id.
func CourtesyID(text string) string { return "courtesy:" + wire(strings.ToLower(text)) }

// CourtesyInput is one answer.
type CourtesyInput struct {
	Person string        `json:"person"`
	Notice notice.Notice `json:"notice"`
	Settle time.Duration `json:"settle"`
}
