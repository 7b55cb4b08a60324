package lab

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// HookPath begins the address of a webhook in the lab; its name follows.
const HookPath = "/lab/hooks/"

// DefaultHookSecret signs what the lab's webhooks get unless Config says otherwise.
const DefaultHookSecret = "whsec_bGFiLWhvb2stc2VjcmV0LWxhYi1ob29r" //nolint:gosec // it opens nothing but a lab

const maxHooked = 5_000

// Hooked is one event that a webhook in the lab has taken, however often it came.
type Hooked struct {
	Hook string `json:"hook"`
	// ID is its webhook-id; Times is how often it came.
	ID    string          `json:"id"`
	Times int             `json:"times"`
	Media string          `json:"media"`
	Body  json.RawMessage `json:"body"`
	At    time.Time       `json:"at"`
}

// hookAge is how old a signature may be, as Standard Webhooks has it.
const hookAge = 5 * time.Minute

// hookTrouble is what a receiver says that cannot do its work.
func hookTrouble(status int) answer {
	a := answer{status: status, body: map[string]string{"error": http.StatusText(status)}}
	if status == http.StatusTooManyRequests {
		a.header = map[string]string{"Retry-After": "1"}
	}
	return a
}

func (l *Lab) hookRoutes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST "+HookPath+"{name}", func(w http.ResponseWriter, r *http.Request) {
		l.serve(w, r, ChannelHook, true, l.hook, hookTrouble)
	})
	return mux
}

// hook takes an event whose signature fits. An id that came before is the same event.
func (l *Lab) hook(r *http.Request, _ bool) answer {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return hookTrouble(http.StatusBadRequest)
	}
	id := r.Header.Get("Webhook-Id")
	switch {
	case id == "" || !json.Valid(body):
		return hookTrouble(http.StatusBadRequest)
	case !l.signed(r.Header, body):
		return hookTrouble(http.StatusUnauthorized)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	key := r.PathValue("name") + " " + id
	event, known := l.hooked.get(key)
	if !known {
		event = &Hooked{Hook: r.PathValue("name"), ID: id, Media: r.Header.Get("Content-Type"), Body: body, At: l.cfg.Now()}
		l.hooked.add(key, event, len(body))
	}
	event.Times++
	l.touch()
	return answer{status: http.StatusNoContent}
}

// signed checks a signature by Standard Webhooks, written out here, because the lab plays the
// world outside and shares no code with the sender.
func (l *Lab) signed(h http.Header, body []byte) bool {
	stamp, err := strconv.ParseInt(h.Get("Webhook-Timestamp"), 10, 64)
	if err != nil || l.cfg.Now().Sub(time.Unix(stamp, 0)).Abs() > hookAge {
		return false
	}
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(l.cfg.HookSecret, "whsec_"))
	if err != nil {
		return false
	}
	mac := hmac.New(sha256.New, key)
	_, _ = mac.Write([]byte(h.Get("Webhook-Id") + "." + h.Get("Webhook-Timestamp") + ".")) // never fails
	_, _ = mac.Write(body)
	for signature := range strings.FieldsSeq(h.Get("Webhook-Signature")) {
		given, ok := strings.CutPrefix(signature, "v1,")
		raw, err := base64.StdEncoding.DecodeString(given)
		if ok && err == nil && hmac.Equal(raw, mac.Sum(nil)) {
			return true
		}
	}
	return false
}

// Hooked are the events that webhooks have taken, oldest first.
func (l *Lab) Hooked() []Hooked {
	l.mu.Lock()
	defer l.mu.Unlock()
	all := []Hooked{}
	for e := range l.hooked.each {
		all = append(all, *e)
	}
	return all
}
