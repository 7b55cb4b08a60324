package lab

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// CallStatus is Twilio's word for where a call is.
type CallStatus string

// The statuses of a call.
const (
	CallQueued     CallStatus = "queued"
	CallInitiated  CallStatus = "initiated"
	CallRinging    CallStatus = "ringing"
	CallInProgress CallStatus = "in-progress"
	CallCompleted  CallStatus = "completed"
	CallBusy       CallStatus = "busy"
	CallNoAnswer   CallStatus = "no-answer"
	CallFailed     CallStatus = "failed"
	CallCanceled   CallStatus = "canceled"
)

// over tells whether a call with this status has ended.
func (s CallStatus) over() bool {
	switch s {
	case CallCompleted, CallBusy, CallNoAnswer, CallFailed, CallCanceled:
		return true
	case CallQueued, CallInitiated, CallRinging, CallInProgress:
	}
	return false
}

// Call is one call to a phone, or from one.
type Call struct {
	SID    string     `json:"sid"`
	From   string     `json:"from"`
	To     string     `json:"to"`
	At     time.Time  `json:"at"`
	Status CallStatus `json:"status"`
	// Inbound is true when the phone's owner has called.
	Inbound bool `json:"inbound,omitempty"`
	// Screened is true as long as a robot on the phone listens to who is calling.
	Screened bool `json:"screened,omitempty"`
	// Said is all that was said to the phone so far, a line for each utterance.
	Said string `json:"said"`
	// AnsweredBy is what machine detection found: human or machine_start, machine_end_beep.
	AnsweredBy string `json:"answered_by,omitempty"`
	// Listening is true while the call waits for keys.
	Listening bool `json:"listening"`
	// Keys are all keys pressed so far.
	Keys string `json:"keys,omitempty"`
	// Connected is the conference or number the phone was connected with.
	Connected string `json:"connected,omitempty"`
	// Duration is how long the call lasted, in seconds of the lab's time.
	Duration int `json:"duration"`

	language   string // of what was said last, a BCP 47 tag
	byHand     bool   // somebody at the page picked up, whatever the phone does by itself
	voicemail  bool   // a machine picked up
	answeredAt time.Time
}

type call struct {
	Call
	moved, endedAt time.Time

	// What was ordered.
	first         source
	fallback      source
	status        source // where to tell how the call goes
	events        []string
	rings, lasts  time.Duration // at most
	detects       string        // MachineDetection
	detectsBeside bool          // AsyncAmd
	detected      source        // AsyncAmdStatusCallback
	fails         bool
	posts         sequence
	told          int // SequenceNumber of the next status call-back
	pressed       string
	redirected    *source
	interrupt     chan struct{} // has room for one: something above or the status has changed
}

// source is where the next document of a call comes from: the text itself or a URL.
type source struct{ twiml, method, url string }

func (c *call) sid() string          { return c.SID }
func (c *call) createdAt() time.Time { return c.At }

// phone is the number of the handset, whichever way the call goes.
func (c *call) phone() string {
	if c.Inbound {
		return c.From
	}
	return c.To
}

func (c *call) direction() string {
	if c.Inbound {
		return inbound
	}
	return outbound
}

func (c *call) json(account string) map[string]any {
	uri := "/" + apiVersion + "/Accounts/" + account + "/Calls/" + c.SID
	var duration any
	if c.Status == CallCompleted {
		duration = strconv.Itoa(c.Duration)
	}
	return map[string]any{
		"sid": c.SID, "account_sid": account, "api_version": apiVersion, "direction": c.direction(),
		"date_created": twilioDate(c.At), "date_updated": twilioDate(c.moved),
		"start_time": twilioDate(c.answeredAt), "end_time": twilioDate(c.endedAt), "duration": duration,
		"to": c.To, "to_formatted": c.To, "from": c.From, "from_formatted": c.From,
		"status": c.Status, "answered_by": optional(c.AnsweredBy), "annotation": nil,
		"parent_call_sid": nil, "phone_number_sid": nil, "forwarded_from": nil, "group_sid": nil,
		"caller_name": nil, "trunk_sid": nil, "queue_time": "0", "price": nil, "price_unit": "USD",
		"subresource_uris": map[string]string{"recordings": uri + "/Recordings.json", "notifications": uri + "/Notifications.json"},
		"uri":              uri + ".json",
	}
}

// Twilio's own defaults and bounds of a call.
const (
	defaultRing  = 60 * time.Second
	longestRing  = 600 * time.Second
	longestCall  = 4 * time.Hour
	longestTwiML = 4000 // characters in a request
)

