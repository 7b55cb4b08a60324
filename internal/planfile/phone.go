package planfile

import (
	"slices"
	"strings"

	"github.com/nyaruka/phonenumbers"

	"github.com/stormbell/stormbell/domain/plan"
)

// lines is a set of kinds of telephone lines.
type lines []phonenumbers.PhoneNumberType

var (
	personalLine = lines{phonenumbers.MOBILE, phonenumbers.FIXED_LINE, phonenumbers.FIXED_LINE_OR_MOBILE, phonenumbers.VOIP}
	anyLine      = append(lines{phonenumbers.TOLL_FREE, phonenumbers.SHARED_COST, phonenumbers.UAN}, personalLine...)
)

// phone reads a number in any usual spelling, with its country code, into E.164. A landline
// takes no texts.
func (b *builder) phone(t text, allowed lines) plan.Phone {
	if !t.good {
		return plan.Phone{}
	}
	if !strings.HasPrefix(strings.TrimSpace(t.value), "+") {
		b.fail(t.spot, "%q has no country code - write %q", t.value, b.withCountry(t.value))
		return plan.Phone{}
	}
	n, err := phonenumbers.Parse(t.value, phonenumbers.UNKNOWN_REGION)
	if err != nil || !phonenumbers.IsValidNumber(n) || n.GetExtension() != "" {
		b.fail(t.spot, "%q is no telephone number; check its digits and their count", t.value)
		return plan.Phone{}
	}
	kind := phonenumbers.GetNumberType(n)
	if !slices.Contains(allowed, kind) {
		what := "special"
		if kind == phonenumbers.PREMIUM_RATE {
			what = "premium rate"
		}
		b.fail(t.spot, "%q is a %s number; write one that a person answers", t.value, what)
		return plan.Phone{}
	}
	return plan.Phone{Number: phonenumbers.Format(n, phonenumbers.E164), NoText: kind == phonenumbers.FIXED_LINE}
}

// withCountry guesses what was meant: the country is the one of the company's help phone.
func (b *builder) withCountry(number string) string {
	help, err := phonenumbers.Parse(b.file.Company.HelpPhone.value, phonenumbers.UNKNOWN_REGION)
	if err == nil {
		region := phonenumbers.GetRegionCodeForNumber(help)
		if n, err := phonenumbers.Parse(number, region); err == nil && phonenumbers.IsPossibleNumber(n) {
			return phonenumbers.Format(n, phonenumbers.INTERNATIONAL)
		}
	}
	return "+49 …"
}
