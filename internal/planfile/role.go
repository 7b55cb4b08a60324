package planfile

import (
	"slices"

	"github.com/stormbell/stormbell/domain/plan"
)

type roleShape struct {
	spot
	// Group may be left out for the guide's roles.
	Group text       `yaml:"group"`
	Title dict[text] `yaml:"title,need"`
	// Primary and Backup are people or "rotation:NAME".
	Primary       text       `yaml:"primary,need"`
	Backup        list[text] `yaml:"backup"`
	Escalation    text       `yaml:"escalation"`
	NeededToStart flag       `yaml:"needed_to_start"`
	// Card is what somebody who has the role for the first time must know.
	Card dict[text] `yaml:"card"`
}

// groups of the guide's roles (R45).
var groups = map[string]plan.Group{
	plan.IncidentCommander: plan.GroupTechnical,
	plan.TechnicalSLT:      plan.GroupInitial,
	plan.BusinessLead:      plan.GroupInitial,
	plan.CustomerLiaison:   plan.GroupInitial,
	plan.TechnicalLiaison:  plan.GroupTechnical,
	plan.InternalLiaison:   plan.GroupMessaging,
	plan.MarketingOfficer:  plan.GroupOperations,
	plan.SocialOfficer:     plan.GroupOperations,
	plan.MediaOfficer:      plan.GroupOperations,
	plan.LegalOfficer:      plan.GroupMessaging,
	plan.MessagingOfficer:  plan.GroupMessaging,
	plan.ELTApprover:       plan.GroupMessaging,
}

const defaultPolicy = "default"

func (b *builder) roles() {
	for _, e := range b.file.Roles.entries {
		b.identifier(e.key)
		if slices.Contains(targets, e.key.value) {
			b.fail(e.key.spot, "is a word of escalation policies; give the role another name")
		}
		f := e.value
		r := plan.Role{
			Name:          e.key.value,
			Group:         plan.GroupDepartmental,
			Title:         b.inLanguages(f.Title),
			Primary:       f.Primary.value,
			Backups:       values(f.Backup),
			Policy:        f.Escalation.value,
			NeededToStart: f.NeededToStart.value,
		}
		if f.Card.given() {
			r.Card = b.inLanguages(f.Card)
		}
		if g, ok := groups[r.Name]; ok {
			r.Group = g
		}
		if b.known(f.Group, "group of roles", []string{"technical", "initial", "operations", "messaging", "departmental"}) {
			r.Group = plan.Group(f.Group.value)
		}
		switch policies := b.file.Escalation.keys(); {
		case f.Escalation.given():
			b.known(f.Escalation, "escalation policy", policies)
		case slices.Contains(policies, defaultPolicy):
			r.Policy = defaultPolicy
		case b.file.Escalation.given() && f.given():
			b.fail(f.spot, "escalation is missing, and there is no policy called %q", defaultPolicy)
		}
		b.backups(f)
		b.plan.Roles = append(b.plan.Roles, r)
	}
	b.technicalLiaison()
}

// technicalLiaison adds the role that takes the Customer Liaison's place on the engineers'
// call (R32): whoever stands behind the Customer Liaison, unless the plan says otherwise.
func (b *builder) technicalLiaison() {
	named := func(name string) func(plan.Role) bool { return func(r plan.Role) bool { return r.Name == name } }
	i := slices.IndexFunc(b.plan.Roles, named(plan.CustomerLiaison))
	if i < 0 || slices.ContainsFunc(b.plan.Roles, named(plan.TechnicalLiaison)) {
		return
	}
	r := b.plan.Roles[i]
	if len(r.Backups) == 0 {
		return
	}
	b.plan.Roles = append(b.plan.Roles, plan.Role{
		Name: plan.TechnicalLiaison, Group: plan.GroupTechnical, Policy: r.Policy,
		Title:   map[string]string{"en": "Liaison to the engineers", "de": "Verbindung zur Technik"},
		Primary: r.Backups[0], Backups: append(slices.Clone(r.Backups[1:]), r.Primary),
	})
}

// backups checks that somebody else stands behind everybody who may have the role (R57).
func (b *builder) backups(f roleShape) {
	primaries := b.behind(f.Primary)
	var backups []string
	for _, t := range f.Backup.items {
		backups = append(backups, b.behind(t)...)
	}
	switch {
	case !f.given():
		return
	case len(f.Backup.items) == 0:
		b.fail(f.spot, "backup is missing; every role needs one, the chief executive's too")
		return
	case len(backups) == 0:
		return // their names were complained about
	}
	for _, p := range primaries {
		if slices.ContainsFunc(backups, func(other string) bool { return other != p }) {
			continue
		}
		if _, turns := plan.RotationName(f.Primary.value); turns {
			b.fail(f.Backup.spot, "while %s has the turn nobody else stands behind the role; add another backup", p)
		} else {
			b.fail(f.Backup.spot, "%s is primary and the only backup; name somebody else", p)
		}
	}
}

// behind returns the people a reference may lead to, and complains about a wrong one.
func (b *builder) behind(t text) []string {
	if !t.good {
		return nil
	}
	name, turns := plan.RotationName(t.value)
	if !turns {
		if b.someone(t) {
			return []string{t.value}
		}
		return nil
	}
	for _, e := range b.file.Rotations.entries {
		if e.key.value == name {
			return values(e.value.People)
		}
	}
	b.fail(t.spot, "there is no rotation %q%s", name, suggestion(name, b.file.Rotations.keys()))
	return nil
}
