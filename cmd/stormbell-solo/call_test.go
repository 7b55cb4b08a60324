package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/internal/lab"
)

// opens opens an incident by hand and pages a role for it.
func (n *night) opens(key, role string) (number int) {
	n.t.Helper()
	var opened struct{ Number int }
	raw := n.insist("/api/v1/incidents", map[string]any{"title": "Trouble " + key, "visibility": "side_product", "impact": "few"}, "open-"+key)
	require.NoError(n.t, json.Unmarshal([]byte(raw), &opened))
	n.insist(fmt.Sprintf("/api/v1/incidents/%d/roles/%s/page", opened.Number, role), nil, "page-"+key)
	return opened.Number
}

// holder is who holds a role of an incident.
func (n *night) holder(incident int, role string) string {
	var v struct {
		Roles []struct{ Role, Holder string }
	}
	n.call(http.MethodGet, fmt.Sprintf("/api/v1/incidents/%d", incident), nil, &v)
	for _, r := range v.Roles {
		if r.Role == role {
			return r.Holder
		}
	}
	return ""
}

// on is the call that goes on at a person's phone.
func (n *night) on(person string) (lab.Call, bool) {
	for _, c := range n.phone(person).Calls {
		switch c.Status {
		case lab.CallQueued, lab.CallInitiated, lab.CallRinging, lab.CallInProgress:
			return c, true
		case lab.CallCompleted, lab.CallBusy, lab.CallNoAnswer, lab.CallFailed, lab.CallCanceled:
		}
	}
	return lab.Call{}, false
}

// Somebody whose line was busy rings back, hears the open page, and takes it with the same key.
func TestCall_busyThenRingsBack_takesTheRole(t *testing.T) {
	n := newPlan(t)
	n.widen(20)
	_, err := n.lab.SetBehaviour(number(0), lab.Busy)
	require.NoError(t, err)
	n.solo("60")
	incident := n.opens("busy", "role_0")
	n.until("the line was busy", func() bool { return n.callOf("p0") == "failed not_reached busy" })
	_, err = n.lab.Dial(number(0), "")
	require.NoError(t, err)
	n.until("p0 hears what is open", func() bool { return strings.Contains(n.heard("p0"), "You are Role 0 on call.") })
	n.press("p0", "1")
	n.until("p0 hears that it is theirs", func() bool { return strings.Contains(n.heard("p0"), "Role 0 is yours") })
	n.until("p0 holds the role", func() bool { return n.holder(incident, "role_0") == "p0" })
	_, err = n.lab.HangUp(number(0), n.phone("p0").Calls[len(n.phone("p0").Calls)-1].SID)
	require.NoError(t, err)
	_, err = n.lab.Dial(number(0), "")
	require.NoError(t, err)
	n.until("nothing is open any more", func() bool {
		return strings.Contains(n.heard("p0"), "open for you") && !strings.Contains(n.heard("p0"), "application error")
	})
}

// Two incidents page one phone: it rings for one of them, and for the other when that is over.
func TestCall_twoIncidentsPageOnePhone_oneAfterTheOther(t *testing.T) {
	n := newPlan(t)
	n.widen(20)
	_, err := n.lab.SetBehaviour(number(0), lab.Landline) // no text first
	require.NoError(t, err)
	n.solo("10")
	var most atomic.Int64
	watching, stop := context.WithCancel(t.Context())
	defer stop()
	go func() {
		_ = n.lab.Await(watching, func() bool {
			open := int64(0)
			for _, c := range n.phone("p0").Calls {
				if c.Status == lab.CallQueued || c.Status == lab.CallInitiated || c.Status == lab.CallRinging || c.Status == lab.CallInProgress {
					open++
				}
			}
			most.Store(max(most.Load(), open))
			return false
		})
	}()
	one, two := n.opens("one", "role_0"), n.opens("two", "role_0")
	for round := range 2 {
		n.until("somebody listens", func() bool { c, on := n.on("p0"); return on && c.Listening })
		c, _ := n.on("p0")
		n.press("p0", "1")
		n.until("a role is theirs", func() bool {
			return strings.Count(n.heard("p0"), "Role 0 is yours") == round+1
		})
		_, err := n.lab.HangUp(number(0), c.SID)
		require.NoError(t, err)
	}
	n.until("p0 holds both", func() bool { return n.holder(one, "role_0") == "p0" && n.holder(two, "role_0") == "p0" })
	require.Len(t, n.phone("p0").Calls, 2)
	require.EqualValues(t, 1, most.Load(), "two calls at once")
}
