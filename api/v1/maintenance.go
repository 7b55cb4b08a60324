package v1

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/stormbell/stormbell/api/problem"
	"github.com/stormbell/stormbell/api/view"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/domain/refusal"
	"github.com/stormbell/stormbell/internal/record"
)

// MaintenanceRequest announces planned work.
type MaintenanceRequest struct {
	Actor
	Title    map[string]string `json:"title" doc:"What is done, in each of the company's languages" example:"{\"en\":\"New database\",\"de\":\"Neue Datenbank\"}"`
	Services []string          `json:"services,omitempty" maxItems:"50" doc:"Names of the plan's business services it touches"`
	From     time.Time         `json:"from"`
	Until    time.Time         `json:"until"`
}

// maintenance is planned work that the status page shows.
func (s *server) maintenance() {
	const tag, path = "updates", "/maintenance"
	huma.Register(s.api, operation(http.MethodGet, path, "list-maintenance", tag, "Planned and running maintenance, the next one first"),
		func(ctx context.Context, _ *struct{}) (*answered[list[view.Maintenance]], error) {
			all, err := s.Views.Maintenance(ctx)
			return answer(list[view.Maintenance]{Items: all}, err)
		})
	announce := operation(http.MethodPost, path, "announce-maintenance", tag, "Show planned work on the status page, before and while it lasts")
	announce.DefaultStatus = http.StatusCreated
	huma.Register(s.api, announce, func(ctx context.Context, in *struct {
		RequestKey
		Body MaintenanceRequest
	}) (*answered[view.Maintenance], error) {
		b := in.Body
		if err := s.misplanned(b); err != nil {
			return nil, err
		}
		w, err := who(ctx, b.By)
		if err != nil {
			return nil, err
		}
		m, err := s.Views.Record.Maintain(ctx, in.Key, record.Maintenance{Titles: b.Title, Services: b.Services, From: b.From, Until: b.Until, CreatedBy: cmp.Or(w.Person, w.Guest)})
		return answer(s.Views.ShowMaintenance(m), err)
	})
	huma.Register(s.api, operation(http.MethodDelete, path+"/{id}", "cancel-maintenance", tag, "Take an announcement back"),
		func(ctx context.Context, in *struct {
			RequestKey
			ID string `path:"id" maxLength:"40"`
		}) (*struct{}, error) {
			if err := s.Views.Record.CancelMaintenance(ctx, in.ID); err != nil {
				return nil, problem.Of(err)
			}
			return nil, nil
		})
	huma.Register(s.api, operation(http.MethodGet, "/status", "get-status", tag, "What the internal status page shows"),
		func(ctx context.Context, _ *struct{}) (*answered[view.Status], error) {
			return answer(s.Views.Status(ctx))
		})
}

// maxTitle bounds the title of planned work, in bytes.
const maxTitle = 300

// misplanned says everything that is wrong with an announcement at once.
func (s *server) misplanned(b MaintenanceRequest) error {
	d, p := problem.New(problem.Code(refusal.Invalid), ""), s.Views.Plan()
	for _, lang := range p.Company.Languages {
		if title := strings.TrimSpace(b.Title[lang]); title == "" || len(title) > maxTitle {
			d.At("body.title."+lang, fmt.Sprintf("must be 1 to %d characters; readers of every language see it", maxTitle))
		}
	}
	for lang := range b.Title {
		if !slices.Contains(p.Company.Languages, lang) {
			d.At("body.title", fmt.Sprintf("the company's languages are %s", strings.Join(p.Company.Languages, ", ")))
		}
	}
	for i, name := range b.Services {
		if !slices.ContainsFunc(p.Services, func(t plan.Topic) bool { return t.Name == name }) {
			d.At(fmt.Sprintf("body.services[%d]", i), "the plan has no such business service")
		}
	}
	s.someone(d, "body.by", b.By)
	switch now := s.Views.Now(); {
	case !b.Until.After(b.From):
		d.At("body.until", "must be after from")
	case !b.Until.After(now):
		d.At("body.until", "is over already")
	case b.From.After(now.AddDate(2, 0, 0)) || b.Until.Sub(b.From) > 60*24*time.Hour:
		d.At("body.from", "begins within two years and lasts at most 60 days")
	}
	if len(d.Errors) > 0 {
		return wrong(d)
	}
	return nil
}
