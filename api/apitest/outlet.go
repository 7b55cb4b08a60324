package apitest

import (
	"context"

	"github.com/stormbell/stormbell/workflows/contract"
)

// TellAgain notes that a webhook is to be told once more; nobody is told here.
func (e *Engine) TellAgain(ctx context.Context, in contract.OutletInput) error {
	if err := e.Ready(ctx); err != nil {
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.calls = append(e.calls, Call{Workflow: contract.RedeliveryID(in.Event, in.Once), Name: contract.Outlet, Command: in})
	return nil
}

// SendAgain notes that a distribution is to go on; nothing is sent here.
func (e *Engine) SendAgain(ctx context.Context, in contract.DistributionInput) error {
	if err := e.Ready(ctx); err != nil {
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.calls = append(e.calls, Call{
		Workflow: contract.DistributionID(in.Year, in.Incident, in.Phase, in.Audience, in.Release), Name: contract.Distribution, Command: in,
	})
	return nil
}
