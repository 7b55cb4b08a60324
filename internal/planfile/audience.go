package planfile

import (
	"cmp"
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
	Distribute text                 `yaml:"distribute"`
	Owner      text                 `yaml:"owner"`
	Spokes     text                 `yaml:"spokesperson"`
	Personal   flag                 `yaml:"personal"`
	Subscribed flag                 `yaml:"subscribers"`
	List       text                 `yaml:"list"`
}

type recipientShape struct {
	spot
	Email    text `yaml:"email"`
	Phone    text `yaml:"phone"`
	Name     text `yaml:"name"`
	Language text `yaml:"language"`
	Shared   flag `yaml:"shared"`
}

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
			Send:  b.oneOf(f.Send, "way to send", plan.SendEmail, plan.SendStatusPage, plan.SendChat, plan.SendWebhook, plan.SendByHand),
			Draft: f.Draft.value, Check: f.Check.value, Approve: f.Approve.value, Release: f.Release.value,
			Distribute: f.Distribute.value, Owner: cmp.Or(f.Owner.value, f.Check.value, f.Draft.value), Spokesperson: f.Spokes.value,
			Personal: f.Personal.value, Subscribers: f.Subscribed.value, List: b.recipientList(f.List),
			Recipients: b.recipients(f),
		}
		if f.Send.given() && len(f.Send.items) == 0 {
			b.fail(f.Send.spot, "is empty; name email, status_page or another way")
		}
		for _, name := range b.oneOf(f.Skip, "phase among those that owe messages", values(b.file.Phases)...) {
			a.Skip = append(a.Skip, plan.Phase(name))
		}
		a.Agree = b.oneOf(f.Agree, "role", b.file.Roles.keys()...)
		b.gates(f)
		b.plan.Audiences = append(b.plan.Audiences, a)
	}
	if b.file.Audiences.given() && len(b.file.Audiences.entries) == 0 {
		b.fail(b.file.Audiences.spot, "is empty; name at least one audience")
	}
}

// gates checks the roles that a message passes.
func (b *builder) gates(f audienceShape) {
	b.role(f.Draft)
	if b.role(f.Release) && f.Release.value != plan.IncidentCommander {
		b.warn(f.Release.spot, "the guide leaves the release of messages to the %s", plan.IncidentCommander)
	}
	for _, gate := range append([]text{f.Check, f.Approve}, f.Agree.items...) {
		if gate.good && gate.value == f.Draft.value {
			b.fail(gate.spot, "%s writes the draft and cannot review it as well; name another role", gate.value)
		}
	}
	for _, role := range []text{f.Check, f.Approve, f.Owner, f.Spokes} {
		b.role(role)
	}
	byHand := slices.Contains(values(f.Send), plan.SendByHand)
	switch {
	case byHand && !f.Distribute.given():
		b.fail(f.spot, "distribute is missing; name the role that sends what goes out by hand")
	case b.role(f.Distribute) && !byHand:
		b.warn(f.Distribute.spot, "sends nothing, because send does not say by_hand")
	}
	if f.Personal.value && !f.Spokes.good {
		b.fail(f.Personal.spot, "needs a spokesperson; name the role in whose name each recipient is written to")
	}
}

func (b *builder) recipients(f audienceShape) []plan.Recipient {
	var all []plan.Recipient
	listed := map[string]bool{} // there may be thousands
	for _, r := range f.Recipients.items {
		to := plan.Recipient{Name: r.Name.value, Language: b.language(r.Language), Shared: r.Shared.value}
		if r.Email.given() {
			to.Email = b.address(r.Email)
		}
		if r.Phone.given() {
			phone := b.phone(r.Phone, personalLine)
			if to.Phone = phone.Number; phone.NoText {
				b.fail(r.Phone.spot, "is a landline, which takes no texts")
			}
		}
		if r.Email.given() == r.Phone.given() {
			b.fail(r.spot, "give an email or a phone, one of them; nobody gets the same message twice")
		}
		key := strings.ToLower(to.Email) + to.Phone
		if listed[key] {
			b.fail(r.spot, "is in the list already; nobody gets the same message twice")
		}
		listed[key] = key != ""
		all = append(all, to)
	}
	mails := slices.Contains(values(f.Send), plan.SendEmail)
	switch {
	case mails && len(all) == 0 && !f.List.given() && !f.Subscribed.value:
		b.fail(f.spot, "recipients are missing; send says email")
	case !mails && len(all) > 0:
		b.warn(f.Recipients.spot, "nobody here gets a message, because send does not say email")
	}
	return all
}
