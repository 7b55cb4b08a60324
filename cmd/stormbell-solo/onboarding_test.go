package main

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

type contactTests struct {
	Items []struct{ ID, Channel, State string }
}

// tests are the latest tests of a person: "sms confirmed".
func (n *night) tests(person string) (states []string) {
	var v contactTests
	n.call(http.MethodGet, "/api/v1/people/"+person+"/test-page", nil, &v)
	for _, t := range v.Items {
		states = append(states, t.Channel+" "+t.State)
	}
	return states
}

// A person is asked by text and by phone, the process dies in between, and the answers count
// all the same: nothing is asked twice, and everybody can see that the phone works.
func TestOnboarding_anAnswerOutlivesACrash(t *testing.T) {
	n := newNight(t, "20")
	n.do(http.MethodPost, "/api/v1/people/anna/test-page", map[string]any{"by": []string{"sms", "call"}})
	asked := n.texted("anna", "ÜBUNG (kein echter Notfall): bitte mit 1 antworten")
	n.until("anna hears the question", func() bool { return strings.Contains(n.heard("anna"), "Bitte drücken Sie die 1") })
	n.programs[0].kill()
	n.programs[0].start()
	n.reply("anna", "1")
	n.texted("anna", "Danke Anna, dieses Telefon geht.")
	n.until("anna's call is confirmed", func() bool {
		n.press("anna", "1") // the call that died with the process is over: then she is called again
		n.do(http.MethodPost, "/api/v1/people/anna/test-page", map[string]any{"by": []string{"call"}})
		states := n.tests("anna")
		return len(states) == 2 && states[1] == "call confirmed"
	})
	require.Equal(t, "sms confirmed", n.tests("anna")[0])
	require.Len(t, n.phone("anna").Messages, 2, "one question, one thanks")

	var people struct {
		Items []struct {
			ID       string
			Channels []map[string]any
		}
	}
	n.call(http.MethodGet, "/api/v1/people", nil, &people)
	require.NotEmpty(t, people.Items[0].Channels[0]["confirmed_at"])
	require.NotEmpty(t, people.Items[0].Channels[1]["confirmed_at"])
	require.Empty(t, people.Items[0].Channels[2]["confirmed_at"])

	address := asked[strings.Index(asked, "/me/"):]
	status, page := n.call(http.MethodGet, address, nil, nil)
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, 2, strings.Count(page, "Geht. Ihre letzte Antwort"))

	// While she is paged for an incident, a 1 takes the role and proves the phone besides.
	n.do(http.MethodPost, "/api/v1/people/ben/test-page", nil)
	n.texted("ben", "DRILL (no real incident)")
	n.do(http.MethodPost, "/api/v1/incidents", map[string]any{"title": "Checkout is down", "visibility": "side_product", "impact": "few"})
	n.do(http.MethodPost, n.path("roles", "incident_commander", "page"), nil)
	n.texted("ben", "You are Incident Commander on call")
	n.reply("ben", "1")
	n.until("ben holds the role", func() bool { holder, _, _ := n.view().role("incident_commander"); return holder == "ben" })
	n.until("and his phone is proven", func() bool { return strings.Join(n.tests("ben"), "") == "sms confirmed" })
	for _, m := range n.phone("ben").Messages {
		require.NotContains(t, m.Body, "Thank you Ben, this phone", "one answer is enough")
	}
	n.checkHistories()
	if *histories != "" {
		n.writeHistories(*histories)
	}
}
