package report

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/stormbell/stormbell/domain/comms"
	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/workflows/contract"
)

// Outreach is how far messages and pages came.
type Outreach struct {
	Known Known    `json:"known" enum:"recorded,pending,not_applicable,not_recorded"`
	Items []Funnel `json:"items"`
}

// FunnelKind is what was sent.
type FunnelKind string

// The kinds of funnels.
const (
	// FunnelPages counts people who were asked to take a role, once for each page.
	FunnelPages FunnelKind = "pages"
	// FunnelMessage counts the recipients of one message, FunnelHolding those of a text agreed on beforehand.
	FunnelMessage FunnelKind = "message"
	FunnelHolding FunnelKind = "holding"
)

// Funnel is how many it was meant for, and how far it came with how many of them.
type Funnel struct {
	Kind     FunnelKind        `json:"kind" enum:"pages,message,holding"`
	Audience string            `json:"audience,omitempty"`
	Title    map[string]string `json:"title,omitempty"`
	Phase    string            `json:"phase,omitempty"`
	Order    int               `json:"order,omitempty"`
	At       time.Time         `json:"at,omitzero"`
	// Ways are those besides single recipients: a status page has none to count.
	Ways     []string      `json:"ways" doc:"Other ways it went, which have no recipients to count"`
	Steps    []FunnelStep  `json:"steps"`
	Channels []ChannelLoad `json:"channels" doc:"The same by channel; of pages every attempt counts"`
	Losses   []Loss        `json:"losses"`
}

// FunnelStep is one step of the way.
type FunnelStep struct {
	Step  string `json:"step" enum:"meant,sent,delivered,opened,answered"`
	Known Known  `json:"known" enum:"recorded,pending,not_applicable,not_recorded"`
	Count int    `json:"count"`
}

// Count returns how many came to a step, and whether that is known.
func (f Funnel) Count(step string) (int, bool) {
	for _, s := range f.Steps {
		if s.Step == step {
			return s.Count, s.Known == Recorded
		}
	}
	return 0, false
}

// ChannelLoad is one channel's part.
type ChannelLoad struct {
	Channel   string `json:"channel" example:"email"`
	Meant     int    `json:"meant"`
	Sent      int    `json:"sent"`
	Delivered int    `json:"delivered"`
}

// Loss is why some were not reached.
type Loss struct {
	Channel string `json:"channel"`
	// Why is the class of the failure; unproven means that nothing proves whether it went out.
	Why   string `json:"why" enum:"temporary,permanent,opted_out,filtered,not_reached,not_processed,ambiguous,account,rate_limited,unproven,failed"`
	Count int    `json:"count"`
}

func (s story) reach(w Waiting) Outreach {
	r := Outreach{Items: []Funnel{}}
	if f, asked := s.pageFunnel(); asked {
		r.Items = append(r.Items, f)
	}
	for _, m := range w.Items {
		if m.State == TextSent || s.leaving(m) {
			r.Items = append(r.Items, s.funnel(FunnelMessage, m, m.Order, m.To))
		}
	}
	for _, e := range s.Timeline {
		if e.Kind == "holding_sent" {
			text := Written{Audience: e.Data["audience"], Title: s.audienceTitle(e.Data["audience"])}
			text.Phase = s.phaseAt(e.At)
			r.Items = append(r.Items, s.funnel(FunnelHolding, text, 0, e.At))
		}
	}
	r.Items = ordered(r.Items, func(f Funnel) time.Time { return f.At }) // the pages' has no time and stays first
	r.Known = s.known(len(r.Items) > 0)
	return r
}

func (s story) phaseAt(at time.Time) string {
	for _, p := range s.phases() {
		if !at.Before(p.From) && at.Before(p.To) {
			return p.Name
		}
	}
	return string(s.Incident.Phase)
}

// distribution is the workflow that sent a text.
func (s story) distribution(m Written, release int) string {
	return contract.DistributionID(s.Year, s.Number, plan.Phase(m.Phase), m.Audience, release)
}

// leaving tells whether some of a text has gone out already.
func (s story) leaving(m Written) bool {
	id := s.distribution(m, m.Order)
	return slices.ContainsFunc(s.Recipients, func(c Count) bool { return c.Workflow == id })
}

