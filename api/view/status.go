package view

import (
	"context"
	"fmt"
	"time"

	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/incident"
	"github.com/stormbell/stormbell/internal/record"
)

// StatusState is how the company's services are, in one word.
type StatusState string

// The states of the status page.
const (
	Calm        StatusState = "calm"
	Maintaining StatusState = "maintenance"
	Troubled    StatusState = "incident"
)

// Status is the internal status page: what may be known by everybody in the company.
type Status struct {
	AsOf  time.Time   `json:"as_of" doc:"When this was read"`
	State StatusState `json:"state" enum:"calm,maintenance,incident"`
	Mode  Mode        `json:"mode"`
	// Current are open business incidents and others that something was published about.
	Current     []Told        `json:"current" doc:"Open incidents that customers notice, newest first"`
	Minor       []Summary     `json:"minor" doc:"Other open incidents, newest first"`
	Earlier     []Told        `json:"earlier" doc:"Business incidents that are over, and others that something was published of, newest first"`
	Maintenance []Maintenance `json:"maintenance" doc:"Planned and running maintenance, the next one first"`
}

// Told is an incident with what was published about it, newest first.
type Told struct {
	Summary
	Posts []Post `json:"posts"`
}

// Next is when the latest post promises another one; zero when it does not.
func (t Told) Next() time.Time {
	if len(t.Posts) == 0 {
		return time.Time{}
	}
	return t.Posts[0].NextUpdate
}

// Fact is the latest that was published of one fact, such as "impact"; empty when nothing was.
func (t Told) Fact(name string) string {
	for _, p := range t.Posts {
		if p.Facts[name] != "" {
			return p.Facts[name]
		}
	}
	return ""
}

// Post is an approved text on the status page.
type Post struct {
	ID         string              `json:"id"`
	Incident   int                 `json:"incident"`
	Phase      string              `json:"phase"`
	Audience   string              `json:"audience"`
	Texts      map[string]PostText `json:"texts" doc:"By language"`
	Facts      map[string]string   `json:"facts,omitempty" doc:"Facts that stand word for word in the texts, such as impact and say_to_customers"`
	Reached    *Reached            `json:"reached,omitempty" doc:"How many got it otherwise; left out where nobody did"`
	NextUpdate time.Time           `json:"next_update,omitzero"`
	At         time.Time           `json:"at"`
}

// PostText is a post in one language.
type PostText struct {
	Subject string `json:"subject"`
	Body    string `json:"body"`
}

// Reached are the figures of a distribution.
type Reached struct {
	Sent   int `json:"sent" doc:"Taken by the provider, those that arrived included"`
	Failed int `json:"failed"`
	Open   int `json:"open" doc:"Not tried yet, or without a provable end"`
}

// How much the status page shows.
const (
	statusPosts     = 200
	statusIncidents = 50
)

// Status returns the status page as it is now.
func (v *Views) Status(ctx context.Context) (Status, error) {
	s := Status{AsOf: v.Now(), State: Calm, Current: []Told{}, Minor: []Summary{}, Earlier: []Told{}}
	var err error
	if s.Mode, err = v.Mode(ctx); err != nil {
		return Status{}, err
	}
	// Two lists, because an open incident may be older than the latest that are over.
	open, err := v.Incidents(ctx, record.Filter{OpenOnly: true})
	if err != nil {
		return Status{}, err
	}
	all, err := v.Incidents(ctx, record.Filter{Limit: statusIncidents})
	if err != nil {
		return Status{}, err
	}
	posts, err := v.Posts(ctx, 0, statusPosts)
	if err != nil {
		return Status{}, err
	}
	tell := func(i Summary) Told {
		t := Told{Summary: i, Posts: []Post{}}
		for _, p := range posts {
			if p.Incident == i.Number {
				t.Posts = append(t.Posts, p)
			}
		}
		return t
	}
	for _, i := range open {
		if t := tell(i); i.Severity == string(incident.Severe) || len(t.Posts) > 0 {
			s.Current = append(s.Current, t)
		} else {
			s.Minor = append(s.Minor, i)
		}
	}
	for _, i := range all {
		if t := tell(i); i.Closed && (i.Severity == string(incident.Severe) || len(t.Posts) > 0) {
			s.Earlier = append(s.Earlier, t)
		}
	}
	if s.Maintenance, err = v.Maintenance(ctx); err != nil {
		return Status{}, err
	}
	for _, m := range s.Maintenance {
		if m.Running {
			s.State = Maintaining
		}
	}
	if len(s.Current) > 0 {
		s.State = Troubled
	}
	return s, nil
}

// Posts returns at most limit texts published about an incident, newest first; number 0 means
// all incidents, open ones first.
func (v *Views) Posts(ctx context.Context, number, limit int) ([]Post, error) {
	rows, err := v.Record.Publications(ctx, number, limit)
	if err != nil {
		return nil, fmt.Errorf("read what was published: %w", err)
	}
	ids := make([]string, len(rows))
	for i, r := range rows {
		ids[i] = r.ID // a publication is called like the distribution it is part of
	}
	sends, err := v.Record.Sends(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("count who was reached: %w", err)
	}
	posts := make([]Post, len(rows))
	for i, r := range rows {
		posts[i] = Post{
			ID: r.ID, Incident: r.Incident, Phase: r.Phase, Audience: r.Audience, Texts: map[string]PostText{}, Facts: r.Facts,
			Reached: reached(sends[r.ID]), NextUpdate: r.NextUpdate, At: r.At,
		}
		for language, text := range r.Texts {
			posts[i].Texts[language] = PostText(text)
		}
	}
	return posts, nil
}

func reached(sends map[delivery.State]int) *Reached {
	if len(sends) == 0 {
		return nil
	}
	var r Reached
	for state, n := range sends {
		switch state {
		case delivery.Accepted, delivery.Delivered, delivery.Answered:
			r.Sent += n
		case delivery.Failed:
			r.Failed += n
		case delivery.Intended, delivery.Attempting, delivery.Unknown:
			r.Open += n
		}
	}
	return &r
}
