package phrase_test

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/internal/planfile"
)

// english are words that creep into German business speech. Whoever is woken at three reads none
// of them; words that German has made its own, such as Status or Chat, are not among them.
var english = regexp.MustCompile(`(?i)(^|[^\p{L}])((` + strings.Join([]string{
	"acknowledge[dsn]?", "action", "approv(e[drs]?|als?)", "assess(ment)?", "asset", "audiences?", "backups?", "briefings?", "business", "calls?", "cancel(led)?", "checkout", "commander",
	"customers?", "deadlines?", "declare[dn]?", "done", "downtime", "drafts?", "drills?", "editor", "escalations?", "exec(utive)?s?", "fallback", "feedback", "gates?", "hand-?overs?",
	"impact", "incidents?", "issues?", "kick-?off", "leads?", "liaison", "meetings?", "messages?", "minutes", "monitoring", "officers?", "on-?call", "outages?", "owners?", "pages?",
	"pagings?", "people", "pending", "phone", "please", "postmortem", "ready", "releases?", "replies", "reply", "reports?", "resolved?", "responder", "reviews?", "role", "root cause",
	"send", "sent", "services?", "severity", "shifts?", "sign-?(in|off)", "skip", "stakeholders?", "submit", "support", "tasks?", "teams?", "the", "tickets?", "timeline", "tokens?",
	"updates?", "users?", "wall", "with", "workflows?", "you",
}, "|") + `))([^\p{L}]|$)`)

// Neither what we text, say, mail and show to people, nor what the built-in plan calls things, has
// an English word in its German.
func TestGerman_hasNoEnglishWord(t *testing.T) {
	t.Parallel()
	said := map[string]string{}
	files, err := filepath.Glob("../../api/web/sheet/words/*.de.toml")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range append(files, "active.de.toml") {
		var tree map[string]any
		_, err := toml.DecodeFile(file, &tree)
		require.NoError(t, err)
		gather(said, strings.TrimSuffix(filepath.Base(file), ".de.toml"), tree)
	}
	p, err := planfile.Parse("example", planfile.Example(), planfile.Options{Lenient: true})
	require.NoError(t, err)
	for _, r := range p.Roles {
		said["role "+r.Name] = r.Title["de"]
	}
	for _, task := range p.Emergency {
		said["task "+task.ID], said["undo "+task.ID] = task.Do["de"], task.Undo["de"]
	}
	for _, a := range p.Audiences {
		said["audience "+a.Name] = a.Title["de"]
	}
	golden, err := os.ReadFile("testdata/texts.golden")
	require.NoError(t, err)
	_, german, found := strings.Cut(string(golden), "######## de")
	require.True(t, found)
	// What is typed during an incident is said as it was typed, and the file names its cases.
	typed := strings.NewReplacer("Checkout down", "", "Checkout", "", "customers affected", "", "on the plane until 5", "", "call: ", "", "no page: ", "", "one more page: ", "", "the backup has it: ", "")
	for line := range strings.Lines(german) {
		if words := typed.Replace(line); !strings.HasPrefix(words, "==") {
			said["text "+line] = words
		}
	}

	outside := regexp.MustCompile(`\{\{[^}]*\}\}|\{[^}]*\}|https?://\S+|[\w.+-]+@[\w.-]+`)
	for _, key := range slices.Sorted(maps.Keys(said)) {
		if m := english.FindStringSubmatch(outside.ReplaceAllString(said[key], " ")); m != nil {
			t.Errorf("%s says %q: %s", key, m[2], said[key])
		}
	}
}

func gather(into map[string]string, key string, v any) {
	switch v := v.(type) {
	case string:
		into[key] = v
	case map[string]any:
		for name, below := range v {
			gather(into, key+"."+name, below)
		}
	}
}
