// Package login is the door: it knows who makes a request, and lets people sign in. There are
// four ways in: the company's own login (OpenID Connect), the password behind the glass for the
// night on which that is down, an operator's token for the API, and the loopback of a solo
// installation, which signs in by itself. Personal links are no sign-in and not of this package.
//
// Sessions are in the record, under the hash of a token that only the browser has. What somebody may
// do is worked out anew with every request, so that a plan that takes a right away takes it at once.
//
// It draws nothing; package api/web/signin does. It must not import Temporal, workflows, activities
// or any page. Start with door.go; session.go keeps sessions, company.go and provider.go are the
// company's login, glass.go is the password.
package login
