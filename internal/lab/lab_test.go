package lab_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/twilio/twilio-go"
	"github.com/twilio/twilio-go/client"

	"github.com/stormbell/stormbell/internal/lab"
)

const (
	anna   = "+491701000001"
	ben    = "+491701000002"
	sender = "+491573599000"
	other  = "+491573599001"
)

// patience is how long a test waits for what must come; fast makes it come soon.
const (
	patience = 20 * time.Second
	fast     = 100
)

// start runs a lab behind a real server, with everything it posts recorded by a webhook.
func start(t *testing.T, change ...func(*lab.Config)) (*lab.Lab, string, *webhook) {
	t.Helper()
	hook := newWebhook(t)
	cfg := lab.Config{
		Phones:        []lab.Phone{{Number: anna, Person: "Anna Vogel", Language: "de"}, {Number: ben, Person: "Ben Roth"}},
		Inboxes:       []string{"anna@example.com"},
		InboundURL:    hook.url + "/inbound",
		MailEventsURL: hook.url + "/events",
		Speed:         fast,
	}
	for _, c := range change {
		c(&cfg)
	}
	l, err := lab.New(cfg)
	require.NoError(t, err)
	t.Cleanup(l.Close)
	server := httptest.NewServer(l.Handler())
	t.Cleanup(server.Close)
	return l, server.URL, hook
}

// await waits until the lab shows something.
func await(t *testing.T, l *lab.Lab, what string, met func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	require.NoError(t, l.Await(ctx, met), "never: %s", what)
}

func phone(l *lab.Lab, number string) lab.PhoneState {
	for _, p := range l.Phones() {
		if p.Number == number {
			return p
		}
	}
	return lab.PhoneState{}
}

// onlyCall is the call to a phone once there is one.
func onlyCall(l *lab.Lab, number string) lab.Call {
	if calls := phone(l, number).Calls; len(calls) > 0 {
		return calls[len(calls)-1]
	}
	return lab.Call{}
}

// redirected sends what the SDK sends to Twilio to the lab.
type redirected struct {
	base *url.URL
	life context.Context //nolint:containedctx // the SDK has no other way to give a request up
}

func (r redirected) RoundTrip(req *http.Request) (*http.Response, error) {
	req = req.Clone(r.life)
	req.URL.Scheme, req.URL.Host, req.Host = r.base.Scheme, r.base.Host, ""
	return http.DefaultTransport.RoundTrip(req)
}

func sdk(t *testing.T, address string) *twilio.RestClient {
	t.Helper()
	return sdkAs(t, t.Context(), address, lab.DefaultAccountSID, lab.DefaultAuthToken)
}

func sdkAs(t *testing.T, life context.Context, address, account, token string) *twilio.RestClient {
	t.Helper()
	base, err := url.Parse(address)
	require.NoError(t, err)
	c := &client.Client{
		Credentials: client.NewCredentials(account, token),
		HTTPClient:  &http.Client{Transport: redirected{base, life}},
	}
	c.SetAccountSid(account)
	return twilio.NewRestClientWithParams(twilio.ClientParams{Client: c})
}

// refusedWith asserts Twilio's typed error.
func refusedWith(t *testing.T, err error, status, code int) {
	t.Helper()
	var refusal *client.TwilioRestError
	require.ErrorAs(t, err, &refusal)
	require.Equal(t, status, refusal.Status)
	require.Equal(t, code, refusal.Code)
	require.Contains(t, refusal.MoreInfo, "https://www.twilio.com/docs/errors/")
	require.NotEmpty(t, refusal.Message)
}

// webhook is the server the lab calls back. It checks every Twilio signature with Twilio's validator.
type webhook struct {
	url string

	mu     sync.Mutex
	got    []hooked
	answer func(path string, form url.Values) (status int, contentType, body string)
}

type hooked struct {
	method, path string
	form         url.Values
	header       http.Header
	body         []byte
}

