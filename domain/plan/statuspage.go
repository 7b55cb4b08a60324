package plan

import "strings"

// StatusPage is what the internal status page says besides released texts, agreed on
// beforehand and by language.
type StatusPage struct {
	// DoNot is what colleagues please do not do, Ask whom they ask.
	DoNot, Ask map[string]string
	// Domains are those whose addresses may subscribe without being on the plan.
	Domains []string
	// SignIn shows the page only to those who signed in.
	SignIn bool
}

// Shares tells whether several people read a mail address, as its audience says (R140).
func (p Plan) Shares(email string) bool {
	for _, a := range p.Audiences {
		for _, r := range a.Recipients {
			if r.Shared && strings.EqualFold(r.Email, email) {
				return true
			}
		}
	}
	return false
}
