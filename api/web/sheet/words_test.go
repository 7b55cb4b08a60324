package sheet_test

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/api/web/sheet"
	"github.com/stormbell/stormbell/domain/plan"
)

// Every text exists in both languages, names the same facts in both, is said by some page, and
// every text that a page says exists. German is formal.
func TestWords_areTheSameInBothLanguages(t *testing.T) {
	t.Parallel()
	_, err := sheet.New(sheet.Config{Plan: func() plan.Plan { return plan.Plan{} }})
	require.NoError(t, err, "a table must not have keys that stand for plurals")
	english, german := words(t, "en"), words(t, "de")
	require.Equal(t, slices.Sorted(maps.Keys(english)), slices.Sorted(maps.Keys(german)))
	fact := regexp.MustCompile(`\{\{[^}]*\}\}`)
	for key, text := range english {
		require.NotEmpty(t, german[key], key)
		require.Equal(t, facts(fact, text), facts(fact, german[key]), key)
		for _, du := range []string{" du ", " dein", " dir ", " dich "} {
			require.NotContains(t, strings.ToLower(" "+german[key]+" "), du, key)
		}
	}
	source := source(t)
	for _, used := range regexp.MustCompile(`\bT "([a-z0-9_.]+)"|\bT\("([a-z0-9_.]+)"([ +]*)`).FindAllStringSubmatch(source, -1) {
		said := used[1] + used[2]
		_, known := english[said]
		begun := used[3] != "" && slices.ContainsFunc(slices.Collect(maps.Keys(english)), func(key string) bool { return strings.HasPrefix(key, said) })
		require.True(t, known || begun, used[0])
	}
	for key := range english {
		group, _, nested := strings.Cut(key, ".")
		dynamic := strings.Contains(source, `"`+group+`."`) || strings.Contains(source, `"`+group+`.`)
		require.True(t, nested && dynamic || strings.Contains(source, `"`+key+`"`), "nobody says %s", key)
	}
}

// source is everything that may say a text.
func source(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	require.NoError(t, filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(path, "_test.go") || filepath.Ext(path) != ".go" && filepath.Ext(path) != ".html" {
			return err
		}
		raw, err := os.ReadFile(path)
		all.Write(raw)
		return err
	}))
	return all.String()
}

func facts(fact *regexp.Regexp, text string) []string {
	found := fact.FindAllString(text, -1)
	slices.Sort(found)
	return slices.Compact(found)
}

// words reads all texts of a language; texts with a singular and a plural are one. No two files
// have a text of the same name.
func words(t *testing.T, lang string) map[string]string {
	t.Helper()
	files, err := filepath.Glob("words/*." + lang + ".toml")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	flat := map[string]string{}
	put := func(key, text string) {
		require.NotContains(t, flat, key)
		flat[key] = text
	}
	var walk func(prefix string, v any)
	walk = func(prefix string, v any) {
		switch v := v.(type) {
		case string:
			put(prefix, v)
		case map[string]any:
			if one, counted := v["one"]; counted {
				require.NotEmpty(t, one)
				put(prefix, v["other"].(string))
				return
			}
			for key, below := range v {
				walk(strings.TrimPrefix(prefix+"."+key, "."), below)
			}
		}
	}
	for _, file := range files {
		var tree map[string]any
		_, err := toml.DecodeFile(file, &tree)
		require.NoError(t, err)
		walk("", tree)
	}
	return flat
}
