package report

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/stormbell/stormbell/domain/business"
	"github.com/stormbell/stormbell/domain/escalation"
	"github.com/stormbell/stormbell/domain/holding"
	"github.com/stormbell/stormbell/workflows/contract"
)

// story is the timeline taken apart: who was called and who held what, from when to when.
type story struct {
	Input
	from, until time.Time
	ongoing     bool
	minute      time.Duration
	calls       []call
	holds       []hold
}

// call is one page of a role.
type call struct {
	workflow, role string
	from, to       time.Time
	// asked are the people reached, in their order; by is who took the role.
	asked   []string
	by, via string
	state   CallState
}

// hold is a role in somebody's hands.
type hold struct {
	role, person string
	from, to     time.Time
}

func tell(in Input) story {
	s := story{Input: in, minute: cmp.Or(in.Plan.Minute, time.Minute)}
	s.Timeline = ordered(slices.Clone(in.Timeline), func(e Entry) time.Time { return e.At })
	s.from = in.OpenedAt
	if s.from.IsZero() && len(s.Timeline) > 0 {
		s.from = s.Timeline[0].At
	}
	s.until, s.ongoing = s.end()
	if s.until.Before(s.from) {
		s.until = s.from
	}
	s.calls = s.listen()
	s.holds = s.held()
	return s
}

// end is when business was normal again. What is only waited for afterwards, such as the
// analysis, is no part of the pictures.
func (s story) end() (at time.Time, ongoing bool) {
	over := s.Incident.Resolved != nil || s.Incident.Cancelled != nil || !s.ClosedAt.IsZero()
	if b := s.Business; b != nil && s.ClosedAt.IsZero() && b.Stage != business.Aftercare && b.Stage != business.Closed {
		over = false
	}
	if !over {
		return s.Now, true
	}
	for _, e := range s.Timeline {
		switch {
		case e.Kind == "resolved", e.Kind == "cancelled", e.Kind == "business_cancelled", e.Kind == "sent", e.Kind == "mode_changed" && e.Data["mode"] == string(business.Normal):
			at = e.At
		}
	}
	if at.IsZero() {
		at = s.ClosedAt
	}
	return at, false
}

// pageOf tells whether an entry is one of a page's.
func pageOf(e Entry) bool { return strings.HasPrefix(e.Workflow, contract.PagePrefix) }

// listen puts together how each page went.
func (s story) listen() []call {
	var calls []call
	paged := map[string]time.Time{} // when a role was asked for, before its page says anything
	find := func(e Entry) *call {
		i := slices.IndexFunc(calls, func(c call) bool { return c.workflow == e.Workflow })
		if i < 0 {
			from := e.At
			if at, ok := paged[e.Data["role"]]; ok {
				from = at
				delete(paged, e.Data["role"])
			}
			calls = append(calls, call{workflow: e.Workflow, role: e.Data["role"], from: from, to: s.until, state: CallOpen})
			i = len(calls) - 1
		}
		return &calls[i]
	}
	for _, e := range s.Timeline {
		if !pageOf(e) {
			if e.Kind == "role_paged" {
				paged[e.Data["role"]] = e.At
			}
			continue
		}
		c := find(e)
		switch e.Kind {
		case "reaching":
			if p := e.Data["person"]; p != "" && !slices.Contains(c.asked, p) {
				c.asked = append(c.asked, p)
			}
		case "role_taken":
			c.to, c.by, c.via, c.state = e.At, cmp.Or(e.Data["person"], e.Actor), e.Data["via"], CallTaken
		case "page_closed":
			if c.state == CallOpen {
				c.to, c.state = e.At, CallClosed
			}
		}
	}
	for i := range calls {
		// A page of an incident that is over has ended, whether it said so or not.
		if c := &calls[i]; c.state == CallOpen && !s.ongoing {
			c.state = CallClosed
		}
	}
	return calls
}

// held puts together who held which role. Paging a role again takes it from its holder.
func (s story) held() []hold {
	var all []hold
	current := map[string]int{} // the open hold of a role, counted from 1
	release := func(role string, at time.Time) {
		if i := current[role]; i > 0 {
			all[i-1].to = at
			delete(current, role)
		}
	}
	for _, e := range s.Timeline {
		role := e.Data["role"]
		switch e.Kind {
		case "role_paged":
			release(role, e.At)
		case "role_taken":
			person := cmp.Or(e.Data["person"], e.Actor)
			if i := current[role]; i > 0 && all[i-1].person == person {
				continue
			}
			release(role, e.At)
			all = append(all, hold{role: role, person: person, from: e.At, to: s.until})
			current[role] = len(all)
		}
	}
	for _, r := range s.roles() {
		known := slices.ContainsFunc(all, func(h hold) bool { return h.role == r.Name })
		if r.State == holding.Held && !known && !r.Since.IsZero() {
			all = append(all, hold{role: r.Name, person: r.Person, from: r.Since, to: s.until})
		}
	}
	for i := range all {
		// Who took a role after everything was over held it for no time.
		all[i].from = earlier(all[i].from, s.until)
		all[i].to = later(earlier(all[i].to, s.until), all[i].from)
	}
	return all
}

// roles are the roles as they stand in the states.
func (s story) roles() holding.Roles {
	if s.Business == nil {
		return s.Incident.Roles
	}
	return slices.Concat(s.Business.Roles, s.Incident.Roles)
}

// rolesSeen are the roles that came up, in the plan's order, then those the plan has lost.
func (s story) rolesSeen() []string {
	came := map[string]bool{}
	for _, c := range s.calls {
		came[c.role] = true
	}
	for _, h := range s.holds {
		came[h.role] = true
	}
	var names []string
	for _, r := range s.Plan.Roles {
		if came[r.Name] {
			names = append(names, r.Name)
			delete(came, r.Name)
		}
	}
	return append(names, slices.Sorted(maps.Keys(came))...)
}

// page is the state of a page, and whether the record has it.
func (s story) page(c call) (escalation.State, bool) {
	p, ok := s.Pages[c.workflow]
	return p, ok
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
