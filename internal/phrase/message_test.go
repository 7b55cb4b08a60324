package phrase

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"text/template"
	"unicode"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/comms"
	"github.com/stormbell/stormbell/domain/plan"
)

// letters is acme with texts of its own; German is the company's first language.
func letters(all ...plan.Template) *Words {
	w := acme()
	for i := range all {
		all[i].Audience, all[i].Phase = "internal", plan.Investigation
		if all[i].Language == "" {
			all[i].Language = "en"
		}
	}
	w.plan.Templates = all
	w.plan.Audiences = []plan.Audience{{Name: "internal", Send: []string{plan.SendStatusPage}, Spokesperson: "marketing_officer"}}
	w.plan.Company.Languages = []string{"en"}
	return w
}

func internal(known map[string]string) Wanted {
	return Wanted{Audience: "internal", Phase: plan.Investigation, Known: func(string) map[string]string { return known }}
}

var spoken = plan.Template{
	Subject: "{{.Title}}", Lead: "Good morning.", Close: "Next by {{.NextUpdate}}.\n\n{{.Spokesperson}}",
	Say: []plan.Say{
		{Element: "seen", Line: "Since {{.Start}}: {{.What}}"}, {Element: "impact", Line: "You notice: {{.Impact}}"},
		{Element: "severity", Line: "{{.WorstCase}} {{.Perspective}}"}, {Element: "advice", Line: "Please wait."}, {Element: "where", Line: "See {{.Link}}"},
	},
}

func TestDraft_lines_areLeftOutWhileNothingIsKnown(t *testing.T) {
	t.Parallel()
	w := letters(spoken)
	known := map[string]string{"Title": "Checkout", "Start": "02:51", "WorstCase": "All shops close."}
	draft, err := w.Draft(internal(known))
	require.NoError(t, err)
	require.Equal(t, "Checkout", draft.Texts[0].Subject)
	require.Equal(t, "Good morning.\n\nSince 02:51: Checkout\nAll shops close. not known yet\nPlease wait.\nSee https://i.acme.com/status\n\nNext by {next update}.\n\n{spokesperson}", draft.Texts[0].Body)
	require.Equal(t, "Since 02:51: Checkout\nAll shops close. not known yet\nPlease wait.\nNext by {next update}.\n{spokesperson}\nMore: https://i.acme.com/status", draft.Texts[0].Short)
	require.Equal(t, []string{"advice", "next_update", "seen", "severity", "start", "where"}, slices.Sorted(maps.Keys(draft.Carries)))
	for _, is := range draft.Carries {
		require.NotContains(t, is, "shops")
	}
}

func TestDraft_whatWasToldBefore_standsBehindWhatIsNew(t *testing.T) {
	t.Parallel()
	german := spoken
	german.Language, german.Say = "de", slices.Clone(spoken.Say)
	for i, line := range []string{"Seit {{.Start}}: {{.What}}", "Sie bemerken: {{.Impact}}", "{{.WorstCase}}", "Bitte warten Sie.", "Siehe {{.Link}}"} {
		german.Say[i].Line = line
	}
	w := letters(spoken, german)
	w.plan.Company.Languages = []string{"de", "en"}
	in := internal(map[string]string{"Title": "Checkout", "Start": "02:51"})
	first, err := w.Draft(in)
	require.NoError(t, err)

	in.Told = first.Carries
	in.Known = func(string) map[string]string {
		return map[string]string{"Title": "Checkout", "Start": "02:51", "Impact": "No cards."}
	}
	second, err := w.Draft(in)
	require.NoError(t, err)
	require.Contains(t, second.Texts[0].Body, "Sie bemerken: No cards.\n\nSeit 02:51: Checkout\nBitte warten Sie.\nSiehe")
	require.Contains(t, second.Texts[1].Body, "You notice: No cards.\n\nSince 02:51: Checkout\nPlease wait.\nSee")

	in.Told = second.Carries
	in.Known = func(string) map[string]string {
		return map[string]string{"Title": "Checkout", "Start": "02:40", "Impact": "No cards."}
	}
	third, err := w.Draft(in)
	require.NoError(t, err)
	require.Contains(t, third.Texts[1].Body, "Since 02:40: Checkout\n\nYou notice", "what changed is news")
}

