package pump

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

// glass tells the plan's owners, by text and by mail, that somebody signed in with the password
// behind the glass. Without owners it is for whoever leads.
func (p *Pump) glass(ctx context.Context, item record.ClaimedItem, at time.Time) error {
	current := p.Plan()
	owners := current.Company.Owners
	if len(owners) == 0 {
		overrides, err := p.Record.Overrides(ctx, p.Now())
		if err != nil {
			return err
		}
		lead, _ := roster.Holder(current, overrides, plan.BusinessLead, p.Now())
		if lead.Person == "" {
			p.Logger.ErrorContext(ctx, "the glass was broken, and the plan names nobody to tell; add owners to company")
			return nil
		}
		owners = []string{lead.Person}
	}
	for i, person := range owners {
		for _, channel := range []plan.Channel{plan.SMS, plan.Email} {
			err := p.Commands.Courtesy(ctx, fmt.Sprintf("%s-%d-%s", item.Key, i, channel), contract.CourtesyInput{
				Person: person, Channel: channel, Notice: notice.Notice{Kind: notice.GlassBroken, Since: at}, Settle: current.Settle,
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}
