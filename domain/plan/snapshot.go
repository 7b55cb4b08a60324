package plan

import (
	"slices"
	"time"
)

// Snapshot is the part of a plan that an incident decides by, fixed at its start and free of
// contact data: an incident keeps its rules while people's numbers are looked up fresh.
type Snapshot struct {
	Hash           string         `json:"hash"`
	Timezone       string         `json:"timezone"`
	Roles          []RoleRule     `json:"roles"`
	Policies       []Policy       `json:"policies"`
	Severity       Severity       `json:"severity"`
	Briefing       Briefing       `json:"briefing"`
	Emergency      []TaskRule     `json:"emergency"`
	Phases         []Phase        `json:"phases"`
	Audiences      []AudienceRule `json:"audiences"`
	Cadence        Cadence        `json:"cadence"`
	AnalysisWithin time.Duration  `json:"analysis_within"`
	Settle         time.Duration  `json:"settle"`
	Minute         time.Duration  `json:"minute"`
	Small          Small          `json:"small,omitzero"`
	// Chat says that there is a chat in which incidents are shown.
	Chat bool `json:"chat,omitempty"`
	// Owners are told when nobody answers.
	Owners []string `json:"owners,omitempty"`
	// Edition says which reading of the rules an incident follows; see plan.Edition.
	Edition int `json:"edition,omitempty"`
}

// RoleRule is what an incident knows of a role.
type RoleRule struct {
	Name          string `json:"name"`
	Group         Group  `json:"group"`
	Policy        string `json:"policy"`
	NeededToStart bool   `json:"needed_to_start,omitempty"`
}

// TaskRule is what an incident knows of a task; its words are looked up when it is asked for.
type TaskRule struct {
	ID     string        `json:"id"`
	Role   string        `json:"role"`
	Undo   bool          `json:"undo,omitempty"`
	Expect time.Duration `json:"expect"`
	Every  time.Duration `json:"every,omitempty"`
}

// AudienceRule is what an incident knows of an audience.
type AudienceRule struct {
	Name       string   `json:"name"`
	Send       []string `json:"send"`
	Recipients int      `json:"recipients"`
	Skip       []Phase  `json:"skip,omitempty"`
	Draft      string   `json:"draft"`
	Check      string   `json:"check,omitempty"`
	Agree      []string `json:"agree,omitempty"`
	Approve    string   `json:"approve,omitempty"`
	Release    string   `json:"release,omitempty"`
	// These came with edition 3.
	Distribute   string `json:"distribute,omitempty"`
	Owner        string `json:"owner,omitempty"`
	Spokesperson string `json:"spokesperson,omitempty"`
	Holding      bool   `json:"holding,omitempty"`
}

// Snapshot returns the contact-free part of the plan.
func (p Plan) Snapshot() Snapshot {
	s := Snapshot{
		Hash: p.Hash, Timezone: p.Company.Timezone, Policies: p.Policies, Severity: p.Severity,
		Briefing: p.Briefing, Phases: p.Phases, Cadence: p.Cadence,
		AnalysisWithin: p.AnalysisWithin, Settle: p.Settle, Minute: p.Minute, Owners: p.Company.Owners, Small: p.Small, Chat: p.Channels.Chat.Has(), Edition: Edition,
	}
	for _, r := range p.Roles {
		s.Roles = append(s.Roles, RoleRule{Name: r.Name, Group: r.Group, Policy: r.Policy, NeededToStart: r.NeededToStart})
	}
	for _, t := range p.Emergency {
		s.Emergency = append(s.Emergency, TaskRule{ID: t.ID, Role: t.Role, Undo: len(t.Undo) > 0, Expect: t.Expect, Every: t.Every})
	}
	for _, a := range p.Audiences {
		s.Audiences = append(s.Audiences, AudienceRule{
			Name: a.Name, Send: a.Send, Recipients: len(a.Recipients), Skip: a.Skip,
			Draft: a.Draft, Check: a.Check, Agree: a.Agree, Approve: a.Approve, Release: a.Release,
			Distribute: a.Distribute, Owner: a.Owner, Spokesperson: a.Spokesperson, Holding: p.holds(a.Name),
		})
	}
	return s
}

// Role returns the rule of a role, and whether the plan has it.
func (s Snapshot) Role(name string) (RoleRule, bool) {
	i := slices.IndexFunc(s.Roles, func(r RoleRule) bool { return r.Name == name })
	if i < 0 {
		return RoleRule{}, false
	}
	return s.Roles[i], true
}

// PolicyOf returns the escalation policy that pages for a role follow.
func (s Snapshot) PolicyOf(role string) Policy {
	r, _ := s.Role(role)
	i := slices.IndexFunc(s.Policies, func(p Policy) bool { return p.Name == r.Policy })
	if i < 0 {
		return Policy{}
	}
	return s.Policies[i]
}

// Audience returns the rule of an audience, and whether the plan has it.
func (s Snapshot) Audience(name string) (AudienceRule, bool) {
	i := slices.IndexFunc(s.Audiences, func(a AudienceRule) bool { return a.Name == name })
	if i < 0 {
		return AudienceRule{}, false
	}
	return s.Audiences[i], true
}

// AsSmall returns the rules as a small incident follows them: its audiences alone, written
// and sent by one role, with no gates but the one the plan wants.
func (s Snapshot) AsSmall() Snapshot {
	var audiences []AudienceRule
	for _, a := range s.Audiences {
		if !slices.Contains(s.Small.Audiences, a.Name) {
			continue
		}
		a.Draft, a.Owner, a.Approve = s.Small.Liaison, s.Small.Liaison, s.Small.Approve
		a.Check, a.Agree, a.Release, a.Distribute = "", nil, "", ""
		a.Send = slices.DeleteFunc(slices.Clone(a.Send), func(way string) bool { return way == SendByHand })
		audiences = append(audiences, a)
	}
	s.Audiences = audiences
	return s
}

// Owes tells whether an audience is owed a message in a phase (R87, R90).
func (s Snapshot) Owes(audience string, phase Phase) bool {
	a, ok := s.Audience(audience)
	return ok && slices.Contains(s.Phases, phase) && !slices.Contains(a.Skip, phase)
}

// holds tells whether there is a text that may hold a promise to an audience.
func (p Plan) holds(audience string) bool {
	return slices.ContainsFunc(p.Templates, func(t Template) bool { return t.Audience == audience && t.Phase == Holding })
}
