package planfile

import (
	"net/url"
	"path/filepath"
	"strings"

	"github.com/stormbell/stormbell/domain/plan"
)

// The ways to match a calendar's events to people.
const (
	matchEmail = "email"
	matchName  = "name"
)

// imported reads a rotation that a calendar elsewhere says.
func (b *builder) imported(name string, f rotationShape) plan.Rotation {
	for _, x := range []struct {
		at   spot
		name string
	}{{f.People.spot, "people"}, {f.Every.spot, "every"}, {f.Handoff.spot, "handoff"}, {f.Start.spot, "start"}, {f.Only.spot, "only"}} {
		if x.at.given() {
			b.fail(x.at, "%s is the calendar's to say when there is ical; remove one of them", x.name)
		}
	}
	b.known(f.Match, "way to match", []string{matchEmail, matchName})
	r := plan.Rotation{Name: name, Timezone: b.plan.Company.Timezone, ICal: &plan.ICal{
		Source: plan.Secret(b.calendar(f.ICal)), ByName: f.Match.value == matchName, Private: f.Private.value,
	}}
	if f.Timezone.good && b.zone(f.Timezone) != nil {
		r.Timezone = f.Timezone.value
	}
	return r
}

// complete says what is missing in a rotation that is written out.
func (b *builder) complete(f rotationShape) {
	if !f.given() {
		return
	}
	for _, x := range []struct {
		at   spot
		name string
	}{{f.People.spot, "people"}, {f.Every.spot, "every"}, {f.Handoff.spot, "handoff"}, {f.Start.spot, "start"}} {
		if !x.at.given() {
			b.fail(f.spot, "%s is missing", x.name)
		}
	}
	for _, x := range []struct {
		at   spot
		name string
	}{{f.Match.spot, "match"}, {f.Private.spot, "private"}} {
		if x.at.given() {
			b.fail(x.at, "%s belongs to a rotation with ical", x.name)
		}
	}
}

// calendar reads the address or the path of a calendar. It is in no message: an address may be
// as good as a password.
func (b *builder) calendar(t setting) string {
	if !t.good {
		return ""
	}
	if strings.HasPrefix(t.value, "BEGIN:VCALENDAR") {
		b.fail(t.spot, "file: leads to a file with the address in it; for a calendar that is a file write its path alone")
		return ""
	}
	if !strings.Contains(t.value, "://") {
		if filepath.IsAbs(t.value) {
			return t.value
		}
		return filepath.Join(b.options.Dir, t.value)
	}
	u, err := url.Parse(t.value)
	if err != nil || u.Scheme != "https" && (u.Scheme != "http" || !local(u)) || u.Hostname() == "" || u.User != nil {
		b.fail(t.spot, "is no address of a calendar; write one that begins with https://, or the path of a file")
		return ""
	}
	return t.value
}
