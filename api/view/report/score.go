package report

import (
	"strconv"
	"time"

	"github.com/stormbell/stormbell/domain/impact"
	"github.com/stormbell/stormbell/domain/incident"
)

// ScoreCourse is the impact score over time, with the declaration.
type ScoreCourse struct {
	Known       Known        `json:"known" enum:"recorded,pending,not_applicable,not_recorded"`
	Points      []ScorePoint `json:"points"`
	AskExpertAt int          `json:"ask_expert_at" doc:"From this score on the Technical SLT judges"`
	RecommendAt int          `json:"recommend_at" doc:"From this score on declaring is recommended"`
	// Since is when the trouble began, ReachedAt when the score first recommended to declare.
	Since         time.Time `json:"since,omitzero" doc:"When the trouble began"`
	AdvisedAt     time.Time `json:"advised_at,omitzero" doc:"When the score first asked for the Technical SLT or more"`
	ReachedAt     time.Time `json:"reached_at,omitzero" doc:"When the score first recommended to declare"`
	RecommendedAt time.Time `json:"recommended_at,omitzero" doc:"When the Technical SLT first recommended to declare"`
	DeclaredAt    time.Time `json:"declared_at,omitzero"`
	DeclaredBy    Someone   `json:"declared_by"`
}

// ScorePoint is a score from an instant on.
type ScorePoint struct {
	At      time.Time `json:"at"`
	Score   int       `json:"score"`
	Verdict string    `json:"verdict" enum:"none,ask_expert,recommend"`
}

func (s story) score() ScoreCourse {
	c := ScoreCourse{Points: []ScorePoint{}, AskExpertAt: s.Plan.Severity.AskExpertAt, RecommendAt: s.Plan.Severity.RecommendAt, Since: s.Incident.Facts.Since}
	for _, e := range s.Timeline {
		switch e.Kind {
		case "score_changed":
			n, err := strconv.Atoi(e.Data["score"])
			if err != nil {
				continue
			}
			verdict := e.Data["verdict"]
			c.Points = append(c.Points, ScorePoint{e.At, n, verdict})
			if c.AdvisedAt.IsZero() && verdict != string(impact.None) {
				c.AdvisedAt = e.At
			}
			if c.ReachedAt.IsZero() && verdict == string(impact.Recommend) {
				c.ReachedAt = e.At
			}
		case "recommended":
			if c.RecommendedAt.IsZero() && e.Data["declare"] == "true" {
				c.RecommendedAt = e.At
			}
		case "declared":
			c.DeclaredAt, c.DeclaredBy = e.At, s.actor(e.Actor, e.At)
		}
	}
	if d := s.Incident.Declared; d != nil && c.DeclaredAt.IsZero() {
		c.DeclaredAt, c.DeclaredBy = d.At, s.actor(d.By, d.At)
	}
	c.Known = s.known(len(c.Points) > 0)
	if c.Known == NotApplicable {
		c.Known = NotRecorded // every incident has a score
	}
	return c
}

// decidedAt is when something was decided, or nil.
func decidedAt(d *incident.Decision) *time.Time {
	if d == nil {
		return nil
	}
	return &d.At
}
