package planfile

import (
	"slices"
	"strings"

	"github.com/stormbell/stormbell/domain/plan"
)

// planShape is the whole file.
type planShape struct {
	spot
	Version        count               `yaml:"version,need"`
	Company        companyShape        `yaml:"company,need"`
	People         dict[personShape]   `yaml:"people,need"`
	Rotations      dict[rotationShape] `yaml:"rotations"`
	Roles          dict[roleShape]     `yaml:"roles,need"`
	Escalation     dict[policyShape]   `yaml:"escalation,need"`
	Severity       severityShape       `yaml:"severity,need"`
	Briefing       briefingShape       `yaml:"briefing"`
	Emergency      list[taskShape]     `yaml:"emergency_mode,need"`
	Phases         list[text]          `yaml:"phases,need"`
	Audiences      dict[audienceShape] `yaml:"audiences,need"`
	Cadence        cadenceShape        `yaml:"cadence"`
	Messages       messagesShape       `yaml:"messages,need"`
	MessagesFor    dict[messagesShape] `yaml:"messages_for"`
	Channels       channelsShape       `yaml:"channels,need"`
	Webhooks       dict[hookShape]     `yaml:"webhooks"`
	Triggers       dict[triggerShape]  `yaml:"triggers,need"`
	AnalysisWithin span                `yaml:"analysis_within"`
	Settle         span                `yaml:"settle"`
	Services       dict[topicShape]    `yaml:"services"`
	Regions        dict[topicShape]    `yaml:"regions"`
	Modes          dict[modeShape]     `yaml:"failure_modes"`
	Small          smallShape          `yaml:"small_incidents"`
	Status         statusShape         `yaml:"status_page"`
	Login          loginShape          `yaml:"login"`
}

// builder turns the shape of a file into the plan.
type builder struct {
	*doc
	file planShape
	plan plan.Plan
}

// build turns every section into its part of the plan and then checks how they fit together.
func (b *builder) build() {
	if b.file.Version.good && b.file.Version.value != 1 {
		b.fail(b.file.Version.spot, "version %d is not known here; this stormbell reads version 1", b.file.Version.value)
	}
	b.company()
	b.people()
	b.rotations()
	b.roles()
	b.policies()
	b.severity()
	b.emergency()
	b.topics()
	b.phases()
	b.audiences()
	b.small()
	b.statusPage()
	b.cadence()
	b.messages()
	b.channels()
	b.webhooks()
	b.login()
	b.triggers()
	b.rules()
	b.ahead()
}

// oneOf checks every item of a list against the words there are, and that none comes twice.
func (b *builder) oneOf(l list[text], noun string, words ...string) []string {
	var all []string
	for _, t := range l.items {
		switch {
		case !b.known(t, noun, words):
		case slices.Contains(all, t.value):
			b.fail(t.spot, "%s is already in the list", t.value)
		default:
			all = append(all, t.value)
		}
	}
	return all
}

// known says whether a text is one of the names there are, and complains if it is not. Where
// there are no names at all a whole section is missing, which was said before.
func (b *builder) known(t text, noun string, names []string) bool {
	if t.good && len(names) > 0 && !slices.Contains(names, t.value) {
		b.fail(t.spot, "there is no %s %q%s", noun, t.value, suggestion(t.value, names))
		return false
	}
	return t.good
}

// inLanguages returns words by language; each of the company's languages must be there.
func (b *builder) inLanguages(d dict[text]) map[string]string {
	all := map[string]string{}
	for _, e := range d.entries {
		if b.known(e.key, "language", b.plan.Company.Languages) && e.value.good {
			all[e.key.value] = strings.TrimSpace(e.value.value)
		}
	}
	for _, l := range b.plan.Company.Languages {
		if d.given() && !slices.Contains(d.keys(), l) {
			b.fail(d.spot, "is missing in language %s", l)
		}
	}
	return all
}

// identifier checks a name that travels in ids and addresses.
func (b *builder) identifier(t text) {
	ok := t.value != "" && len(t.value) <= 40
	for i, r := range t.value {
		ok = ok && (r >= 'a' && r <= 'z' || i > 0 && (r >= '0' && r <= '9' || r == '_'))
	}
	if t.good && !ok {
		b.fail(t.spot, "%q is no name; use small letters a to z, digits and _, a letter first, 40 at most", t.value)
	}
}
