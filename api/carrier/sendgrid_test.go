package carrier

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/delivery"
)

var now = time.Date(2026, 11, 5, 3, 0, 0, 0, time.UTC)

func newKey(t testing.TB, curve elliptic.Curve) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(curve, rand.Reader)
	require.NoError(t, err)
	return key
}

func signBatch(t testing.TB, key *ecdsa.PrivateKey, timestamp, body string) []byte {
	t.Helper()
	hash := sha256.Sum256([]byte(timestamp + body))
	signature, err := ecdsa.SignASN1(rand.Reader, key, hash[:])
	require.NoError(t, err)
	return signature
}

func TestVerifySendGrid_batches_passOnlyWhenTrue(t *testing.T) {
	t.Parallel()
	const body = `[{"event":"delivered"}]` + "\r\n"
	key, other := newKey(t, elliptic.P256()), newKey(t, elliptic.P256())
	at := func(d time.Duration) string { return fmt.Sprint(now.Add(d).Unix()) }
	base64Of := base64.StdEncoding.EncodeToString
	signed := func(timestamp, body string) string { return base64Of(signBatch(t, key, timestamp, body)) }
	ts := at(0)
	for name, c := range map[string]struct {
		key                        *ecdsa.PublicKey
		timestamp, signature, body string
		ok                         bool
	}{
		"true":                         {&key.PublicKey, ts, signed(ts, body), body, true},
		"tried for a day":              {&key.PublicKey, at(-24 * time.Hour), signed(at(-24*time.Hour), body), body, true},
		"our clock is slow":            {&key.PublicKey, at(9 * time.Minute), signed(at(9*time.Minute), body), body, true},
		"too old":                      {&key.PublicKey, at(-26 * time.Hour), signed(at(-26*time.Hour), body), body, false},
		"from the future":              {&key.PublicKey, at(11 * time.Minute), signed(at(11*time.Minute), body), body, false},
		"no key":                       {nil, ts, signed(ts, body), body, false},
		"another key":                  {&other.PublicKey, ts, signed(ts, body), body, false},
		"without its line break":       {&key.PublicKey, ts, signed(ts, body), body[:len(body)-2], false},
		"changed":                      {&key.PublicKey, ts, signed(ts, body), `[{"event":"bounce"}]` + "\r\n", false},
		"garbage after the signature":  {&key.PublicKey, ts, base64Of(append(signBatch(t, key, ts, body), 0)), body, false},
		"no signature":                 {&key.PublicKey, ts, "", body, false},
		"not base64":                   {&key.PublicKey, ts, "!", body, false},
		"no timestamp":                 {&key.PublicKey, "", signed("", body), body, false},
		"a digit moved to the body":    {&key.PublicKey, ts[:9], signed(ts, body), ts[9:] + body, false},
		"a digit moved from the body":  {&key.PublicKey, ts + "1", signed(ts, "1"+body), body, false},
		"a timestamp with a line feed": {&key.PublicKey, ts + "\n", signed(ts+"\n", body), body, false},
		"not a batch":                  {&key.PublicKey, ts, signed(ts, "{}"), "{}", false},
		"empty":                        {&key.PublicKey, ts, signed(ts, ""), "", false},
	} {
		err := VerifySendGrid(c.key, c.timestamp, c.signature, []byte(c.body), now)
		require.Equal(t, c.ok, err == nil, "%s: %v", name, err)
	}
}

func TestParseSendGridKey_keys_areCheckedWithoutPanic(t *testing.T) {
	t.Parallel()
	pkix := func(key any) string {
		der, err := x509.MarshalPKIXPublicKey(key)
		require.NoError(t, err)
		return base64.StdEncoding.EncodeToString(der)
	}
	key := newKey(t, elliptic.P256())
	got, err := ParseSendGridKey(" " + pkix(&key.PublicKey) + "\n")
	require.NoError(t, err)
	require.True(t, key.PublicKey.Equal(got))

	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	edwards, _, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	for name, text := range map[string]string{
		"RSA": pkix(&rsaKey.PublicKey), "Edwards": pkix(edwards), "P-384": pkix(&newKey(t, elliptic.P384()).PublicKey),
		"empty": "", "not base64": "%%%", "not DER": "AAAA",
	} {
		got, err := ParseSendGridKey(text)
		require.ErrorContains(t, err, "copy the verification key", name)
		require.Nil(t, got, name)
	}
}

func TestDecodeSendGrid_batch_becomesEvents(t *testing.T) {
	t.Parallel()
	events, err := DecodeSendGrid([]byte(`[
		{"sg_event_id":"e1","n":"n1","event":"delivered","timestamp":1793847600,"email":"anna@example.com",
		 "sg_message_id":"14c5d75ce93.dfd.64b469.filter0001.16648.5515E0B88.0"},
		{"sg_event_id":"e2","n":"n1","event":"bounce","type":"blocked","reason":"550 <anna@example.com>",
		 "sg_message_id":"rp3bLKdUSXC9vVWQzgRxZA.recvd-7d6c4c8c67-6w9pj-1-6544C3F2-5E.0"},
		{"sg_event_id":"e3","event":"a new one","category":["x"]},
		{"sg_event_id":"e4","n":{"not":"ours"},"event":"open"},
		{"event":"without an id"},
		"not an event"
	]`))
	require.NoError(t, err)
	require.Equal(t, []MailEvent{
		{ID: "e1", N: "n1", Event: "delivered", At: time.Unix(1793847600, 0).UTC(), MessageID: "14c5d75ce93.dfd.64b469", To: "anna@example.com"},
		{ID: "e2", N: "n1", Event: "bounce", Type: "blocked", Reason: "550 <anna@example.com>", At: time.Unix(0, 0).UTC(), MessageID: "rp3bLKdUSXC9vVWQzgRxZA"},
		{ID: "e3", Event: "a new one", At: time.Unix(0, 0).UTC()},
	}, events)
	require.Equal(t, delivery.Outcome{State: delivery.Delivered, ProviderID: "14c5d75ce93.dfd.64b469"}, events[0].Outcome())
	require.Equal(t, delivery.Outcome{State: delivery.Failed, Class: delivery.Temporary, Code: "blocked", ProviderID: "rp3bLKdUSXC9vVWQzgRxZA"}, events[1].Outcome())
	require.Equal(t, delivery.Outcome{}, events[2].Outcome())

	for _, body := range []string{"", "{}", "[", "[]x"} {
		_, err := DecodeSendGrid([]byte(body))
		require.Error(t, err, body)
	}
}

func FuzzSendGrid_anyBatch_neverPanics(f *testing.F) {
	key := newKey(f, elliptic.P256())
	ts := fmt.Sprint(now.Unix())
	f.Add(ts, base64.StdEncoding.EncodeToString(signBatch(f, key, ts, "[]")), `[{"sg_event_id":"e","timestamp":1e99}]`)
	f.Add(ts, "", `[null]`)
	f.Fuzz(func(t *testing.T, timestamp, signature, body string) {
		if body != "[]" && VerifySendGrid(&key.PublicKey, timestamp, signature, []byte(body), now) == nil {
			t.Fatal("a batch that nobody signed")
		}
		events, _ := DecodeSendGrid([]byte(body))
		for _, e := range events {
			require.NotEmpty(t, e.ID)
			_ = e.Outcome()
		}
		_, _ = ParseSendGridKey(body)
	})
}
