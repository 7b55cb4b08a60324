package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/internal/lab"
)

// A text that the carrier took and could not deliver is a failure: the person is called at
// once, not after the step's three minutes, and not texted a second time.
func TestPage_textUndelivered_isCalledAtOnce(t *testing.T) {
	n := newNight(t, "1")
	require.NoError(t, n.lab.SetCarrier(lab.Carrier{Fault: lab.FaultUndelivered, Share: 1, Channel: lab.ChannelSMS}))
	n.post("undelivered")
	var first lab.PhoneState
	n.until("the person is called", func() bool {
		for _, p := range n.lab.Phones() {
			if len(p.Calls) > 0 {
				first = p
			}
		}
		return len(first.Calls) > 0
	})
	require.Len(t, first.Messages, 1)
	t.Logf("called %s after the text was taken", first.Calls[0].At.Sub(first.Messages[0].At).Round(time.Millisecond))
}

// A hundred people press at the same moment: one holds the role, and everybody else is told who.
func TestPage_hundredTakeAtOnce_oneHoldsIt(t *testing.T) {
	const people = 100
	n := newPlan(t)
	n.widen(people)
	n.solo("1")
	n.post("race")
	n.until("somebody is asked", func() bool {
		_, _, asked := n.view().role("technical_slt")
		return len(asked) > 0
	})
	var winners atomic.Int64
	var told sync.Map
	var all sync.WaitGroup
	for i := range people {
		all.Go(func() {
			status, raw := n.send(http.MethodPost, n.path("roles", "technical_slt", "accept"), map[string]any{"by": fmt.Sprintf("p%d", i)}, fmt.Sprintf("take-%d", i))
			if status == http.StatusOK {
				winners.Add(1)
				return
			}
			told.Store(i, fmt.Sprintf("%d %s", status, raw))
		})
	}
	all.Wait()
	require.EqualValues(t, 1, winners.Load())
	holder, _, _ := n.view().role("technical_slt")
	losers := 0
	told.Range(func(_, answer any) bool {
		losers++
		require.Contains(t, answer, "409 ")
		require.Contains(t, answer, `"holder":"`+holder+`"`)
		return true
	})
	require.Equal(t, people-1, losers)
}

// Two hundred people are paged through a carrier that throttles, refuses, breaks the line and
// errs after it has taken the message, with lists that lag, while the process is killed every
// few seconds: everybody is reached, and nobody twice without a flag.
func TestPage_twoHundredUnderFaultsAndKills_noneLostNoneDoubled(t *testing.T) {
	const people = 200
	n := newPlan(t)
	n.widen(people)
	n.solo("1")
	require.NoError(t, n.lab.SetCarrier(lab.Carrier{Fault: lab.FaultThrottled, Share: 0.08, Channel: lab.ChannelAll, ListLagMS: 500, Also: []lab.Chance{
		{Fault: lab.FaultUnavailable, Share: 0.08}, {Fault: lab.FaultResetAfterAccept, Share: 0.10}, {Fault: lab.FaultErrorAfterAccept, Share: 0.08},
	}}))
	over, killed := make(chan struct{}), make(chan int)
	go func() {
		tick := time.NewTicker(6 * time.Second)
		defer tick.Stop()
		for kills := 0; ; kills++ {
			select {
			case <-tick.C:
				n.programs[0].kill()
				n.programs[0].start()
			case <-over:
				killed <- kills
				return
			}
		}
	}()
	var pages sync.WaitGroup
	next := make(chan int)
	for range 8 {
		pages.Go(func() {
			for i := range next {
				n.openAndPage(i)
			}
		})
	}
	for i := range people {
		next <- i
	}
	close(next)
	pages.Wait()
	missing := 0
	n.until("everybody is reached", func() bool {
		missing = 0
		for _, p := range n.lab.Phones() {
			if len(p.Messages)+len(p.Calls) > 0 {
				missing--
			}
		}
		missing += people
		return missing <= 0
	})
	close(over)
	t.Logf("killed %d times", <-killed)
	n.programs[0].stop()
	n.checkRecords(people)
}

// What a phone call can come to: a mailbox, a busy line, nobody, a wrong key, and the right key
// a moment after the backup took the role. Only a key ends the search, and everybody hears the truth.
func TestPage_fiveCalls_eachEndsTruthfully(t *testing.T) {
	n := newPlan(t)
	n.widen(50)
	for person, behaviour := range map[int]lab.Behaviour{0: lab.Voicemail, 10: lab.Busy, 20: lab.Ignore} {
		_, err := n.lab.SetBehaviour(number(person), behaviour)
		require.NoError(t, err)
	}
	n.solo("60")
	var opened struct{ Number int }
	require.NoError(t, json.Unmarshal([]byte(n.insist("/api/v1/incidents", map[string]any{"title": "Trouble", "visibility": "side_product", "impact": "few"}, "open")), &opened))
	page := func(i int) {
		n.insist(n.path("roles", fmt.Sprintf("role_%d", i), "page"), nil, fmt.Sprintf("page-%d", i))
	}
	for _, i := range []int{0, 10, 20, 40} {
		page(i)
	}

	// The right key late: somebody else has taken the role while the call went on.
	n.until("p40 is on the phone", func() bool { return n.heard("p40") != "" })
	n.do(http.MethodPost, n.path("roles", "role_40", "accept"), map[string]any{"by": "p41"})
	n.until("p40 hears who has it", func() bool {
		n.press("p40", "1")
		return strings.Contains(n.heard("p40"), "Person 41")
	})
	// A wrong key is said to be one, and the right one still counts.
	page(30)
	n.until("p30 is told that 9 means nothing", func() bool {
		if !strings.Contains(n.heard("p30"), "That was") {
			n.press("p30", "9")
		}
		return strings.Contains(n.heard("p30"), "That was 9")
	})
	n.until("p30 holds the role", func() bool {
		n.press("p30", "1")
		holder, _, _ := n.view().role("role_30")
		return holder == "p30"
	})
	for person, code := range map[string]string{"p0": "machine_start", "p10": "busy", "p20": "no-answer"} {
		n.until(person+"'s call has failed: "+code, func() bool { return n.callOf(person) == "failed not_reached "+code })
	}
	for _, backup := range []string{"p1", "p11", "p21"} {
		n.until("the backup "+backup+" is reached", func() bool { return len(n.phone(backup).Messages) > 0 })
	}
}

// number is a phone of widen.
func number(person int) string { return fmt.Sprintf("+491760407%04d", person) }

// heard is all that was said to a person on the phone.
func (n *night) heard(person string) (said string) {
	for _, c := range n.phone(person).Calls {
		said += c.Said
	}
	return said
}

// callOf is how the first call to a person ended, as the API shows it.
func (n *night) callOf(person string) string {
	var v struct {
		Roles []struct {
			Attempts []struct{ Person, Channel, State, Class, Code string }
		}
	}
	n.call(http.MethodGet, "/api/v1/incidents/1", nil, &v)
	for _, r := range v.Roles {
		for _, a := range r.Attempts {
			if a.Person == person && a.Channel == "call" {
				return a.State + " " + a.Class + " " + a.Code
			}
		}
	}
	return ""
}
