package api_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTemplates_preview_showsWhatReadersWouldGet(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	all := items(t, s.must(200, "GET", "/api/v1/templates/preview", ""))
	require.Len(t, all, 22)
	for _, x := range all {
		require.Equal(t, []any{}, x["findings"])
	}
	one := items(t, s.must(200, "GET", "/api/v1/templates/preview?audience=internal&phase=holding&language=de", ""))
	require.Len(t, one, 1)
	require.Contains(t, one[0]["body"], "Der Notfall ist nicht vorbei.")
	require.Contains(t, one[0]["short"], "Mehr: ")
	require.Contains(t, s.must(404, "GET", "/api/v1/templates/preview?audience=custmers", "")["detail"], `did you mean "customers"?`)
}
