package report

import (
	"cmp"
	"slices"
	"time"

	"github.com/stormbell/stormbell/domain/business"
	"github.com/stormbell/stormbell/domain/checkback"
	"github.com/stormbell/stormbell/domain/delivery"
)

// Unreached is a way to a person that did not work.
type Unreached struct {
	Who     Someone `json:"who"`
	Channel string  `json:"channel" enum:"sms,call,email"`
	Why     string  `json:"why" enum:"temporary,permanent,opted_out,filtered,not_reached,not_processed,ambiguous,account,rate_limited,failed"`
	Times   int     `json:"times"`
	// Never is set when nothing at all got through to this person by this channel.
	Never bool `json:"never" doc:"Nothing got through this way in this incident"`
}

// Halted is something that was stopped and is not restored.
type Halted struct {
	Task   string            `json:"task"`
	What   map[string]string `json:"what" doc:"What was stopped, by language"`
	Role   string            `json:"role"`
	Since  time.Time         `json:"since"`
	Undone string            `json:"undo" enum:"later,asked,open,not_planned" doc:"Where restoring it stands"`
}

// unreachable lists the ways that failed. What we held back ourselves did not fail.
func (s story) unreachable() []Unreached {
	all := []Unreached{}
	through := map[[2]string]bool{}
	for _, x := range s.Sends {
		if isDelivered(x.State) {
			through[[2]string{x.Person, x.Channel}] = true
		}
	}
	for _, x := range s.Sends {
		if x.State != delivery.Failed || x.Class == delivery.RateLimited {
			continue
		}
		why := cmp.Or(string(x.Class), "failed")
		i := slices.IndexFunc(all, func(u Unreached) bool { return u.Who.Person == x.Person && u.Channel == x.Channel && u.Why == why })
		if i < 0 {
			role := ""
			for _, h := range s.holds {
				if h.person == x.Person {
					role = h.role
					break
				}
			}
			for _, c := range s.calls {
				if role == "" && slices.Contains(c.asked, x.Person) {
					role = c.role
				}
			}
			all = append(all, Unreached{Who: s.someone(x.Person, role), Channel: x.Channel, Why: why, Never: !through[[2]string{x.Person, x.Channel}]})
			i = len(all) - 1
		}
		all[i].Times++
	}
	slices.SortStableFunc(all, func(a, b Unreached) int { return cmp.Compare(a.Who.Name, b.Who.Name) })
	return all
}

// halted lists what is still stopped.
func (s story) halted() []Halted {
	all := []Halted{}
	if s.Business == nil {
		return all
	}
	for _, t := range s.Business.Tasks {
		if t.Kind != business.Halt || t.State != checkback.Done {
			continue
		}
		h := Halted{Task: t.ID, What: s.what(given{id: t.ID, of: t.Of, kind: t.Kind}), Role: t.Role, Since: t.DoneAt, Undone: "later"}
		if words, known := s.Plan.Task(t.Of); known && len(words.Undo) == 0 {
			h.Undone = "not_planned"
		}
		i := slices.IndexFunc(s.Business.Tasks, func(u business.Task) bool { return u.Kind == business.Undo && u.Of == t.Of })
		if i >= 0 {
			switch undo := s.Business.Tasks[i]; {
			case undo.State == checkback.Done:
				continue
			case undo.Pending():
				h.Undone = "asked"
			default:
				h.Undone = "open"
			}
		}
		all = append(all, h)
	}
	return all
}
