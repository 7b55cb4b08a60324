package station

import (
	enumspb "go.temporal.io/api/enums/v1"

	"github.com/stormbell/stormbell/workflows/contract"
)

// SearchAttributes are what workflows set and the Temporal UI lists by.
func SearchAttributes() map[string]enumspb.IndexedValueType {
	return map[string]enumspb.IndexedValueType{
		contract.SearchIncident: enumspb.INDEXED_VALUE_TYPE_INT,
		contract.SearchPhase:    enumspb.INDEXED_VALUE_TYPE_KEYWORD,
		contract.SearchSeverity: enumspb.INDEXED_VALUE_TYPE_KEYWORD,
		contract.SearchMode:     enumspb.INDEXED_VALUE_TYPE_KEYWORD,
		contract.SearchRole:     enumspb.INDEXED_VALUE_TYPE_KEYWORD,
		contract.SearchAudience: enumspb.INDEXED_VALUE_TYPE_KEYWORD,
	}
}
