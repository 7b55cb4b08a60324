package activities_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/business"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/workflows/contract"
)

func TestRenderMessage_briefing_fillsEveryLanguage(t *testing.T) {
	t.Parallel()
	s := newQuietSite(t)
	in := contract.RenderInput{PlanHash: s.plan.Hash, Incident: 7, Audience: "internal", Phase: plan.Investigation, Facts: map[string]string{
		"title": "Payments fail", "since": "2026-11-23T02:51:00Z", string(business.CustomersNow): "Cards are\ndeclined", "say_to_customers": "We know.", "cause": "A disk",
	}}
	got := must[contract.RenderResult](s, contract.RenderMessage, in)
	require.Len(t, got.Texts, 2)
	for i, want := range []struct{ language, subject, unknown string }{
		{"en", "Payments fail", "Services"}, {"de", "Payments fail", "Leistungen"},
	} {
		text := got.Texts[i]
		require.Equal(t, want.language, text.Language)
		require.Equal(t, want.subject, text.Subject)
		require.NotContains(t, text.Body, want.unknown, "nobody knows them yet")
		for _, part := range []string{"03:51", "Cards are declined", "{next update}", s.plan.Company.URL + "/status"} {
			require.Contains(t, text.Body, part)
			require.Contains(t, text.Short, part)
		}
	}
	require.Equal(t, map[string]string{"impact": "Cards are declined", "say_to_customers": "We know."}, got.Facts, "the words of the texts, and no cause")
	require.Contains(t, got.Carries, "impact")
	require.NotContains(t, got.Carries, "services")
	require.Equal(t, got, must[contract.RenderResult](s, contract.RenderMessage, in), "it only reads")

	customers := in
	customers.Audience = "customers"
	for _, text := range must[contract.RenderResult](s, contract.RenderMessage, customers).Texts {
		require.NotContains(t, text.Body+text.Short, s.plan.Company.URL, "they cannot read our status page")
	}

	in.Facts[string(business.StartTime)] = "about 3"
	require.Contains(t, must[contract.RenderResult](s, contract.RenderMessage, in).Texts[0].Body, "about 3", "people know better")

	holding := contract.RenderInput{PlanHash: s.plan.Hash, Incident: 7, Audience: "internal", Phase: plan.Holding, Facts: got.Facts}
	holding.Facts["title"] = "Payments fail"
	require.Contains(t, must[contract.RenderResult](s, contract.RenderMessage, holding).Texts[0].Body, "you may say: We know.")

	in.PlanHash = "another"
	_, err := try[contract.RenderResult](s, contract.RenderMessage, in)
	require.Error(t, err)
}
