package lab

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
)

// Refusal is why the lab's control does not do something, in words for the one who asked.
type Refusal struct {
	// Status is the HTTP status it is answered with.
	Status int
	Detail string
}

// Error says what to do instead.
func (r *Refusal) Error() string { return r.Detail }

func refuse(status int, detail string) *Refusal { return &Refusal{Status: status, Detail: detail} }

var noPhone = refuse(http.StatusNotFound, "there is no such phone: put one up first with PUT /lab/api/phones/<number>")

//go:embed web
var web embed.FS

// routes joins the providers, the control API and the page on one address.
func (l *Lab) routes() http.Handler {
	control := http.NewServeMux()
	control.HandleFunc("GET /lab/api/log", func(w http.ResponseWriter, _ *http.Request) { writeList(w, l.Log()) })
	control.HandleFunc("GET /lab/api/phones", func(w http.ResponseWriter, _ *http.Request) { writeList(w, l.Phones()) })
	control.HandleFunc("GET /lab/api/inboxes", func(w http.ResponseWriter, _ *http.Request) { writeList(w, l.Inboxes()) })
	control.HandleFunc("GET /lab/api/chat", func(w http.ResponseWriter, _ *http.Request) { writeList(w, l.Posts()) })
	control.HandleFunc("GET /lab/api/hooks", func(w http.ResponseWriter, _ *http.Request) { writeList(w, l.Hooked()) })
	control.HandleFunc("GET /lab/api/carrier", func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, http.StatusOK, l.Carrier()) })
	control.HandleFunc("GET /lab/api/callbacks", func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, http.StatusOK, l.Callbacks()) })
	control.HandleFunc("PUT /lab/api/phones/{number}", command(http.StatusOK, func(r *http.Request, in struct{ Behaviour Behaviour }) (Phone, error) {
		return l.SetBehaviour(r.PathValue("number"), in.Behaviour)
	}))
	control.HandleFunc("POST /lab/api/phones/{number}/reply", command(http.StatusCreated, func(r *http.Request, in struct{ To, Body string }) (Message, error) {
		return l.Reply(r.PathValue("number"), in.To, in.Body)
	}))
	control.HandleFunc("POST /lab/api/phones/{number}/call", command(http.StatusCreated, func(r *http.Request, in struct{ To string }) (Call, error) {
		return l.Dial(r.PathValue("number"), in.To)
	}))
	control.HandleFunc("POST /lab/api/phones/{number}/calls/{sid}/keys", command(http.StatusOK, func(r *http.Request, in struct{ Digits string }) (Call, error) {
		return l.Press(r.PathValue("number"), r.PathValue("sid"), in.Digits)
	}))
	control.HandleFunc("POST /lab/api/phones/{number}/calls/{sid}/answer", command(http.StatusOK, func(r *http.Request, _ struct{}) (Call, error) {
		return l.PickUp(r.PathValue("number"), r.PathValue("sid"))
	}))
	control.HandleFunc("POST /lab/api/phones/{number}/calls/{sid}/hangup", command(http.StatusOK, func(r *http.Request, _ struct{}) (Call, error) {
		return l.HangUp(r.PathValue("number"), r.PathValue("sid"))
	}))
	control.HandleFunc("POST /lab/api/inboxes/{address}/reply", command(http.StatusCreated, func(r *http.Request, in MailReply) (Mail, error) {
		return l.ReplyMail(r.PathValue("address"), in)
	}))
	control.HandleFunc("PUT /lab/api/carrier", command(http.StatusOK, func(_ *http.Request, in carrierCommand) (Carrier, error) {
		c := in.carrier()
		return c, l.SetCarrier(c)
	}))
	control.HandleFunc("PUT /lab/api/callbacks", command(http.StatusOK, func(_ *http.Request, in Callbacks) (Callbacks, error) {
		return in, l.SetCallbacks(in)
	}))
	control.HandleFunc("POST /lab/api/phones/{number}/read", order(func(r *http.Request) error { return l.readTexts(r.PathValue("number")) }))
	control.HandleFunc("POST /lab/api/inboxes/{address}/mails/{id}/read", order(func(r *http.Request) error {
		return l.readMail(r.PathValue("address"), r.PathValue("id"))
	}))
	control.HandleFunc("POST /lab/api/normal", order(func(*http.Request) error { l.normal(); return nil }))
	control.HandleFunc("POST /lab/api/clear", order(func(*http.Request) error { l.clear(); return nil }))
	control.HandleFunc("POST /lab/api/alert", order(func(*http.Request) error { return l.sendAlert() }))
	control.HandleFunc("/lab/api/", func(w http.ResponseWriter, r *http.Request) {
		writeProblem(w, refuse(http.StatusNotFound, fmt.Sprintf(
			"the phone lab has no %s %s: start with GET /lab/api/phones, inboxes, chat, hooks, log, carrier or callbacks", r.Method, r.URL.Path)))
	})
	l.pageRoutes(control)

	sameOrigin := http.NewCrossOriginProtection()
	sameOrigin.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		writeProblem(w, refuse(http.StatusForbidden, "another site asked for this: open the phone lab itself, at /lab"))
	}))
	mux := http.NewServeMux()
	mux.Handle("/", sameOrigin.Handler(control))
	mux.Handle("/"+apiVersion+"/", l.recorded(twilioTrouble, l.twilioRoutes()))
	mux.Handle("/v3/", l.recorded(l.mailTrouble, l.mailRoutes()))
	mux.Handle("/api/", l.recorded(slackTrouble, l.slackRoutes()))
	mux.Handle(HookPath, l.recorded(hookTrouble, l.hookRoutes()))
	return mux
}

