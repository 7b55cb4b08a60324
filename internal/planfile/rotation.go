package planfile

import (
	"strings"
	"time"

	"github.com/stormbell/stormbell/domain/plan"
)

type rotationShape struct {
	spot
	People list[text] `yaml:"people"`
	Every  span       `yaml:"every"`
	// Handoff is a clock time, perhaps after a day of the week: "Mon 09:00".
	Handoff text `yaml:"handoff"`
	// Start is the date of a hand-over to the first of the people.
	Start    text `yaml:"start"`
	Timezone text `yaml:"timezone"`
	// Only are the hours of duty, such as "Mon-Fri 09:00-17:00".
	Only list[text] `yaml:"only"`
	// ICal is a calendar that says all of the above but Timezone instead.
	ICal    setting `yaml:"ical"`
	Match   text    `yaml:"match"`
	Private flag    `yaml:"private"`
}

func (b *builder) rotations() {
	for _, e := range b.file.Rotations.entries {
		b.identifier(e.key)
		f := e.value
		if f.ICal.given() {
			b.plan.Rotations = append(b.plan.Rotations, b.imported(e.key.value, f))
			continue
		}
		b.complete(f)
		r := plan.Rotation{
			Name:     e.key.value,
			People:   b.members(f),
			Timezone: b.plan.Company.Timezone,
			Every:    f.Every.value,
			Only:     b.hours(f.Only),
		}
		if f.Every.good && (r.Every%time.Hour != 0 || r.Every < time.Hour || r.Every > 366*day) {
			b.fail(f.Every.spot, "a turn is a number of whole hours or days, such as 12h, 1d or 1w")
		}
		zone := b.zone(b.file.Company.Timezone)
		if f.Timezone.good {
			r.Timezone, zone = f.Timezone.value, b.zone(f.Timezone)
		}
		if zone == nil {
			zone = time.UTC
		}
		r.Start = b.handover(f, zone)
		b.plan.Rotations = append(b.plan.Rotations, r)
	}
}

func (b *builder) members(f rotationShape) []string {
	if f.People.given() && len(f.People.items) == 0 {
		b.fail(f.People.spot, "is empty; nobody would ever be on call")
	}
	var all []string
	for _, t := range f.People.items {
		if b.someone(t) {
			all = append(all, t.value)
		}
	}
	return all
}

// handover joins start and handoff into the instant of the first hand-over.
func (b *builder) handover(f rotationShape, zone *time.Location) time.Time {
	date, dateErr := time.Parse(time.DateOnly, f.Start.value)
	if f.Start.good && dateErr != nil {
		b.fail(f.Start.spot, "%q is no date; write it like 2026-11-02", f.Start.value)
	}
	weekday, clock, both := strings.Cut(f.Handoff.value, " ")
	if !both {
		weekday, clock = "", f.Handoff.value
	}
	at, err := time.Parse("15:04", strings.TrimSpace(clock))
	wanted, isDay := weekdays[strings.ToLower(weekday)]
	if f.Handoff.good && (err != nil || both && !isDay) {
		b.fail(f.Handoff.spot, "%q is no time of hand-over; write it like \"Mon 09:00\" or \"09:00\"", f.Handoff.value)
		return time.Time{}
	}
	if dateErr != nil || !f.Handoff.good {
		return time.Time{}
	}
	if both && f.Every.good && f.Every.value%(7*day) != 0 {
		b.fail(f.Handoff.spot, "turns of %s do not always begin on a %s; write the clock time alone", spell(f.Every.value), weekday)
	} else if both && date.Weekday() != wanted {
		b.fail(f.Start.spot, "%s is a %s, but the hand-over is on a %s", f.Start.value, date.Weekday(), wanted)
	}
	return time.Date(date.Year(), date.Month(), date.Day(), at.Hour(), at.Minute(), 0, 0, zone)
}
