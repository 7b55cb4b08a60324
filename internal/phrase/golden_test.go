package phrase

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/notice"
	"github.com/stormbell/stormbell/domain/plan"
)

var update = flag.Bool("update", false, "write testdata/texts.golden anew")

const link = "https://i.acme.com/r/7KQ2MX9RTB4D"

// acme is the company of the examples, seen at 03:10 in Berlin.
func acme() *Words {
	w := New(plan.Plan{
		Company: plan.Company{
			Name: "ACME", Languages: []string{"de", "en"}, Timezone: "Europe/Berlin", URL: "https://i.acme.com",
			HelpPhone: "+49 30 1234567", Conference: "+49 30 7654321", ConferencePIN: "4711",
		},
		People: []plan.Person{
			{ID: "anna", Name: "Anna Vogel", Language: "de"}, {ID: "ben", Name: "Ben Ortiz", Language: "en"},
		},
		Roles: []plan.Role{
			{Name: "marketing_officer", Title: map[string]string{"en": "Marketing", "de": "Marketing"}, Primary: "anna", Backups: []string{"ben"}},
			{Name: "legal_officer", Title: map[string]string{"en": "Legal", "de": "Recht"}},
			{Name: "technical_slt", Title: map[string]string{"en": "Technical Lead", "de": "Technik"}},
		},
		Emergency: []plan.Task{{
			ID: "stop_campaigns", Role: "marketing_officer",
			Do:   map[string]string{"en": "Stop all outbound campaigns", "de": "Alle ausgehenden Kampagnen stoppen"},
			Undo: map[string]string{"en": "Restart campaigns", "de": "Kampagnen wieder starten"}, Expect: 20 * time.Minute,
		}, {
			ID: "watch_press", Role: "marketing_officer", Every: 30 * time.Minute,
			Do: map[string]string{"en": "Watch the press", "de": "Presse beobachten"},
		}},
		Channels:  plan.Channels{Mail: plan.SendGrid{Inbound: plan.Inbound{Address: "incident@in.acme.com"}}},
		Audiences: []plan.Audience{{Name: "strategic", Title: map[string]string{"en": "strategic customers", "de": "strategische Kunden"}}},
	})
	w.Now = func() time.Time { return time.Date(2026, 11, 12, 2, 10, 0, 0, time.UTC) }
	return w
}

// kinds reads the closed set from its source, so that no kind can be forgotten here.
func kinds(t *testing.T) []notice.Kind {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "../../domain/notice/notice.go", nil, 0)
	require.NoError(t, err)
	var all []notice.Kind
	ast.Inspect(file, func(node ast.Node) bool {
		v, ok := node.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if typ, ok := v.Type.(*ast.Ident); ok && typ.Name == "Kind" {
			s, err := strconv.Unquote(v.Values[0].(*ast.BasicLit).Value)
			require.NoError(t, err)
			all = append(all, notice.Kind(s))
		}
		return true
	})
	require.Greater(t, len(all), 30)
	return all
}

// example is a notice of a kind with every fact it can have.
func example(kind notice.Kind) notice.Notice {
	now := acme().Now()
	n := notice.Notice{
		Kind: kind, Incident: 7, Title: "Checkout down", Role: "marketing_officer", Mention: "ben", Phase: "identification",
		Minutes: 20, Count: 3, At: now.Add(5 * time.Minute), Since: now.Add(-19 * time.Minute),
	}
	switch kind {
	case notice.TaskAsked, notice.Lapsed, notice.TaskDone, notice.WatchDue, notice.UndoAsked, notice.HelpWanted, notice.Taken:
		n.Subject, n.Phase = "stop_campaigns", ""
	case notice.DraftAsked, notice.CheckAsked, notice.ReviewAsked, notice.ApprovalAsked, notice.ReleaseAsked,
		notice.Withdrawn, notice.PromiseDue, notice.PromiseBroken, notice.UnsureSent, notice.PromiseHanded,
		notice.MessageComing, notice.AnnounceAsked, notice.DistributeAsked, notice.MessageOut:
		n.Subject = "strategic"
	case notice.AnalysisDue:
		n.At = now.Add(24 * time.Hour)
	case notice.NoteForLead:
		n.Title = "on the plane until 5"
	case notice.ContactTest, notice.Invitation, notice.Confirmed: // of no incident
		n.Incident, n.Title, n.Drill = 0, "", kind == notice.ContactTest
	case notice.GlassBroken: // of no incident
		n.Incident, n.Title, n.Role, n.Mention = 0, "", "", ""
	case notice.OnDuty, notice.OffDuty, notice.GapAhead: // of no incident either
		n.Incident, n.Title, n.Next, n.Count = 0, "", "anna", 1
		n.At, n.Until = now.Add(24*time.Hour), now.Add(72*time.Hour)
	}
	return n
}

