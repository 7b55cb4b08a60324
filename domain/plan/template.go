package plan

// TemplateField is one fact that a message template may show as {{.Name}}.
type TemplateField struct {
	Name string
	// Meaning says in a few words what stands there.
	Meaning string
}

// TemplateFields is the closed list of facts for message templates, and the keys of the map
// they are rendered with (R113, R151). Most are answers of the briefing (R71) in the words of
// whoever gave them; an answer nobody knows yet is an empty text.
func TemplateFields() []TemplateField {
	return []TemplateField{
		{"Company", "name of the company"},
		{"Number", "number of the incident"},
		{"Title", "what happened, in a few words"},
		{"Start", "clock time at which it began"},
		{"What", "what was seen, or what failed, as a sentence"},
		{"Impact", "what customers notice now"},
		{"Services", "business services concerned"},
		{"Recognise", "how a customer recognises that this trouble is the cause"},
		{"WorstCase", "how bad it can become"},
		{"NextNews", "when the engineers expect to know more"},
		{"SayToCustomers", "what staff may tell customers who ask"},
		{"Cause", "what was found to be wrong"},
		{"Fix", "what is done about it, or was"},
		{"Workaround", "what helps until it is over"},
		{"NextUpdate", "clock time by which the next message follows at the latest (R155)"},
		{"Link", "address where the incident can be followed"},
	}
}
