package phrase

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/notice"
	"github.com/stormbell/stormbell/domain/plan"
)

// Whoever cannot be answered promises nothing, and wants no automatic answers either.
func TestMail_nobodyReads_promisesNoReply(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, kind notice.Kind, lang string, drill bool) {
		w, n := acme(), example(kind)
		n.Drill = drill
		to := To{Person: "anna", Language: lang, Link: link}
		promise := map[string]string{"en": "reply to this mail", "de": "auf diese Nachricht"}[lang]
		with := w.Mail(n, to)
		require.Equal(t, answer(kind, n.Subject == "strategic") != "" || kind == notice.NotUnderstood, strings.Contains(with.Text, promise), with.Text)
		require.Equal(t, "DR, RN, NRN, AutoReply", with.Headers[suppress], "an out-of-office is welcome")
		w.plan.Channels.Mail.Inbound = plan.Inbound{}
		without := w.Mail(n, to)
		require.NotContains(t, without.Text+without.HTML, promise)
		require.Equal(t, "All", without.Headers[suppress])
	})
}

// A page's mail is duty mail: nothing in it unsubscribes, and nothing is fetched by opening it.
func TestMail_page_hasNoUnsubscribeAndNoRemoteContent(t *testing.T) {
	t.Parallel()
	remote := regexp.MustCompile(`(?i)<(img|link|script|iframe|object|video|audio|source|form|input|base)\b|url\(|@import|src=|background=`)
	each(t, func(t *testing.T, kind notice.Kind, lang string, drill bool) {
		w, n, to := worst(kind, lang)
		n.Drill = drill
		m := w.Mail(n, to)
		require.NotRegexp(t, remote, m.HTML)
		require.NotRegexp(t, `(?i)unsubscribe|abbestell`, m.Text+m.HTML)
		for header := range m.Headers {
			require.NotContains(t, header, "List-")
		}
		require.NotRegexp(t, `(?m)^\S{80,}$`, strings.ReplaceAll(m.Text, link, ""))
		require.Equal(t, m.Headers["References"], m.Headers["In-Reply-To"])
	})
}

// The foot says how somebody comes to get it, as far as the plan knows.
func TestMail_why_isTrue(t *testing.T) {
	t.Parallel()
	w := acme()
	w.plan.Rotations = []plan.Rotation{{Name: "leads", People: []string{"ben", "carla"}}}
	w.plan.Roles[1].Primary, w.plan.Roles[1].Backups = plan.RotationPrefix+"leads", []string{"anna"}
	n := example(notice.Page)
	for _, c := range []struct {
		person, role string
		kind         notice.Kind
		en, de       string
	}{
		{"anna", "marketing_officer", notice.Page, "you are primary for Marketing in ACME's incident plan.", "weil Sie im Notfallplan von ACME an erster Stelle für Marketing stehen."},
		{"ben", "marketing_officer", notice.Reminder, "you are backup for Marketing in ACME's incident plan.", "weil Sie im Notfallplan von ACME die Vertretung für Marketing sind."},
		{"carla", "legal_officer", notice.Page, "you are in the rotation for Legal in ACME's incident plan.", "weil Sie im Notfallplan von ACME zum Dienst für Recht gehören."},
		{"carla", "marketing_officer", notice.Page, "you are part of ACME's incident plan.", "weil Sie zum Notfallplan von ACME gehören."},
		{"", "marketing_officer", notice.Page, "you are part of ACME's incident plan.", "weil Sie zum Notfallplan von ACME gehören."},
		{"ben", "marketing_officer", notice.NobodyAnswers, "you are part of ACME's incident plan, which tells you when nobody answers.", "weil Sie zum Notfallplan von ACME gehören, der Ihnen meldet, wenn niemand antwortet."},
	} {
		n.Role, n.Kind = c.role, c.kind
		require.Contains(t, w.Mail(n, To{Person: c.person, Language: "en"}).Text, "Sent because "+c.en)
		require.Contains(t, w.Mail(n, To{Person: c.person, Language: "de"}).Text, c.de)
	}
}

// What a role does first is in the mail that asks for it, in the plan's own minutes.
func TestMail_firstSteps_areTheRolesOwn(t *testing.T) {
	t.Parallel()
	w := acme()
	w.plan.Minute = time.Second // a demonstration
	w.plan.Emergency = []plan.Task{
		{ID: "a", Role: "marketing_officer", Do: map[string]string{"en": "Stop <b>all</b>"}, Expect: 20 * time.Second},
		{ID: "b", Role: "legal_officer", Do: map[string]string{"en": "Not mine"}},
		{ID: "c", Role: "marketing_officer", Do: map[string]string{"en": "Ask agencies"}, Expect: 150 * time.Second},
		{ID: "d", Role: "marketing_officer", Do: map[string]string{"en": "Brief the press"}},
		{ID: "e", Role: "marketing_officer", Do: map[string]string{"en": "One too many"}},
	}
	steps := "You will do first:\n1. Stop <b>all</b> (about 20 min)\n2. Ask agencies (about 3 h)\n3. Brief the press\n\n"
	n := example(notice.Page)
	m := w.Mail(n, To{Language: "en", Link: link})
	require.Contains(t, m.Text, steps)
	require.Contains(t, m.HTML, "1. Stop &lt;b&gt;all&lt;/b&gt; (about 20 min)")
	require.NotContains(t, m.Text, "One too many")
	n.Judge = true
	require.NotContains(t, w.Mail(n, To{Language: "en", Link: link}).Text, "do first", "who judges halts nothing")
	n.Judge, n.Role = false, "technical_slt"
	require.NotContains(t, w.Mail(n, To{Language: "en", Link: link}).Text, "do first")
}

// The last in the list has no backup, and nobody is promised one.
func TestMail_noBackup_saysWhatFollows(t *testing.T) {
	t.Parallel()
	n := example(notice.Page)
	n.Mention = ""
	require.Contains(t, acme().Mail(n, To{Language: "en"}).Text, "Please answer by 03:15, otherwise we go on calling.")
	require.Contains(t, acme().Mail(n, To{Language: "de"}).Text, "Bitte antworten Sie bis 03:15, sonst rufen wir weiter an.")
	n.Mention, n.At = "carla", time.Time{}
	require.Contains(t, acme().Mail(n, To{Language: "en"}).Text, "Please answer now, otherwise we call your backup carla.")
}

func TestAside_marksWhereWordsCameFrom(t *testing.T) {
	t.Parallel()
	require.Equal(t, "(automatische Antwort) bis Montag", acme().Aside("bis Montag", true))
	require.Equal(t, "(von einer anderen Adresse) 1", acme().Aside("1", false))
}
