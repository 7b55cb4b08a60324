package workflows

import (
	"go.temporal.io/sdk/temporal"

	"github.com/stormbell/stormbell/workflows/contract"
)

// The search attributes that the Temporal UI lists and filters by. Never personal data.
var (
	incidentAttribute = temporal.NewSearchAttributeKeyInt64(contract.SearchIncident)
	phaseAttribute    = temporal.NewSearchAttributeKeyKeyword(contract.SearchPhase)
	severityAttribute = temporal.NewSearchAttributeKeyKeyword(contract.SearchSeverity)
	modeAttribute     = temporal.NewSearchAttributeKeyKeyword(contract.SearchMode)
	roleAttribute     = temporal.NewSearchAttributeKeyKeyword(contract.SearchRole)
	audienceAttribute = temporal.NewSearchAttributeKeyKeyword(contract.SearchAudience)
)

// searchAttributes are set when a workflow starts, which costs no event of its own.
func searchAttributes(number int, drill bool, more ...temporal.SearchAttributeUpdate) temporal.SearchAttributes {
	mode := "live"
	if drill {
		mode = "drill"
	}
	return temporal.NewSearchAttributes(append(more, incidentAttribute.ValueSet(int64(number)), modeAttribute.ValueSet(mode))...)
}
