package report

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/stormbell/stormbell/domain/plan"
)

// TakeOvers is how long it took until somebody held each role.
type TakeOvers struct {
	Known Known      `json:"known" enum:"recorded,pending,not_applicable,not_recorded"`
	Items []TakeOver `json:"items"`
}

// CallState is how a page ended.
type CallState string

// The states of a page.
const (
	CallOpen   CallState = "open"
	CallTaken  CallState = "taken"
	CallClosed CallState = "closed"
)

// TakeOver is one page of one role.
type TakeOver struct {
	Role  string            `json:"role"`
	Title map[string]string `json:"title"`
	Page  int               `json:"page" doc:"Counts the pages of this role"`
	From  time.Time         `json:"from"`
	Took  Seconds           `json:"took_seconds" doc:"So far, while nobody has it"`
	State CallState         `json:"state" enum:"open,taken,closed"`
	By    Someone           `json:"by"`
	// Place is 1 for the first backup; 0 is the primary, -1 somebody else.
	Place  int     `json:"place" doc:"0: the primary; 1: the first backup, and so on; -1: somebody else, or nobody"`
	Via    string  `json:"via,omitempty"`
	Asked  int     `json:"asked" doc:"How many people were asked"`
	Target Seconds `json:"target_seconds" doc:"How long the plan waits for the first one asked before it goes on to the next; 0: not known"`
}

func (s story) takeOvers() TakeOvers {
	t := TakeOvers{Items: []TakeOver{}}
	for _, c := range s.calls {
		x := TakeOver{
			Role: c.role, Title: s.roleTitle(c.role), Page: pageNumber(c.workflow), From: c.from, Took: seconds(max(c.to.Sub(c.from), 0)), State: c.state,
			By: s.someone(c.by, c.role), Place: -1, Via: c.via, Asked: len(c.asked), Target: seconds(s.target(c.role)),
		}
		people := c.asked
		if page, ok := s.page(c); ok && len(page.Candidates) > 0 {
			people = page.Candidates
		}
		if c.by != "" {
			x.Place = slices.Index(people, c.by)
		}
		t.Items = append(t.Items, x)
	}
	t.Items = ordered(t.Items, func(x TakeOver) time.Time { return x.From })
	t.Known = s.known(len(t.Items) > 0)
	return t
}

// pageNumber is the last part of a page's id.
func pageNumber(workflow string) int {
	n, _ := strconv.Atoi(workflow[strings.LastIndex(workflow, ":")+1:]) // 0 where it has none
	return n
}

// target is how long the policy of a role asks the primary alone.
func (s story) target(role string) time.Duration {
	rule, _ := s.Plan.RoleByName(role)
	policy, _ := s.Plan.Policy(rule.Policy)
	sum := time.Duration(0)
	for i, step := range policy.Steps {
		if i > 0 && step.To != plan.TargetPrimary {
			break
		}
		sum += step.Wait * time.Duration(cmp.Or(step.Repeat, 1))
	}
	return sum
}
