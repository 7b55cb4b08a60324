package login

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// company is the company's login as it describes itself, asked for when it is first needed and
// kept from then on.
type company struct {
	mu    sync.Mutex
	known *oidc.Provider
	// failed is why it was not found the last time, and rests until when it is not asked again:
	// nobody who signs in waits for the patience of everybody before.
	failed error
	rests  time.Time
}

// rest is how long a login that does not answer is left alone.
const rest = 3 * time.Second

func (d *Door) provider(ctx context.Context) (*oidc.Provider, error) {
	d.company.mu.Lock()
	defer d.company.mu.Unlock()
	if d.company.known != nil {
		return d.company.known, nil
	}
	if time.Now().Before(d.company.rests) {
		return nil, d.company.failed
	}
	found, err := oidc.NewProvider(oidc.ClientContext(ctx, d.Client), d.Plan().Login.OIDC.Issuer)
	if err != nil {
		d.company.failed, d.company.rests = fmt.Errorf("%w: %w", ErrUnreachable, err), time.Now().Add(rest)
		return nil, d.company.failed
	}
	d.company.known = found
	return found, nil
}

func (d *Door) oauth(provider *oidc.Provider) *oauth2.Config {
	o := d.Plan().Login.OIDC
	return &oauth2.Config{
		ClientID: o.ClientID, ClientSecret: o.Secret.Reveal(), Endpoint: provider.Endpoint(), RedirectURL: d.PublicURL + ReturnPath,
		Scopes: append([]string{oidc.ScopeOpenID, "profile", "email"}, o.Scopes...),
	}
}

// identity is what the company's login says of somebody.
type identity struct {
	Issuer, Subject string
	Email           string
	Verified        boolean
	Name            string
	Groups          []string
	// ProvedAt is when they proved to it who they are; zero when it does not say.
	ProvedAt time.Time
}

// claims are what a token or the page about a user says.
type claims struct {
	Email    string  `json:"email"`
	Verified boolean `json:"email_verified"`
	Name     string  `json:"name"`
	Proved   int64   `json:"auth_time"`
	groups   []string
	// grouped tells whether it says anything about groups.
	grouped bool
}

// identify reads an answer that holds. What the token leaves out is asked for with it.
func (d *Door) identify(ctx context.Context, provider *oidc.Provider, signed *oidc.IDToken, source oauth2.TokenSource) (identity, error) {
	said, err := d.claims(ctx, signed.Claims)
	if err != nil {
		return identity{}, err
	}
	if provider.UserInfoEndpoint() != "" && (said.Email == "" || said.Name == "" || !said.grouped) {
		page, err := provider.UserInfo(ctx, source)
		if err != nil {
			return identity{}, fmt.Errorf("%w: %w", ErrUnreachable, err)
		}
		if page.Subject != signed.Subject {
			return identity{}, ErrUntrusted
		}
		more, err := d.claims(ctx, page.Claims)
		if err != nil {
			return identity{}, err
		}
		if said.Email == "" {
			said.Email, said.Verified = more.Email, more.Verified
		}
		if said.Name == "" {
			said.Name = more.Name
		}
		if !said.grouped {
			said.groups = more.groups
		}
	}
	who := identity{Issuer: signed.Issuer, Subject: signed.Subject, Email: said.Email, Verified: said.Verified, Name: said.Name, Groups: said.groups}
	if said.Proved > 0 {
		// Whoever's clock is ahead has not proved anything in the future.
		who.ProvedAt = time.Unix(min(said.Proved, d.Now().Unix()), 0).UTC()
	}
	return who, nil
}

// claims reads what is said, with the groups under the plan's name for them.
func (d *Door) claims(ctx context.Context, read func(any) error) (claims, error) {
	var c claims
	all := map[string]json.RawMessage{}
	err := read(&all)
	if err == nil {
		err = read(&c)
	}
	if err != nil {
		d.Logger.WarnContext(ctx, "an answer of the company's login cannot be read", "reason", err.Error())
		return c, ErrUntrusted
	}
	said, is := all[d.Plan().Login.OIDC.Groups]
	c.grouped = is
	var one string
	if json.Unmarshal(said, &c.groups) != nil && json.Unmarshal(said, &one) == nil {
		c.groups = []string{one}
	}
	return c, nil
}

// boolean is true or "true", which some logins write instead.
type boolean bool

// UnmarshalJSON implements json.Unmarshaler.
func (b *boolean) UnmarshalJSON(raw []byte) error {
	*b = string(raw) == "true" || string(raw) == `"true"`
	return nil
}
