package report

import (
	"time"

	"github.com/stormbell/stormbell/domain/business"
	"github.com/stormbell/stormbell/domain/plan"
)

// Overview is the report in a few lines.
type Overview struct {
	Phase      string    `json:"phase"`
	Mode       string    `json:"mode" enum:"normal,emergency,restoring"`
	Since      time.Time `json:"since" doc:"When the trouble began, as far as known; else when the incident was opened"`
	OpenedAt   time.Time `json:"opened_at"`
	DeclaredAt time.Time `json:"declared_at,omitzero" doc:"Absent when no business incident was declared"`
	ResolvedAt time.Time `json:"resolved_at,omitzero"`
	NormalAt   time.Time `json:"normal_at,omitzero" doc:"When business was back to normal"`
	Cancelled  bool      `json:"cancelled,omitempty" doc:"It was a false alarm"`
	// Lead led the business incident, Commander the technical one.
	Lead      Someone `json:"lead"`
	Commander Someone `json:"commander"`

	Answers []Learned `json:"answers" doc:"What the briefing knows"`

	// FirstAnswer is the time from the first page to the first person who took a role.
	FirstAnswer      Seconds `json:"first_answer_seconds"`
	FirstAnswerKnown Known   `json:"first_answer" enum:"recorded,pending,not_applicable,not_recorded"`
	Messages         int     `json:"messages_sent"`
	Recipients       int     `json:"recipients_reached" doc:"Sends to recipients that the provider took, over all messages"`
}

// Learned is an answer of the briefing.
type Learned struct {
	Question string `json:"question"`
	Text     string `json:"text"`
}

func (s story) summary(r Report) Overview {
	m := Overview{
		Phase: string(s.Incident.Phase), Mode: string(business.Normal), Since: s.Incident.Facts.Since, OpenedAt: s.from, DeclaredAt: r.Score.DeclaredAt,
		Cancelled: s.Incident.Cancelled != nil, Answers: []Learned{},
		Lead: s.holder(plan.BusinessLead), Commander: s.holder(plan.IncidentCommander),
	}
	if m.Since.IsZero() || m.Since.After(s.from) {
		m.Since = s.from
	}
	if at := decidedAt(s.Incident.Resolved); at != nil {
		m.ResolvedAt = *at
	}
	for _, e := range s.Timeline {
		if e.Kind == "mode_changed" {
			m.NormalAt = time.Time{}
			if e.Data["mode"] == string(business.Normal) {
				m.NormalAt = e.At
			}
		}
	}
	if b := s.Business; b != nil {
		m.Mode = string(b.Mode)
		for _, q := range []business.Question{business.TriggeringError, business.CustomersNow, business.Services, business.Cause, business.Fix, business.Applied} {
			for _, a := range b.Briefing.Answers {
				if a.Question == q && a.Known() {
					m.Answers = append(m.Answers, Learned{string(q), a.Text})
				}
			}
		}
	}
	m.FirstAnswerKnown = s.known(false)
	if len(s.calls) > 0 && !s.ongoing {
		m.FirstAnswerKnown = NotApplicable // they were called, and nobody came
	}
	first := s.until
	for _, c := range s.calls {
		first = earlier(first, c.from)
	}
	for _, c := range s.calls {
		if c.state == CallTaken && (m.FirstAnswerKnown != Recorded || c.to.Sub(first) < m.FirstAnswer.Duration()) {
			m.FirstAnswer, m.FirstAnswerKnown = seconds(max(c.to.Sub(first), 0)), Recorded
		}
	}
	for _, f := range r.Reach.Items {
		if f.Kind != FunnelPages {
			m.Messages++
			if n, ok := f.Count("sent"); ok {
				m.Recipients += n
			}
		}
	}
	return m
}

// holder is who held a role last, or nobody: whoever brought it to its end.
func (s story) holder(role string) Someone {
	var last hold
	for _, h := range s.holds {
		if h.role == role && !h.from.Before(last.from) {
			last = h
		}
	}
	return s.someone(last.person, role)
}
