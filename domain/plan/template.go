package plan

// Holding is what stands in a phase's place for the text that keeps a promise when nothing
// else is ready. It is agreed on beforehand and goes out at most once.
const Holding Phase = "holding"

// Template is a message text approved in advance, with places for facts (R113).
type Template struct {
	Audience, Language string
	Phase              Phase
	Subject            string
	// Body is the whole text. It is empty where the template says its elements one by one.
	Body string
	// Lead opens the text and Close ends it, with the next update. In between stands what is
	// said, the most important first; what the audience was not told yet comes before the rest.
	Lead, Close string
	Say         []Say
	// More says in a short text where the rest is; empty means the company's usual words.
	More string
	// For is the business service or failure mode the text is kept for; empty means every
	// incident.
	For string
}

// Say is one element of a message, said in one line. It is left out while nothing is known of
// what the line shows.
type Say struct{ Element, Line string }

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
		{"Spokesperson", "name of whoever speaks for the company, put in when it goes out"},
		{"Expected", "how long it is expected to last"},
		{"Perspective", "what puts it into perspective"},
		{"Dont", "what readers please do not do for now"},
		{"Applied", "when the fix was applied"},
		{"Cause", "what was found to be wrong"},
		{"Fix", "what is done about it, or was"},
		{"Workaround", "what helps until it is over"},
		{"NextUpdate", "clock time by which the next message follows at the latest (R155)"},
		{"Link", "address where the incident can be followed"},
	}
}
