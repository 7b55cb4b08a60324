package login_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/require"
)

// issuer is a company's login in a few lines: it lets everybody in as who, and remembers what it
// was asked.
type issuer struct {
	t      *testing.T
	server *httptest.Server
	key    *rsa.PrivateKey
	now    func() time.Time
	// says are the claims of the next token; page those of the page about the user, nil for none.
	says, page map[string]any
	// spoil changes the claims at the last moment; signer signs instead of the key when it is set.
	spoil  func(map[string]any)
	signer *rsa.PrivateKey
	asked  url.Values // what the browser came with
	down   bool
}

func newIssuer(t *testing.T, now func() time.Time) *issuer {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	i := &issuer{t: t, key: key, now: now}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		if i.down {
			http.Error(w, "out of order", http.StatusBadGateway)
			return
		}
		base := i.server.URL
		i.answer(w, map[string]any{
			"issuer": base, "authorization_endpoint": base + "/authorize", "token_endpoint": base + "/token", "jwks_uri": base + "/keys",
			"userinfo_endpoint": base + "/me", "id_token_signing_alg_values_supported": []string{"RS256"},
		})
	})
	mux.HandleFunc("GET /keys", func(w http.ResponseWriter, _ *http.Request) {
		i.answer(w, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: &i.key.PublicKey, KeyID: "k", Algorithm: "RS256", Use: "sig"}}})
	})
	mux.HandleFunc("POST /token", i.token)
	mux.HandleFunc("GET /me", func(w http.ResponseWriter, _ *http.Request) { i.answer(w, i.page) })
	i.server = httptest.NewServer(mux)
	t.Cleanup(i.server.Close)
	return i
}

func (i *issuer) answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

// authorize is the browser's visit: it comes back with a code for whoever is let in.
func (i *issuer) authorize(address string) (back string) {
	i.t.Helper()
	u, err := url.Parse(address)
	require.NoError(i.t, err)
	i.asked = u.Query()
	require.Equal(i.t, "/authorize", u.Path)
	require.Equal(i.t, "code", i.asked.Get("response_type"))
	require.Equal(i.t, "S256", i.asked.Get("code_challenge_method"))
	require.NotEmpty(i.t, i.asked.Get("nonce"))
	return i.asked.Get("redirect_uri") + "?" + url.Values{"state": {i.asked.Get("state")}, "code": {"the-code"}}.Encode()
}

func (i *issuer) token(w http.ResponseWriter, r *http.Request) {
	sum := sha256.Sum256([]byte(r.FormValue("code_verifier")))
	if r.FormValue("code") != "the-code" || base64.RawURLEncoding.EncodeToString(sum[:]) != i.asked.Get("code_challenge") {
		w.WriteHeader(http.StatusBadRequest)
		i.answer(w, map[string]any{"error": "invalid_grant"})
		return
	}
	claims := map[string]any{
		"iss": i.server.URL, "aud": "stormbell", "sub": "42", "iat": i.now().Unix(), "exp": i.now().Add(time.Minute).Unix(), "nonce": i.asked.Get("nonce"),
	}
	for name, value := range i.says {
		claims[name] = value
	}
	if i.spoil != nil {
		i.spoil(claims)
	}
	key := i.key
	if i.signer != nil {
		key = i.signer
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: key, KeyID: "k"}}, nil)
	if err != nil {
		i.t.Error(err)
		return
	}
	body, err := json.Marshal(claims)
	if err != nil {
		i.t.Error(err)
		return
	}
	signed, err := signer.Sign(body)
	if err != nil {
		i.t.Error(err)
		return
	}
	text, err := signed.CompactSerialize()
	if err != nil {
		i.t.Error(err)
		return
	}
	i.answer(w, map[string]any{"access_token": "a", "token_type": "Bearer", "expires_in": 60, "id_token": text})
}
