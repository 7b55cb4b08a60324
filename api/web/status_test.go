package web_test

import (
	"encoding/json"
	"encoding/xml"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/api/act"
	"github.com/stormbell/stormbell/api/view"
	"github.com/stormbell/stormbell/api/web"
	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/internal/planfile"
	"github.com/stormbell/stormbell/internal/record"
)

func (s *site) publish(id, subject, body string, facts map[string]string) {
	s.t.Helper()
	require.NoError(s.t, s.Record.Publish(s.t.Context(), record.Publication{
		ID: id, Incident: 1, Phase: "investigation", Audience: "internal", At: s.Now(), NextUpdate: s.Now().Add(30 * time.Minute), Facts: facts,
		Texts: map[string]record.Text{"en": {Subject: subject, Body: body}, "de": {Subject: "DE " + subject, Body: body}},
	}))
}

func TestStatus_saysWhatColleaguesNeed(t *testing.T) {
	t.Parallel()
	s := declared(t, "Checkout is down")
	p := s.Plan()
	p.Status.DoNot = map[string]string{"en": "promise a time, post about it", "de": "eine Zeit zusagen"}
	p.Status.Ask = map[string]string{"en": "#incident channel"}
	s.SetPlan(p)
	s.publish("distribution:1", "We know", "About 40 %", map[string]string{"impact": "About 40 % of payments fail", "say_to_customers": "We work on it"})
	s.Advance(t.Context(), 6*time.Minute)
	for i, o := range []delivery.Outcome{{State: delivery.Accepted}, {State: delivery.Delivered}, {State: delivery.Failed, Class: delivery.Permanent}} {
		n := string(rune('a' + i))
		_, _, err := s.Record.Begin(t.Context(), record.Delivery{N: n, Incident: 1, Workflow: "distribution:1", Step: n, Recipient: i + 1, Channel: "email"}, false)
		require.NoError(t, err)
		_, _, err = s.Record.Settle(t.Context(), n, o)
		require.NoError(t, err)
	}
	page := s.see("/status")
	for _, part := range []string{
		"What customers notice", "About 40 % of payments fail", "What you may tell them", "We work on it", "Please do not", "promise a time",
		"Who to ask", "#incident channel", "Last message 04:02 (6 min ago)", "2 sent · 1 failed", `href="/status/subscribe?lang=en"`,
	} {
		require.Contains(t, page, part)
	}
	german := s.get("/status", "de").Body.String()
	require.Contains(t, german, "eine Zeit zusagen")
	require.Contains(t, german, "#incident channel", "better in another language than not at all")

	require.NoError(t, s.Record.CloseIncident(t.Context(), 1, s.Now()))
	calm := s.see("/status")
	require.Contains(t, calm, "No business incident")
	require.Contains(t, calm, "We know", "earlier incidents keep their texts")
}

func TestStatus_showsMaintenance(t *testing.T) {
	t.Parallel()
	s := company(t)
	_, err := s.Record.Maintain(t.Context(), "", record.Maintenance{
		Titles: map[string]string{"en": "New <b>database</b>", "de": "Neue Datenbank"}, Services: []string{"checkout"},
		From: s.Now().Add(time.Hour), Until: s.Now().Add(2 * time.Hour),
	})
	require.NoError(t, err)
	planned := s.see("/status")
	require.Contains(t, planned, "From 23 Nov 05:02 to 23 Nov 06:02")
	require.Contains(t, planned, "New &lt;b&gt;database")
	require.Contains(t, planned, "Affected: Checkout")
	require.Contains(t, planned, "<title>✓ No business incident")
	s.Advance(t.Context(), time.Hour)
	running := s.see("/status")
	require.Contains(t, running, "<title>● Maintenance – ACME status</title>")
	require.Contains(t, running, "Being worked on until 06:02")
	require.Contains(t, s.get("/status", "de").Body.String(), "Neue Datenbank")
	s.Advance(t.Context(), time.Hour)
	require.NotContains(t, s.see("/status"), "database")
}

