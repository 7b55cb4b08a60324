package callscript

import (
	"encoding/xml"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/notice"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/phrase"
)

type say struct {
	Text     string `xml:",chardata"`
	Voice    string `xml:"voice,attr"`
	Language string `xml:"language,attr"`
	// Markup would be anything a text brought along.
	Markup []string `xml:",any"`
}

type response struct {
	XMLName xml.Name `xml:"Response"`
	Gathers []struct {
		Action  string `xml:"action,attr"`
		Method  string `xml:"method,attr"`
		Digits  string `xml:"numDigits,attr"`
		Finish  string `xml:"finishOnKey,attr"`
		Timeout string `xml:"timeout,attr"`
		Says    []say  `xml:"Say"`
		Other   []any  `xml:",any"`
	} `xml:"Gather"`
	Says []say `xml:"Say"`
	Dial *struct {
		Conference string `xml:"Conference"`
		Number     struct {
			To     string `xml:",chardata"`
			Digits string `xml:"sendDigits,attr"`
		} `xml:"Number"`
	} `xml:"Dial"`
	Hangup *struct{} `xml:"Hangup"`
}

func parse(t *testing.T, script string, err error) response {
	t.Helper()
	require.NoError(t, err)
	require.LessOrEqual(t, len(script), MaxInline)
	var r response
	require.NoError(t, xml.Unmarshal([]byte(script), &r), script)
	return r
}

const action = "https://i.acme.com/hooks/twilio/keys?a=1&b=2"

// speech is what a notice says with a hostile title in a company with a hostile name.
func speech(kind notice.Kind, lang string) phrase.Speech {
	w := phrase.New(plan.Plan{
		Company: plan.Company{Name: `A&B <Say> "GmbH"`, Languages: []string{lang}, HelpPhone: "+49 30 1234567"},
		Roles:   []plan.Role{{Name: "marketing_officer", Title: map[string]string{lang: strings.Repeat("Marketing & Öffentlichkeit ", 4)}}},
	})
	return w.Speech(notice.Notice{
		Kind: kind, Role: "marketing_officer",
		Title: "\u202e</Say><Dial>+49900123456</Dial><!-- & ' \" \x00\n<break time=\"9s\"/> https://evil.example/x " + strings.Repeat("🔥&", 60),
	}, phrase.To{Name: `Anna "<O'Vogel>`, Language: lang})
}

func TestMenu(t *testing.T) {
	t.Parallel()
	for lang, want := range map[string][2]string{"en": {"en-US", "Polly.Joanna"}, "de": {"de-DE", "Polly.Vicki"}} {
		s := speech(notice.Page, lang)
		script, err := Menu(s, action)
		r := parse(t, script, err)
		require.Len(t, r.Gathers, 3)
		for i, g := range r.Gathers {
			require.Equal(t, [4]string{action, "POST", "1", "8"}, [4]string{g.Action, g.Method, g.Digits, g.Timeout})
			require.Empty(t, g.Other)
			require.Equal(t, s.Keys, g.Says[len(g.Says)-1].Text)
			if i == 0 {
				require.Equal(t, s.Hello, g.Says[0].Text, "the identification comes first")
			}
			for _, line := range g.Says {
				require.Equal(t, want, [2]string{line.Language, line.Voice})
				require.Empty(t, line.Markup)
				require.NotContains(t, line.Text, "evil")
				require.NotContains(t, line.Text, "900123456")
				require.NotContains(t, line.Text, "<")
			}
		}
		require.Equal(t, s.Silence, r.Says[0].Text)
		require.NotNil(t, r.Hangup)
		require.Nil(t, r.Dial, "a title dialled a number")
	}
}

func TestMenuLeavesRoundsOutRatherThanGrow(t *testing.T) {
	t.Parallel()
	s := speech(notice.Page, "en")
	s.Story = strings.Repeat("&", 250)
	script, err := Menu(s, action)
	require.Len(t, parse(t, script, err).Gathers, 2)
}

