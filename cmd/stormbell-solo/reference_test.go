package main

import (
	"math/rand/v2"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/internal/lab"
)

// alert is a real payload of an Alertmanager, version 4.
const alert = `{"version":"4","groupKey":"{}:{alertname=\"CheckoutDown\"}","truncatedAlerts":0,"status":"firing","receiver":"stormbell",
"groupLabels":{"alertname":"CheckoutDown"},"commonLabels":{"alertname":"CheckoutDown","severity":"critical"},
"commonAnnotations":{"summary":"Checkout down, customers affected"},"externalURL":"http://alertmanager.example:9093",
"alerts":[{"status":"firing","labels":{"alertname":"CheckoutDown","severity":"critical","instance":"shop-1"},
"annotations":{"summary":"Checkout down, customers affected"},"startsAt":"2026-11-23T02:51:00.000Z","endsAt":"0001-01-01T00:00:00Z",
"generatorURL":"http://prometheus.example:9090/graph","fingerprint":"a1b2c3d4e5f60718"}]}`

// The reference incident of docs/walkthrough.md, from the alert to normal business.
func TestReferenceIncident(t *testing.T) {
	n := newNight(t, "20")
	n.reference(func(string) {})
	n.checkRecord()
	n.checkHistories()
	if *histories != "" {
		n.writeHistories(*histories)
	}
}

// The same with the whole process killed at twenty random moments: nothing is lost, nothing
// is doubled without a flag, every timer is kept, the chain is whole.
func TestReferenceIncident_killedTwentyTimes(t *testing.T) {
	n := newNight(t, "20")
	// A text sent while the process is down is lost at the carrier, which tries only once more;
	// people then answer on another way, and so does this test.
	n.textsAreLost = true
	const kills = 20
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	started, done := make(chan struct{}), make(chan struct{})
	var killed atomic.Int64
	go func() {
		defer close(done)
		<-started
		for range kills {
			pause := time.NewTimer(time.Duration(200+r.IntN(1500)) * time.Millisecond)
			select {
			case <-pause.C:
			case <-n.over:
				return
			}
			n.programs[0].kill()
			killed.Add(1)
			n.programs[0].start()
		}
	}()
	steps := int64(0)
	n.reference(func(step string) {
		if step == "alert" {
			close(started)
		}
		// At least one kill a step, so that every part of the night is hit.
		steps++
		n.until("the next kill", func() bool { return killed.Load() >= min(steps, kills) })
	})
	close(n.over)
	<-done
	require.GreaterOrEqual(t, killed.Load(), int64(kills)-1)
	t.Logf("killed %d times", killed.Load())
	n.checkRecord()
}