func TestStatus_feeds_haveStableIDs(t *testing.T) {
	t.Parallel()
	s := declared(t, "Checkout is down")
	s.publish("distribution:2026-1:investigation:internal:1", `<script>alert("x")</script> & co`, "a\x00b \u202e]]> <i>", nil)
	var feed struct {
		ID      string `xml:"id"`
		Entries []struct {
			ID      string `xml:"id"`
			Title   string `xml:"title"`
			Content string `xml:"content"`
		} `xml:"entry"`
	}
	atom := s.get("/status.atom", "en")
	require.Contains(t, atom.Header().Get("Content-Type"), "application/atom+xml")
	require.NotContains(t, atom.Body.String(), "<script")
	require.NoError(t, xml.Unmarshal(atom.Body.Bytes(), &feed))
	require.Equal(t, "urn:stormbell:distribution:2026-1:investigation:internal:1", feed.Entries[0].ID)
	require.Equal(t, `<script>alert("x")</script> & co`, feed.Entries[0].Title)
	require.NotContains(t, feed.Entries[0].Content, "\u202e")
	var items struct {
		Version string
		Items   []struct{ ID, Title, Language string }
		Status  view.Status `json:"_stormbell"`
	}
	require.NoError(t, json.Unmarshal(s.get("/status.json", "de").Body.Bytes(), &items))
	require.Equal(t, feed.Entries[0].ID, items.Items[0].ID)
	require.True(t, strings.HasPrefix(items.Items[0].Title, "DE "))
	require.Equal(t, view.Troubled, items.Status.State)
}

// keeper is a second set of pages over the same record, as after a restart.
func (s *site) keeper(dir string) *web.Pages {
	s.t.Helper()
	views := view.New(view.Config{Record: s.Record, Plan: s.Plan, Now: s.Now})
	desk := act.New(act.Config{Record: s.Record, Commands: s.Engine, Views: views})
	pages, err := web.New(web.Config{Views: views, Desk: desk, Record: s.Record, Plan: s.Plan, Now: s.Now, Copy: dir})
	require.NoError(s.t, err)
	return pages
}

// What is published stands in the files soon, whole and by itself; after a restart as well.
func TestKeepCopy_followsTheRecord(t *testing.T) {
	t.Parallel()
	s := declared(t, "Checkout is down")
	dir := filepath.Join(t.TempDir(), "status")
	go s.keeper(dir).KeepCopy(t.Context())
	reads := func(name, part string) func() bool {
		return func() bool {
			body, err := os.ReadFile(filepath.Join(dir, name))
			return err == nil && strings.Contains(string(body), part)
		}
	}
	require.Eventually(t, reads("status.en.html", "Checkout is down"), 10*time.Second, 10*time.Millisecond)
	s.publish("p", "We know <about> it", "Payments fail.", nil)
	require.Eventually(t, reads("status.de.html", "DE We know &lt;about&gt; it"), 10*time.Second, 10*time.Millisecond)
	for _, name := range []string{"index.html", "status.en.html", "status.json", "status.atom"} {
		require.Eventually(t, reads(name, "We know"), 10*time.Second, 10*time.Millisecond, name)
	}
	body, err := os.ReadFile(filepath.Join(dir, "status.en.html"))
	require.NoError(t, err)
	page := string(body)
	require.Contains(t, page, "saved copy from 23 Nov 04:02")
	require.NotContains(t, page, "ago)", "nothing in it depends on when it is read")
	require.NotContains(t, page, `rel="stylesheet"`)
	require.Contains(t, page, "<style>/* The personal page")
	require.Contains(t, page, `href="status.de.html"`)
	left, err := filepath.Glob(filepath.Join(dir, ".saving-*"))
	require.NoError(t, err)
	require.Empty(t, left)
}

func TestSaveCopy_writesOnlyWhatIsNewOrOld(t *testing.T) {
	t.Parallel()
	s := declared(t, "Checkout is down")
	dir := t.TempDir()
	keeper := s.keeper(dir)
	saved := func() time.Time {
		require.NoError(t, keeper.SaveCopy(t.Context()))
		info, err := os.Stat(filepath.Join(dir, "status.json"))
		require.NoError(t, err)
		require.NoError(t, os.Chtimes(filepath.Join(dir, "status.json"), time.Unix(1, 0), time.Unix(1, 0)))
		return info.ModTime()
	}
	old := time.Unix(1, 0)
	require.NotEqual(t, old, saved())
	require.Equal(t, old, saved(), "nothing is new")
	s.Advance(t.Context(), 5*time.Minute)
	require.NotEqual(t, old, saved(), "its age says that we are well")
	s.publish("p", "We know", "Payments fail.", nil)
	require.NotEqual(t, old, saved())
}

