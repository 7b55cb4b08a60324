package planfile

import (
	"regexp"
	"strings"

	"github.com/stormbell/stormbell/domain/plan"
)

type statusShape struct {
	spot
	DoNot   dict[text] `yaml:"please_do_not"`
	Ask     dict[text] `yaml:"ask"`
	Domains list[text] `yaml:"domains"`
	SignIn  flag       `yaml:"sign_in"`
}

var domainName = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$`)

func (b *builder) statusPage() {
	f := b.file.Status
	b.plan.Status = plan.StatusPage{DoNot: b.inLanguages(f.DoNot), Ask: b.inLanguages(f.Ask), SignIn: f.SignIn.value}
	for _, t := range f.Domains.items {
		domain := strings.ToLower(strings.TrimPrefix(t.value, "@"))
		if t.good && !domainName.MatchString(domain) {
			b.fail(t.spot, "%q is no domain of mail addresses; write it like acme.example", t.value)
			continue
		}
		b.plan.Status.Domains = append(b.plan.Status.Domains, domain)
	}
}
