package plan

import (
	"slices"
	"strings"
	"time"

	"github.com/stormbell/stormbell/domain/actor"
)

// Login is how people sign in to the console. Nobody needs it to be reached: personal links,
// texts and calls do without.
type Login struct {
	// OIDC is the company's own login; its zero value has none.
	OIDC OIDC
	// Rights are the groups of the company's login that bring a right. Read and Approve, left out,
	// belong to everybody who signs in; any other right, left out, to nobody.
	Rights map[actor.Right][]string
	// BreakGlass is the bcrypt hash of the password for the night on which the company's login is
	// down; empty means that there is none.
	BreakGlass Secret
	// Idle ends a session that is not used, Session every session, however much it is used.
	Idle, Session time.Duration
}

// OIDC is an OpenID provider.
type OIDC struct {
	// Issuer is its address, exactly as it calls itself.
	Issuer   string
	ClientID string
	Secret   Secret
	// Groups is the claim that lists somebody's groups; Scopes are asked for besides openid,
	// profile and email.
	Groups string
	Scopes []string
}

// Has tells whether there is any way to sign in.
func (l Login) Has() bool { return l.OIDC.Issuer != "" || l.BreakGlass != "" }

// RightsOf are what somebody's groups bring. Whoever may do something may also see it.
func (l Login) RightsOf(groups []string) []actor.Right {
	var all []actor.Right
	chosen := false // by a group of theirs
	for _, r := range actor.AllRights() {
		given, listed := l.Rights[r]
		has := slices.ContainsFunc(given, func(g string) bool { return slices.Contains(groups, g) })
		if chosen = chosen || has; has || !listed && (r == actor.Read || r == actor.Approve) {
			all = append(all, r)
		}
	}
	if chosen && all[0] != actor.Read {
		all = slices.Insert(all, 0, actor.Read)
	}
	return all
}

// PersonByMail returns the person whose mail address it is, and whether there is one.
func (p Plan) PersonByMail(address string) (Person, bool) {
	return find(p.People, func(x Person) bool { return address != "" && strings.EqualFold(x.Email, address) })
}
