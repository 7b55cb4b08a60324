package lab

import (
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var verb = regexp.MustCompile(`%[a-z%]`)

func TestTheWordsOfThePageAreWholeInBothLanguages(t *testing.T) {
	t.Parallel()
	for key, both := range words {
		require.NotEmpty(t, both.en, key)
		require.NotEmpty(t, both.de, key)
		require.Equal(t, verb.FindAllString(both.en, -1), verb.FindAllString(both.de, -1), key)
	}
	for _, set := range []struct {
		prefix string
		of     []string
	}{
		{"does_", texts(Behaviours)}, {"fault_", texts(Faults)}, {"hit_", texts(Faults)}, {"channel_", texts(Channels)},
	} {
		found := 0
		for key := range words {
			if strings.HasPrefix(key, set.prefix) {
				found++
				require.Contains(t, set.of, strings.TrimPrefix(key, set.prefix))
			}
		}
		require.Equal(t, len(set.of), found, set.prefix)
	}
}

func texts[T ~string](of []T) (all []string) {
	for _, one := range of {
		all = append(all, string(one))
	}
	return all
}

// Words that nobody says any more, and words that are said but not there, are both mistakes.
func TestEveryWordIsSaid(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("card.go")
	require.NoError(t, err)
	said := string(source)
	require.NoError(t, fs.WalkDir(web, "web", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".html") {
			return err
		}
		page, err := web.ReadFile(path)
		said += string(page)
		return err
	}))
	for key := range words {
		stem, _, _ := strings.Cut(key, "_one")
		stem, _, _ = strings.Cut(stem, "_many")
		family, _, _ := strings.Cut(key, "_")
		require.True(t, strings.Contains(said, `"`+stem+`"`) || strings.Contains(said, `(print "`+family+`_" .`), key)
	}
	for _, call := range regexp.MustCompile(`\{\{[^}]*?\(?\b(t|n) "([a-z0-9_]+)"`).FindAllStringSubmatch(said, -1) {
		key := call[2]
		if call[1] == "n" {
			require.Contains(t, words, key+"_one")
			key += "_many"
		}
		require.Contains(t, words, key)
	}
}

func TestThePageSpeaksTheVisitorsLanguage(t *testing.T) {
	t.Parallel()
	for given, wanted := range map[[2]string]language{
		{"", ""}: english, {"", "de-AT,de;q=0.9,en;q=0.8"}: german, {"", "fr,de;q=0.5"}: german, {"", "fr"}: english,
		{"en", "de"}: english, {"de", "en-GB"}: german, {"fr", "de"}: german,
	} {
		require.Equal(t, wanted, languageFor(given[0], given[1]), fmt.Sprint(given))
	}
	_, err := english.say("no_such_words")
	require.Error(t, err)
}

func TestLinksInATextAreTheOnlyMarkup(t *testing.T) {
	t.Parallel()
	for text, wanted := range map[string]string{
		`1 <b>& "2"`:                   `1 &lt;b&gt;&amp; &#34;2&#34;`,
		`see http://x.example/r/A, ok`: `see <a href="http://x.example/r/A" target="_blank" rel="noopener noreferrer">http://x.example/r/A</a>, ok`,
		`javascript:alert(1)`:          `javascript:alert(1)`,
		`http://x.example/'onclick=1`:  `<a href="http://x.example/&#39;onclick=1" target="_blank" rel="noopener noreferrer">http://x.example/&#39;onclick=1</a>`,
		`http://%zz.example/a`:         `http://%zz.example/a`,
	} {
		require.Equal(t, wanted, string(link(text)))
	}
	require.Equal(t, []string{"0:00", "1:05"}, []string{minutes(0), minutes(65e9)})
}