// The record gone: who has read it shows what it said, and who has just started shows the copy.
func TestStatus_withoutTheRecord_showsWhatIsKnown(t *testing.T) {
	t.Parallel()
	s := declared(t, "Checkout is down")
	dir := t.TempDir()
	require.NoError(t, s.keeper(dir).SaveCopy(t.Context()))
	s.see("/status")
	fresh := s.served(s.keeper(dir))
	require.NoError(t, s.Record.Close())
	stale := s.see("/status")
	require.Contains(t, stale, "We cannot read our data right now")
	require.Contains(t, stale, "Checkout is down")
	w := fresh("/status")
	require.Equal(t, 200, w.Code)
	require.Contains(t, w.Body.String(), "saved copy from")
	require.NotContains(t, w.Header().Get("Content-Security-Policy"), "script")
}

// Temporal and the workers gone: the page reads the record alone.
func TestStatus_withoutTheEngine_isAsEver(t *testing.T) {
	t.Parallel()
	s := declared(t, "Checkout is down")
	s.publish("p", "We know", "Payments fail.", nil)
	s.Break(os.ErrClosed)
	require.Contains(t, s.see("/status"), "Payments fail.")
}

// FuzzStatus: whatever an alert is called and a text says, the page stays ours.
func FuzzStatus(f *testing.F) {
	f.Add(`</h1><script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, "javascript:alert(1)")
	f.Add("a\x00\u202eb", "<!--", "]]>")
	f.Add("{{.}}", "&lt;script&gt;", "' onclick='x")
	p, err := planfile.Parse("plan", planfile.Example(), planfile.Options{Lenient: true})
	require.NoError(f, err)
	now := time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC)
	draw, err := web.StatusDrawer(p, now)
	require.NoError(f, err)
	page := func(t *testing.T, title, text, fact string) string {
		body, err := draw(view.Status{State: view.Troubled, Current: []view.Told{{
			Summary: view.Summary{Number: 1, Title: title, Phase: "investigation", OpenedAt: now},
			Posts:   []view.Post{{ID: "p", Incident: 1, At: now, Texts: map[string]view.PostText{"en": {Subject: text, Body: text}}, Facts: map[string]string{"impact": fact, "say_to_customers": fact}}},
		}}})
		require.NoError(t, err)
		return strings.ToLower(string(body))
	}
	f.Fuzz(func(t *testing.T, title, text, fact string) {
		for _, words := range []*string{&title, &text, &fact} {
			*words = "w" + strings.Join(strings.Fields(*words), " ") // one line each, and not empty
		}
		body, ours := page(t, title, text, fact), page(t, "t", "w", "f")
		for _, tag := range []string{"<script", "<img", "<!--", "<iframe", "<svg", "<a ", "<form", "<style", "<link", "<meta", "<h1", "<p", "<div", "</main"} {
			require.Equal(t, strings.Count(ours, tag), strings.Count(body, tag), "%s in %s", tag, body)
		}
	})
}

func TestFeeds_hostileWords_stayWhole(t *testing.T) {
	t.Parallel()
	s := open(t)
	hostile := "</entry>]]><script>alert(1)</script>\u202e\"'&{{.}}"
	opened, err := s.Record.OpenByHand(t.Context(), "test", "k", hostile, s.Now())
	require.NoError(t, err)
	require.NoError(t, s.Record.Publish(t.Context(), record.Publication{
		ID: "p", Incident: opened.Incident, At: s.Now(), Facts: map[string]string{"impact": hostile}, Texts: map[string]record.Text{"en": {Subject: hostile, Body: hostile}},
	}))
	require.NoError(t, xml.Unmarshal(s.get("/status.atom", "en").Body.Bytes(), new(struct{})))
	require.True(t, json.Valid(s.get("/status.json", "en").Body.Bytes()))
	page := s.see("/status")
	require.NotContains(t, page, "<script")
	require.NotContains(t, page, "\u202e")
}
