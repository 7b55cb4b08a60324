package planfile_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/internal/planfile"
)

// A page that says what to paste names the secret, and never the key itself.
func TestTriggerReferences_nameSecretsAndShowNone(t *testing.T) {
	t.Parallel()
	require.Equal(t, map[string]string{"events": "${EVENTS_KEY}", "grafana": "file:/run/secrets/grafana"}, planfile.TriggerReferences([]byte(`
triggers:
  events:  { type: events, key: "${EVENTS_KEY}" }
  shown:   { type: events, key: "00000000000000000000000000000001" }
  grafana: { type: grafana, token: "file:/run/secrets/grafana" }
  open:    { type: alertmanager }
`)))
	require.Empty(t, planfile.TriggerReferences([]byte("triggers: 1")))
}