// reference plays the whole incident; between is called after every step.
func (n *night) reference(between func(step string)) {
	t := n.t
	status, raw := n.call(http.MethodPost, "/in/alertmanager", alert, nil)
	require.Less(t, status, 300, raw)
	between("alert")

	// The one on call is texted, then called; voicemail does not count; the backup takes it.
	var first, second string
	n.until("the technical SLT is reached", func() bool {
		_, _, asked := n.view().role("technical_slt")
		if len(asked) > 0 {
			first = asked[0]
		}
		return first != ""
	})
	_, err := n.lab.SetBehaviour(n.phone(first).Number, lab.Voicemail)
	require.NoError(t, err)
	text := n.texted(first, "ACME")
	require.LessOrEqual(t, len([]rune(text)), 160)
	require.Contains(t, text, "/r/")
	between("texted")
	n.until("the same person is called", func() bool { return len(n.phone(first).Calls) > 0 })
	between("called")
	second = map[string]string{"dev": "finn", "finn": "dev"}[first]
	n.texted(second, "ACME")
	n.until("the backup is called", func() bool { return len(n.phone(second).Calls) > 0 })
	between("backup")
	n.until("the backup presses 1 and holds the role", func() bool {
		n.press(second, "1")
		holder, _, _ := n.view().role("technical_slt")
		return holder == second
	})
	if !n.textsAreLost {
		n.reply(first, "1")
		n.texted(first, map[string]string{"dev": "Dev", "finn": "Finn"}[second])
	}
	between("taken")

	n.do(http.MethodPost, n.path("recommend"), map[string]any{"declare": true})
	n.do(http.MethodPost, n.path("declare"), map[string]any{"reason": "customers cannot pay"})
	between("declared")
	n.take("business_lead")
	n.take("customer_liaison")
	between("start-up roles")
	n.joins("business_lead", n.byButton)
	n.joins("customer_liaison", n.byText)
	n.joins("technical_slt", n.byCall)
	between("everybody is on the call")
	n.do(http.MethodPut, n.path("briefing"), map[string]any{"answers": []map[string]any{
		{"question": "triggering_error", "text": "payments fail at the checkout"}, {"question": "customers_affected", "text": "four in ten payments fail"}, {"question": "worst_case", "unknown": true},
	}})
	n.do(http.MethodPost, n.path("briefing", "confirm"), nil)
	n.until("emergency mode", func() bool { return n.mode() == "emergency" })
	between("emergency")

	n.take("marketing_officer")
	marketing, _, _ := n.view().role("marketing_officer")
	n.take("social_officer")
	n.until("marketing is asked for a halt", func() bool { return n.task("stop_campaigns") == "asked" || n.task("stop_campaigns") == "overdue" })
	if n.textsAreLost {
		n.do(http.MethodPost, n.path("tasks", "stop_campaigns", "estimate"), map[string]any{"minutes": 20})
	} else {
		n.reply(marketing, "20")
	}
	n.until("the estimate is noted", func() bool { return n.task("stop_campaigns") == "promised" || n.task("stop_campaigns") == "overdue" })
	between("estimated")
	if n.textsAreLost {
		n.do(http.MethodPost, n.path("tasks", "stop_campaigns", "done"), nil)
	} else {
		n.reply(marketing, "4")
	}
	n.until("the halt is done", func() bool { return n.task("stop_campaigns") == "done" })
	between("halted")

	for _, role := range []string{"legal_officer", "messaging_officer", "elt_approver"} {
		n.take(role)
	}
	n.publish("internal", "investigation", between)
	n.until("the status page shows it with a promise", func() bool {
		_, page := n.call(http.MethodGet, "/status?lang=en", nil, nil)
		return strings.Contains(page, "payments fail at the checkout") && strings.Contains(page, "Next message by")
	})
	n.until("the chat shows it, with the update in its thread", func() bool {
		posts := n.lab.Posts()
		return len(posts) == 2 && posts[0].Thread == "" && posts[1].Thread == posts[0].TS && strings.Contains(posts[1].Text, "payments fail")
	})
	between("published")

	n.until("strategic customers are next", func() bool {
		return n.cell("strategic", "investigation") != "" && n.cell("strategic", "investigation") != "to_write"
	})
	n.do(http.MethodPost, n.path("phase"), map[string]any{"phase": "identification"})
	n.until("the old message is withdrawn", func() bool { return n.cell("strategic", "investigation") == "withdrawn" })
	between("phase")
	n.do(http.MethodPost, n.path("resolve"), nil)
	between("resolved")
	n.until("the phase moved on", func() bool { return n.view().Phase == "resolution" })
	n.until("nothing is restored before the message", func() bool { return n.mode() == "emergency" })
	n.publish("internal", "resolution", between)
	n.do(http.MethodPost, n.path("messages", "strategic", "resolution", "skip"), map[string]any{"reason": "told by phone"})
	n.publish("customers", "resolution", between)
	n.until("their status page is told", func() bool {
		told := n.lab.Hooked()
		return len(told) == 1 && told[0].Hook == "statuspage" && strings.Contains(string(told[0].Body), `"resolved"`)
	})
	n.until("restoring", func() bool {
		return n.task("undo_stop_campaigns") == "asked" || n.task("undo_stop_campaigns") == "overdue"
	})
	between("restoring")
	n.do(http.MethodPost, n.path("tasks", "undo_stop_campaigns", "done"), nil)
	n.until("normal business", func() bool { return n.mode() == "normal" })
	n.until("the analysis is owed", func() bool { return n.task("preliminary_analysis") != "" })
	between("normal")
	n.do(http.MethodPost, n.path("tasks", "preliminary_analysis", "done"), nil)
	n.until("analysis", func() bool { return n.view().Phase == "analysis" })
	n.do(http.MethodPost, n.path("phase"), map[string]any{"phase": "publishing"})
	n.until("closed", func() bool { return n.view().Closed })
}