func (s story) funnel(kind FunnelKind, m Written, release int, at time.Time) Funnel {
	f := Funnel{Kind: kind, Audience: m.Audience, Title: m.Title, Phase: m.Phase, Order: m.Order, At: at, Ways: []string{}}
	var c counter
	id := s.distribution(m, release)
	for _, x := range s.Recipients {
		if x.Workflow == id {
			c.add(x)
		}
	}
	meant := 0
	loop, ok := s.Loops[m.workflow]
	if current := ok && loop.Order == m.Order && kind == FunnelMessage; current {
		meant = counts(loop)
	}
	for _, way := range s.rule(m.Audience).Send {
		if way != "email" {
			f.Ways = append(f.Ways, way)
		}
	}
	sums := c.sums()
	known := NotApplicable // it went to nobody who can be counted
	switch {
	case sums.Meant > 0 || meant > 0:
		known = Recorded
	case m.State == TextOpen && kind == FunnelMessage:
		known = Pending
	}
	f.Steps = []FunnelStep{
		{"meant", known, max(meant, sums.Meant)}, {"sent", known, sums.Sent}, {"delivered", known, sums.Delivered},
		// We look over nobody's shoulder: no mail of ours tells that it was read.
		{"opened", NotRecorded, 0}, {"answered", NotApplicable, 0},
	}
	f.Channels, f.Losses = c.channels(), c.losses()
	return f
}

// counts is how many recipients a message has.
func counts(m comms.State) int {
	sum := 0
	for _, n := range m.By {
		sum += n
	}
	return cmp.Or(sum, m.Audience.Recipients)
}

// pageFunnel counts everybody who was asked to take a role, once for each page.
func (s story) pageFunnel() (Funnel, bool) {
	f := Funnel{Kind: FunnelPages, Ways: []string{}}
	type ask struct{ page, person string }
	asked, sent, delivered, answered := map[ask]bool{}, map[ask]bool{}, map[ask]bool{}, map[ask]bool{}
	var c counter
	for _, x := range s.Sends {
		if !strings.HasPrefix(x.Workflow, contract.PagePrefix) || !strings.HasPrefix(x.Step, "rung-") {
			continue
		}
		who := ask{x.Workflow, x.Person}
		asked[who] = true
		sent[who] = sent[who] || isSent(x.State)
		delivered[who] = delivered[who] || isDelivered(x.State)
		c.add(Count{Channel: x.Channel, State: x.State, Class: x.Class, Count: 1})
	}
	for _, e := range s.Timeline {
		who := ask{e.Workflow, e.Data["person"]}
		if !pageOf(e) {
			continue
		}
		switch e.Kind {
		case "reaching":
			asked[who] = true
		case "role_taken", "page_passed_on", "roll_answered", "late_reply":
			if asked[who] {
				answered[who] = true
			}
		}
	}
	ledger := Recorded
	if len(s.Sends) == 0 {
		ledger = NotRecorded
	}
	count := func(m map[ask]bool) int {
		n := 0
		for _, yes := range m {
			if yes {
				n++
			}
		}
		return n
	}
	f.Steps = []FunnelStep{
		{"meant", Recorded, len(asked)}, {"sent", ledger, count(sent)}, {"delivered", ledger, count(delivered)},
		{"opened", NotRecorded, 0}, {"answered", Recorded, count(answered)},
	}
	f.Channels, f.Losses = c.channels(), c.losses()
	return f, len(asked) > 0
}

func isSent(s delivery.State) bool {
	return s == delivery.Accepted || isDelivered(s)
}

func isDelivered(s delivery.State) bool {
	return s == delivery.Delivered || s == delivery.Answered
}

// counter adds up sends.
type counter struct {
	by   map[string]*ChannelLoad
	lost map[Loss]int
}

func (c *counter) add(x Count) {
	if c.by == nil {
		c.by, c.lost = map[string]*ChannelLoad{}, map[Loss]int{}
	}
	load := c.by[x.Channel]
	if load == nil {
		load = &ChannelLoad{Channel: x.Channel}
		c.by[x.Channel] = load
	}
	load.Meant += x.Count
	if isSent(x.State) {
		load.Sent += x.Count
	}
	if isDelivered(x.State) {
		load.Delivered += x.Count
	}
	switch x.State {
	case delivery.Failed:
		c.lost[Loss{Channel: x.Channel, Why: cmp.Or(string(x.Class), "failed")}] += x.Count
	case delivery.Unknown, delivery.Attempting:
		c.lost[Loss{Channel: x.Channel, Why: "unproven"}] += x.Count
	case delivery.Intended, delivery.Accepted, delivery.Delivered, delivery.Answered:
	}
}

func (c counter) sums() (sum ChannelLoad) {
	for _, x := range c.by {
		sum.Meant += x.Meant
		sum.Sent += x.Sent
		sum.Delivered += x.Delivered
	}
	return sum
}

func (c counter) channels() []ChannelLoad {
	all := []ChannelLoad{}
	for _, channel := range slices.Sorted(maps.Keys(c.by)) {
		all = append(all, *c.by[channel])
	}
	return all
}

func (c counter) losses() []Loss {
	all := []Loss{}
	for l, n := range c.lost {
		l.Count = n
		all = append(all, l)
	}
	slices.SortFunc(all, func(a, b Loss) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Why, b.Why), cmp.Compare(a.Channel, b.Channel))
	})
	return all
}
