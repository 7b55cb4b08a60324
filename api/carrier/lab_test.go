package carrier

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/internal/lab"
)

// hook takes call-backs as a handler will: verify, decode, nothing else.
func hook(t *testing.T, take func(address string, header http.Header, body []byte) error) string {
	t.Helper()
	var server *httptest.Server
	server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err == nil {
			err = take(server.URL+r.URL.RequestURI(), r.Header, body)
		}
		if err != nil {
			t.Error(err)
			w.WriteHeader(http.StatusForbidden)
		}
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func newLab(t *testing.T, cfg lab.Config) (*lab.Lab, string) {
	t.Helper()
	l, err := lab.New(cfg)
	require.NoError(t, err)
	server := httptest.NewServer(l.Handler())
	t.Cleanup(func() { l.Close(); server.Close() })
	return l, server.URL
}

func send(t *testing.T, address, contentType, body string, authorize func(*http.Request)) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, strings.NewReader(body))
	require.NoError(t, err)
	r.Header.Set("Content-Type", contentType)
	authorize(r)
	res, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	require.Less(t, res.StatusCode, 300)
}

// await merges outcomes until one stands that is wanted.
func await(t *testing.T, outcomes <-chan delivery.Outcome, want delivery.State) delivery.Outcome {
	t.Helper()
	deadline := time.After(20 * time.Second)
	known := delivery.Outcome{}
	for known.State != want {
		select {
		case o := <-outcomes:
			known = delivery.Merge(known, o)
		case <-deadline:
			t.Fatalf("only %+v became known", known)
		}
	}
	return known
}

// Receipts come signed, twice and in the wrong order; what is known in the end is the truth.
func TestLab_receipts_verifyAndMergeToTheTruth(t *testing.T) {
	t.Parallel()
	for behaviour, want := range map[lab.Behaviour]delivery.State{
		lab.Answer: delivery.Delivered, lab.Off: delivery.Failed,
	} {
		outcomes := make(chan delivery.Outcome, 32)
		callback := hook(t, func(address string, header http.Header, body []byte) error {
			err := VerifyTwilio([]string{lab.DefaultAuthToken}, address, body, header.Get(TwilioSignature))
			if err != nil {
				return err
			}
			c, err := DecodeTwilio(address, body)
			if err == nil && c.N == "n1" {
				outcomes <- c.Outcome()
			}
			return err
		})
		l, address := newLab(t, lab.Config{Phones: []lab.Phone{{Number: "+4915111111111", Behaviour: behaviour}}, Speed: 10_000})
		require.NoError(t, l.SetCallbacks(lab.Callbacks{Duplicate: true, Reorder: true}))
		send(t, address+"/2010-04-01/Accounts/"+lab.DefaultAccountSID+"/Messages.json", "application/x-www-form-urlencoded", url.Values{
			"To": {"+4915111111111"}, "From": {"+4915730000000"}, "Body": {"hello"}, "StatusCallback": {callback + "/cb?n=n1"},
		}.Encode(), func(r *http.Request) { r.SetBasicAuth(lab.DefaultAccountSID, lab.DefaultAuthToken) })
		known := await(t, outcomes, want)
		require.Equal(t, l.Phones()[0].Messages[0].SID, known.ProviderID)
	}
}

func TestLab_mailEvents_verifyAndMergeToTheTruth(t *testing.T) {
	t.Parallel()
	outcomes := make(chan delivery.Outcome, 32)
	l, address := newLab(t, lab.Config{Speed: 10_000})
	key, err := ParseSendGridKey(l.MailVerificationKey())
	require.NoError(t, err)
	l.SetMailEventsURL(hook(t, func(_ string, header http.Header, body []byte) error {
		err := VerifySendGrid(key, header.Get(SendGridTimestamp), header.Get(SendGridSignature), body, time.Now())
		if err != nil {
			return err
		}
		events, err := DecodeSendGrid(body)
		for _, e := range events {
			if e.N == "n1" {
				outcomes <- e.Outcome()
			}
		}
		return err
	}))
	send(t, address+"/v3/mail/send", "application/json", `{"from":{"email":"bell@example.com"},"subject":"s",
		"personalizations":[{"to":[{"email":"anna@example.com"}],"custom_args":{"n":"n1"}}],
		"content":[{"type":"text/plain","value":"hello"}]}`,
		func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+lab.DefaultSendGridKey) })
	known := await(t, outcomes, delivery.Delivered)
	require.NotEmpty(t, known.ProviderID)
	require.True(t, strings.HasPrefix(l.Inboxes()[0].Mails[0].ID, known.ProviderID+"."), "it begins SendGrid's own id")
}
