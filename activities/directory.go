package activities

import (
	"context"
	"fmt"

	"github.com/stormbell/stormbell/domain/roster"
	"github.com/stormbell/stormbell/workflows/contract"
)

// FindPeople says who is behind a role now: overrides, rotations and backups by the plan in
// force. It only reads.
func (a *Activities) FindPeople(ctx context.Context, in contract.FindPeopleInput) (contract.FindPeopleResult, error) {
	now := a.Now()
	overrides, err := a.Record.Overrides(ctx, now)
	if err != nil {
		return contract.FindPeopleResult{}, fmt.Errorf("who is on call: %w", err)
	}
	p := a.Plan()
	result := contract.FindPeopleResult{QuietUntil: roster.QuietUntil(in.Quiet, now)}
	for _, c := range roster.Candidates(p, overrides, in.Role, now) {
		result.Candidates = append(result.Candidates, c.Person)
	}
	for _, role := range in.Others {
		if c, ok := roster.Holder(p, overrides, role, now); ok {
			if result.Others == nil {
				result.Others = map[string]string{}
			}
			result.Others[role] = c.Person
		}
	}
	return result, nil
}
