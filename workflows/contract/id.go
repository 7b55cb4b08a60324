package contract

import (
	"fmt"

	"github.com/stormbell/stormbell/domain/plan"
)

// Scope is the middle of every id of one incident: its year and number.
func Scope(year, number int) string { return fmt.Sprintf("%d-%d", year, number) }

// IncidentID names the workflow of a technical incident.
func IncidentID(year, number int) string { return "incident:" + Scope(year, number) }

// BusinessID names the workflow of its business incident.
func BusinessID(year, number int) string { return "business:" + Scope(year, number) }

// PagePrefix begins the id of every page.
const PagePrefix = "page:"

// PageID names the k-th page of a role in an incident.
func PageID(year, number int, role string, k int) string {
	return fmt.Sprintf(PagePrefix+"%s:%s:%d", Scope(year, number), wire(role), k)
}

// MessagePrefix begins the id of every message's loop.
const MessagePrefix = "message:"

// MessageID names the loop of an audience's message in a phase.
func MessageID(year, number int, phase plan.Phase, audience string) string {
	return fmt.Sprintf(MessagePrefix+"%s:%s:%s", Scope(year, number), phase, wire(audience))
}

// DistributionPrefix begins the id of every sending.
const DistributionPrefix = "distribution:"

// DistributionID names the sending of one release.
func DistributionID(year, number int, phase plan.Phase, audience string, release int) string {
	return fmt.Sprintf(DistributionPrefix+"%s:%s:%s:%d", Scope(year, number), phase, wire(audience), release)
}

// wire keeps ids to [a-z0-9:-].
func wire(name string) string {
	b := []byte(name)
	for i, c := range b {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			b[i] = '-'
		}
	}
	return string(b)
}
