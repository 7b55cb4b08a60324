package planfile

import (
	"net/mail"
	"slices"
	"strings"

	"github.com/stormbell/stormbell/domain/plan"
)

type personShape struct {
	spot
	Name  text `yaml:"name,need"`
	Email text `yaml:"email,need"`
	// Phone is one number or several, the preferred one first.
	Phone list[text] `yaml:"phone"`
	// Landline is only ever called.
	Landline list[text] `yaml:"landline"`
	// NoSMS says that none of the phones takes texts.
	NoSMS    flag `yaml:"no_sms"`
	Language text `yaml:"language"`
}

func (b *builder) people() {
	owners := map[string]string{} // of numbers and addresses
	unique := func(at spot, value, id, what string) {
		if value == "" {
			return
		}
		if owner, taken := owners[value]; taken {
			b.fail(at, "is the %s of %s already; replies could not be told apart", what, owner)
			return
		}
		owners[value] = id
	}
	for _, e := range b.file.People.entries {
		b.identifier(e.key)
		p := plan.Person{
			ID:       e.key.value,
			Name:     strings.TrimSpace(e.value.Name.value),
			Email:    b.address(e.value.Email),
			Language: b.language(e.value.Language),
		}
		unique(e.value.Email.spot, strings.ToLower(p.Email), p.ID, "e-mail address")
		number := func(t text, callOnly bool) {
			phone := b.phone(t, personalLine)
			phone.NoText = phone.NoText || callOnly || e.value.NoSMS.value
			unique(t.spot, phone.Number, p.ID, "number")
			if phone.Number != "" {
				p.Phones = append(p.Phones, phone)
			}
		}
		for _, t := range e.value.Phone.items {
			number(t, false)
		}
		for _, t := range e.value.Landline.items {
			number(t, true)
		}
		if e.value.given() && len(e.value.Phone.items)+len(e.value.Landline.items) == 0 {
			b.fail(e.value.spot, "phone is missing; who cannot be called cannot be on call")
		}
		b.plan.People = append(b.plan.People, p)
	}
}

// address reads a bare e-mail address.
func (b *builder) address(t text) string {
	if !t.good {
		return ""
	}
	a, err := mail.ParseAddress(t.value)
	if err != nil || a.Address != t.value {
		b.fail(t.spot, "%q is no e-mail address; write it like anna@example.com", t.value)
		return ""
	}
	return a.Address
}

// language is the company's first one unless the file names another.
func (b *builder) language(t text) string {
	switch languages := b.plan.Company.Languages; {
	case t.good && b.known(t, "language", languages):
		return t.value
	case len(languages) > 0:
		return languages[0]
	default:
		return ""
	}
}

// someone says whether a text is the id of a person.
func (b *builder) someone(t text) bool {
	people := b.file.People.keys()
	if !t.good || slices.Contains(people, t.value) {
		return t.good
	}
	if len(people) > 0 {
		b.fail(t.spot, "nobody is called %q%s", t.value, suggestion(t.value, people))
	}
	return false
}