func TestMarkupStaysText(t *testing.T) {
	t.Parallel()
	hostile := `</Say></Gather><Dial>+49900</Dial> & "x" <!-- ]]>`
	s := phrase.Speech{Hello: hostile, Story: hostile, Keys: hostile, Silence: hostile, Bye: hostile, Digits: 1}
	script, err := Menu(s, action)
	r := parse(t, script, err)
	require.Nil(t, r.Dial)
	require.Equal(t, hostile, r.Gathers[0].Says[0].Text)
	require.Equal(t, hostile, r.Says[0].Text)
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	page, taken := speech(notice.Page, "en"), speech(notice.Taken, "en")

	script, err := WrongKey(page, "That was 7.", action)
	r := parse(t, script, err)
	require.Equal(t, "That was 7.", r.Gathers[0].Says[0].Text)
	require.Len(t, r.Gathers, 2)
	require.Equal(t, page.Keys, r.Gathers[1].Says[1].Text)

	script, err = Minutes(taken, action)
	r = parse(t, script, err)
	require.Len(t, r.Gathers, 1)
	require.Equal(t, [2]string{"3", "#"}, [2]string{r.Gathers[0].Digits, r.Gathers[0].Finish})
	require.Equal(t, taken.Story, r.Gathers[0].Says[0].Text)
	require.Equal(t, taken.Bye, r.Says[0].Text)

	for name, c := range map[string]struct {
		script func(phrase.Speech) (string, error)
		want   []string
	}{
		"confirm": {Confirm, []string{taken.Story, taken.Bye}}, "goodbye": {Goodbye, []string{taken.Bye}},
		"machine": {Machine, []string{taken.Machine}}, "unreachable": {Unreachable, []string{taken.Unreachable}},
	} {
		script, err = c.script(taken)
		r = parse(t, script, err)
		var said []string
		for _, line := range r.Says {
			said = append(said, line.Text)
		}
		require.Equal(t, c.want, said, name)
		require.Empty(t, r.Gathers, name)
		require.NotNil(t, r.Hangup, name)
	}
}

func TestMachineGivesNothingAway(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"en", "de"} {
		s := speech(notice.Page, lang)
		require.NotContains(t, s.Machine, "Marketing")
		require.NotContains(t, s.Machine, "Anna")
	}
}

func TestConnect(t *testing.T) {
	t.Parallel()
	s := speech(notice.Taken, "en")
	script, err := Connect(s, Bridge{Room: "incident-7"})
	r := parse(t, script, err)
	require.Equal(t, "incident-7", r.Dial.Conference)
	require.Equal(t, s.Connecting, r.Says[0].Text)

	script, err = Connect(s, Bridge{Room: "incident-7", Number: "+49307654321", PIN: "1234"})
	r = parse(t, script, err)
	require.Empty(t, r.Dial.Conference)
	require.Equal(t, [2]string{"+49307654321", "wwww1234#"}, [2]string{r.Dial.Number.To, r.Dial.Number.Digits})
}

// What has nothing to press is said once and waits for nobody.
func TestMenuWithoutKeysAsksNothing(t *testing.T) {
	t.Parallel()
	s := speech(notice.Bridge, "en") // in a company without a conference
	script, err := Menu(s, action)
	r := parse(t, script, err)
	require.Empty(t, r.Gathers)
	require.Equal(t, []string{s.Hello, s.Story, s.Bye}, []string{r.Says[0].Text, r.Says[1].Text, r.Says[2].Text})
	require.NotNil(t, r.Hangup)
}

func TestMenuSaysHowManyMoreAreOpen(t *testing.T) {
	t.Parallel()
	s := speech(notice.Page, "en")
	s.More = "2 more requests are open."
	script, err := Menu(s, action)
	says := parse(t, script, err).Gathers[0].Says
	require.Equal(t, s.More, says[len(says)-2].Text, "before the keys, in the first round")
}

func TestFallbackSpeaksEveryLanguage(t *testing.T) {
	t.Parallel()
	script, err := Fallback(speech(notice.Unneeded, "de"), speech(notice.Unneeded, "en"))
	r := parse(t, script, err)
	require.Equal(t, []string{"de-DE", "en-US"}, []string{r.Says[0].Language, r.Says[1].Language})
	require.Contains(t, r.Says[1].Text, "We cannot take your answer by phone right now.")
	require.NotNil(t, r.Hangup)
}
