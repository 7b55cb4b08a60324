package v1

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/stormbell/stormbell/api/act"
	"github.com/stormbell/stormbell/api/problem"
	"github.com/stormbell/stormbell/api/view"
	"github.com/stormbell/stormbell/domain/comms"
	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/plan"
)

// MessagePath names one message of the board.
type MessagePath struct {
	IncidentPath
	Audience string     `path:"audience" example:"internal" maxLength:"100"`
	Phase    plan.Phase `path:"phase" example:"investigation" enum:"detection,investigation,identification,monitoring,resolution,analysis,publishing"`
}

func (p MessagePath) letter() act.Letter { return act.Letter{Audience: p.Audience, Phase: p.Phase} }

// Match binds a command to the exact text that was read.
type Match struct {
	IfMatch string `header:"If-Match" doc:"The ETag of the text that was read; another text is answered with 412" maxLength:"100"`
}

// hash is the text named by the header, else by the body.
func (m Match) hash(inBody string) string {
	if m.IfMatch == "" || m.IfMatch == "*" {
		return inBody
	}
	return strings.Trim(strings.TrimPrefix(m.IfMatch, "W/"), `"`)
}

// stale answers with 412 what the header asked for; otherwise it is a conflict like others.
func (m Match) stale(err error) error {
	d := problem.Of(err)
	if m.IfMatch != "" && d.Code == "stale" {
		d.Status = http.StatusPreconditionFailed
	}
	return d
}

// DraftRequest replaces texts, each in its language.
type DraftRequest struct {
	Actor
	Texts []WordingRequest `json:"texts" minItems:"1" maxItems:"20"`
	Hash  string           `json:"hash,omitempty" maxLength:"64" doc:"Like If-Match, for those who cannot send headers"`
}

// WordingRequest is the text in one language; without a subject the old one stays.
type WordingRequest struct {
	Language string `json:"language" maxLength:"10" example:"en"`
	Subject  string `json:"subject,omitempty" maxLength:"300"`
	Body     string `json:"body" minLength:"1" maxLength:"20000"`
	Short    string `json:"short,omitempty" maxLength:"600" doc:"What those get who read it on a phone; without it the start of the body"`
}

// AgreeRequest is a reader's yes.
type AgreeRequest struct {
	Actor
	Role       string `json:"role,omitempty" maxLength:"100" doc:"In which role, when more than one would fit"`
	Hash       string `json:"hash,omitempty" maxLength:"64" doc:"The text that was read"`
	Suggestion string `json:"suggestion,omitempty" maxLength:"2000" doc:"A wish that does not block"`
}

// ObjectRequest is a strong objection.
type ObjectRequest struct {
	Actor
	Role  string `json:"role,omitempty" maxLength:"100"`
	Words string `json:"words" minLength:"1" maxLength:"4000" doc:"Which words, and why"`
}

// SettleRequest closes an objection.
type SettleRequest struct {
	Actor
	Objection int    `json:"objection,omitempty" minimum:"0" doc:"Its id; left out it means the oldest open one"`
	How       string `json:"how" minLength:"1" maxLength:"2000"`
}

// TextRequest says which text is meant.
type TextRequest struct {
	Actor
	Hash string `json:"hash,omitempty" maxLength:"64" doc:"The text that was read"`
}

// ReviewRequest is a reader's estimate.
type ReviewRequest struct {
	Actor
	Role    string `json:"role,omitempty" maxLength:"100"`
	Minutes int    `json:"minutes" minimum:"1" maximum:"1440"`
}

// SizeRequest answers what one must be clear about before drafting (R97).
type SizeRequest struct {
	Actor
	Expectations string `json:"expectations,omitempty" maxLength:"2000" doc:"What sets the readers' expectations"`
	Perspective  string `json:"perspective,omitempty" maxLength:"2000" doc:"What puts it into perspective"`
	Receivers    string `json:"receivers,omitempty" maxLength:"2000" doc:"Who receives it"`
	Details      string `json:"details,omitempty" maxLength:"2000" doc:"Which technical details belong in it"`
}

// DeliverRequest reports that a message is out.
type DeliverRequest struct {
	Actor
	Note string `json:"note,omitempty" maxLength:"2000"`
}

