package plan

import (
	"slices"
	"strings"
)

// Topic is something people care about by name: a business service or a region.
type Topic struct {
	Name string
	// Title is what people call it, by language.
	Title map[string]string
}

// FailureMode is a known way to fail, which has texts of its own (R152).
type FailureMode struct {
	Topic
	// Service is the business service it concerns; it may be empty.
	Service string
}

// Scope is what an incident concerns, as far as anybody said so.
type Scope struct {
	Services []string `json:"services,omitempty"`
	Regions  []string `json:"regions,omitempty"`
	// Mode is the failure mode.
	Mode string `json:"mode,omitempty"`
}

// Concerns tells whether somebody who asked for a service and a region is meant, either of
// which may be empty for all of them. What nobody has said yet concerns everybody: who is
// not told because a field was left empty is told too late.
func (s Scope) Concerns(service, region string) bool {
	fits := func(wanted string, known []string) bool {
		return wanted == "" || len(known) == 0 || slices.Contains(known, wanted)
	}
	return fits(service, s.Services) && fits(region, s.Regions)
}

// Data is the scope as words for the timeline.
func (s Scope) Data() map[string]string {
	return map[string]string{"services": strings.Join(s.Services, " "), "regions": strings.Join(s.Regions, " "), "mode": s.Mode}
}
