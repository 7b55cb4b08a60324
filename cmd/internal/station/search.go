package station

import (
	"context"
	"fmt"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/sdk/client"

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

// AddSearchAttributes makes sure that the namespace knows them; doing it again changes nothing.
func AddSearchAttributes(ctx context.Context, c client.Client, namespace string) error {
	_, err := c.OperatorService().AddSearchAttributes(ctx, &operatorservice.AddSearchAttributesRequest{
		Namespace: namespace, SearchAttributes: SearchAttributes(),
	})
	if err != nil {
		return fmt.Errorf("add search attributes to namespace %s: %w", namespace, err)
	}
	return nil
}
