package apitest

import (
	"context"

	"github.com/stormbell/stormbell/workflows/contract"
)

// OptIn implements the door to the workflows: the question is noted.
func (e *Engine) OptIn(ctx context.Context, id string, in contract.OptInInput) error {
	if err := e.Ready(ctx); err != nil {
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.calls = append(e.calls, Call{Workflow: id, Name: contract.OptIn, Command: in})
	return nil
}
