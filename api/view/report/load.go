package report

import (
	"cmp"
	"slices"
	"time"
)

// Load is how many roles each person held at once.
type Load struct {
	Known Known      `json:"known" enum:"recorded,pending,not_applicable,not_recorded"`
	Items []LoadLane `json:"items"`
}

// LoadLane is one person over time.
type LoadLane struct {
	Who   Someone    `json:"who"`
	Roles []string   `json:"roles" doc:"Every role this person held"`
	Most  int        `json:"most" doc:"How many at once at most"`
	Spans []LoadSpan `json:"spans" doc:"Without the times in which it was none"`
}

// LoadSpan is a time in which the number stayed the same.
type LoadSpan struct {
	From  time.Time `json:"from"`
	To    time.Time `json:"to"`
	Roles []string  `json:"roles"`
}

func (s story) load() Load {
	l := Load{Items: []LoadLane{}}
	for _, h := range s.holds {
		i := slices.IndexFunc(l.Items, func(x LoadLane) bool { return x.Who.Person == h.person })
		if i < 0 {
			l.Items = append(l.Items, LoadLane{Who: s.someone(h.person, h.role), Roles: []string{}, Spans: []LoadSpan{}})
			i = len(l.Items) - 1
		}
		if !slices.Contains(l.Items[i].Roles, h.role) {
			l.Items[i].Roles = append(l.Items[i].Roles, h.role)
		}
	}
	for i := range l.Items {
		lane := &l.Items[i]
		lane.Spans = s.hats(lane.Who.Person)
		for _, x := range lane.Spans {
			lane.Most = max(lane.Most, len(x.Roles))
		}
	}
	slices.SortStableFunc(l.Items, func(a, b LoadLane) int { return cmp.Compare(a.Who.Name, b.Who.Name) })
	l.Known = s.known(len(l.Items) > 0)
	return l
}

// hats cuts the time of the incident wherever a person got or lost a role.
func (s story) hats(person string) []LoadSpan {
	var cuts []time.Time
	for _, h := range s.holds {
		if h.person == person {
			cuts = append(cuts, h.from, h.to)
		}
	}
	slices.SortFunc(cuts, time.Time.Compare)
	cuts = slices.CompactFunc(cuts, time.Time.Equal)
	spans := []LoadSpan{}
	for i := 0; i+1 < len(cuts); i++ {
		x := LoadSpan{From: cuts[i], To: cuts[i+1]}
		for _, h := range s.holds {
			if h.person == person && !h.from.After(x.From) && !h.to.Before(x.To) && !slices.Contains(x.Roles, h.role) {
				x.Roles = append(x.Roles, h.role)
			}
		}
		if len(x.Roles) > 0 {
			spans = append(spans, x)
		}
	}
	return spans
}