func (s *server) messages() {
	const tag, path = "messages", "/incidents/{n}/messages"
	huma.Register(s.api, operation(http.MethodGet, path, "list-messages", tag, "The message board"),
		func(ctx context.Context, in *IncidentPath) (*answered[list[view.Message]], error) {
			i, err := s.get(ctx, in.N)
			if err != nil {
				return nil, err
			}
			return answer(list[view.Message]{Items: i.Body.Messages}, nil)
		})
	huma.Register(s.api, operation(http.MethodGet, path+"/{audience}/{phase}", "get-message", tag, "One message with its texts"), s.message)
	huma.Register(s.api, operation(http.MethodPut, path+"/{audience}/{phase}", "edit-message", tag, "Replace texts; every yes to the old text is void"),
		func(ctx context.Context, in *messageInput[DraftRequest]) (*answered[view.Incident], error) {
			return onMessage(ctx, s, in, func(a act.Act, b DraftRequest) error {
				var texts []effect.Text
				for _, t := range b.Texts {
					texts = append(texts, effect.Text(t))
				}
				return s.Desk.Edit(ctx, a, in.letter(), texts, in.hash(b.Hash))
			})
		})
	messageCommand(s, "submit", "The draft is ready to be read", func(ctx context.Context, a act.Act, in *messageInput[PlainRequest], _ PlainRequest) error {
		return s.Desk.Submit(ctx, a, in.letter())
	})
	messageCommand(s, "agree", "A reader's yes", func(ctx context.Context, a act.Act, in *messageInput[AgreeRequest], b AgreeRequest) error {
		return s.Desk.Agree(ctx, a, in.letter(), b.Role, in.hash(b.Hash), b.Suggestion)
	})
	messageCommand(s, "object", "A strong objection", func(ctx context.Context, a act.Act, in *messageInput[ObjectRequest], b ObjectRequest) error {
		return s.Desk.Object(ctx, a, in.letter(), b.Role, b.Words)
	})
	messageCommand(s, "settle", "Close an objection", func(ctx context.Context, a act.Act, in *messageInput[SettleRequest], b SettleRequest) error {
		return s.Desk.Settle(ctx, a, in.letter(), b.Objection, b.How)
	})
	messageCommand(s, "approve", "The executive approver's yes", func(ctx context.Context, a act.Act, in *messageInput[TextRequest], b TextRequest) error {
		return s.Desk.Approve(ctx, a, in.letter(), in.hash(b.Hash))
	})
	messageCommand(s, "take-back", "Undo your approval, within a minute and while nothing is out", func(ctx context.Context, a act.Act, in *messageInput[PlainRequest], _ PlainRequest) error {
		return s.Desk.TakeBack(ctx, a, in.letter())
	})
	messageCommand(s, "release", "The incident commander's yes: it goes out", func(ctx context.Context, a act.Act, in *messageInput[TextRequest], b TextRequest) error {
		return s.Desk.Release(ctx, a, in.letter(), in.hash(b.Hash))
	})
	messageCommand(s, "estimate", "Say how long reading takes", func(ctx context.Context, a act.Act, in *messageInput[ReviewRequest], b ReviewRequest) error {
		return s.Desk.EstimateReview(ctx, a, in.letter(), b.Role, b.Minutes)
	})
	messageCommand(s, "size", "Say what the message is to achieve, before it is drafted", func(ctx context.Context, a act.Act, in *messageInput[SizeRequest], b SizeRequest) error {
		return s.Desk.Size(ctx, a, in.letter(), map[comms.SizingQuestion]string{
			comms.Expectations: b.Expectations, comms.Perspective: b.Perspective, comms.Receivers: b.Receivers, comms.Details: b.Details,
		})
	})
	messageCommand(s, "deliver", "Report that the incident commander was told of it, or that what goes out by hand is out", func(ctx context.Context, a act.Act, in *messageInput[DeliverRequest], b DeliverRequest) error {
		return s.Desk.Deliver(ctx, a, in.letter(), b.Note)
	})
	messageCommand(s, "skip", "This audience gets nothing in this phase, and why", func(ctx context.Context, a act.Act, in *messageInput[ReasonRequest], b ReasonRequest) error {
		return s.Desk.Skip(ctx, a, in.letter(), b.Reason)
	})
	messageCommand(s, "order", "Begin it, or the next update", func(ctx context.Context, a act.Act, in *messageInput[PlainRequest], _ PlainRequest) error {
		return s.Desk.Order(ctx, a, in.letter())
	})
}

// tagged is a message with its text's ETag.
type tagged struct {
	ETag string `header:"ETag"`
	Body view.Message
}

func (s *server) message(ctx context.Context, in *MessagePath) (*tagged, error) {
	i, err := s.get(ctx, in.N)
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(i.Body.Messages, func(m view.Message) bool { return m.Audience == in.Audience && m.Phase == string(in.Phase) })
	if at < 0 {
		return nil, problem.New("not_found", "the board has no such message; it fills when emergency mode begins")
	}
	m := i.Body.Messages[at]
	return &tagged{ETag: `"` + m.Hash + `"`, Body: m}, nil
}

// messageInput is a command about one message.
type messageInput[B request] struct {
	MessagePath
	RequestKey
	Match
	Body *B
}

func onMessage[B request](ctx context.Context, s *server, in *messageInput[B], command func(act.Act, B) error) (*answered[view.Incident], error) {
	return do(ctx, s, in.IncidentPath, in.RequestKey, in.Body, func(a act.Act, b B) error {
		if err := command(a, b); err != nil {
			return in.stale(err)
		}
		return nil
	})
}

// messageCommand registers a command about one message.
func messageCommand[B request](s *server, name, summary string, carryOut func(context.Context, act.Act, *messageInput[B], B) error) {
	huma.Register(s.api, operation(http.MethodPost, "/incidents/{n}/messages/{audience}/{phase}/"+name, name+"-message", "messages", summary),
		func(ctx context.Context, in *messageInput[B]) (*answered[view.Incident], error) {
			return onMessage(ctx, s, in, func(a act.Act, b B) error { return carryOut(ctx, a, in, b) })
		})
}
