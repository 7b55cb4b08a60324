package lab

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

const apiVersion = "2010-04-01"

// twilioTime is the form of Twilio's dates (RFC 2822).
const twilioTime = time.RFC1123Z

// twilioRoutes serves the part of Twilio's API the lab has; all else is Twilio's 404.
func (l *Lab) twilioRoutes() http.Handler {
	const account = "/" + apiVersion + "/Accounts/{account}"
	mux := http.NewServeMux()
	route := func(pattern string, ch Channel, sends bool, do func(r *http.Request, undelivered bool) answer) {
		method, path, _ := strings.Cut(pattern, " ")
		mux.HandleFunc(method+" "+account+path, func(w http.ResponseWriter, r *http.Request) {
			if refused := l.authenticate(r); refused != nil {
				refused.answer().write(w)
				return
			}
			l.serve(w, r, ch, sends, do, twilioTrouble)
		})
	}
	route("POST /Messages.json", ChannelSMS, true, l.createMessage)
	route("GET /Messages.json", ChannelSMS, false, l.listMessages)
	route("GET /Messages/{file}", ChannelSMS, false, l.fetchMessage)
	route("POST /Calls.json", ChannelVoice, true, l.createCall)
	route("GET /Calls.json", ChannelVoice, false, l.listCalls)
	route("GET /Calls/{file}", ChannelVoice, false, l.fetchCall)
	route("POST /Calls/{file}", ChannelVoice, false, l.updateCall)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		notFound(r).answer().write(w)
	})
	return mux
}

// authenticate is nil when the credentials are the account's.
func (l *Lab) authenticate(r *http.Request) *twilioError {
	user, password, _ := r.BasicAuth()
	userOK := subtle.ConstantTimeCompare([]byte(user), []byte(l.cfg.AccountSID))
	passwordOK := subtle.ConstantTimeCompare([]byte(password), []byte(l.cfg.AuthToken))
	if userOK&passwordOK != 1 {
		return &twilioError{status: http.StatusUnauthorized, code: 20003, message: "Authenticate"}
	}
	if r.PathValue("account") != l.cfg.AccountSID {
		return notFound(r)
	}
	return nil
}

// twilioError is a refusal in Twilio's words.
type twilioError struct {
	status, code int
	message      string
}

func refusal(code int, format string, args ...any) *twilioError {
	return &twilioError{status: http.StatusBadRequest, code: code, message: fmt.Sprintf(format, args...)}
}

func notFound(r *http.Request) *twilioError {
	return &twilioError{status: http.StatusNotFound, code: 20404,
		message: fmt.Sprintf("The requested resource %s was not found", r.URL.Path)}
}

// twilioTrouble is what Twilio says when it cannot do its work.
func twilioTrouble(status int) answer {
	switch status {
	case http.StatusTooManyRequests:
		a := (&twilioError{status: status, code: 20429, message: "Too Many Requests"}).answer()
		a.header["Retry-After"] = "1"
		a.header["Twilio-Concurrent-Requests"] = "100"
		return a
	case http.StatusUnauthorized:
		return (&twilioError{status: status, code: 20003, message: "Authenticate"}).answer()
	case http.StatusServiceUnavailable:
		return (&twilioError{status: status, code: 20503, message: "Service Unavailable"}).answer()
	case http.StatusBadRequest, http.StatusRequestEntityTooLarge:
		return (&twilioError{status: status, code: 20001, message: http.StatusText(status)}).answer()
	}
	return (&twilioError{status: status, code: 20500, message: "An internal server error has occurred"}).answer()
}

func (e *twilioError) answer() answer {
	header := map[string]string{"Twilio-Request-Id": newSID("RQ")}
	if e.status == http.StatusUnauthorized {
		header["WWW-Authenticate"] = `Basic realm="Twilio API"`
	}
	return answer{e.status, header, map[string]any{
		"code": e.code, "message": e.message, "status": e.status,
		"more_info": "https://www.twilio.com/docs/errors/" + strconv.Itoa(e.code),
	}}
}

func found(status int, body any) answer {
	return answer{status, map[string]string{"Twilio-Request-Id": newSID("RQ")}, body}
}

// newSID is one of Twilio's ids: two letters and 32 hexadecimal digits.
func newSID(prefix string) string {
	var id [16]byte
	_, _ = rand.Read(id[:]) // never fails
	return prefix + hex.EncodeToString(id[:])
}

// resource is what Twilio shows in a list; the caller of its methods holds Lab.mu.
type resource interface {
	sid() string
	createdAt() time.Time
	json(account string) map[string]any
}

// page answers a list: newest first, in Twilio's envelope. It refuses filters the lab does not know
// rather than showing too much.
func page[R resource](l *Lab, r *http.Request, name string, all *shelf[R], filters []string, shows func(R, url.Values) bool) answer {
	query := r.Form
	for key := range query {
		if !slices.Contains(append(filters, "PageSize", "Page", "PageToken"), key) {
			return refusal(20001, "the phone lab has no filter %q here; it knows %v", key, filters).answer()
		}
	}
	size, err := strconv.Atoi(query.Get("PageSize"))
	if err != nil || size < 1 {
		size = 50
	}
	size = min(size, 1000)
	number, _ := strconv.Atoi(query.Get("Page")) // anything else than a number is the first page
	after := strings.TrimPrefix(query.Get("PageToken"), "PA")

	l.mu.Lock()
	defer l.mu.Unlock()
	visible := l.cfg.Now().Add(-time.Duration(l.carrier.ListLagMS) * time.Millisecond)
	rows := []map[string]any{}
	last, more := "", false
	for item := range all.newest {
		if after != "" {
			if item.sid() == after {
				after = ""
			}
			continue
		}
		if item.createdAt().After(visible) || !shows(item, query) {
			continue
		}
		if more = len(rows) == size; more {
			break
		}
		rows = append(rows, item.json(l.cfg.AccountSID))
		last = item.sid()
	}

	uri := func(page int, token string) string {
		q := url.Values{"PageSize": {strconv.Itoa(size)}, "Page": {strconv.Itoa(page)}}
		for _, f := range filters {
			if v := query.Get(f); v != "" {
				q.Set(f, v)
			}
		}
		if token != "" {
			q.Set("PageToken", token)
		}
		return r.URL.Path + "?" + q.Encode()
	}
	envelope := map[string]any{
		name: rows, "page": number, "page_size": size, "start": number * size, "end": number*size + max(len(rows)-1, 0),
		"uri": uri(number, query.Get("PageToken")), "first_page_uri": uri(0, ""), "next_page_uri": nil, "previous_page_uri": nil,
	}
	if more {
		envelope["next_page_uri"] = uri(number+1, "PA"+last)
	}
	return found(http.StatusOK, envelope)
}

// lookUp finds what a path like Messages/SM….json names.
func lookUp[R resource](l *Lab, r *http.Request, all *shelf[R]) (R, *twilioError) {
	sid, isJSON := strings.CutSuffix(r.PathValue("file"), ".json")
	l.mu.Lock()
	defer l.mu.Unlock()
	item, ok := all.get(sid)
	if !isJSON || !ok {
		return item, notFound(r)
	}
	return item, nil
}

// optional is Twilio's null for what is not there.
func optional(value string) any {
	if value == "" {
		return nil
	}
	return value
}

func twilioDate(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format(twilioTime)
}

// isWebURL tells whether Twilio would take s as a URL to call.
func isWebURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}
