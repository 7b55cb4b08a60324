package console

import (
	"github.com/stormbell/stormbell/api/view"
	"github.com/stormbell/stormbell/api/web/sheet"
)

// step is a line of DO NEXT in words.
type step struct {
	*sheet.Sheet
	view.Step
	// Said is the sentence, Heard the same without what changes by the minute, Button what to do.
	Said, Heard, Button string
}

// steps says what to do next.
func (p *page) steps() (all []step) {
	still := *p.Sheet
	still.Still = true
	for _, s := range p.All.Next(p.Now) {
		one := step{Sheet: p.Sheet, Step: s, Said: sentence(p.Sheet, s), Heard: sentence(&still, s)}
		name := string(s.Kind)
		if s.Deed == "" && p.Knows("console_act."+name+"_open") {
			name += "_open"
		}
		one.Button = p.T("console_act." + name)
		all = append(all, one)
	}
	return all
}

// sentence is a line of DO NEXT in the language of a sheet.
func sentence(s *sheet.Sheet, x view.Step) string {
	words := []any{"Person", x.Person, "First", x.First, "Count", x.Count, "Role", "", "Audience", "", "Phase", "", "Gate", "", "Task", "", "Since", "", "Due", ""}
	set := func(name, value string) { words = append(words, name, value) }
	if x.Role != "" {
		set("Role", s.RoleName(x.Role))
	}
	if x.Audience != "" {
		a, _ := s.Plan().Audience(x.Audience)
		set("Audience", s.Pick(a.Title, x.Audience))
		set("Phase", s.T("step."+x.Phase))
	}
	if x.Gate != "" {
		set("Gate", s.T("console_gate."+x.Gate))
	}
	if x.Task != nil {
		set("Task", s.Quote(s.TaskWords(x.Task.What, x.Task.ID)))
	}
	if !x.Since.IsZero() {
		set("Since", s.Ago(x.Since))
	}
	if !x.Due.IsZero() {
		set("Due", s.Until(x.Due))
	}
	return s.T("console_next."+string(x.Kind), words...)
}
