package login

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/stormbell/stormbell/api/visitor"
	"github.com/stormbell/stormbell/internal/record"
)

// The addresses of the company's login with us.
const (
	// CompanyPath leads out to it; it only sets a cookie.
	CompanyPath = "/sign-in/company"
	// ReturnPath is where it sends people back to.
	ReturnPath = "/sign-in/return"
)

// tripLasts is how long somebody may take at the company's login.
const tripLasts = 10 * time.Minute

// skew is how far the clocks of two machines may be apart.
const skew = time.Minute

// journey is what a browser carries to the company's login and back: only who set out here comes
// back here (state), with an answer to this very question (nonce), which only we can redeem
// (verifier, PKCE).
type journey struct {
	State    string    `json:"state"`
	Nonce    string    `json:"nonce"`
	Verifier string    `json:"verifier"`
	To       string    `json:"to"`
	At       time.Time `json:"at"`
	// Again says that they have to prove anew who they are.
	Again bool `json:"again,omitempty"`
}

// Leave sends a browser to the company's login, from where it comes back to an address of ours.
// With again, people have to prove there once more who they are.
func (d *Door) Leave(w http.ResponseWriter, r *http.Request, to string, again bool) error {
	provider, err := d.provider(r.Context())
	if err != nil {
		return err
	}
	j := journey{State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier(), To: Local(to), At: d.Now(), Again: again}
	carried, err := json.Marshal(j)
	if err != nil {
		return fmt.Errorf("leave for the company's login: %w", err)
	}
	d.remember(w, trip, base64.RawURLEncoding.EncodeToString(carried), tripLasts)
	options := []oauth2.AuthCodeOption{oidc.Nonce(j.Nonce), oauth2.S256ChallengeOption(j.Verifier)}
	if again {
		options = append(options, oauth2.SetAuthURLParam("prompt", "login"), oauth2.SetAuthURLParam("max_age", "0"))
	}
	http.Redirect(w, r, d.oauth(provider).AuthCodeURL(j.State, options...), http.StatusFound)
	return nil
}

// Return takes a browser back and signs it in. It returns where to go on to.
func (d *Door) Return(w http.ResponseWriter, r *http.Request) (to string, err error) {
	d.remember(w, trip, "", 0) // one journey, one return
	j, err := d.journey(r)
	if err != nil {
		return "", err
	}
	if said := r.URL.Query().Get("error"); said != "" {
		return "", ErrDenied
	}
	provider, err := d.provider(r.Context())
	if err != nil {
		return "", err
	}
	who, err := d.ask(r.Context(), provider, r.URL.Query().Get("code"), j)
	if err != nil {
		return "", err
	}
	s := session{Method: visitor.Company, Name: who.Name, Groups: who.Groups, ProvedAt: who.ProvedAt}
	if person, is := d.Plan().PersonByMail(who.Email); is && bool(who.Verified) {
		s.Person = person.ID
	} else {
		s.Guest = guestID(who.Issuer, who.Subject)
		if err := d.Record.PutGuest(r.Context(), record.Guest{ID: s.Guest, Name: who.Name, Email: who.Email}); err != nil {
			return "", err
		}
	}
	if err := d.signIn(w, r, s); err != nil {
		return "", err
	}
	d.Logger.InfoContext(r.Context(), "somebody signed in", "method", s.Method, "guest", s.Guest != "")
	return j.To, nil
}

// journey is what the browser set out with.
func (d *Door) journey(r *http.Request) (journey, error) {
	var j journey
	carried, err := r.Cookie(d.cookieName(trip))
	if err != nil {
		return j, ErrLost
	}
	raw, err := base64.RawURLEncoding.DecodeString(carried.Value)
	if err == nil {
		err = json.Unmarshal(raw, &j)
	}
	state := r.URL.Query().Get("state")
	if err != nil || j.State == "" || subtle.ConstantTimeCompare([]byte(j.State), []byte(state)) != 1 || d.Now().Sub(j.At) > tripLasts {
		return j, ErrLost
	}
	return j, nil
}

// ask redeems the code and believes nothing that is not signed for us, now, and for this question.
func (d *Door) ask(ctx context.Context, provider *oidc.Provider, code string, j journey) (identity, error) {
	ctx = oidc.ClientContext(ctx, d.Client)
	config := d.oauth(provider)
	token, err := config.Exchange(ctx, code, oauth2.VerifierOption(j.Verifier))
	var refused *oauth2.RetrieveError
	switch {
	case errors.As(err, &refused):
		d.Logger.WarnContext(ctx, "the company's login takes its own code back", "reason", refused.ErrorCode)
		return identity{}, ErrUntrusted
	case err != nil:
		return identity{}, fmt.Errorf("%w: %w", ErrUnreachable, err)
	}
	raw, _ := token.Extra("id_token").(string)
	signed, err := provider.VerifierContext(ctx, &oidc.Config{ClientID: config.ClientID, Now: d.Now}).Verify(ctx, raw)
	if err != nil {
		d.Logger.WarnContext(ctx, "an answer of the company's login does not hold", "reason", err.Error())
		return identity{}, ErrUntrusted
	}
	if subtle.ConstantTimeCompare([]byte(signed.Nonce), []byte(j.Nonce)) != 1 {
		d.Logger.WarnContext(ctx, "an answer of the company's login is to another question")
		return identity{}, ErrUntrusted
	}
	who, err := d.identify(ctx, provider, signed, config.TokenSource(ctx, token))
	if err != nil {
		return identity{}, err
	}
	if j.Again && who.ProvedAt.Before(j.At.Add(-skew)) {
		d.Logger.WarnContext(ctx, "the company's login did not ask anew who somebody is; it must answer max_age with auth_time")
		return identity{}, ErrUntrusted
	}
	return who, nil
}

// guestID names somebody who is not on the plan, without saying who it is.
func guestID(issuer, subject string) string {
	sum := sha256.Sum256([]byte(issuer + "\n" + subject))
	return "guest-" + hex.EncodeToString(sum[:5])
}
