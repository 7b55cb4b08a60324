package activities

import (
	"context"
	"fmt"
	"time"

	"github.com/stormbell/stormbell/domain/notice"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/domain/roster"
	"github.com/stormbell/stormbell/internal/record"
	"github.com/stormbell/stormbell/workflows/contract"
)

const (
	// dutyPause is how long a look at duty is good: an override may begin at any time.
	dutyPause = 5 * time.Minute
	// dutyNews is how long a notice of duty may be on its way.
	dutyNews = 4 * time.Hour
	// alarmHour is the hour of the day from which gaps are looked for.
	alarmHour = 9
	// maxGaps bounds what is remembered of gaps.
	maxGaps = 200
)

// LookAtDuty says whom to tell what of duty since the last look, by the plan in force. It only
// reads. At night it finds nothing and looks on from there in the morning.
func (a *Activities) LookAtDuty(ctx context.Context, in contract.DutyInput) (contract.DutyResult, error) {
	now, p := a.Now(), a.Plan()
	out := contract.DutyResult{Next: in, Wait: dutyPause, Settle: p.Settle}
	zone, err := time.LoadLocation(p.Company.Timezone)
	if err != nil {
		zone = time.UTC
	}
	if until, asleep := roster.Asleep(zone, now); asleep {
		out.Wait = min(out.Wait, until.Sub(now))
		return out, nil
	}
	kept, err := a.Record.AllOverrides(ctx)
	if err != nil {
		return contract.DutyResult{}, fmt.Errorf("who is on call: %w", err)
	}
	overrides := inForce(kept)
	for _, h := range roster.Handovers(p, overrides, out.Next.Since, now) {
		if !p.Company.QuietHandovers {
			out.Tell = append(out.Tell, told(h, now))
		}
	}
	for _, r := range p.Roles {
		for _, s := range roster.Shifts(p, overrides, r.Name, now, now.Add(out.Wait)) {
			if s.From.After(now) {
				out.Wait = min(out.Wait, s.From.Sub(now)) // a hand-over is told when it happens
			}
		}
	}
	out.Next.Since = now
	if local := now.In(zone); local.Hour() >= alarmHour && in.Alarmed.In(zone).Format(time.DateOnly) != local.Format(time.DateOnly) {
		found := roster.Alarming(p, overrides, now)
		out.Tell = append(out.Tell, alarm(p, overrides, roster.NewGaps(in.Gaps, found), now, local.Format(time.DateOnly))...)
		out.Next.Alarmed, out.Next.Gaps = now, found[:min(len(found), maxGaps)]
	}
	return out, nil
}

// inForce are the overrides as they came to pass: one changes nothing of the time before it was
// added, nor after it was ended.
func inForce(kept []record.Override) (all []roster.Override) {
	for _, k := range kept {
		o := k.Override
		if o.From.Before(k.AddedAt) {
			o.From = k.AddedAt
		}
		if !k.EndedAt.IsZero() && (o.To.IsZero() || k.EndedAt.Before(o.To)) {
			o.To = k.EndedAt
		}
		if o.To.IsZero() || o.From.Before(o.To) {
			all = append(all, o)
		}
	}
	return all
}

// told is a hand-over in the words' terms.
func told(h roster.Handover, now time.Time) contract.DutyNotice {
	n := notice.Notice{Kind: notice.OffDuty, Role: h.Roles[0], Count: len(h.Roles) - 1, Mention: h.Other, Since: h.From}
	if h.On {
		n.Kind, n.At, n.Next = notice.OnDuty, h.Until, h.Next
	}
	return contract.DutyNotice{
		Step: fmt.Sprintf("%s-%s-%d", n.Kind, n.Role, h.From.Unix()), Person: h.Person, Notice: n, Until: now.Add(dutyNews),
	}
}

// alarm tells the owners of the plan of new gaps: of the first one, and how many more there are.
func alarm(p plan.Plan, overrides []roster.Override, fresh []roster.Gap, now time.Time, day string) (all []contract.DutyNotice) {
	if len(fresh) == 0 {
		return nil
	}
	owners := p.Company.Owners
	if len(owners) == 0 {
		lead, _ := roster.Holder(p, overrides, plan.BusinessLead, now)
		owners = []string{lead.Person}
	}
	first := fresh[0]
	for _, g := range fresh {
		if g.From.Before(first.From) {
			first = g
		}
	}
	n := notice.Notice{Kind: notice.GapAhead, Role: first.Role, Mention: first.Backup, At: first.From, Until: first.Until, Count: len(fresh) - 1}
	for _, owner := range owners {
		if owner != "" {
			all = append(all, contract.DutyNotice{Step: "gaps-" + day, Person: owner, Notice: n, Until: now.Add(dutyNews)})
		}
	}
	return all
}
