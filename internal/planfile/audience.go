package planfile

import (
	"slices"
	"strings"

	"github.com/stormbell/stormbell/domain/plan"
)

type audienceShape struct {
	spot
	Title      dict[text]           `yaml:"title,need"`
	Send       list[text]           `yaml:"send,need"`
	Recipients list[recipientShape] `yaml:"recipients"`
	Skip       list[text]           `yaml:"skip"`
	Draft      text                 `yaml:"draft,need"`
	Check      text                 `yaml:"check"`
	Agree      list[text]           `yaml:"agree"`
	Approve    text                 `yaml:"approve"`
	Release    text                 `yaml:"release"`
}

type recipientShape struct {
	spot
	Email    text `yaml:"email,need"`
	Name     text `yaml:"name"`
	Language text `yaml:"language"`
}

// The ways a message goes out.
const (
	byEmail      = "email"
	byStatusPage = "status_page"
)

// owing are the phases that may owe messages, in order (R84).
var owing = []string{string(plan.Investigation), string(plan.Identification), string(plan.Monitoring), string(plan.Resolution)}

func (b *builder) phases() {
	last := -1
	for _, name := range b.oneOf(b.file.Phases, "phase with messages", owing...) {
		i := slices.Index(owing, name)
		if i < last {
			b.fail(b.file.Phases.spot, "%s comes before %s", name, owing[last])
		}
		last = i
		b.plan.Phases = append(b.plan.Phases, plan.Phase(name))
	}
	if b.file.Phases.given() && len(b.file.Phases.items) == 0 {
		b.fail(b.file.Phases.spot, "is empty; name the phases that owe messages: %s", strings.Join(owing, ", "))
	}
}

func (b *builder) audiences() {
	for _, e := range b.file.Audiences.entries {
		b.identifier(e.key)
		f := e.value
		a := plan.Audience{
			Name: e.key.value, Title: b.inLanguages(f.Title),
			Send:  b.oneOf(f.Send, "way to send", byEmail, byStatusPage),
			Draft: f.Draft.value, Check: f.Check.value, Approve: f.Approve.value, Release: f.Release.value,
			Recipients: b.recipients(f),
		}
		if f.Send.given() && len(f.Send.items) == 0 {
			b.fail(f.Send.spot, "is empty; name email, status_page or both")
		}
		for _, name := range b.oneOf(f.Skip, "phase among those that owe messages", values(b.file.Phases)...) {
			a.Skip = append(a.Skip, plan.Phase(name))
		}
		a.Agree = b.oneOf(f.Agree, "role", b.file.Roles.keys()...)
		b.role(f.Draft)
		if b.role(f.Release) && f.Release.value != plan.IncidentCommander {
			b.warn(f.Release.spot, "the guide leaves the release of messages to the %s", plan.IncidentCommander)
		}
		for _, gate := range append([]text{f.Check, f.Approve}, f.Agree.items...) {
			if gate.good && gate.value == f.Draft.value {
				b.fail(gate.spot, "%s writes the draft and cannot review it as well; name another role", gate.value)
			}
		}
		b.role(f.Check)
		b.role(f.Approve)
		b.plan.Audiences = append(b.plan.Audiences, a)
	}
	if b.file.Audiences.given() && len(b.file.Audiences.entries) == 0 {
		b.fail(b.file.Audiences.spot, "is empty; name at least one audience")
	}
}

func (b *builder) recipients(f audienceShape) []plan.Recipient {
	var all []plan.Recipient
	listed := map[string]bool{} // there may be thousands
	for _, r := range f.Recipients.items {
		email := b.address(r.Email)
		if listed[strings.ToLower(email)] {
			b.fail(r.Email.spot, "is in the list already; nobody gets the same message twice")
		}
		listed[strings.ToLower(email)] = email != ""
		all = append(all, plan.Recipient{Email: email, Name: r.Name.value, Language: b.language(r.Language)})
	}
	mails := slices.Contains(values(f.Send), byEmail)
	switch {
	case mails && len(all) == 0:
		b.fail(f.spot, "recipients are missing; send says email")
	case !mails && len(all) > 0:
		b.warn(f.Recipients.spot, "nobody here gets a message, because send does not say email")
	}
	return all
}
