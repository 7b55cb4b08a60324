package view_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/api/view"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/record"
)

// "STOP to one number wiped a person from all SMS, or nobody knew about it": it is one
// sender's, and everybody can see it.
func TestPeople_textsAreStoppedBySender(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	var p plan.Plan
	p.Channels.Pages.From, p.Channels.Updates.From = "+49157000", "+49157001"
	p.People = []plan.Person{
		{ID: "anna", Phones: []plan.Phone{{Number: "+49300", NoText: true}, {Number: "+491510"}, {Number: "+491511"}}},
		{ID: "ben", Phones: []plan.Phone{{Number: "+491512"}}},
		{ID: "carla", Phones: []plan.Phone{{Number: "+49301", NoText: true}}},
	}
	views := view.New(view.Config{Record: s.engine.Record, Plan: func() plan.Plan { return p }, Now: s.engine.Now})
	texts := func() map[string]string {
		t.Helper()
		people, err := views.People(t.Context())
		require.NoError(t, err)
		all := map[string]string{}
		for _, k := range people {
			raw, err := json.Marshal(k.Texts)
			require.NoError(t, err)
			all[k.ID] = string(raw)
		}
		return all
	}
	says := func(item int64, phone, sender string, stopped bool) {
		t.Helper()
		require.NoError(t, s.engine.Record.PutOptOut(t.Context(), record.OptOut{Phone: phone, Sender: sender, Stopped: stopped, Item: item}))
	}
	const ok, noUpdates, noPages = `{"pages":"ok","updates":"ok"}`, `{"pages":"ok","updates":"stopped"}`, `{"pages":"stopped","updates":"ok"}`
	require.Equal(t, map[string]string{"anna": ok, "ben": ok, "carla": "null"}, texts())
	says(1, "+491510", "+49157001", true)
	says(2, "+491512", "+49157000", true)
	says(3, "+491511", "+49157000", true) // a phone that no text goes to
	require.Equal(t, map[string]string{"anna": noUpdates, "ben": noPages, "carla": "null"}, texts())
	says(4, "+491510", "+49157001", false)
	require.Equal(t, map[string]string{"anna": ok, "ben": noPages, "carla": "null"}, texts())
}
