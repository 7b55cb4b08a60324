package console

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/stormbell/stormbell/api/view"
)

// perPage is how many entries of a timeline a page shows, readAtOnce how many are read at a time.
const (
	perPage    = 50
	readAtOnce = 500
)

// timeline is a part of an incident's timeline, newest first.
type timeline struct {
	Entries []view.Entry
	// Kind and Who are what is looked for; Kinds and People what there is to choose from.
	Kind, Who     string
	Kinds, People []string
	// Older is the address of what came before, or "".
	Older string
}

// subjects are the kinds of entries under the names people look for, by how a kind begins.
var subjects = []struct {
	name     string
	prefixes []string
}{
	{"notes", []string{"note"}},
	{"decisions", []string{"declared", "recommend", "phase_", "resolved", "cancelled", "assessed", "score_", "mode_", "incident_", "business_", "scope_", "updates_"}},
	{"roles", []string{"role_", "page_", "attempt_", "reaching", "nobody_", "ladder_", "rung_", "present", "joined", "proxy_", "liaison_", "still_", "quiet_", "late_reply", "reply_", "roll_"}},
	{"tasks", []string{"task_", "duty_", "briefing_"}},
	{"messages", []string{"message_", "draft_", "review_", "agreed", "object", "approv", "released", "sending", "sent", "announced", "holding_", "deputy_", "suggested", "promise_", "withdrawn"}},
	{"alerts", []string{"alert_", "monitoring_"}},
}

// about tells whether an entry is about a subject.
func about(kind, subject string) bool {
	for _, s := range subjects {
		if s.name == subject {
			return slices.ContainsFunc(s.prefixes, func(p string) bool { return strings.HasPrefix(kind, p) })
		}
	}
	return true
}

// fillTimeline reads a part of the timeline as the address asks.
func fillTimeline(k *Console, c *gin.Context, p *page, _ []string) error {
	query := c.Request.URL.Query()
	t := &timeline{Kind: query.Get("kind"), Who: query.Get("who")}
	before, err := strconv.ParseInt(query.Get("before"), 10, 64)
	if err != nil || before < 1 {
		before = 1 << 62
	}
	for _, s := range subjects {
		t.Kinds = append(t.Kinds, s.name)
	}
	if !slices.Contains(t.Kinds, t.Kind) {
		t.Kind = ""
	}
	var fitting []view.Entry
	for after := int64(0); ; {
		some, err := k.Views.Timeline(c.Request.Context(), p.All.Number, after, readAtOnce)
		if err != nil {
			return err
		}
		for _, e := range some {
			after = e.Position
			if e.Actor != "system" && !slices.Contains(t.People, e.Actor) {
				t.People = append(t.People, e.Actor)
			}
			if e.Position < before && about(e.Kind, t.Kind) && (t.Who == "" || t.Who == e.Actor) {
				fitting = append(fitting, e)
			}
		}
		if len(some) < readAtOnce {
			break
		}
	}
	slices.Sort(t.People)
	slices.Reverse(fitting)
	t.Entries = fitting[:min(len(fitting), perPage)]
	if len(fitting) > perPage {
		older := url.Values{"before": {strconv.FormatInt(t.Entries[perPage-1].Position, 10)}}
		for name, value := range map[string]string{"kind": t.Kind, "who": t.Who} {
			if value != "" {
				older.Set(name, value)
			}
		}
		t.Older = "?" + older.Encode()
	}
	p.Timeline = t
	return nil
}
