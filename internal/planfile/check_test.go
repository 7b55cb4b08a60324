package planfile

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/plan"
)

// changed is the built-in plan with pairs of old and new texts replaced.
func changed(t *testing.T, oldnew ...string) []byte {
	t.Helper()
	source := string(Example())
	for i := 0; i < len(oldnew); i += 2 {
		if !strings.Contains(source, oldnew[i]) {
			t.Fatalf("the built-in plan has changed: there is no %q", oldnew[i])
		}
		source = strings.Replace(source, oldnew[i], oldnew[i+1], 1)
	}
	return []byte(source)
}

func tenMistakes(t *testing.T) []byte {
	t.Helper()
	return changed(t,
		"  timezone: Europe/Berlin ", "  time_zone: Europe/Berlin ", // unknown key, and so one is missing
		`"+49 176 04069002"`, `"0176 04069002"`, // no phone number
		"primary: ben\n", "primary: bnn\n", // unknown person
		"    primary: eva\n    backup: [carla]\n", "    primary: eva\n", // role without a backup
		"wait: 4m }", "wait: 4 minutes }", // no duration
		"    last: { to: [everyone, business_lead], by: [sms, call], every: 10m, at_most: 1h }\n", "", // a silent end
		"recommend_at: 12 ", "recommend_at: lots ", // wrong type
		"concerned: {{.Services}}", "concerned: {{.Servces}}", // unknown field
		`pages:   { type: lab,`, `pages:   { type: twilio, account: "${ACCOUNT}", token: hunter2,`, // written-out secret
	)
}

func TestCheck_tenMistakes_allInOneRun(t *testing.T) {
	t.Parallel()
	_, err := Parse("plan.yaml", tenMistakes(t), options())
	var found *Findings
	require.ErrorAs(t, err, &found)
	require.Len(t, found.Problems, 10, err)
	require.True(t, slices.IsSortedFunc(found.Problems, func(a, b Problem) int { return a.Line - b.Line }))

	golden := filepath.Join("testdata", "ten.txt")
	if os.Getenv("UPDATE_GOLDEN") != "" {
		require.NoError(t, os.WriteFile(golden, []byte(found.Render(false)), 0o600))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	require.Equal(t, string(want), found.Render(false))
	require.NotContains(t, found.Render(true), "hunter2")
	require.Contains(t, found.Render(true), red)
}

func TestCheck_warnings_doNotFail(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, old, new, says string }{
		{"two lists at once", "    primary: carla\n    backup: [anna]\n", "    primary: anna\n    backup: [carla]\n", "anna is primary for two roles (marketing_officer, social_officer) that are busy in emergency mode"},
		{"two starts at once", "    primary: carla\n    backup: [rotation:standby]\n", "    primary: finn\n    backup: [rotation:standby]\n", "finn is primary for two roles (technical_slt, customer_liaison) that are needed to start"},
		{"claim too early", "The cause is being looked for.", "The cause is a broken disk.", `messages.internal.investigation.en.say.advice: "The cause is a broken disk": Name no cause before one is confirmed`},
		{"filler in German", "Sonst müssen Sie vorerst nichts tun.", "Wir melden uns, sobald es Neuigkeiten gibt.", `"sobald es Neuigkeiten gibt": Leave it out`},
		{"element missing", "          advice:     \"We are looking", "          advise:     \"We are looking", "messages.customers.investigation.en: says nothing of advice; the guide wants it in this phase"},
		{"texts for no service", "messages:\n", "messages_for: { bank: { internal: { holding: { en: { subject: a, body: \"{{.NextUpdate}}\" } } } } }\nmessages:\n", `messages_for.bank: is never sent; there is no service or failure mode "bank"`},
		{"one language missing", "      de:\n        subject: \"{{.Company}}: behoben ({{.Title}})\"", "      en2:\n        subject: \"{{.Company}}: behoben ({{.Title}})\"", "the text for resolution is missing in de"},
		{"text for a skipped phase", "  customers:\n    investigation:", "  customers:\n    monitoring: { en: { subject: a, body: \"{{.NextUpdate}}\" } }\n    investigation:", "is never sent; customers skips this phase"},
		{"recipients without mail", "send: [email, status_page, chat]", "send: status_page", "nobody here gets a message"},
		{"release by somebody else", "release: incident_commander", "release: business_lead", "the guide leaves the release of messages to the incident_commander"},
		{"open trigger", "url: http://127.0.0.1:8080", "url: https://i.acme.example", "triggers.grafana: without a token it takes alerts on the loopback only"},
		{"no chat", "  chat: https://chat.acme.example/emergency\n", "", "taking part needs a call and a chat"},
		{"fallback at home", `from: "+49 171 3920001" }`, `from: "+49 171 3920001", fallback: "http://127.0.0.1:9/x.xml" }`, "channels.pages.fallback: is on our own host"},
		{"plain http", "chat: https:", "chat: http:", "anybody on the way can read"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, found := Check("plan.yaml", changed(t, c.old, c.new), options())
			i := slices.IndexFunc(found.Problems, func(p Problem) bool { return strings.Contains(p.Path+": "+p.Message, c.says) })
			require.GreaterOrEqual(t, i, 0, found.Render(false))
			require.Equal(t, Warning, found.Problems[i].Severity)
			require.NotZero(t, found.Problems[i].Line)
			if c.name != "one language missing" { // its change has an error of its own
				require.NoError(t, found.Err())
			}
		})
	}
}

