package bearer

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"strings"

	"github.com/stormbell/stormbell/domain/plan"
)

// Presented returns the bearer token of a request, or the password of basic authentication,
// which some senders offer instead; "" when there is neither.
func Presented(r *http.Request) string {
	if scheme, token, ok := strings.Cut(r.Header.Get("Authorization"), " "); ok && strings.EqualFold(scheme, "Bearer") {
		return strings.TrimSpace(token)
	}
	_, password, _ := r.BasicAuth()
	return password
}

// Matches tells whether the presented token is one of the secrets. Hashes are compared, so
// that the time it takes tells nothing about length or likeness; empty secrets match nothing.
func Matches(presented string, secrets ...plan.Secret) bool {
	given, found := sha256.Sum256([]byte(presented)), 0
	for _, secret := range secrets {
		want := sha256.Sum256([]byte(secret.Reveal()))
		if secret != "" {
			found |= subtle.ConstantTimeCompare(given[:], want[:])
		}
	}
	return found == 1
}
