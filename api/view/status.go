package view

import (
	"context"
	"fmt"
	"time"

	"github.com/stormbell/stormbell/internal/record"
)

// Status is the internal status page.
type Status struct {
	Mode Mode      `json:"mode"`
	Open []Summary `json:"open" doc:"Open incidents, newest first"`
	// Posts are those of open incidents first, each newest first.
	Posts []Post `json:"posts"`
}

// Post is an approved text on the status page.
type Post struct {
	ID         string              `json:"id"`
	Incident   int                 `json:"incident"`
	Phase      string              `json:"phase"`
	Audience   string              `json:"audience"`
	Texts      map[string]PostText `json:"texts" doc:"By language"`
	NextUpdate time.Time           `json:"next_update,omitzero"`
	At         time.Time           `json:"at"`
}

// PostText is a post in one language.
type PostText struct {
	Subject string `json:"subject"`
	Body    string `json:"body"`
}

// Status returns the status page with at most limit posts.
func (v *Views) Status(ctx context.Context, limit int) (Status, error) {
	m, err := v.Mode(ctx)
	if err != nil {
		return Status{}, err
	}
	open, err := v.Incidents(ctx, record.Filter{OpenOnly: true})
	if err != nil {
		return Status{}, err
	}
	posts, err := v.Posts(ctx, 0, limit)
	return Status{Mode: m, Open: open, Posts: posts}, err
}

// Posts returns at most limit texts published about an incident, newest first; number 0 means
// all incidents, open ones first.
func (v *Views) Posts(ctx context.Context, number, limit int) ([]Post, error) {
	rows, err := v.Record.Publications(ctx, number, limit)
	if err != nil {
		return nil, fmt.Errorf("read what was published: %w", err)
	}
	posts := make([]Post, len(rows))
	for i, r := range rows {
		posts[i] = Post{ID: r.ID, Incident: r.Incident, Phase: r.Phase, Audience: r.Audience, Texts: map[string]PostText{}, NextUpdate: r.NextUpdate, At: r.At}
		for language, text := range r.Texts {
			posts[i].Texts[language] = PostText(text)
		}
	}
	return posts, nil
}