func TestCheck_brokenYAML_showsThePlaceAndNoSecret(t *testing.T) {
	t.Parallel()
	for source, says := range map[string]string{
		"company: [\n  token: hunter2\n": "plan.yaml:1:10",
		"a: b: c\nkey: hunter2":          "plan.yaml:1:4",
		"company:\n\ttoken: hunter2":     "plan.yaml:2:1",
		"token: hunter2\na: \"x":         "plan.yaml:2:4",
		"":                               "the plan is empty",
		"# nothing\n":                    "the plan is empty",
		"- a\n- b\n":                     "must be a group of keys, not a list",
		"a\xff":                          "is not UTF-8",
		strings.Repeat("#\n", maxSize/2) + "a: 1": "larger than 4 MiB",
		"token: hunter2 with spaces: x":           "plan.yaml:1:",
		"<<: {a: 1}\n":                            "a key must be a plain word",
	} {
		_, err := Parse("plan.yaml", []byte(source), options())
		require.ErrorContains(t, err, says)
		require.NotContains(t, err.Error(), "hunter2")
	}
}

func TestCheck_pictures_neverShowASecret(t *testing.T) {
	t.Parallel()
	for name, channel := range map[string]string{
		"on the line of another mistake": "  pages: { token: hunter2, type: fax, from: 1 }",
		"in quotes":                      "  pages: { token: \"hunter2\", type: fax }",
		"misspelt":                       "  pages: { tokn: hunter2, type: fax }",
		"below a misspelt section":       "  pages: {}\nchanels:\n  email: { key: hunter2 }\nx: 1",
		"twice":                          "  pages: { token: hunter2, token: hunter2, type: fax }",
		"block":                          "  pages:\n    token: |\n      hunter2\n    type: fax",
		"folded":                         "  pages:\n    token: >-\n      x\n      hunter2\n    type: fax",
		"over two lines":                 "  pages:\n    token: \"x\n      hunter2\"\n    type: fax",
		"plain, over two lines":          "  pages:\n    token: x\n      hunter2\n    type: fax",
		"a list":                         "  pages:\n    token:\n      - hunter2\n    type: fax",
		"a group":                        "  pages:\n    token:\n      hunter2: hunter2\n    type: fax",
		"a flow list":                    "  pages: { token: [hunter2, hunter2], type: fax }",
		"an anchor":                      "  pages: { token: &a hunter2, type: fax }",
		"a tag":                          "  pages: { token: !!str hunter2, type: fax }",
		"the whole channel":              "  pages: hunter2",
		"a list as channel":              "  pages: [hunter2]",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			source := changed(t, `  pages:   { type: lab, from: "+49 171 3920001" }`, channel)
			_, found := Check("plan.yaml", source, options())
			require.Error(t, found.Err())
			require.NotContains(t, found.Render(false), "hunter2")
		})
	}
}

