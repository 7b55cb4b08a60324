package phrase

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/plan"
)

func TestChat_saysWhereItStandsInTheCompanysLanguage(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 2, 51, 0, 0, time.UTC)
	for lang, want := range map[string][2]string{
		"en": {"Down|Incident 7: looking for the cause|Next update by 03:21", "DRILL, no real incident: Down|Incident 7: solved|Over; no further update is due."},
		"de": {"Down|Notfall 7: Ursache wird gesucht|Nächste Meldung bis 03:21", "ÜBUNG, kein echter Notfall: Down|Notfall 7: gelöst|Beendet; es folgt keine weitere Meldung."},
	} {
		w := New(plan.Plan{Company: plan.Company{Name: "ACME", Languages: []string{lang}, Timezone: "UTC"}})
		w.Now = func() time.Time { return now }
		running := w.Chat(Chat{Incident: 7, Phase: "investigation", Subject: "Down", NextUpdate: now.Add(30 * time.Minute)})
		require.Equal(t, want[0], strings.Join(append([]string{running.Title}, running.Facts...), "|"))
		over := w.Chat(Chat{Incident: 7, Phase: "resolution", Subject: "Down", NextUpdate: now, Over: true, Drill: true})
		require.Equal(t, want[1], strings.Join(append([]string{over.Title}, over.Facts...), "|"))
		require.Contains(t, w.Chat(Chat{Incident: 7}).Title, "ACME", "without a subject it still has a title")
		require.NotEmpty(t, running.Link)
		require.NotEmpty(t, running.More)
	}
}