func (l *Lab) createCall(r *http.Request, undelivered bool) answer {
	f := r.PostForm
	l.mu.Lock()
	defer l.mu.Unlock()
	if refused := l.checkCall(f); refused != nil {
		return refused.answer()
	}
	now := l.cfg.Now()
	c := &call{
		Call:          Call{SID: newSID("CA"), From: f.Get("From"), To: f.Get("To"), At: now, Status: CallQueued},
		moved:         now,
		first:         source{twiml: f.Get("Twiml"), method: method(f, "Method"), url: f.Get("Url")},
		fallback:      source{method: method(f, "FallbackMethod"), url: f.Get("FallbackUrl")},
		status:        source{method: method(f, "StatusCallbackMethod"), url: f.Get("StatusCallback")},
		events:        strings.Fields(strings.Join(f["StatusCallbackEvent"], " ")),
		rings:         seconds(f, "Timeout", defaultRing, longestRing),
		lasts:         seconds(f, "TimeLimit", longestCall, longestCall),
		detects:       f.Get("MachineDetection"),
		detectsBeside: f.Get("AsyncAmd") == "true",
		detected:      source{method: method(f, "AsyncAmdStatusCallbackMethod"), url: f.Get("AsyncAmdStatusCallback")},
		fails:         undelivered,
		interrupt:     make(chan struct{}, 1),
	}
	if len(c.events) == 0 {
		c.events = []string{"completed"}
	}
	l.phoneAt(c.To)
	l.calls.add(c.SID, c, longestTwiML)
	l.touch()
	l.spawn(func() { l.place(c) })
	return found(http.StatusCreated, c.json(l.cfg.AccountSID))
}

func method(f url.Values, field string) string {
	if strings.EqualFold(f.Get(field), http.MethodGet) {
		return http.MethodGet
	}
	return http.MethodPost
}

func seconds(f url.Values, field string, otherwise, most time.Duration) time.Duration {
	n, err := strconv.Atoi(f.Get(field))
	if err != nil || n < 1 {
		return otherwise
	}
	return min(time.Duration(n)*time.Second, most)
}

// checkCall refuses what Twilio refuses before it calls. The caller holds l.mu.
func (l *Lab) checkCall(f url.Values) *twilioError {
	to, from := f.Get("To"), f.Get("From")
	switch {
	case to == "":
		return refusal(21201, "No 'To' number is specified")
	case from == "":
		return refusal(21213, "No 'From' number is specified")
	case !numberForm.MatchString(to):
		return refusal(21211, "Invalid 'To' Phone Number: %s", to)
	case !numberForm.MatchString(from):
		return refusal(21212, "Invalid 'From' Phone Number: %s", from)
	case !l.owns(from):
		return refusal(21210, "The source phone number provided, %s, is not yet verified for your account.", from)
	case f.Get("Url") == "" && f.Get("Twiml") == "":
		return refusal(21205, "Url parameter is required.")
	}
	return checkTwiMLFields(f)
}

// checkTwiMLFields refuses what neither creating nor redirecting a call takes.
func checkTwiMLFields(f url.Values) *twilioError {
	if utf8.RuneCountInString(f.Get("Twiml")) > longestTwiML {
		return refusal(20001, "Twiml must not be longer than %d characters", longestTwiML)
	}
	for _, field := range []string{"Url", "FallbackUrl", "StatusCallback", "AsyncAmdStatusCallback"} {
		if f.Get(field) == "" || isWebURL(f.Get(field)) {
			continue
		}
		if field == "Url" {
			return refusal(21205, "Url is not a valid URL: %s", f.Get(field))
		}
		return refusal(21609, "The '%s' URL %s is not a valid URL", field, f.Get(field))
	}
	return nil
}

func (l *Lab) listCalls(r *http.Request, _ bool) answer {
	return page(l, r, "calls", l.calls, []string{"To", "From", "Status"}, func(c *call, q url.Values) bool {
		return is(q, "To", c.To) && is(q, "From", c.From) && is(q, "Status", string(c.Status))
	})
}

func (l *Lab) fetchCall(r *http.Request, _ bool) answer {
	c, refused := lookUp(l, r, l.calls)
	if refused != nil {
		return refused.answer()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return found(http.StatusOK, c.json(l.cfg.AccountSID))
}

// updateCall ends a call or gives it something else to say. Cancelling does not touch one that has
// been picked up; completing ends any.
func (l *Lab) updateCall(r *http.Request, _ bool) answer {
	c, refused := lookUp(l, r, l.calls)
	if refused != nil {
		return refused.answer()
	}
	f := r.PostForm
	if refused := checkTwiMLFields(f); refused != nil {
		return refused.answer()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	status := CallStatus(f.Get("Status"))
	redirects := f.Get("Url") != "" || f.Get("Twiml") != ""
	switch {
	case status != "" && status != CallCanceled && status != CallCompleted:
		return refusal(21218, "Invalid status: %s. Use canceled or completed.", status).answer()
	case c.Status.over() || redirects && c.Status != CallInProgress:
		return refusal(21220, "Call is not in-progress. Cannot redirect.").answer()
	case c.Status != CallInProgress && status != "":
		l.endCall(c, CallCanceled)
	case status == CallCompleted:
		l.endCall(c, CallCompleted)
	case redirects:
		c.redirected = &source{twiml: f.Get("Twiml"), method: method(f, "Method"), url: f.Get("Url")}
		c.wake()
	}
	return found(http.StatusOK, c.json(l.cfg.AccountSID))
}

// wake makes the call look at what has changed.
func (c *call) wake() {
	select {
	case c.interrupt <- struct{}{}:
	default:
	}
}