func TestParse_references_areResolvedAndMasked(t *testing.T) {
	t.Parallel()
	source := changed(t,
		`pages:   { type: lab, from: "+49 171 3920001" }`, `pages: { type: twilio, account: "${ACCOUNT}", token: "file:twilio", from: "${FROM}", endpoint: "http://127.0.0.1:9/", fallback: "https://words.acme.example/fallback.xml" }`,
		`email:   { type: lab`, `email: { type: sendgrid, key: "file:/run/secrets/mail"`,
		`type: grafana`, `type: grafana`+"\n    token: \"${GRAFANA}\"",
	)
	env := map[string]string{"ACCOUNT": "AC-hunter", "FROM": "+49 171 3920009", "GRAFANA": "hunter1"}
	files := map[string]string{filepath.Join("/etc/stormbell", "twilio"): "hunter2\n", "/run/secrets/mail": "hunter3"}
	o := Options{
		Dir: "/etc/stormbell",
		Env: func(n string) (string, bool) { v, ok := env[n]; return v, ok },
		ReadFile: func(path string) ([]byte, error) {
			v, ok := files[path]
			if !ok {
				return nil, fs.ErrNotExist
			}
			return []byte(v), nil
		},
	}
	p, err := Parse("plan.yaml", source, o)
	require.NoError(t, err)
	require.Equal(t, "AC-hunter", p.Channels.Pages.Account.Reveal())
	require.Equal(t, "hunter2", p.Channels.Pages.Token.Reveal())
	require.Equal(t, "+491713920009", p.Channels.Pages.From)
	require.Equal(t, "http://127.0.0.1:9", p.Channels.Pages.Endpoint)
	require.Equal(t, "https://words.acme.example/fallback.xml", p.Channels.Pages.Fallback)
	require.Equal(t, "hunter3", p.Channels.Mail.Key.Reveal())
	require.False(t, p.Channels.Pages.Lab)
	require.True(t, p.Channels.Updates.Lab)
	grafana, _ := p.TriggerByName("grafana")
	require.Equal(t, "hunter1", grafana.Key.Reveal())

	encoded, err := json.Marshal(p)
	require.NoError(t, err)
	for _, printed := range []string{string(encoded), fmt.Sprintf("%+v", p), fmt.Sprintf("%#v", p), fmt.Sprint(p)} {
		require.NotContains(t, printed, "hunter")
		require.NotContains(t, printed, "00000000000000000000000000000001")
	}

	t.Run("lenient", func(t *testing.T) {
		t.Parallel()
		none := Options{Env: func(string) (string, bool) { return "", false }, Dir: "nowhere", Lenient: true}
		_, found := Check("plan.yaml", source, none)
		require.NoError(t, found.Err())
		require.Equal(t, 5, found.count(Warning), found.Render(false))
		none.Lenient = false
		_, found = Check("plan.yaml", source, none)
		require.Equal(t, 5, found.count(Error), found.Render(false))
	})
}

func TestLoad_files_areReadFromTheirFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "plan.yaml")
	_, err := Load(path, Options{})
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.ErrorContains(t, err, "cannot read the plan")

	require.NoError(t, os.WriteFile(path, changed(t, "type: grafana", "type: grafana\n    token: file:secret"), 0o600))
	_, err = Load(path, Options{})
	require.ErrorContains(t, err, "triggers.grafana.token: the file cannot be read")
	require.NoError(t, os.WriteFile(filepath.Join(dir, "secret"), []byte("s3cret\n"), 0o600))
	p, err := Load(path, Options{})
	require.NoError(t, err)
	require.NotEmpty(t, p.Hash)

	require.NoError(t, os.WriteFile(path, make([]byte, maxSize+1), 0o600))
	_, err = Load(path, Options{})
	require.ErrorContains(t, err, "larger than 4 MiB")
}

func TestParse_hash_namesTheExactFile(t *testing.T) {
	t.Parallel()
	a, _ := Parse("a.yaml", Example(), options())
	b, _ := Parse("b.yaml", Example(), options())
	c, _ := Parse("a.yaml", append(Example(), '\n'), options())
	require.Len(t, a.Hash, 32)
	require.Equal(t, a.Hash, b.Hash)
	require.NotEqual(t, a.Hash, c.Hash)
}

