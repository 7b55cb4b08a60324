package sheet

import (
	"embed"
	"fmt"
	"io/fs"
	"net/http"
	"slices"

	"github.com/BurntSushi/toml"
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

//go:embed words/*.toml
var wordFiles embed.FS

// languages are those the pages speak.
var languages = []string{"en", "de"}

// Languages lists those the pages speak.
func Languages() []string { return slices.Clone(languages) }

// dictionary is all words of the pages in all languages.
type dictionary struct {
	local  map[string]*i18n.Localizer
	ids    map[string]bool
	plural map[string]bool // texts that differ for one and many
}

func loadWords() (dictionary, error) {
	d := dictionary{local: map[string]*i18n.Localizer{}, ids: map[string]bool{}, plural: map[string]bool{}}
	bundle := i18n.NewBundle(language.English)
	bundle.RegisterUnmarshalFunc("toml", toml.Unmarshal)
	names, err := fs.Glob(wordFiles, "words/*.toml")
	if err != nil {
		return d, fmt.Errorf("read the words: %w", err)
	}
	for _, name := range names {
		raw, err := wordFiles.ReadFile(name)
		if err != nil {
			return d, fmt.Errorf("read the words: %w", err)
		}
		file, err := bundle.ParseMessageFileBytes(raw, name)
		if err != nil {
			return d, fmt.Errorf("read %s: %w", name, err)
		}
		for _, m := range file.Messages {
			d.ids[m.ID] = true
			d.plural[m.ID] = m.One != ""
		}
	}
	for _, lang := range languages {
		d.local[lang] = i18n.NewLocalizer(bundle, lang)
	}
	return d, nil
}

// say renders one text. A missing one shows its name, which the tests look for.
func (d dictionary) say(lang, id string, data map[string]any) string {
	config := &i18n.LocalizeConfig{MessageID: id, TemplateData: data}
	if d.plural[id] {
		config.PluralCount = data["Count"]
	}
	text, err := d.local[lang].Localize(config)
	if err != nil {
		return "[" + id + "]"
	}
	return text
}

// spoken is a language of the pages, or "".
func spoken(wish string) string {
	tag, err := language.Parse(wish)
	if err != nil {
		return ""
	}
	base, _ := tag.Base()
	for _, lang := range languages {
		if base.String() == lang {
			return lang
		}
	}
	return ""
}

// Preferred is the first of the wishes that the pages speak, else English.
func Preferred(wishes ...string) string {
	for _, wish := range wishes {
		if lang := spoken(wish); lang != "" {
			return lang
		}
	}
	return languages[0]
}

// Wished is the language of a reader we do not know: as chosen on the page, or in this browser
// before, else as it asks, else as the company speaks.
func (p *Press) Wished(r *http.Request) string {
	wishes := []string{r.URL.Query().Get("lang")}
	if chosen, err := r.Cookie(languageCookie); err == nil {
		wishes = append(wishes, chosen.Value)
	}
	accepted, _, _ := language.ParseAcceptLanguage(r.Header.Get("Accept-Language")) // what cannot be read is no wish
	for _, tag := range accepted {
		wishes = append(wishes, tag.String())
	}
	return Preferred(append(wishes, p.Plan().Company.Languages...)...)
}
