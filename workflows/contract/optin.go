package contract

import (
	"strings"
	"time"

	"github.com/stormbell/stormbell/domain/delivery"
)

// OptInID names the question to one subscriber, asked at a time: later it may be asked again.
func OptInID(subscription string, asked time.Time) string {
	return "optin:" + wire(strings.ToLower(subscription)+"-"+asked.UTC().Format("20060102t150405"))
}

// OptInDelivery is the id of the question's send.
func OptInDelivery(workflow string) string { return delivery.ID(workflow, "ask") }

// OptInInput asks one subscriber; where and what for is in the record.
type OptInInput struct {
	Subscription string `json:"subscription"`
}

// AskInput is one attempt to send the question.
type AskInput struct {
	N            string `json:"n"`
	Workflow     string `json:"workflow"`
	Subscription string `json:"subscription"`
	// Again says that the provider certainly took none of the attempts before.
	Again bool `json:"again,omitempty"`
}