func TestDraft_wholeBody_saysWhatIsNotKnown(t *testing.T) {
	t.Parallel()
	w := letters(plan.Template{Language: "de", Subject: "{{.Title}}: {{.Cause}}", Body: "{{.What}}. Nächste Meldung bis {{.NextUpdate}}.", More: "Die Hotline von {{.Company}} weiß mehr."})
	w.plan.Company.Languages = []string{"de"}
	known := map[string]string{"Title": "Checkout", "What": "payments fail\u202e {{.Cause}}", "Cause": "  "}
	draft, err := w.Draft(internal(known))
	require.NoError(t, err)
	require.Equal(t, "Checkout: noch nicht bekannt", draft.Texts[0].Subject)
	require.Equal(t, "payments fail ((.Cause)). Nächste Meldung bis {next update}.", draft.Texts[0].Body)
	require.Equal(t, draft.Texts[0].Body+"\nDie Hotline von ACME weiß mehr.", draft.Texts[0].Short)
	require.Len(t, known, 3, "the facts stay as they were")

	for _, wrong := range []string{"{{.Caus}}", "{{.Cause", "{{nosuch}}"} {
		_, err = letters(plan.Template{Body: wrong}).Draft(internal(nil))
		require.ErrorContains(t, err, "internal", wrong)
	}
	draft, err = letters().Draft(internal(nil))
	require.NoError(t, err, "without a template a person writes the text")
	require.Empty(t, draft.Texts[0].Body)
}

func TestDraft_scope_namesTheServices(t *testing.T) {
	t.Parallel()
	w := letters(plan.Template{Subject: "x", Say: []plan.Say{{Element: "services", Line: "Concerned: {{.Services}}"}}, Close: "{{.NextUpdate}}"},
		plan.Template{For: "shop", Subject: "Our shop", Body: "Closed until {{.NextUpdate}}."})
	w.plan.Services = []plan.Topic{{Name: "shop", Title: map[string]string{"en": "Web shop"}}, {Name: "till", Title: map[string]string{"en": "Tills"}}}
	in := internal(nil)
	in.Scope.Services = []string{"till"}
	draft, err := w.Draft(in)
	require.NoError(t, err)
	require.Contains(t, draft.Texts[0].Body, "Concerned: Tills\n")
	in.Scope.Services = []string{"till", "shop"}
	draft, err = w.Draft(in)
	require.NoError(t, err)
	require.Equal(t, "Our shop", draft.Texts[0].Subject)
}

// FuzzDraft: what a stranger or an alert says stays one clean piece of a text.
func FuzzDraft(f *testing.F) {
	for _, s := range []string{"Checkout", "a\r\nBcc: x@evil.example", "{{.Cause}}", "{next update}{spokesperson}", "<b>\x00\u202e\u2028", "\xff", strings.Repeat("ü ", 2000), "https://evil.example/x", "{{`{`}}next update}"} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, title, fact string) {
		draft, err := letters(spoken).Draft(internal(map[string]string{"Title": title, "Start": "02:51", "What": fact, "Impact": fact, "NextUpdate": fact, "Link": fact}))
		require.NoError(t, err)
		x := draft.Texts[0]
		require.False(t, strings.ContainsFunc(x.Subject, func(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) }), "%q", x.Subject)
		require.False(t, strings.ContainsFunc(x.Body+x.Short, func(r rune) bool { return r != '\n' && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) }), "%q", x.Body)
		require.Equal(t, 1, strings.Count(x.Body, comms.NextUpdatePlace), "%q", x.Body)
		require.Equal(t, 1, strings.Count(x.Short, comms.NextUpdatePlace), "%q", x.Short)
		require.Equal(t, 1, strings.Count(x.Body, comms.SpokespersonPlace))
		require.LessOrEqual(t, strings.Count(x.Body, "\n"), 12, "a fact is one line")
		require.LessOrEqual(t, runes(x.Short), comms.ShortLimit)
		again, err := template.New("").Parse(x.Subject + x.Body)
		require.NoError(t, err)
		require.NotContains(t, again.Root.String(), "{{")
	})
}

// FuzzUpdateMail: whatever a text says, the mail's markup and headers stay ours.
func FuzzUpdateMail(f *testing.F) {
	f.Add("Checkout\r\nBcc: all@example.com", "</td><script>alert(1)</script>")
	f.Add(`"><img src=x onerror=alert(1)>`, "javascript:alert(1)\n\n<!-- x")
	w := acme()
	mail := func(subject, body string) Mail {
		return w.UpdateMail(Update{Incident: 7, Language: "en", Subject: subject, Body: body, Unsubscribe: "https://i.acme.com/u/T"})
	}
	f.Fuzz(func(t *testing.T, subject, body string) {
		one := func(s string) string { return "w" + strings.Join(strings.Fields(s), " ") }
		got, ours := mail(one(subject), one(body)), mail("w", "w")
		for _, tag := range []string{"<script", "<img", "<!--", "<a ", "<p", "<td", "<style", "<svg"} {
			require.Equal(t, strings.Count(ours.HTML, tag), strings.Count(strings.ToLower(got.HTML), tag), "%s in %s", tag, got.HTML)
		}
		require.NotContains(t, mail(subject, body).Subject, "\n")
		require.NotContains(t, mail(subject, body).Subject, "\r")
		require.Equal(t, ours.Headers, got.Headers, "no word of a text is in a header")
	})
}
