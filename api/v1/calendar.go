package v1

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"github.com/stormbell/stormbell/api/problem"
	"github.com/stormbell/stormbell/api/view"
	"github.com/stormbell/stormbell/domain/refusal"
	"github.com/stormbell/stormbell/internal/record"
)

const calendarType = "text/calendar; charset=utf-8"

// CalendarLinkRequest says whose shifts a calendar program wants to read.
type CalendarLinkRequest struct {
	Actor
	Role   string `json:"role,omitempty" maxLength:"100" doc:"Only this role"`
	Person string `json:"person,omitempty" maxLength:"100" doc:"Only this person's"`
}

func (s *server) calendarLinks(engine *gin.Engine) {
	const tag, path = "people", "/calendar-links"
	huma.Register(s.api, operation(http.MethodGet, path, "list-calendar-links", tag, "The secret addresses under which calendar programs read shifts"),
		func(ctx context.Context, _ *struct{}) (*answered[list[view.CalendarLink]], error) {
			all, err := s.Views.CalendarLinks(ctx)
			return answer(list[view.CalendarLink]{Items: all}, err)
		})
	add := operation(http.MethodPost, path, "make-calendar-link", tag, "A secret address of somebody's shifts; the same one until it is revoked")
	add.DefaultStatus = http.StatusCreated
	huma.Register(s.api, add, func(ctx context.Context, in *struct {
		RequestKey
		Body CalendarLinkRequest
	}) (*answered[view.CalendarLink], error) {
		if err := s.known(Whose{Role: in.Body.Role, Person: in.Body.Person}); err != nil {
			return nil, err
		}
		if d := problem.New(problem.Code(refusal.Invalid), ""); !s.someone(d, "body.by", in.Body.By) {
			return nil, wrong(d)
		}
		w, err := who(ctx, in.Body.By)
		if err != nil {
			return nil, err
		}
		link, err := s.Views.Record.CalendarLink(ctx, in.Body.Role, in.Body.Person, cmp.Or(w.Person, w.Guest))
		return answer(s.Views.CalendarLink(link), err)
	})
	huma.Register(s.api, operation(http.MethodDelete, path, "revoke-calendar-link", tag, "End the secret address of somebody's shifts"),
		func(ctx context.Context, in *struct {
			RequestKey
			Whose
			By string `query:"by" maxLength:"100" doc:"Person id of whoever ends it"`
		}) (*struct{}, error) {
			w, err := who(ctx, in.By)
			if err != nil {
				return nil, err
			}
			if err := s.Views.Record.RevokeCalendarLink(ctx, in.Role, in.Person, cmp.Or(w.Person, w.Guest)); err != nil {
				return nil, problem.Of(err)
			}
			return nil, nil
		})
	engine.GET(view.CalendarPath+"/:file", s.subscribed)
}

// subscribed serves a calendar to whoever knows its address. Calendar programs send no token.
func (s *server) subscribed(c *gin.Context) {
	token, ok := strings.CutSuffix(c.Param("file"), ".ics")
	link, err := s.Views.Record.CalendarByToken(c, token)
	if !ok || errors.Is(err, record.ErrNotFound) {
		problem.Write(c.Writer, c.Request, problem.New(problem.Code(refusal.NotFound), "there is no such calendar, or its address was revoked; ask for a new one"))
		return
	}
	var body []byte
	if err == nil {
		body, err = s.Views.Calendar(c, link.Role, link.Person)
	}
	if err != nil {
		problem.Write(c.Writer, c.Request, problem.Of(err))
		return
	}
	c.Data(http.StatusOK, calendarType, body)
}
