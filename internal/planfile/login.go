package planfile

import (
	"net/url"
	"strings"
	"time"

	"golang.org/x/crypto/bcrypt"

	"github.com/stormbell/stormbell/domain/actor"
	"github.com/stormbell/stormbell/domain/plan"
)

type loginShape struct {
	spot
	OIDC       oidcShape        `yaml:"oidc"`
	Rights     dict[list[text]] `yaml:"rights"`
	BreakGlass glassShape       `yaml:"break_glass"`
	Idle       span             `yaml:"idle"`
	Session    span             `yaml:"session"`
}

type oidcShape struct {
	spot
	Issuer   setting    `yaml:"issuer,need"`
	ClientID setting    `yaml:"client_id,need"`
	Secret   secret     `yaml:"client_secret"`
	Groups   text       `yaml:"groups"`
	Scopes   list[text] `yaml:"scopes"`
}

type glassShape struct {
	spot
	Password secret `yaml:"password,need"`
}

// leastCost is what one try of a password has to cost whoever has stolen its hash.
const leastCost = 10

func (b *builder) login() {
	f := b.file.Login
	l := plan.Login{
		OIDC: b.oidc(f.OIDC), Rights: b.rights(f.Rights), BreakGlass: plan.Secret(strings.TrimSpace(b.reveal(f.BreakGlass.Password).Reveal())),
		Idle: f.Idle.or(4 * time.Hour), Session: f.Session.or(16 * time.Hour),
	}
	b.between(f.Idle, 5*time.Minute, 7*day, "it ends a session that nobody uses")
	b.between(f.Session, 15*time.Minute, 30*day, "it ends every session")
	if cost, err := bcrypt.Cost([]byte(l.BreakGlass)); l.BreakGlass != "" && (err != nil || cost < leastCost) {
		b.fail(f.BreakGlass.Password.spot, "is not the bcrypt hash of a password; make one with: stormbell break-glass")
	}
	if f.given() && !f.OIDC.given() && !f.BreakGlass.given() {
		b.fail(f.spot, "names no way to sign in; write oidc, or break_glass, or both")
	}
	if f.Rights.given() && !f.OIDC.given() {
		b.warn(f.Rights.spot, "are for groups of the company's login, and there is none; write oidc")
	}
	b.plan.Login = l
}

func (b *builder) oidc(f oidcShape) plan.OIDC {
	if !f.given() {
		return plan.OIDC{}
	}
	o := plan.OIDC{Issuer: strings.TrimSpace(f.Issuer.value), ClientID: f.ClientID.value, Secret: b.reveal(f.Secret), Groups: "groups", Scopes: values(f.Scopes)}
	if f.Groups.good {
		o.Groups = f.Groups.value
	}
	u, err := url.Parse(o.Issuer)
	switch {
	case !f.Issuer.good:
	case err != nil || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.Scheme != "https" && u.Scheme != "http":
		b.fail(f.Issuer.spot, "%q is no issuer; write the address that the login gives as its issuer, like https://login.example.com", o.Issuer)
	case u.Scheme == "http" && !local(u):
		b.fail(f.Issuer.spot, "must begin with https://; http is for this machine alone")
	}
	return o
}

// rights reads which groups bring which right.
func (b *builder) rights(f dict[list[text]]) map[actor.Right][]string {
	var names []string
	for _, r := range actor.AllRights() {
		names = append(names, string(r))
	}
	all := map[actor.Right][]string{}
	for _, e := range f.entries {
		if !b.known(e.key, "right", names) {
			continue
		}
		if len(e.value.items) == 0 {
			b.fail(e.key.spot, "is empty; name at least one group, or leave it out")
		}
		all[actor.Right(e.key.value)] = values(e.value)
	}
	return all
}
