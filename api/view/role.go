package view

import (
	"slices"
	"time"

	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/escalation"
	"github.com/stormbell/stormbell/domain/holding"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/record"
)

// RoleState is where a role stands, as people say it.
type RoleState string

// The states of a role.
const (
	// NotAsked: nobody was asked for it yet.
	NotAsked RoleState = "not_asked"
	// Looking: it is being looked up who to ask.
	Looking RoleState = "looking"
	// Texted: somebody has a text or a mail.
	Texted RoleState = "texted"
	// Reminded: somebody has a second one.
	Reminded RoleState = "reminded"
	// Ringing: a phone rings.
	Ringing RoleState = "ringing"
	// PassedOn: whoever was asked passed it on, and the next one is looked for.
	PassedOn RoleState = "passed_on"
	// Unanswered: every step was tried; the circle widens and goes on.
	Unanswered RoleState = "unanswered"
	// StoodDown: the page ended without a holder.
	StoodDown RoleState = "stood_down"
	// Taken: somebody holds it.
	Taken RoleState = "taken"
	// Present: the holder is on the call.
	Present RoleState = "present"
)

// Role is one role in an incident.
type Role struct {
	Role       string            `json:"role" example:"marketing_officer"`
	Title      map[string]string `json:"title" doc:"How texts name it, by language"`
	Group      string            `json:"group,omitempty"`
	Needed     bool              `json:"needed_to_start,omitempty" doc:"The briefing waits for it"`
	Holder     string            `json:"holder" doc:"Person id of whoever holds it, or empty"`
	HolderName string            `json:"holder_name,omitempty"`
	State      RoleState         `json:"state" enum:"not_asked,looking,texted,reminded,ringing,passed_on,unanswered,stood_down,taken,present"`
	Since      time.Time         `json:"since,omitzero"`
	Via        string            `json:"via,omitempty" doc:"How it was taken"`
	PresentAt  time.Time         `json:"present_at,omitzero" doc:"When the holder, or the proxy, was on the call"`
	Awaited    bool              `json:"awaited,omitempty" doc:"The holder is needed on the call and is not there yet"`
	Proxy      string            `json:"proxy,omitempty" doc:"Person id of who is on the call for the holder"`
	ProxyName  string            `json:"proxy_name,omitempty"`
	Silent     bool              `json:"silent,omitempty" doc:"Nothing was heard of the holder for long; they were asked for a sign of life"`
	K          int               `json:"k" doc:"How often it was paged in this incident"`
	Asked      []Asked           `json:"asked" doc:"Who is asked now"`
	NextAt     time.Time         `json:"next_at,omitzero" doc:"When the next step of the page follows"`
	Attempts   []Attempt         `json:"attempts" doc:"Every try of the latest page"`
	Temporal   string            `json:"temporal,omitempty" doc:"The latest page's workflow in Temporal's UI"`
}

// Asked is somebody who is asked to take a role.
type Asked struct {
	Person string `json:"person"`
	Name   string `json:"name"`
	Passed bool   `json:"passed,omitempty" doc:"This person passed it on"`
}

// Attempt is one try to reach one person by one channel.
type Attempt struct {
	Person  string    `json:"person"`
	Name    string    `json:"name"`
	Channel string    `json:"channel" enum:"sms,call,email"`
	At      time.Time `json:"at"`
	State   string    `json:"state" doc:"What is known of it; delivered is not answered"`
	Class   string    `json:"class,omitempty" doc:"Why it failed"`
	Code    string    `json:"code,omitempty" doc:"The provider's own word, or ours where the provider was not asked"`
	End     string    `json:"end,omitempty" enum:"busy,no_answer,voicemail,no_key,declined,hung_up,line_fault" doc:"How a call ended that reached nobody; no_key: somebody or something picked up, and no key was pressed"`
	// PossibleDuplicate and NoReceipt are what nobody can know for certain.
	PossibleDuplicate bool `json:"possible_duplicate,omitempty" doc:"It was sent again although the provider may have taken it before"`
	NoReceipt         bool `json:"no_receipt,omitempty" doc:"The provider took it, was asked several times what became of it, and has no last word"`
}

// roles lists every role of the plan, and those that came up though the plan has lost them.
func roles(p plan.Plan, c *Case, ledger []record.Delivery) []Role {
	came := c.Roles()
	all := make([]Role, 0, len(p.Roles))
	for _, r := range p.Roles {
		held, _ := came.Of(r.Name)
		held.Name = r.Name
		all = append(all, role(p, c, held, ledger))
	}
	for _, r := range came {
		if _, known := p.RoleByName(r.Name); !known {
			all = append(all, role(p, c, r, ledger))
		}
	}
	return all
}

