package v1

import (
	"context"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"

	"github.com/stormbell/stormbell/api/act"
	"github.com/stormbell/stormbell/api/problem"
	"github.com/stormbell/stormbell/api/view"
	"github.com/stormbell/stormbell/api/visitor"
	"github.com/stormbell/stormbell/domain/actor"
	"github.com/stormbell/stormbell/domain/refusal"
)

// Base is where the API lives, Document where its description does, without .json or .yaml.
const (
	Base     = "/api/v1"
	Document = "/api/openapi"
)

// MaxBody bounds a command, in bytes.
const MaxBody = 256 << 10

// Config is what the API is made of.
type Config struct {
	// Views and Desk are where it reads and commands; required.
	Views *view.Views
	Desk  *act.Desk
	// Version is the build's, for the document.
	Version string
}

type server struct {
	Config
	api huma.API
}

// Huma keeps these for the whole process. Its own errors would repeat what was sent, and
// lists of ours are never null.
func init() {
	huma.NewError = problemOf
	huma.DefaultArrayNullable = false
}

// Register adds the API and its document to the engine.
func Register(engine *gin.Engine, c Config) {
	config := huma.DefaultConfig("Stormbell", c.Version)
	config.Info.Description = "Declare business incidents, reach people, and work through emergency mode and messages. " +
		"Every read comes from the record; every command is answered when it is in there."
	config.Info.License = &huma.License{Name: "Apache-2.0", Identifier: "Apache-2.0"}
	config.OpenAPIPath, config.DocsPath, config.SchemasPath, config.CreateHooks = "", "", "", nil
	config.Components.Schemas = huma.NewMapRegistry("#/components/schemas/", schemaName)
	config.Transformers = []huma.Transformer{noted}
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{"token": {Type: "http", Scheme: "bearer"}}
	config.Security = []map[string][]string{{"token": {}}, {}}

	s := &server{Config: c, api: humagin.New(engine, config)}
	s.api.UseMiddleware(s.authenticate)
	s.incidents()
	s.report()
	s.roles()
	s.tasks()
	s.messages()
	s.recipients()
	s.templates()
	s.people()
	s.onCall()
	s.overrides()
	s.contacts()
	s.calendarLinks(engine)
	s.subscriptions()
	s.maintenance()
	s.webhooks()
	s.sessions()
	tolerant(s.api.OpenAPI())

	json := sync.OnceValues(func() ([]byte, error) { return s.api.OpenAPI().MarshalJSON() })
	yaml := sync.OnceValues(func() ([]byte, error) { return s.api.OpenAPI().YAML() })
	engine.GET(Document+".json", document("application/openapi+json", json))
	engine.GET(Document+".yaml", document("application/openapi+yaml", yaml))
}

// schemaName names the schema of a Go type for those who generate clients.
func schemaName(t reflect.Type, hint string) string {
	if t == reflect.TypeFor[problem.Document]() {
		return "Problem"
	}
	return huma.DefaultSchemaNamer(t, hint)
}

// tolerant opens what is answered for more fields, because later versions add some. What is
// sent stays closed: a mistyped field must not be ignored at three in the morning.
func tolerant(doc *huma.OpenAPI) {
	for name, schema := range doc.Components.Schemas.Map() {
		if !strings.HasSuffix(name, "Request") && schema.AdditionalProperties == false {
			schema.AdditionalProperties = nil
		}
	}
}

func document(mediaType string, content func() ([]byte, error)) gin.HandlerFunc {
	return func(c *gin.Context) {
		body, err := content()
		if err != nil {
			problem.Write(c.Writer, c.Request, problem.Of(err))
			return
		}
		c.Data(http.StatusOK, mediaType, body)
	}
}

// authenticate lets in whoever has a right that the call wants.
func (s *server) authenticate(ctx huma.Context, next func(huma.Context)) {
	c, v := humagin.Unwrap(ctx), visitor.Of(ctx.Context())
	switch {
	case isPublic(ctx.Operation()) || slices.ContainsFunc(wanted(ctx.Operation()), v.May):
		next(ctx)
	case v.Method == visitor.Nobody:
		problem.Write(c.Writer, c.Request, problem.New(problem.Unauthorized, "").With("WWW-Authenticate", `Bearer realm="stormbell"`))
	default:
		problem.Write(c.Writer, c.Request, problem.New(problem.Code(refusal.Forbidden), "your sign-in does not bring the right to do this"))
	}
}

