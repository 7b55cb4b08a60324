package plan

import (
	"slices"
	"strings"
)

// RotationPrefix marks a reference to a rotation where a person could stand: "rotation:leads".
const RotationPrefix = "rotation:"

// RotationName returns the rotation that a role's primary or backup refers to, and whether
// it refers to one at all.
func RotationName(ref string) (string, bool) { return strings.CutPrefix(ref, RotationPrefix) }

// find returns the first element that fits, and whether there is one.
func find[T any](list []T, fits func(T) bool) (T, bool) {
	if i := slices.IndexFunc(list, fits); i >= 0 {
		return list[i], true
	}
	var none T
	return none, false
}

// Person returns the person with this id, and whether the plan has one.
func (p Plan) Person(id string) (Person, bool) {
	return find(p.People, func(x Person) bool { return x.ID == id })
}

// Rotation returns the rotation of this name, and whether the plan has it.
func (p Plan) Rotation(name string) (Rotation, bool) {
	return find(p.Rotations, func(x Rotation) bool { return x.Name == name })
}

// RoleByName returns the role of this name, and whether the plan has it.
func (p Plan) RoleByName(name string) (Role, bool) {
	return find(p.Roles, func(x Role) bool { return x.Name == name })
}

// Policy returns the escalation policy of this name, and whether the plan has it.
func (p Plan) Policy(name string) (Policy, bool) {
	return find(p.Policies, func(x Policy) bool { return x.Name == name })
}

// Task returns the emergency-mode task with this id, and whether the plan has it.
func (p Plan) Task(id string) (Task, bool) {
	return find(p.Emergency, func(x Task) bool { return x.ID == id })
}

// Audience returns the audience of this name, and whether the plan has it.
func (p Plan) Audience(name string) (Audience, bool) {
	return find(p.Audiences, func(x Audience) bool { return x.Name == name })
}

// TriggerByName returns the trigger of this name, and whether the plan has it.
func (p Plan) TriggerByName(name string) (Trigger, bool) {
	return find(p.Triggers, func(x Trigger) bool { return x.Name == name })
}

// Names are the company's name and those of its services, regions and people, as texts say them.
func (p Plan) Names() []string {
	names := []string{p.Company.Name}
	for _, t := range slices.Concat(p.Services, p.Regions) {
		for _, title := range t.Title {
			names = append(names, title)
		}
	}
	for _, x := range p.People {
		names = append(names, x.Name)
	}
	return names
}

// Template returns the text for an audience in a phase. It is in the language asked for, else
// in the company's languages in their order; among those of one language the one kept for the
// failure mode counts before the one of its service, of the scope's services, and of every
// incident (R152). It reports false when there is none at all.
func (p Plan) Template(audience string, phase Phase, language string, scope Scope) (Template, bool) {
	mode, _ := find(p.FailureModes, func(x FailureMode) bool { return x.Name == scope.Mode })
	kept := append([]string{scope.Mode, mode.Service}, scope.Services...)
	kept = append(slices.DeleteFunc(kept, func(name string) bool { return name == "" }), "")
	for _, l := range append([]string{language}, p.Company.Languages...) {
		for _, name := range kept {
			t, ok := find(p.Templates, func(x Template) bool {
				return x.Audience == audience && x.Phase == phase && x.Language == l && x.For == name
			})
			if ok {
				return t, true
			}
		}
	}
	return Template{}, false
}

// Owes tells whether an audience is owed a message in a phase (R87, R90).
func (p Plan) Owes(audience string, phase Phase) bool {
	a, ok := p.Audience(audience)
	return ok && slices.Contains(p.Phases, phase) && !slices.Contains(a.Skip, phase)
}
