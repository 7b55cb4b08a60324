package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/internal/lab"
)

// textsOf counts the texts of a person that contain words.
func (n *night) textsOf(person, words string) (count int) {
	for _, m := range n.phone(person).Messages {
		if strings.Contains(m.Body, words) {
			count++
		}
	}
	return count
}

// One phone with two open requests: the second text shows its letter, a bare code is answered
// with the list, and a code with its letter takes exactly that one.
func TestReply_twoOpenRequests_areToldApartByLetter(t *testing.T) {
	n := newPlan(t)
	n.widen(3)
	n.solo("1")
	first := n.opens("first", "role_0")
	require.Contains(t, n.texted("p0", "INCIDENT 1"), "1=I take it", "alone it needs no letter")
	second := n.opens("second", "role_0")
	require.Contains(t, n.texted("p0", "INCIDENT 2"), "1B=I take it 2B=")

	n.reply("p0", "1")
	list := n.texted("p0", "2 open requests")
	require.Contains(t, list, "1A=")
	require.Contains(t, list, "1B=")
	require.Empty(t, n.holder(first, "role_0"))
	require.Empty(t, n.holder(second, "role_0"))

	n.reply("p0", "1b")
	n.until("the second role is held", func() bool { return n.holder(second, "role_0") == "p0" })
	require.Empty(t, n.holder(first, "role_0"))
	n.reply("p0", "1")
	n.until("the first one needs no letter any more", func() bool { return n.holder(first, "role_0") == "p0" })
}

// STOP to the number of pages is the carrier's word. The page goes on by voice at once, no
// further text is tried, and the timeline says so.
func TestReply_stop_isFollowedByACallAtOnce(t *testing.T) {
	n := newPlan(t)
	n.widen(3)
	n.solo("1")
	n.opens("stop", "role_0")
	n.texted("p0", "INCIDENT 1")
	n.reply("p0", "STOP")
	n.until("p0 is called", func() bool { return len(n.phone("p0").Calls) > 0 })
	require.Equal(t, 1, n.textsOf("p0", "INCIDENT 1"), "and not texted again")
	n.until("the timeline tells", func() bool {
		_, timeline := n.call("GET", n.path("timeline"), nil, nil)
		return strings.Contains(timeline, "carrier_keyword")
	})
	n.press("p0", "1")
	n.until("the call is answered as ever", func() bool { return n.holder(1, "role_0") == "p0" })
}

// Whoever writes 3 takes the role, is called, and is connected with the conference by a key; a
// mailbox never gets there.
func TestReply_connectMe_callsAndConnects(t *testing.T) {
	n := newPlan(t)
	n.widen(3)
	n.solo("1")
	n.opens("talk", "role_0")
	n.texted("p0", "INCIDENT 1")
	n.reply("p0", "3")
	n.until("the role is theirs", func() bool { return n.holder(1, "role_0") == "p0" })
	n.until("p0 is called", func() bool { return strings.Contains(n.heard("p0"), "connected to the conference") })
	require.NotContains(t, n.heard("p0"), "You are being connected")
	n.until("p0 is connected", func() bool {
		n.press("p0", "1")
		return strings.Contains(n.heard("p0"), "You are being connected")
	})
}

// Words are for the lead, and whoever wrote them hears so.
func TestReply_words_reachTheLead(t *testing.T) {
	n := newPlan(t)
	n.widen(3)
	n.solo("1")
	n.opens("words", "role_0")
	n.texted("p0", "INCIDENT 1")
	n.reply("p0", "on the plane until 5")
	n.texted("ben", "on the plane until 5")
	n.texted("p0", "passed your words on to Ben")
	require.Zero(t, n.textsOf("p0", "did not understand"))
}

// Nothing is asked of somebody who writes: they hear so, and a stranger hears nothing.
func TestReply_nothingIsOpen_isAnsweredAllTheSame(t *testing.T) {
	n := newPlan(t)
	n.widen(3)
	n.solo("1")
	_, err := n.lab.SetBehaviour(number(0), lab.Answer)
	require.NoError(t, err)
	_, err = n.lab.Reply(number(0), "+491713920001", "1")
	require.NoError(t, err)
	n.texted("p0", "Nothing is open for you right now")
	if *histories != "" {
		n.writeHistories(*histories)
	}
}
