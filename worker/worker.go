package worker

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"

	"github.com/stormbell/stormbell/activities"
	"github.com/stormbell/stormbell/workflows/contract"
)

// drain is how long a worker that stops lets its activities finish: longer than the longest
// send, so that no send is cut off between the provider's yes and the ledger.
const drain = 20 * time.Second

// sends bounds how many requests to providers run at once in one process.
const sends = 64

// Pool is the pair of workers of one process: one for workflows and cheap activities, one
// for what talks to providers, so that a slow provider never holds up a decision.
type Pool struct{ decide, send worker.Worker }

// New builds the workers. Nothing runs before Start.
func New(c client.Client, a *activities.Activities) *Pool {
	p := &Pool{
		decide: worker.New(c, contract.TaskQueue, worker.Options{
			WorkerStopTimeout:                  drain,
			DisableRegistrationAliasing:        true,
			MaxConcurrentWorkflowTaskPollers:   8,
			MaxConcurrentActivityTaskPollers:   8,
			MaxConcurrentActivityExecutionSize: 200,
		}),
		send: worker.New(c, contract.SendQueue, worker.Options{
			WorkerStopTimeout:                  drain,
			DisableRegistrationAliasing:        true,
			DisableWorkflowWorker:              true,
			MaxConcurrentActivityTaskPollers:   8,
			MaxConcurrentActivityExecutionSize: sends,
		}),
	}
	Workflows(p.decide)
	Activities(p.decide, a)
	Sends(p.send, a)
	return p
}

// Start begins to poll and returns.
func (p *Pool) Start() error {
	if err := p.send.Start(); err != nil {
		return fmt.Errorf("start the sending worker: %w", err)
	}
	if err := p.decide.Start(); err != nil {
		p.send.Stop()
		return fmt.Errorf("start the deciding worker: %w", err)
	}
	return nil
}

// Stop lets what is under way finish and returns.
func (p *Pool) Stop() {
	p.decide.Stop()
	p.send.Stop()
}
