package carrier

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/stormbell/stormbell/api/pump"
	"github.com/stormbell/stormbell/domain/escalation"
	"github.com/stormbell/stormbell/domain/notice"
	"github.com/stormbell/stormbell/domain/reply"
	"github.com/stormbell/stormbell/internal/callscript"
	"github.com/stormbell/stormbell/internal/phrase"
	"github.com/stormbell/stormbell/internal/record"
)

// conversation is one call about one page, as far as the record knows it.
type conversation struct {
	delivery record.Delivery
	page     escalation.State
	receiver phrase.To
	words    *phrase.Words
	minutes  int // that were typed
}

// keys takes what was pressed, keeps it, waits for what it led to, and says that: a person
// who presses 1 hears whether the role is theirs.
func (h *Hooks) keys(c *gin.Context, in TwilioCallback) error {
	talk, err := h.conversation(c, in.N)
	if err != nil {
		return err
	}
	if talk.ofTest() {
		return h.tested(c, in, talk)
	}
	switch kind := notice.Kind(talk.delivery.Purpose); kind {
	case notice.Bridge, notice.JoinAsked, notice.ProxyAsked:
		return h.bridged(c, in, talk, kind)
	case notice.StillThere:
		return h.alive(c, in, talk)
	default:
	}
	again := h.PublicURL + c.Request.URL.RequestURI()
	// The call asks for the role first, and for minutes once the person holds it.
	asked, ask, holds := notice.Page, callscript.Menu, talk.page.Holder != "" && talk.page.Holder == talk.delivery.Person
	if talk.delivery.Purpose == string(notice.RollCall) {
		asked = notice.RollCall
	}
	if holds {
		asked, ask = notice.Taken, callscript.Minutes
	}
	r := reply.ParseKeys(in.Digits)
	talk.minutes = r.Minutes
	// Minutes mean something once they were asked for: a 9 beside the 1 gives nobody a role.
	understood := r.Action == reply.Take || r.Action == reply.Pass || r.Action == reply.Connect || holds && (r.Minutes > 0 || r.Action == reply.Done)
	switch {
	case r.Action == reply.Repeat:
		return h.say(c, talk, asked, func(s phrase.Speech) (string, error) { return ask(s, again) })
	case !understood:
		return h.wrong(c, in, talk, asked, again)
	}
	item := pump.Keys{N: in.N, To: in.To, Role: talk.page.Page.Role, Digits: in.Digits}
	if err := h.accept(c, record.ItemKey, in.CallSid+":"+in.Digits, item); err != nil {
		return err
	}
	known := false
	talk.page, known = h.settled(c, talk, r.Action == reply.Pass)
	switch {
	case !known: // the key is kept, but nobody is told what is not so yet
		return h.say(c, talk, asked, callscript.Unreachable)
	case talk.page.Holder != "" && talk.page.Holder != talk.delivery.Person:
		return h.say(c, talk, notice.TooLate, callscript.Confirm)
	case talk.page.Stage == escalation.Closed:
		return h.say(c, talk, notice.Unneeded, callscript.Confirm)
	case r.Action == reply.Pass:
		return h.say(c, talk, notice.PassedOn, callscript.Confirm)
	case r.Action == reply.Done:
		return h.say(c, talk, notice.TaskDone, callscript.Confirm)
	case r.Minutes > 0:
		return h.say(c, talk, notice.Noted, callscript.Confirm)
	case r.Action == reply.Connect && h.Plan().Company.ConferenceNumber() != "":
		return h.say(c, talk, notice.Taken, h.connect)
	default:
		return h.say(c, talk, notice.Taken, func(s phrase.Speech) (string, error) { return callscript.Minutes(s, again) })
	}
}

// conversation finds out what a call is about.
func (h *Hooks) conversation(ctx context.Context, n string) (conversation, error) {
	d, err := h.Record.Delivery(ctx, n)
	if err != nil {
		return conversation{}, err
	}
	to, err := h.to(ctx, d.Person)
	if err != nil {
		return conversation{}, err
	}
	words := phrase.New(h.Plan())
	words.Now = h.Now
	talk := conversation{delivery: d, receiver: to, words: words}
	talk.page, err = h.pageOf(ctx, d.Incident, d.Workflow)
	return talk, err
}

// pageOf is the latest the record knows of a page.
func (h *Hooks) pageOf(ctx context.Context, incident int, workflow string) (escalation.State, error) {
	var s escalation.State
	snapshots, err := h.Record.Snapshots(ctx, incident)
	for _, snapshot := range snapshots {
		if snapshot.Workflow == workflow {
			return s, json.Unmarshal(snapshot.Body, &s)
		}
	}
	return s, err
}

// settled waits until the page has an end or, where that is wanted, the person has passed
// on, but not for ever; known is false when the wait was in vain.
func (h *Hooks) settled(ctx context.Context, talk conversation, passing bool) (s escalation.State, known bool) {
	ctx, cancel := context.WithTimeout(ctx, h.Patience)
	defer cancel()
	news, stop := h.Record.Watch(talk.delivery.Incident)
	defer stop()
	for {
		s, err := h.pageOf(ctx, talk.delivery.Incident, talk.delivery.Workflow)
		// A roll call may go on for others after the role is held.
		answered := s.Stage == escalation.Held && !slices.Contains(s.Roll, talk.delivery.Person)
		if err == nil && (answered || s.Over() || passing && slices.Contains(s.Declined, talk.delivery.Person)) {
			return s, true
		}
		select {
		case <-ctx.Done():
			return talk.page, false
		case <-news:
		case <-time.After(500 * time.Millisecond): // another process may have written it
		}
	}
}

func (t conversation) to() phrase.To { return t.receiver }

func (t conversation) notice(kind notice.Kind) notice.Notice {
	p := t.page.Page
	n := notice.Notice{Kind: kind, Incident: p.Incident, Title: p.Title, Role: p.Role, Since: p.Since, Judge: p.Judge, Drill: p.Drill, Minutes: t.minutes}
	if kind == notice.TooLate || kind == notice.Taken {
		n.Mention, n.Since = t.page.Holder, t.page.HeldAt
	}
	return n
}

func (h *Hooks) say(c *gin.Context, talk conversation, kind notice.Kind, script func(phrase.Speech) (string, error)) error {
	out, err := script(talk.words.Speech(talk.notice(kind), talk.to()))
	if err != nil {
		return err
	}
	twiml(c, out)
	return nil
}
