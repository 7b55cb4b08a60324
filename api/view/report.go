package view

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/stormbell/stormbell/api/view/report"
)

// ReportOptions say how an incident is looked back at.
type ReportOptions struct {
	// NoNames shows roles in place of people.
	NoNames bool
}

// Report looks back at an incident, or returns record.ErrNotFound. It can be asked for at any time.
func (v *Views) Report(ctx context.Context, number int, o ReportOptions) (report.Report, error) {
	c, err := v.Case(ctx, number)
	if err != nil {
		return report.Report{}, err
	}
	in := report.Input{
		Plan: v.Plan(), Now: v.Now(), Year: c.Row.Year, Number: number, Title: c.Row.Title, OpenedAt: c.Row.OpenedAt, ClosedAt: c.Row.ClosedAt,
		Incident: c.Incident, Business: c.Business, Pages: c.pages, Loops: c.messages,
	}
	if in.Timeline, err = v.wholeTimeline(ctx, number); err != nil {
		return report.Report{}, err
	}
	sends, err := v.Record.DeliveriesToPeople(ctx, number)
	if err != nil {
		return report.Report{}, fmt.Errorf("read the ledger of incident %d: %w", number, err)
	}
	for _, d := range sends {
		in.Sends = append(in.Sends, report.Send{Workflow: d.Workflow, Step: d.Step, Person: d.Person, Channel: d.Channel, State: d.State, Class: d.Class, At: d.CreatedAt})
	}
	counts, err := v.Record.TallyRecipients(ctx, number)
	if err != nil {
		return report.Report{}, fmt.Errorf("count the recipients of incident %d: %w", number, err)
	}
	for _, t := range counts {
		in.Recipients = append(in.Recipients, report.Count(t))
	}
	r := report.Make(in)
	if o.NoNames {
		r = report.WithoutNames(r)
	}
	return r, nil
}

// wholeTimeline reads the timeline in pieces.
func (v *Views) wholeTimeline(ctx context.Context, number int) ([]report.Entry, error) {
	var all []report.Entry
	for after := int64(0); ; {
		rows, err := v.Record.Timeline(ctx, number, after, 1000)
		if err != nil {
			return nil, fmt.Errorf("read the timeline of incident %d: %w", number, err)
		}
		for _, r := range rows {
			e := report.Entry{At: r.At, Workflow: r.Workflow, Kind: r.Kind, Actor: r.Actor, Text: r.Text}
			// An entry whose data nobody can read any more still has its time and kind.
			_ = json.Unmarshal(r.Data, &e.Data)
			all = append(all, e)
			after = r.Position
		}
		if len(rows) < 1000 {
			return all, nil
		}
	}
}
