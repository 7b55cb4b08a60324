package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// duty is who is asked first for the legal role, and why.
func (n *night) duty() (person, why string) {
	var v struct {
		Items []struct {
			Candidates []struct{ Person, Why string }
		}
	}
	n.call(http.MethodGet, "/api/v1/on-call?role=legal_officer", nil, &v)
	if len(v.Items) == 0 || len(v.Items[0].Candidates) == 0 {
		return "", ""
	}
	return v.Items[0].Candidates[0].Person, v.Items[0].Candidates[0].Why
}

// A rotation comes out of a calendar elsewhere, somebody stands in, and both are told: who comes
// and who leaves. Neither a crash nor the calendar's end changes who is on duty, and nobody is
// told anything twice.
func TestDuty_calendarElsewhereAndAStandIn(t *testing.T) {
	now := time.Now().UTC()
	calendar := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		const form = "20060102T150405Z"
		fmt.Fprintf(w, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Legal: Carla Roth\r\nDTSTART:%s\r\nDTEND:%s\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
			now.AddDate(0, 0, -1).Format(form), now.AddDate(0, 0, 60).Format(form))
	}))
	t.Cleanup(calendar.Close)
	n := newPlan(t)
	// Nobody is told of duty at night, so it is noon where the company is.
	noon := fmt.Sprintf("Etc/GMT%+d", now.Hour()-12)
	source := strings.NewReplacer(
		"timezone: Europe/Berlin ", "timezone: "+noon+" ",
		"rotations:\n", fmt.Sprintf("rotations:\n  legal: { ical: %q, match: name }\n", calendar.URL+"/legal.ics"),
		"    primary: carla\n    backup: [eva]\n", "    primary: rotation:legal\n    backup: [eva]\n",
	).Replace(string(mustRead(t, n.plan)))
	require.Contains(t, source, "rotation:legal")
	require.NoError(t, os.WriteFile(n.plan, []byte(source), 0o600))
	n.solo("1")

	n.until("the calendar says who is on duty", func() bool {
		person, why := n.duty()
		return person == "carla" && strings.HasPrefix(why, "on call in rotation legal until")
	})
	var added struct{ ID int }
	_, answer := n.call(http.MethodPost, "/api/v1/overrides", map[string]any{
		"role": "legal_officer", "person": "dev", "from": time.Now(), "to": time.Now().Add(8 * time.Hour), "why": "ill", "by": "carla",
	}, &added)
	require.NotZero(t, added.ID, answer)
	n.texted("dev", "ACME: You are Legal on call from now until")
	n.texted("carla", "Danke, Carla. Dev hat jetzt Bereitschaft: Recht.")

	calendar.Close()
	n.programs[0].kill()
	n.programs[0].start()
	person, _ := n.duty()
	require.Equal(t, "dev", person)
	_, answer = n.call(http.MethodDelete, fmt.Sprintf("/api/v1/overrides/%d?by=dev&why=well+again", added.ID), nil, &added)
	require.Contains(t, answer, `"ended_by":"dev"`)
	n.texted("carla", "Sie haben ab jetzt bis")
	n.texted("dev", "Thank you Dev. Carla is Legal on call now.")
	person, _ = n.duty()
	require.Equal(t, "carla", person, "the last good copy goes on being used")
	require.Len(t, n.phone("carla").Messages, 2)
	require.Len(t, n.phone("dev").Messages, 2)
	for _, quiet := range []string{"anna", "ben", "eva", "finn"} {
		require.Empty(t, n.phone(quiet).Messages, quiet)
	}
	n.checkHistories()
	if *histories != "" {
		n.writeHistories(*histories)
	}
}
