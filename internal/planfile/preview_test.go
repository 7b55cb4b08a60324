package planfile

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/plan"
)

// TestPreviews_builtInPlan_readsAsInTheFile keeps every message in one file that people can
// read and correct: first with all facts, then with the few that are known at the start.
func TestPreviews_builtInPlan_readsAsInTheFile(t *testing.T) {
	t.Parallel()
	all, err := Previews(builtIn(t), Shown{})
	require.NoError(t, err)
	require.Len(t, all, (5+3+3)*2)
	var b strings.Builder
	for _, x := range all {
		require.Empty(t, x.Findings, "%s %s %s", x.Audience, x.Phase, x.Language)
		b.WriteString(x.Render() + "\n")
	}
	golden := filepath.Join("testdata", "previews.txt")
	if os.Getenv("UPDATE_GOLDEN") != "" {
		require.NoError(t, os.WriteFile(golden, []byte(b.String()), 0o600))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(string(want), b.String()), "read the difference; UPDATE_GOLDEN=1 accepts it")
}

func TestPreviews_textsOfTheirOwn_areShownForTheirService(t *testing.T) {
	t.Parallel()
	p := builtIn(t)
	p.Services = []plan.Topic{{Name: "shop", Title: map[string]string{"en": "Shop", "de": "Laden"}}, {Name: "till"}}
	p.FailureModes = []plan.FailureMode{{Topic: plan.Topic{Name: "cards"}, Service: "shop"}}
	p.Templates = append(p.Templates, plan.Template{
		Audience: "customers", Phase: plan.Investigation, Language: "en", For: "shop", Subject: "Our shop", Body: "It is closed. Next by {{.NextUpdate}}.",
	})
	all, err := Previews(p, Shown{Audience: "customers", Phase: "investigation", Language: "en"})
	require.NoError(t, err)
	require.Len(t, all, 2, "the usual one, and the shop's")
	require.Equal(t, "shop", all[1].For)
	require.Equal(t, "It is closed. Next by 03:59.", all[1].Body)

	for service, subject := range map[string]string{"shop": "Our shop", "cards": "Our shop", "till": "ACME: Checkout down"} {
		all, err = Previews(p, Shown{Audience: "customers", Phase: "investigation", Language: "en", Service: service})
		require.NoError(t, err)
		require.Len(t, all, 1)
		require.Equal(t, subject, all[0].Subject, service)
	}
	all, err = Previews(p, Shown{Audience: "internal", Phase: "investigation", Language: "de", Service: "cards"})
	require.NoError(t, err)
	require.Contains(t, all[0].Body, "Betroffene Leistungen: Laden\n", "in the company's words")

	for _, wrong := range []Shown{{Audience: "custmers"}, {Phase: "detection"}, {Language: "fr"}, {Service: "shoop"}} {
		_, err = Previews(p, wrong)
		require.ErrorContains(t, err, "there is no")
	}
}
