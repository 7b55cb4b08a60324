package activities_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"

	"github.com/stormbell/stormbell/activities"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/domain/roster"
	"github.com/stormbell/stormbell/workflows/contract"
)

func TestFindPeople_roles_giveIDsInOrder(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 11, 3, 0, 0, 0, time.UTC) // the second week: anna leads
	s := newQuietSite(t, func(c *activities.Config) { c.Now = func() time.Time { return now } })
	for name, c := range map[string]struct {
		override *roster.Override
		in       contract.FindPeopleInput
		want     contract.FindPeopleResult
	}{
		"a person and a backup": {
			in: contract.FindPeopleInput{Role: plan.IncidentCommander}, want: contract.FindPeopleResult{Candidates: []string{"ben", "finn"}},
		},
		"a rotation and the next in turn": {
			in: contract.FindPeopleInput{Role: plan.BusinessLead}, want: contract.FindPeopleResult{Candidates: []string{"anna", "eva", "finn"}},
		},
		"holders of other roles": {
			in:   contract.FindPeopleInput{Role: plan.CustomerLiaison, Others: []string{plan.BusinessLead, "gardener"}},
			want: contract.FindPeopleResult{Candidates: []string{"carla", "eva"}, Others: map[string]string{plan.BusinessLead: "anna"}},
		},
		"a role that the plan does not have": {
			in: contract.FindPeopleInput{Role: "gardener", Others: []string{"cook"}},
		},
		"an override stands in front": {
			override: &roster.Override{Role: plan.MediaOfficer, Person: "dev", From: now.Add(-time.Hour), To: now.Add(time.Hour)},
			in:       contract.FindPeopleInput{Role: plan.MediaOfficer, Others: []string{plan.MediaOfficer}},
			want:     contract.FindPeopleResult{Candidates: []string{"dev", "eva", "carla"}, Others: map[string]string{plan.MediaOfficer: "dev"}},
		},
		"an override that is over": {
			override: &roster.Override{Role: plan.LegalOfficer, Person: "dev", From: now.Add(-time.Hour), To: now},
			in:       contract.FindPeopleInput{Role: plan.LegalOfficer}, want: contract.FindPeopleResult{Candidates: []string{"carla", "eva"}},
		},
		"an override by somebody the plan does not know": {
			override: &roster.Override{Role: plan.SocialOfficer, Person: "gone", From: now.Add(-time.Hour)},
			in:       contract.FindPeopleInput{Role: plan.SocialOfficer}, want: contract.FindPeopleResult{Candidates: []string{"carla", "anna"}},
		},
	} {
		if c.override != nil {
			_, err := s.record.AddOverrides(t.Context(), "test", *c.override)
			require.NoError(t, err)
		}
		require.Equal(t, c.want, must[contract.FindPeopleResult](s, contract.FindPeople, c.in), name)
	}
	for _, r := range s.plan.Roles { // try looks for contact data in each answer
		require.NotEmpty(t, must[contract.FindPeopleResult](s, contract.FindPeople, contract.FindPeopleInput{Role: r.Name}).Candidates, r.Name)
	}
}

func TestFindPeople_withoutRecord_isTriedAgain(t *testing.T) {
	t.Parallel()
	s := newQuietSite(t)
	require.NoError(t, s.record.Close())
	_, err := try[contract.FindPeopleResult](s, contract.FindPeople, contract.FindPeopleInput{Role: plan.IncidentCommander})
	var failed *temporal.ApplicationError
	require.ErrorAs(t, err, &failed)
	require.False(t, failed.NonRetryable())
	require.ErrorContains(t, err, "who is on call")
}