func newWebhook(t *testing.T) *webhook {
	t.Helper()
	h := &webhook{answer: func(string, url.Values) (int, string, string) { return http.StatusNoContent, "", "" }}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		require.NoError(t, err)
		form, err := url.ParseQuery(string(body))
		require.NoError(t, err)
		if r.Method == http.MethodGet {
			form = r.URL.Query()
		}
		if signature := r.Header.Get("X-Twilio-Signature"); r.URL.Path != "/events" {
			validator := client.NewRequestValidator(lab.DefaultAuthToken)
			require.True(t, validator.ValidateBody("http://"+r.Host+r.URL.RequestURI(), body, signature), "signature of %s", r.URL.Path)
			forged := append(slices.Clone(body), "&Forged=9"...)
			require.False(t, validator.ValidateBody("http://"+r.Host+r.URL.RequestURI(), forged, signature))
		}
		h.mu.Lock()
		h.got = append(h.got, hooked{r.Method, r.URL.Path, form, r.Header, body})
		status, contentType, text := h.answer(r.URL.Path, form)
		h.mu.Unlock()
		if contentType != "" {
			w.Header().Set("Content-Type", contentType)
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, text)
	}))
	t.Cleanup(server.Close)
	h.url = server.URL
	return h
}

// answers lets the webhook speak TwiML, by path.
func (h *webhook) answers(twiml map[string]string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.answer = func(path string, _ url.Values) (int, string, string) {
		if text, ok := twiml[path]; ok {
			return http.StatusOK, "text/xml", "<Response>" + text + "</Response>"
		}
		return http.StatusNoContent, "", ""
	}
}

// at is what was posted to a path so far.
func (h *webhook) at(path string) []hooked {
	h.mu.Lock()
	defer h.mu.Unlock()
	var at []hooked
	for _, g := range h.got {
		if g.path == path {
			at = append(at, g)
		}
	}
	return at
}

// fields is one field of everything posted to a path.
func (h *webhook) fields(path, field string) []string {
	var values []string
	for _, g := range h.at(path) {
		values = append(values, g.form.Get(field))
	}
	return values
}

// eventually polls for what arrives outside the lab.
func eventually(t *testing.T, what string, met func() bool) {
	t.Helper()
	require.Eventually(t, met, patience, 2*time.Millisecond, what)
}

// ask does one request to the lab and decodes its JSON.
func ask(t *testing.T, method, address, body string) (int, map[string]any) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, address, bytes.NewBufferString(body))
	require.NoError(t, err)
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer func() { _ = resp.Body.Close() }()
	var decoded map[string]any
	require.NoError(t, json.NewDecoder(resp.Body).Decode(&decoded))
	return resp.StatusCode, decoded
}

func TestNewRefusesWhatCannotWork(t *testing.T) {
	t.Parallel()
	for name, cfg := range map[string]lab.Config{
		"a token the SDK refuses": {AuthToken: "not-alphanumeric"},
		"time running backwards":  {Speed: -1},
		"a number nobody has":     {Phones: []lab.Phone{{Number: "12"}}},
		"two with one number":     {Phones: []lab.Phone{{Number: anna}, {Number: anna[1:]}}},
		"an unknown behaviour":    {Phones: []lab.Phone{{Number: anna, Behaviour: "shy"}}},
	} {
		_, err := lab.New(cfg)
		require.Error(t, err, name)
	}
}

func TestCloseEndsEverythingUnderWay(t *testing.T) {
	t.Parallel()
	l, address, hook := start(t, func(c *lab.Config) { c.Speed = 1 })
	hook.answers(map[string]string{"/voice": `<Pause length="600"/>`})
	_, err := sdk(t, address).Api.CreateCall(callTo(anna, hook))
	require.NoError(t, err)
	await(t, l, "ringing", func() bool { return onlyCall(l, anna).Status == lab.CallRinging })
	l.Close()
	require.Equal(t, lab.CallRinging, onlyCall(l, anna).Status)
}