// private are the calls that only read, and read what not everybody may see: addresses.
var private = []string{"list-recipients", "list-calendar-links", "list-subscriptions", "list-webhooks", "list-webhook-deliveries", "list-guests"}

// wanted are the rights of which a call wants one. What is done to an incident is decided by the
// incident, and who may cover a shift by the desk.
func wanted(o *huma.Operation) []actor.Right {
	switch {
	case slices.Contains(private, o.OperationID):
	case o.OperationID == "test-person", o.OperationID == "invite-person":
		return []actor.Right{actor.Page, actor.Administer}
	case o.Method == http.MethodGet, strings.HasPrefix(o.Path, Base+"/incidents"), strings.HasPrefix(o.Path, Base+"/overrides"):
		return []actor.Right{actor.Read}
	}
	return []actor.Right{actor.Administer}
}

// operation describes one call. Every one of them may answer a problem.
func operation(method, path, id, tag, summary string) huma.Operation {
	return huma.Operation{
		Method: method, Path: Base + path, OperationID: id, Tags: []string{tag}, Summary: summary, MaxBodyBytes: MaxBody,
		BodyReadTimeout: bodyWithin,
	}
}

// bodyWithin is how long a request may take to send its body: longer than any answer takes. A
// request without a body would otherwise run into it while it waits for its answer; the server
// then takes the client for gone and cancels all that ever comes over the same connection.
const bodyWithin = time.Minute

// IncidentPath names one incident.
type IncidentPath struct {
	N string `path:"n" doc:"The incident's number or id" example:"7" maxLength:"40"`
}

// RequestKey makes a command harmless to repeat.
type RequestKey struct {
	Key string `header:"Idempotency-Key" doc:"The same key again does not repeat the command" maxLength:"200"`
}

// Actor is the part of every command that says for whom an operator acts.
type Actor struct {
	By string `json:"by,omitempty" maxLength:"100" doc:"Person id; empty means the person the act belongs to. The record says that somebody stood in."`
}

func (a Actor) actsFor() string { return a.By }

// request is the body of a command.
type request interface{ actsFor() string }

// who is the one who acts. Only a stand-in acts for somebody else.
func who(ctx context.Context, by string) (act.Who, error) {
	v := visitor.Of(ctx)
	w := v.Who(actor.API)
	switch {
	case v.StandIn && by != "":
		w.Person = by
	case by != "" && by != w.Person:
		return w, problem.New(problem.Code(refusal.Forbidden), "you act as yourself; leave by out")
	}
	return w, nil
}

// answered is what an operation answers with.
type answered[T any] struct{ Body T }

// answer turns what was read into an answer.
func answer[T any](v T, err error) (*answered[T], error) {
	if err != nil {
		return nil, problem.Of(err)
	}
	return &answered[T]{v}, nil
}

// get answers with one incident as it is now.
func (s *server) get(ctx context.Context, ref string) (*answered[view.Incident], error) {
	row, err := s.Views.Find(ctx, ref)
	if err != nil {
		return nil, problem.Of(err)
	}
	return answer(s.Views.Incident(ctx, row.Number))
}

// do carries out a command and answers with the incident as it is then. A request without a
// body is one in which nothing was said.
func do[B request](ctx context.Context, s *server, in IncidentPath, key RequestKey, sent *B, command func(act.Act, B) error) (*answered[view.Incident], error) {
	row, err := s.Views.Find(ctx, in.N)
	if err != nil {
		return nil, problem.Of(err)
	}
	var b B
	if sent != nil {
		b = *sent
	}
	w, err := who(ctx, b.actsFor())
	if err != nil {
		return nil, err
	}
	if err := command(act.Act{Incident: row.Number, Who: w, Request: key.Key}, b); err != nil {
		return nil, problem.Of(err)
	}
	return answer(s.Views.Incident(ctx, row.Number))
}