// carrierCommand tells what was left out from zero: a fault alone means all requests of all channels.
type carrierCommand struct {
	Fault     Fault
	Share     *float64
	Channel   Channel
	Also      []Chance
	PerSecond float64 `json:"per_second"`
	ListLagMS int     `json:"list_lag_ms"`
}

func (in carrierCommand) carrier() Carrier {
	c := Carrier{Fault: in.Fault, Share: 1, Channel: in.Channel, Also: in.Also, PerSecond: in.PerSecond, ListLagMS: in.ListLagMS}
	if in.Share != nil {
		c.Share = *in.Share
	}
	if c.Channel == "" {
		c.Channel = ChannelAll
	}
	if c.Fault == "" {
		c.Fault = FaultNone
	}
	return c
}

const maxCommand = 64 << 10 // bytes

// command reads JSON, does something and writes what came of it.
func command[In, Out any](status int, do func(r *http.Request, in In) (Out, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var in In
		decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxCommand))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&in); err != nil && r.ContentLength != 0 {
			writeProblem(w, refuse(http.StatusBadRequest, "the body is not the JSON object this command takes: "+err.Error()))
			return
		}
		out, err := do(r, in)
		if err != nil {
			writeProblem(w, err)
			return
		}
		writeJSON(w, status, out)
	}
}

// order does something that there is nothing to say about.
func order(do func(r *http.Request) error) http.HandlerFunc {
	return command(http.StatusOK, func(r *http.Request, _ struct{}) (struct{}, error) { return struct{}{}, do(r) })
}

func writeList[T any](w http.ResponseWriter, items []T) {
	writeJSON(w, http.StatusOK, map[string][]T{"items": items})
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	answer{status: status, body: body}.write(w)
}

// writeProblem answers with a problem document (RFC 9457).
func writeProblem(w http.ResponseWriter, err error) {
	status := http.StatusInternalServerError
	var refusal *Refusal
	if errors.As(err, &refusal) {
		status = refusal.Status
	}
	w.Header().Set("Content-Type", "application/problem+json")
	writeJSON(w, status, map[string]any{
		"type": "about:blank", "title": http.StatusText(status), "status": status, "detail": err.Error(),
	})
}
