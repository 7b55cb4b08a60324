package phrase

import (
	"cmp"
	"embed"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/BurntSushi/toml"
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"

	"github.com/stormbell/stormbell/domain/notice"
	"github.com/stormbell/stormbell/domain/plan"
)

//go:embed active.*.toml
var files embed.FS

// dictionary is all words in all languages, parsed once.
type dictionary struct {
	local map[string]*i18n.Localizer
	// plural holds the ids of texts that differ for one and many.
	plural map[string]bool
	ids    map[string]bool
}

var words = sync.OnceValue(func() dictionary {
	d := dictionary{local: map[string]*i18n.Localizer{}, plural: map[string]bool{}, ids: map[string]bool{}}
	bundle := i18n.NewBundle(language.English)
	bundle.RegisterUnmarshalFunc("toml", toml.Unmarshal)
	for _, lang := range []string{"en", "de"} {
		name := "active." + lang + ".toml"
		raw, err := files.ReadFile(name)
		if err != nil {
			panic(err) // embedded: cannot be missing
		}
		file, err := bundle.ParseMessageFileBytes(raw, name)
		if err != nil {
			panic(err)
		}
		for _, m := range file.Messages {
			d.ids[m.ID] = true
			d.plural[m.ID] = m.One != ""
		}
		d.local[lang] = i18n.NewLocalizer(bundle, lang)
	}
	return d
})

// Words speaks for one company: it knows the names in its plan. It is safe for use by many
// goroutines.
type Words struct {
	// Now is the clock, which decides what "today" is; New sets time.Now.
	Now func() time.Time

	plan plan.Plan
	zone *time.Location
	// company is the name as it fits into every text.
	company string
}

// New returns the words for a plan. A time zone nobody knows counts as UTC.
func New(p plan.Plan) *Words {
	zone, err := time.LoadLocation(p.Company.Timezone)
	if err != nil {
		zone = time.UTC
	}
	return &Words{Now: time.Now, plan: p, zone: zone, company: line(p.Company.Name, 30)}
}

// To is who a notice is for.
type To struct {
	// Person is the id in the plan; Name and Language are looked up by it when empty.
	Person, Name string
	// Language is "en" or "de"; any other means the company's first language.
	Language string
	// Link is the full address of this person's page, /r/<token>; it may be empty.
	Link string
}

// facts is what the words can name. Every field is text that was cleaned before.
type facts struct {
	Head, Tag, Company, Help, HelpSpoken, Link, Letter string

	Title, Role, Task, Audience, Phase string
	// Name is the receiver's first name; Other is another person's.
	Name, FullName, Other string
	// At, Since and Until are clock times in the company's zone; Next is a person's first name.
	At, Since, Until, Next         string
	Incident, Minutes, Count, Hour int
	Drill, Judge, Night, Asks      bool
	// Conference tells whether the plan has a number to be connected with.
	Conference bool
	// Engineers says that the engineers' call is meant and not the business group's.
	Engineers bool
	// Dial and PIN are how to join the conference.
	Dial, PIN string
	Key, List string
	// Only mails say these: whether one can be answered, how the receiver comes to the role,
	// how long a task takes or how often it is due.
	Replies            bool
	Place, Span, Every string
}

// gather collects what a notice can name, for writing; the speech changes it to be spoken.
func (w *Words) gather(n notice.Notice, to To) (facts, string) {
	if p, ok := w.person(to.Person); ok {
		to.Name, to.Language = cmp.Or(to.Name, p.Name), cmp.Or(to.Language, p.Language)
	}
	lang, now := w.language(to.Language), w.Now().In(w.zone)
	length := 80
	if n.Kind == notice.NoteForLead { // somebody's own words, not a headline
		length = 400
	}
	f := facts{
		Company: w.company, Help: line(w.plan.Company.HelpPhone, 24), Link: to.Link, Letter: n.Letter,
		Title: title(n.Title, length), Role: w.roleTitle(n.Role, lang), Phase: w.phase(n.Phase, lang),
		Name: first(to.Name), FullName: line(to.Name, 40), Other: first(w.personName(n.Mention)),
		At: w.Clock(n.At, lang), Since: w.Clock(n.Since, lang), Until: w.Clock(n.Until, lang), Next: first(w.personName(n.Next)),
		Incident: n.Incident, Minutes: n.Minutes, Count: n.Count,
		Hour: now.Hour(), Night: now.Hour() >= 22 || now.Hour() < 6, Drill: n.Drill,
		// Whoever speaks for the technical side to the business is asked to judge (R23, R25).
		Judge: n.Judge, Conference: w.plan.Company.ConferenceNumber() != "", Engineers: n.Role == plan.TechnicalLiaison,
		Dial: line(w.plan.Company.Conference, 24), PIN: line(w.plan.Company.ConferencePIN, 12),
		Asks: words().ids[string(n.Kind)+".button"],
	}
	f.Task, f.Audience = w.subject(n, lang)
	f.Head, f.Tag = w.say(lang, "common.head", f), w.say(lang, "common.tag", f)
	return f, lang
}

