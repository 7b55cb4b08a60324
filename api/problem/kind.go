package problem

import (
	"net/http"
	"strings"

	"github.com/stormbell/stormbell/domain/refusal"
)

// Code is the stable word for a problem; the codes of the domain's refusals are among them.
type Code string

// The codes that only HTTP has.
const (
	BadRequest       Code = "bad_request"
	Unauthorized     Code = "unauthorized"
	CrossOrigin      Code = "cross_origin"
	MethodNotAllowed Code = "method_not_allowed"
	NotAcceptable    Code = "not_acceptable"
	Timeout          Code = "timeout"
	NotRunning       Code = "not_running"
	Expired          Code = "expired"
	TooLarge         Code = "too_large"
	UnsupportedMedia Code = "unsupported_media_type"
	Misdirected      Code = "misdirected"
	TooMany          Code = "too_many_requests"
	Internal         Code = "internal"
	NotImplemented   Code = "not_implemented"
	Unavailable      Code = "unavailable"
	Overloaded       Code = "overloaded"
)

// kind is one row of the table at /problems.
type kind struct {
	Code      Code
	Status    int
	Title     string
	Means, Do string
}

// Path is where the kind is explained; it is the type of its documents.
func (k kind) Path() string { return Root + "/" + strings.ReplaceAll(string(k.Code), "_", "-") }

// Root is where every kind of problem is listed.
const Root = "/problems"

var kinds = []kind{
	{BadRequest, http.StatusBadRequest, "Not readable", "The request is not what its headers say, or not JSON.", "Correct its syntax and send it again."},
	{Unauthorized, http.StatusUnauthorized, "No valid token", "The request carries no token, or one that is not known here.", "Send the header Authorization: Bearer TOKEN."},
	{Code(refusal.Forbidden), http.StatusForbidden, "Not yours to do", "Somebody else decides this; the field current says who.", "Ask that person, or act for them with a token that may."},
	{Code(refusal.Unproven), http.StatusForbidden, "Not proved", "A link alone does not approve: it wants a proof of who acts.", "Type your PIN, or sign in again."},
	{CrossOrigin, http.StatusForbidden, "From another site", "A browser sent this from a page of another site.", "Open Stormbell itself and try again there."},
	{Code(refusal.NotFound), http.StatusNotFound, "Not here", "There is no such page, incident, role, task, audience or question.", "Check the address; GET /api/v1/incidents lists what there is."},
	{MethodNotAllowed, http.StatusMethodNotAllowed, "Wrong method", "The address exists, but not for this method.", "Use one of the methods in the header Allow."},
	{NotAcceptable, http.StatusNotAcceptable, "No such format", "The answer cannot be had in the format that was asked for.", "Accept application/json."},
	{Timeout, http.StatusRequestTimeout, "Too slow", "The request did not arrive in time.", "Send it again."},
	{Code(refusal.WrongPhase), http.StatusConflict, "Wrong phase", "The incident's phase does not allow it.", "Look at the incident's phase; change it first if that is what is meant."},
	{Code(refusal.TooEarly), http.StatusConflict, "Too early", "Something else has to happen before.", "The detail says what is missing."},
	{Code(refusal.AlreadyDone), http.StatusConflict, "Already done", "Somebody did it before; the field current says who.", "Nothing more to do."},
	{Code(refusal.RoleTaken), http.StatusConflict, "Role already taken", "Somebody else holds the role; the field current says who and since when.", "Nothing more to do. PUT …/roles/{role}/holder replaces the holder on purpose."},
	{Code(refusal.Objected), http.StatusConflict, "Objection open", "A strong objection stands against the text.", "Settle the objection first."},
	{Code(refusal.FourEyes), http.StatusConflict, "Four eyes", "Nobody approves their own words.", "Let somebody else approve."},
	{Code(refusal.Stale), http.StatusConflict, "Text has changed", "The text is not the one that was read. With If-Match the status is 412.", "Read it again, then decide again."},
	{Code(refusal.NothingNew), http.StatusConflict, "Nothing new", "This audience was told exactly that before.", "Say what people can do meanwhile, or skip the message."},
	{Code(refusal.Lapsed), http.StatusConflict, "Approval lapsed", "The approval is too old: what was true then may not be now.", "Let the approver read it again."},
	{Code(refusal.Ended), http.StatusConflict, "Ended", "The incident, page or message is over.", "Nothing more to do; open a new incident if there is new trouble."},
	{NotRunning, http.StatusConflict, "Not running", "What the command is meant for has ended or has not begun.", "Read the incident again, then decide again."},
	{Expired, http.StatusGone, "Link has ended", "Personal links end with their incident.", "Answer by text message, or call the help phone."},
	{TooLarge, http.StatusRequestEntityTooLarge, "Too large", "The request's body is larger than what is taken here.", "Send less: 256 KiB for commands, 512 KiB for alerts."},
	{UnsupportedMedia, http.StatusUnsupportedMediaType, "Wrong format", "The body has a format that is not understood here.", "Send JSON with Content-Type: application/json."},
	{Misdirected, http.StatusMisdirectedRequest, "Wrong name", "Without a login this server answers only under its own name and by IP address.", "Use http://127.0.0.1 or the url in the plan."},
	{Code(refusal.Invalid), http.StatusUnprocessableEntity, "Not valid", "The request can be read, but makes no sense here.", "The field errors says where."},
	{TooMany, http.StatusTooManyRequests, "Too many requests", "More is coming in than can be taken.", "Send it again after the time in the header Retry-After."},
	{Internal, http.StatusInternalServerError, "Our mistake", "Something failed that should not.", "Send it again; report it with the field instance, which is in the log."},
	{NotImplemented, http.StatusNotImplemented, "Not there yet", "This build cannot do it.", "See the release notes."},
	{Unavailable, http.StatusServiceUnavailable, "Not available", "The response engine or the database cannot be reached. Nothing was decided; alerts and replies are still accepted.", "Send it again after the time in the header Retry-After, with the same Idempotency-Key."},
	{Overloaded, http.StatusServiceUnavailable, "Overloaded", "The inbox is full and nothing was taken.", "Send it again after the time in the header Retry-After."},
}

func kindOf(c Code) kind {
	for _, k := range kinds {
		if k.Code == c {
			return k
		}
	}
	return kindOf(Internal)
}
