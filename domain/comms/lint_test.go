package comms_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/comms"
	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/plan"
)

func TestLint_words_areFoundInBothLanguages(t *testing.T) {
	t.Parallel()
	const next, nächste = " The next message comes by {next update}.", " Die nächste Meldung kommt um {next update}."
	for _, c := range []struct {
		phase          plan.Phase
		language, body string
		flaw           comms.Flaw
		words          string
	}{
		{plan.Investigation, "en", "The DNS of our shop is down, see https://API.example/DNS." + next, comms.Acronym, "DNS"},
		{plan.Investigation, "en", "Both APIs and HTTP2 fail." + next, comms.Acronym, "APIs, HTTP2"},
		{plan.Investigation, "de", "Die API ist gestört." + nächste, comms.Acronym, "API"},
		{plan.Investigation, "en", "ACME is OK. Send an SMS." + next, "", ""},
		{plan.Investigation, "en", "We will write again, or when there is news." + next, comms.Filler, "or when there is news"},
		{plan.Investigation, "en", "We fix it as soon as possible." + next, comms.Filler, "as soon as possible"},
		{plan.Investigation, "en", "We apologise for any inconvenience caused." + next, comms.Filler, "apologise for any inconvenience caused"},
		{plan.Investigation, "de", "Wir melden uns, sobald es Neuigkeiten gibt." + nächste, comms.Filler, "sobald es Neuigkeiten gibt"},
		{plan.Investigation, "de", "Wir beheben es schnellstmöglich." + nächste, comms.Filler, "schnellstmöglich"},
		{plan.Investigation, "de", "Wir bitten, die Unannehmlichkeiten zu entschuldigen." + nächste, comms.Filler, "Unannehmlichkeiten"},
		{plan.Investigation, "en", "Payments fail due to a faulty release." + next, comms.Claim, "due to a faulty release"},
		{plan.Investigation, "en", "The cause is a broken disk." + next, comms.Claim, "The cause is a broken disk"},
		{plan.Investigation, "en", "The cause is not known yet." + next, "", ""},
		{plan.Investigation, "en", "We are looking for the cause. Due to the incident our shop is closed." + next, "", ""},
		{plan.Identification, "en", "Payments fail due to a faulty release." + next, "", ""},
		{plan.Investigation, "de", "Verursacht durch eine fehlerhafte Version." + nächste, comms.Claim, "Verursacht durch eine fehlerhafte Version"},
		{plan.Investigation, "de", "Wegen der Störung ist unser Laden zu. Die Ursache ist noch nicht bekannt." + nächste, "", ""},
		{plan.Holding, "de", "Aufgrund eines Brandes." + nächste, comms.Claim, "Aufgrund eines Brandes"},
		{plan.Investigation, "en", "The next update comes at 15:30.", comms.TypedTime, "next update comes at 15:30"},
		{plan.Investigation, "en", "You hear from us in about 30 minutes." + next, comms.TypedTime, "hear from us in about 30 minutes"},
		{plan.Investigation, "de", "Die nächste Meldung kommt um 15.30.", comms.TypedTime, "nächste Meldung kommt um 15.30"},
		{plan.Investigation, "de", "Spätestens um 16 Uhr hören Sie wieder von uns.", comms.TypedTime, "Spätestens um 16 Uhr hören Sie wieder von uns"},
		{plan.Investigation, "de", "Seit 15:30 scheitern Zahlungen." + nächste, "", ""},
		{plan.Investigation, "en", "Payments fail.", comms.NoPromise, "{next update}"},
		{plan.Resolution, "de", "Es ist vorbei." + nächste, comms.LatePromise, "{next update}"},
		{plan.Resolution, "en", "It is over.", "", ""},
		{plan.Investigation, "fr", "La cause est un DNS. {next update}", comms.Acronym, "DNS"},
	} {
		found := comms.Lint(comms.LintInput{Phase: c.phase, Names: []string{"ACME"}, Texts: []effect.Text{{Language: c.language, Body: c.body}}})
		if c.flaw == "" {
			require.Empty(t, found, c.body)
			continue
		}
		require.Equal(t, []comms.Finding{{Flaw: c.flaw, Language: c.language, Words: c.words}}, found, c.body)
		require.NotEmpty(t, found[0].Advice("en"))
		require.NotEqual(t, found[0].Advice("en"), found[0].Advice("de-AT"))
	}
}

func TestLint_wholeMessage_isHeldAgainstTheLastOne(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC)
	in := comms.LintInput{
		Phase: plan.Investigation, Texts: []effect.Text{{Language: "en", Body: "Since 02:51 payments fail. Next by {next update}."}},
		Last: now.Add(-4 * time.Minute), Now: now, Often: 10 * time.Minute,
		Carries: map[string]string{"start": "1", "seen": "2", "services": "3", "impact": "4", "where": "5", "next_update": "6"},
	}
	in.Said = comms.Gist([]effect.Text{{Language: "en", Body: "SINCE 02:50  payments fail. Next by {next update}."}})
	require.Equal(t, []comms.Finding{{Flaw: comms.Lacks, Words: "advice"}, {Flaw: comms.Repeat}, {Flaw: comms.TooOften, Words: "4m0s"}}, comms.Lint(in))

	in.Carries, in.Said, in.Last = nil, "", time.Time{}
	require.Empty(t, comms.Lint(in))

	in.Texts[0].Short, in.Texts[0].Subject = strings.Repeat("x", comms.ShortLimit+1), strings.Repeat("y", 151)
	require.Len(t, comms.Lint(in), 2)
}