// say renders one text. The words are ours and every one is rendered in the tests, so an
// error leaves whatever could be rendered rather than stopping a page.
func (w *Words) say(lang, id string, f any) string {
	config := &i18n.LocalizeConfig{MessageID: id, TemplateData: f}
	if counted, ok := f.(facts); ok && words().plural[id] {
		config.PluralCount = counted.Count
	}
	text, _ := words().local[lang].Localize(config)
	return text
}

// key is the id of a notice's text for a channel; a kind from a newer version gets the
// general text, because it must not fall silent.
func key(kind notice.Kind, channel string) string {
	if id := string(kind) + "." + channel; words().ids[id] {
		return id
	}
	return "unknown." + channel
}

// language is the one to use for a wish such as "de" or "de-AT".
func (w *Words) language(wish string) string {
	for _, l := range append([]string{wish}, w.plan.Company.Languages...) {
		base, _, _ := strings.Cut(strings.ToLower(l), "-")
		if words().local[base] != nil {
			return base
		}
	}
	return "en"
}

func (w *Words) person(id string) (plan.Person, bool) {
	i := slices.IndexFunc(w.plan.People, func(p plan.Person) bool { return id != "" && p.ID == id })
	if i < 0 {
		return plan.Person{}, false
	}
	return w.plan.People[i], true
}

func (w *Words) personName(id string) string {
	p, ok := w.person(id)
	if !ok {
		return human(id)
	}
	return p.Name
}

func (w *Words) roleTitle(name, lang string) string {
	for _, r := range w.plan.Roles {
		if r.Name == name {
			return w.pick(r.Title, lang, name)
		}
	}
	return human(name)
}

// subject reads a notice's Subject, which is a task or an audience.
func (w *Words) subject(n notice.Notice, lang string) (task, audience string) {
	for _, a := range w.plan.Audiences {
		if a.Name == n.Subject {
			return "", w.pick(a.Title, lang, a.Name)
		}
	}
	for _, t := range w.plan.Emergency {
		if t.ID == n.Subject && n.Kind == notice.UndoAsked {
			return w.pick(t.Undo, lang, t.ID), ""
		} else if t.ID == n.Subject {
			return w.pick(t.Do, lang, t.ID), ""
		}
	}
	if id := "task." + n.Subject; words().ids[id] {
		return w.say(lang, id, nil), ""
	}
	// Not in this plan: a message has a phase, a task has none.
	if n.Phase == "" && (n.Kind == notice.Lapsed || n.Kind == notice.HelpWanted) {
		return human(n.Subject), ""
	}
	return human(n.Subject), human(n.Subject)
}

func (w *Words) phase(name, lang string) string {
	if id := "phase." + name; words().ids[id] {
		return w.say(lang, id, nil)
	}
	return human(name)
}

// pick chooses the words in a language, else in the company's, else any, else the name.
func (w *Words) pick(byLang map[string]string, lang, name string) string {
	for _, l := range append([]string{lang, w.language("")}, slices.Sorted(maps.Keys(byLang))...) {
		if byLang[l] != "" {
			return line(byLang[l], 80)
		}
	}
	return human(name)
}

// human makes an id readable when the plan has no words for it; a task that the lead added
// comes in words already.
func human(id string) string { return line(strings.ReplaceAll(id, "_", " "), 80) }

// first is the first name, past a "Dr.".
func first(name string) string {
	for part := range strings.FieldsSeq(line(name, 40)) {
		if !strings.HasSuffix(part, ".") {
			return part
		}
	}
	return ""
}