// TestGolden keeps every text in one file that people can read and correct.
func TestGolden(t *testing.T) {
	t.Parallel()
	w := acme()
	var b strings.Builder
	write := func(name string, n notice.Notice, to To) {
		sms, speech, mail := w.SMS(n, to), w.Speech(n, to), w.Mail(n, to)
		fmt.Fprintf(&b, "== %s\nsms %d: %s\n", name, septets(sms), sms)
		fmt.Fprintf(&b, "call: %s\n      %s\n      %s\n", speech.Hello, speech.Story, speech.Keys)
		text := mail.Text
		if n.Kind != notice.Page { // the foot is always the same
			text, _, _ = strings.Cut(text, "--\n")
		}
		fmt.Fprintf(&b, "mail: %s\n%s\n", mail.Subject, indent(text))
	}
	for _, lang := range []string{"en", "de"} {
		to := To{Person: "anna", Name: "Anna Vogel", Language: lang, Link: link}
		fmt.Fprintf(&b, "######## %s\n\n", lang)
		for _, kind := range kinds(t) {
			write(string(kind), example(kind), to)
		}
		judge, drill, lettered, review := example(notice.Page), example(notice.Page), example(notice.Lapsed), example(notice.Lapsed)
		judge.Role, judge.Judge, drill.Drill, lettered.Letter, review.Subject = "technical_slt", true, true, "B", "strategic"
		write("page to judge", judge, to)
		write("page in a drill", drill, to)
		write("lapsed, one of two requests", lettered, to)
		write("lapsed review", review, to)
		write("a kind from the future", notice.Notice{Kind: "later", Incident: 7, Title: "Checkout down"}, to)
		open := []notice.Notice{{Letter: "A", Role: "marketing_officer", Incident: 7}, {Letter: "B", Role: "legal_officer", Incident: 8}}
		s := w.Speech(judge, to)
		fmt.Fprintf(&b, "== two open requests, listed\nsms: %s\n\n== in every call\nsilence: %s\nbye: %s\nmachine: %s\nunreachable: %s\nconnecting: %s\nwrong key: %s\nstranger: %s\n\n",
			w.Open(open, to), s.Silence, s.Bye, s.Machine, s.Unreachable, s.Connecting, w.WrongKey("7", judge, to), w.Stranger(lang).Story)
		late, several := w.Idle(example(notice.TooLate), to), example(notice.Page)
		several.Count = 1
		fmt.Fprintf(&b, "== somebody calls us\nno page: %s\n", w.Idle(notice.Notice{}, to).Story)
		idle := notice.Notice{Mention: "ben", Role: "marketing_officer", Since: w.Now().Add(-19 * time.Minute)}
		fmt.Fprintf(&b, "the backup has it: %s\nother requests: %s\none more page: %s\n\n", w.Idle(idle, to).Story, late.Story, w.Speech(several, to).More)
		u := w.UpdateMail(Update{Incident: 7, Language: lang, Subject: "Checkout", Body: "One.\n\nTwo\nlines.", Unsubscribe: "https://i.acme.com/u/1"})
		fmt.Fprintf(&b, "== a released message\n%s\n%s\n", u.Subject, indent(u.Text))
	}
	if *update {
		require.NoError(t, os.WriteFile("testdata/texts.golden", []byte(b.String()), 0o600))
	}
	want, err := os.ReadFile("testdata/texts.golden")
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(string(want), b.String()), "read the difference; go test -update accepts it")
}

func indent(s string) string {
	return "    " + strings.ReplaceAll(strings.ReplaceAll(strings.TrimSpace(s), "\n\n", "\n"), "\n", "\n    ") + "\n"
}
