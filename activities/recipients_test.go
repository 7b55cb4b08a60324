package activities_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/record"
	"github.com/stormbell/stormbell/workflows/contract"
)

// audience changes an audience of the site's plan.
func (s *site) audience(name string, change func(*plan.Audience)) {
	s.t.Helper()
	s.plan.Audiences = slices.Clone(s.plan.Audiences)
	i := slices.IndexFunc(s.plan.Audiences, func(a plan.Audience) bool { return a.Name == name })
	require.GreaterOrEqual(s.t, i, 0, name)
	change(&s.plan.Audiences[i])
}

func (s *site) gather(in contract.GatherInput) (effect.Gathered, []record.Recipient) {
	s.t.Helper()
	in.PlanHash, in.Incident, in.Audience = s.plan.Hash, s.incident, "internal"
	found := must[effect.Gathered](s, contract.GatherRecipients, in)
	require.NotEmpty(s.t, found.List)
	all, err := s.record.Recipients(s.t.Context(), found.List, 0, found.Total)
	require.NoError(s.t, err)
	require.Len(s.t, all, found.Total)
	return found, all
}

func (s *site) subscribes(x record.Subscriber) {
	s.t.Helper()
	_, err := s.record.Join(s.t.Context(), x)
	require.NoError(s.t, err)
}

func TestGatherRecipients_allSources_eachPersonOnce(t *testing.T) {
	t.Parallel()
	s := newQuietSite(t)
	list := filepath.Join(t.TempDir(), "staff.csv")
	require.NoError(t, os.WriteFile(list, []byte("Email,Name,shared\nSHOP@example.com,Shop,yes\nteam@example.com,Team,\nnobody,,\n"), 0o600))
	anna, _ := s.plan.Person("anna")
	s.audience("internal", func(a *plan.Audience) {
		a.Recipients = []plan.Recipient{
			{Email: "shop@example.com", Name: "Shop floor", Language: "de"}, {Email: anna.Email, Language: "de"}, {Phone: "+4915111111111", Language: "en"},
		}
		a.List, a.Subscribers = list, true
	})
	s.subscribes(record.Subscriber{Channel: "sms", Address: anna.Phones[0].Number, Language: "de", Person: "anna"})
	s.subscribes(record.Subscriber{Channel: "email", Address: "Team@example.com", Language: "de", Service: "payments"})
	s.subscribes(record.Subscriber{Channel: "email", Address: "other@example.com", Language: "en", Service: "search"})
	s.subscribes(record.Subscriber{Channel: "email", Address: "this@example.com", Language: "en", Service: "search", Incident: s.incident})

	in := contract.GatherInput{Scope: plan.Scope{Services: []string{"payments"}}}
	found, all := s.gather(in)
	require.Equal(t, []record.Recipient{
		{Channel: "email", Address: "Team@example.com", Language: "de"},
		{Channel: "email", Address: "shop@example.com", Name: "Shop floor", Language: "de"},
		{Channel: "email", Address: "this@example.com", Language: "en"},
		{Channel: "sms", Address: anna.Phones[0].Number, Name: anna.Name, Language: "de", Person: "anna"},
		{Channel: "sms", Address: "+4915111111111", Language: "en"},
	}, all, "anna has chosen her phone, and whatever came first counts")
	require.Equal(t, map[string]int{"email": 3, "sms": 2}, found.By)
	again, _ := s.gather(in)
	require.Equal(t, found, again)

	require.NoError(t, s.record.Suppress(t.Context(), "email", "shop@example.com", record.Bounced, 0, time.Now()))
	stopped, _ := s.gather(in)
	require.Equal(t, found.List, stopped.List, "whom nothing reaches is shown with the reason")
	require.Equal(t, map[string]int{"email": 2, "sms": 2}, stopped.By)

	in.Drill = true
	_, all = s.gather(in)
	require.Len(t, all, 1)
	require.Equal(t, "anna", all[0].Person, "a drill is for our own people")

	s.audience("internal", func(a *plan.Audience) { a.Send = []string{plan.SendStatusPage} })
	none, _ := s.gather(contract.GatherInput{})
	require.Zero(t, none.Total)

	s.audience("internal", func(a *plan.Audience) { a.Send, a.List = []string{plan.SendEmail}, list+"-gone" })
	in.PlanHash, in.Incident, in.Audience = s.plan.Hash, s.incident, "internal"
	_, err := try[effect.Gathered](s, contract.GatherRecipients, in)
	require.ErrorContains(t, err, "cannot read the list", "half of them would be worse than being asked for the file")
}
