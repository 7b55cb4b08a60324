package comms_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/comms"
	"github.com/stormbell/stormbell/domain/plan"
)

func TestArrange_whatIsNew_comesFirstAndKeepsItsOrder(t *testing.T) {
	t.Parallel()
	for seed := range uint64(500) {
		r := rand.New(rand.NewPCG(seed, 1))
		var all []comms.Element
		told := map[string]string{}
		for i := range r.IntN(12) {
			e := comms.Element{Name: fmt.Sprint("e", i), Line: fmt.Sprint("line ", i), Is: comms.Digest(fmt.Sprint(i))}
			all = append(all, e)
			switch r.IntN(3) {
			case 0:
				told[e.Name] = e.Is
			case 1:
				told[e.Name] = comms.Digest("something else")
			}
		}
		news, known := comms.Arrange(all, told)
		require.Len(t, slices.Concat(news, known), len(all), "nothing is lost")
		place := func(e comms.Element) int { return slices.Index(all, e) }
		byPlace := func(a, b comms.Element) int { return place(a) - place(b) }
		require.True(t, slices.IsSortedFunc(news, byPlace) && slices.IsSortedFunc(known, byPlace), "the template's order")
		for _, e := range news {
			require.NotEqual(t, e.Is, told[e.Name])
		}
		for _, e := range known {
			require.Equal(t, e.Is, told[e.Name])
		}
	}
}

func TestMissing_phases_askForWhatTheGuideLists(t *testing.T) {
	t.Parallel()
	for phase, want := range map[plan.Phase]int{plan.Investigation: 7, plan.Identification: 12, plan.Monitoring: 11, plan.Resolution: 9, plan.Detection: 0} {
		require.Len(t, comms.Missing(phase, nil, nil), want, phase)
	}
	require.Equal(t, []string{"services", "advice"},
		comms.Missing(plan.Investigation, []string{"seen", "where"}, []string{"Start", "Impact", "NextUpdate", "Company"}), "named, or shown by a field")
	fields := map[string]bool{}
	for _, f := range plan.TemplateFields() {
		fields[f.Name] = true
		for _, name := range comms.Shown(plan.Identification, []string{f.Name}) {
			require.NotContains(t, comms.Missing(plan.Identification, nil, []string{f.Name}), name)
		}
	}
	require.Empty(t, comms.Shown(plan.Investigation, []string{"Company"}))
	require.Equal(t, []string{"advice"}, comms.Unseen(plan.Investigation))
}

func TestDigest_namesWithoutRepeating(t *testing.T) {
	t.Parallel()
	require.NotEqual(t, comms.Digest("a", "b"), comms.Digest("ab"))
	require.NotContains(t, comms.Digest("Anna Vogel"), "Anna")
	require.LessOrEqual(t, len(comms.Digest("x")), 12)
}