func role(p plan.Plan, c *Case, h holding.Role, ledger []record.Delivery) Role {
	rule, _ := p.RoleByName(h.Name)
	r := Role{
		Role: h.Name, Title: inWords(rule.Title), Group: string(rule.Group), Needed: rule.NeededToStart, State: NotAsked,
		Since: h.Since, K: h.K, Asked: []Asked{}, Attempts: []Attempt{},
	}
	page, paged := c.Page(h)
	if paged {
		page.Attempts = settled(page.Attempts, c.pageID(h), ledger)
		for _, a := range page.Attempts {
			r.Attempts = append(r.Attempts, attempt(p, a, entry(ledger, c.pageID(h), a)))
		}
	}
	switch h.State {
	case holding.Held:
		r.State, r.Holder, r.HolderName, r.Via, r.PresentAt = Taken, h.Person, name(p, h.Person), h.Via, h.PresentAt
		r.Awaited, r.Proxy, r.Silent = h.Join.Length > 0, h.Proxy, h.Lease.Asked
		if h.Proxy != "" {
			r.ProxyName = name(p, h.Proxy)
		}
		if !h.PresentAt.IsZero() {
			r.State = Present
		}
	case holding.Paged:
		r.State = Looking
		if paged {
			r.State = pageState(page)
		}
		if paged && !page.Over() {
			r.NextAt = page.Due
			for _, person := range page.People {
				r.Asked = append(r.Asked, Asked{Person: person, Name: name(p, person), Passed: slices.Contains(page.Declined, person)})
			}
		}
		if page.Stage == escalation.Held {
			// The page has a holder; the incident takes it over in a moment.
			r.Holder, r.HolderName, r.Via, r.Since = page.Holder, name(p, page.Holder), page.Via, page.HeldAt
		}
	}
	return r
}

func attempt(p plan.Plan, a escalation.Attempt, d record.Delivery) Attempt {
	shown := Attempt{
		Person: a.Person, Name: name(p, a.Person), Channel: string(a.Channel), At: a.At,
		State: string(a.Outcome.State), Class: string(a.Outcome.Class), Code: a.Outcome.Code,
		PossibleDuplicate: d.PossibleDuplicate, NoReceipt: d.NoReceipt(),
	}
	if a.Channel == plan.Call {
		shown.End = string(delivery.CallEnd(a.Outcome))
	}
	return shown
}

// settled is what is known of the attempts now: the ledger hears a provider before the page does.
func settled(attempts []escalation.Attempt, workflow string, ledger []record.Delivery) []escalation.Attempt {
	attempts = slices.Clone(attempts)
	for i, a := range attempts {
		attempts[i].Outcome = delivery.Merge(a.Outcome, entry(ledger, workflow, a).Outcome())
	}
	return attempts
}

// entry is the ledger's row of an attempt; zero when it has none yet.
func entry(ledger []record.Delivery, workflow string, a escalation.Attempt) record.Delivery {
	i := slices.IndexFunc(ledger, func(d record.Delivery) bool {
		return d.Workflow == workflow && d.Step == a.ID && d.Channel == string(a.Channel)
	})
	if i < 0 {
		return record.Delivery{}
	}
	return ledger[i]
}

// pageState says in one word what a page is doing.
func pageState(s escalation.State) RoleState {
	switch s.Stage {
	case escalation.Held:
		return Taken
	case escalation.Closed:
		return StoodDown
	case escalation.Unanswered:
		return Unanswered
	case escalation.Climbing:
	}
	if len(s.People) > 0 && !slices.ContainsFunc(s.People, func(p string) bool { return !slices.Contains(s.Declined, p) }) {
		return PassedOn
	}
	state := Looking
	for _, a := range s.Attempts {
		// A call is over as soon as it failed; a text stays on the phone.
		if a.Channel == plan.Call && a.Rung == s.Rung && a.Outcome.State != delivery.Failed {
			return Ringing
		}
		if a.Channel == plan.Call || slices.Contains(s.Declined, a.Person) {
			continue
		}
		earlier := slices.ContainsFunc(s.Attempts, func(b escalation.Attempt) bool { return b.Person == a.Person && b.Rung < a.Rung })
		switch {
		case earlier:
			state = Reminded
		case a.Rung == s.Rung || state == Looking:
			state = Texted
		}
	}
	return state
}
