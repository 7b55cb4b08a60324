package main

import (
	"fmt"
	"io"
	"net/http"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/internal/lab"
)

// attempts are those of an incident's pages, as the API shows them.
func (n *night) attempts(incident int) (all []attempt) {
	var v struct {
		Roles []struct{ Attempts []attempt }
	}
	n.call(http.MethodGet, fmt.Sprintf("/api/v1/incidents/%d", incident), nil, &v)
	for _, r := range v.Roles {
		all = append(all, r.Attempts...)
	}
	return all
}

type attempt struct{ Person, Channel, State, Class, Code string }

// metric is the value of a metric, as Prometheus would read it; "" when it is not there.
func (n *night) metric(name string) string {
	resp, err := http.Get(n.base + "/metrics")
	require.NoError(n.t, err)
	defer resp.Body.Close()
	all, err := io.ReadAll(resp.Body)
	require.NoError(n.t, err)
	found := regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(name) + ` (\S+)$`).FindSubmatch(all)
	if found == nil {
		return ""
	}
	return string(found[1])
}

// No call-back ever comes: what became of the text is asked for, and when it has not arrived
// the call starts all the same.
func TestPage_callBacksLost_truthIsAskedFor(t *testing.T) {
	n := newNight(t, "20")
	require.NoError(t, n.lab.SetCallbacks(lab.Callbacks{Drop: 1}))
	n.post("silence")
	n.until("the text is known to have arrived", func() bool {
		all := n.attempts(1)
		return len(all) > 0 && all[0].Channel == "sms" && all[0].State == "delivered"
	})
	require.NoError(t, n.lab.SetCarrier(lab.Carrier{Fault: lab.FaultUndelivered, Share: 1, Channel: lab.ChannelSMS}))
	n.do(http.MethodPost, n.path("roles", "legal_officer", "page"), nil)
	n.until("a text is known not to have arrived, and its receiver is called", func() bool {
		failed := map[string]bool{}
		for _, a := range n.attempts(1) {
			if a.Channel == "sms" && a.State == "failed" && a.Code == "30003" {
				failed[a.Person] = true
			}
			if a.Channel == "call" && failed[a.Person] {
				return true
			}
		}
		return false
	})
}

// The carrier takes no text for minutes: after a few it is not even asked any more, everybody
// is called at once, and when it works again so do texts.
func TestPage_carrierDown_isLeftAloneAndEverybodyCalled(t *testing.T) {
	const people = 30
	n := newPlan(t)
	n.widen(people + 1)
	n.solo("1")
	require.NoError(t, n.lab.SetCarrier(lab.Carrier{Fault: lab.FaultUnavailable, Share: 1, Channel: lab.ChannelSMS}))
	for i := range people {
		n.openAndPage(i)
	}
	n.until("everybody is called", func() bool {
		called := 0
		for _, p := range n.lab.Phones() {
			called += min(len(p.Calls), 1)
		}
		return called >= people
	})
	require.Equal(t, "1", n.metric(`stormbell_provider_circuit_open{channel="sms"}`))
	require.Equal(t, "0", n.metric(`stormbell_provider_circuit_open{channel="call"}`))
	require.NotEmpty(t, n.metric(`stormbell_sends_total{channel="sms",class="not_processed",state="failed"}`))
	require.NotEmpty(t, n.metric(`stormbell_send_wait_seconds_count{channel="call"}`))
	require.Equal(t, "0", n.metric(`stormbell_pages_unanswered{role="role_1"}`))
	var said string
	for _, p := range n.programs {
		said += p.said()
	}
	require.Contains(t, said, "is left alone")

	require.NoError(t, n.lab.SetCarrier(lab.Carrier{Fault: lab.FaultNone, Share: 1, Channel: lab.ChannelAll}))
	n.until("the text comes after all", func() bool { return len(n.phone("p0").Messages) > 0 })
	n.until("texts work again", func() bool { return n.metric(`stormbell_provider_circuit_open{channel="sms"}`) == "0" })
}

// Ten incidents in a moment for one person on call: every one of them reaches the phone.
func TestPage_tenIncidentsForOne_noneIsLost(t *testing.T) {
	const incidents = 10
	n := newNight(t, "1")
	for i := range incidents {
		n.post(fmt.Sprintf("key-%d", i))
	}
	sent := map[string]int{}
	n.until("each has reached somebody", func() bool {
		clear(sent)
		for i := 1; i <= incidents; i++ {
			reached := ""
			for _, a := range n.attempts(i) {
				if a.State != "failed" && a.State != "intended" && a.Channel != "email" {
					reached = a.Channel
				}
			}
			if reached == "" {
				return false
			}
			sent[reached]++
		}
		return true
	})
	t.Logf("reached by %v", sent)
	require.Positive(t, sent["call"], "they are spread")
	require.GreaterOrEqual(t, sent["sms"], 5)
	var limited int
	for i := 1; i <= incidents; i++ {
		for _, a := range n.attempts(i) {
			if a.Class == "rate_limited" {
				limited++
				require.Equal(t, "elsewhere", a.Code)
			}
		}
	}
	require.Positive(t, limited, "the API says why a text was not sent")
}

// STOP, and nobody texts any more: the page goes by voice at once, without asking the
// carrier.
func TestPage_stop_pagesByVoiceAtOnce(t *testing.T) {
	n := newPlan(t)
	n.widen(3)
	n.solo("1")
	n.openAndPage(0)
	n.texted("p0", "Trouble 0")
	n.reply("p0", "STOP")
	n.until("p0 is called", func() bool { return len(n.phone("p0").Calls) > 0 })
	asked := len(n.texts())
	n.insist("/api/v1/incidents", map[string]any{"title": "Another", "visibility": "side_product", "impact": "few"}, "another")
	n.insist("/api/v1/incidents/2/roles/role_0/page", nil, "page-another")
	n.until("the next page goes by voice", func() bool {
		for _, a := range n.attempts(2) {
			if a.Channel == "call" {
				return true
			}
		}
		return false
	})
	require.Len(t, n.texts(), asked, "the carrier was not asked for a text")
	require.Contains(t, n.attempts(2), attempt{Person: "p0", Channel: "sms", State: "failed", Class: "opted_out", Code: "stop"})
}