// publish brings one message through its whole loop, with one change after the approval.
func (n *night) publish(audience, phase string, between func(string)) {
	n.t.Helper()
	act := func(what string) { n.do(http.MethodPost, n.path("messages", audience, phase, what), nil) }
	approve := func() {
		act("agree")
		act("agree")
		act("agree")
		act("approve")
	}
	n.until(audience+" draft for "+phase, func() bool { return n.loop(audience, phase) == "drafting" && n.body(audience, phase) != "" })
	act("submit")
	between("submitted " + phase)
	approve()
	n.until("approved", func() bool { return n.loop(audience, phase) == "releasing" })
	between("approved " + phase)
	n.do(http.MethodPut, n.path("messages", audience, phase), map[string]any{"texts": []map[string]any{{"language": "en", "body": n.body(audience, phase) + "!"}}})
	n.until("one character voids every yes", func() bool { return n.loop(audience, phase) == "checking" })
	approve()
	n.until("approved again", func() bool { return n.loop(audience, phase) == "releasing" })
	act("release")
	n.until("sent", func() bool { return n.loop(audience, phase) == "sent" })
}

// take lets whoever is paged for a role take it by text.
func (n *night) take(role string) {
	n.t.Helper()
	n.until(role+" is held", func() bool {
		holder, state, asked := n.view().role(role)
		if holder != "" {
			return true
		}
		if len(asked) > 0 && state != "" {
			n.do(http.MethodPost, n.path("roles", role, "accept"), map[string]any{"by": asked[0]})
		}
		return false
	})
}

// joins confirms by a button, a text or a key that the holder of a role is on the call. Where
// texts are lost, so are the confirmations by text and key.
func (n *night) joins(role string, confirm func(role, person string)) {
	n.t.Helper()
	if n.textsAreLost {
		confirm = n.byButton
	}
	holder, _, _ := n.view().role(role)
	confirm(role, holder)
	n.until(role+" is on the call", func() bool {
		_, state, _ := n.view().role(role)
		return state == "present"
	})
}

func (n *night) byButton(role, _ string) {
	n.do(http.MethodPost, n.path("roles", role, "presence"), nil)
}

// byText answers the text that asks to join.
func (n *night) byText(_, person string) {
	n.texted(person, "PIN 4711")
	n.reply(person, "4")
}

// byCall asks to be called, and presses 1 in that call.
func (n *night) byCall(_, person string) {
	calls := len(n.phone(person).Calls)
	n.texted(person, "PIN 4711")
	n.reply(person, "3")
	n.until(person+" is called back", func() bool { return len(n.phone(person).Calls) > calls })
	n.until(person+" is connected", func() bool {
		n.press(person, "1")
		_, state, _ := n.view().role("technical_slt")
		return state == "present"
	})
}

// press tries to press keys in every call of a person; a call that has ended takes none.
func (n *night) press(person, keys string) {
	phone := n.phone(person)
	for _, call := range phone.Calls {
		_, _ = n.lab.Press(phone.Number, call.SID, keys)
	}
}

func (n *night) mode() string {
	var m struct {
		Mode string `json:"mode"`
	}
	n.call(http.MethodGet, "/api/v1/mode", nil, &m)
	return m.Mode
}

func (n *night) task(id string) string {
	for _, task := range n.view().Tasks {
		if task.ID == id {
			return task.State
		}
	}
	return ""
}

func (n *night) cell(audience, phase string) string {
	for _, m := range n.view().Messages {
		if m.Audience == audience && m.Phase == phase {
			return m.State
		}
	}
	return ""
}

func (n *night) loop(audience, phase string) string {
	for _, m := range n.view().Messages {
		if m.Audience == audience && m.Phase == phase {
			return m.Stage
		}
	}
	return ""
}

func (n *night) body(audience, phase string) string {
	for _, m := range n.view().Messages {
		if m.Audience != audience || m.Phase != phase {
			continue
		}
		for _, text := range m.Texts {
			if text.Language == "en" {
				return text.Body
			}
		}
	}
	return ""
}