func TestParse_windowsLineEndsAndByteOrderMark_areTheSamePlan(t *testing.T) {
	t.Parallel()
	source := append([]byte("\xef\xbb\xbf"), strings.ReplaceAll(string(Example()), "\n", "\r\n")...)
	p, err := Parse("plan.yaml", source, options())
	require.NoError(t, err)
	want, err := Parse("plan.yaml", Example(), options())
	require.NoError(t, err)
	p.Hash = want.Hash
	require.Equal(t, want, p)

	_, found := Check("plan.yaml", []byte(strings.ReplaceAll(string(source), "primary: ben", "primary: bnn")), options())
	require.Len(t, found.Problems, 1)
	require.NotContains(t, found.Render(false), "\r")
}

func TestParse_kindsOfPhones_decideWhoGetsTexts(t *testing.T) {
	t.Parallel()
	p, err := Parse("plan.yaml", changed(t,
		`phone: "+49 176 04069001"`, `phone: ["+49 (0)176 / 04069001", "+49 30 23125 010"], landline: "+49 176 04069011"`,
		`phone: "+49 176 04069002"`, `phone: "0049 176 04069002"`,
		`phone: "+49 176 04069003"`, `no_sms: true, phone: "+49-176-04069003"`,
	), options())
	require.ErrorContains(t, err, `people.ben.phone: "0049 176 04069002" has no country code`)
	require.Equal(t, []plan.Phone{
		{Number: "+4917604069001"},
		{Number: "+493023125010", NoText: true},  // it is a landline
		{Number: "+4917604069011", NoText: true}, // the plan says so
	}, p.People[0].Phones)
	require.Equal(t, []plan.Phone{{Number: "+4917604069003", NoText: true}}, p.People[2].Phones)
}

func TestReport_everyOutcome_isOneText(t *testing.T) {
	t.Parallel()
	report := func(err error) string {
		var out strings.Builder
		require.NoError(t, Report(&out, "plan.yaml", err))
		return out.String()
	}
	require.Equal(t, "plan.yaml  ok\n", report(nil))
	_, found := Check("plan.yaml", Example(), options())
	require.Equal(t, "plan.yaml  ok\n", report(found))
	require.Equal(t, "plan.yaml  no idea\n", report(errors.New("no idea")))
	_, found = Check("plan.yaml", tenMistakes(t), options())
	require.Equal(t, found.Render(false), report(found))
	require.Equal(t, found.Render(false), report(found.Err()))
}

func TestFindings_Err_isNilWithoutErrors(t *testing.T) {
	t.Parallel()
	warning := &Findings{Problems: []Problem{{Severity: Warning}}}
	require.NoError(t, warning.Err())
	require.Contains(t, warning.Render(false), "0 errors, 1 warning.")
}

func TestSuggestion_slipsOfTheFinger(t *testing.T) {
	t.Parallel()
	known := []string{"anna", "ben", "carla", plan.MarketingOfficer}
	for name, want := range map[string]string{
		"annna": "anna", "nana": "anna", "Anna": "anna", "bne": "ben", "b": "", "karla": "carla",
		"marketing_oficer": plan.MarketingOfficer, "zzz": "", "": "",
	} {
		got, ok := nearest(name, known)
		require.Equal(t, want, got, name)
		require.Equal(t, want != "", ok)
	}
}

func FuzzCheck(f *testing.F) {
	f.Add(Example())
	f.Add([]byte("company: { name: ACME, languages: [en, de] }\npeople: { a: {} }\n"))
	f.Add([]byte("messages: { a: { b: { c: { subject: \"{{.X}}\", body: \"{{if}}\" } } } }"))
	f.Add([]byte("a: &a [*a]\n---\n!!x ? y : |\n z"))
	for _, m := range mistakes {
		f.Add([]byte(m.new))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		_, found := Check("plan.yaml", data, options())
		lines := strings.Count(plainLines.Replace(string(data)), "\n") + 1
		for _, p := range found.Problems {
			if p.Line < 1 || p.Line > lines || p.Column < 1 || p.Message == "" {
				t.Fatalf("a problem without a place: %+v", p)
			}
		}
		_ = found.Render(true)
	})
}
