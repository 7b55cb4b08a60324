package bare

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

const (
	workflowName = "BareWorkflow"
	activityName = "BareActivity"

	// warmUp runs come first and do not count: pollers, caches, connections.
	warmUp = 5

	// pollers is more than the SDK's two: a task queue has four partitions, and
	// under load a task in one that nobody polls waits for seconds.
	pollers = 8
)

// Result is what Measure saw.
type Result struct {
	// Latencies holds, in ascending order, the time of each run from the call
	// that starts the workflow to the first line of its activity.
	Latencies []time.Duration
	// Elapsed is the time from the first start to the end of the last workflow.
	Elapsed time.Duration
}

// Percentile is the latency that p percent of the runs did not exceed (nearest
// rank, 0 < p ≤ 100); zero without runs.
func (r Result) Percentile(p float64) time.Duration {
	if len(r.Latencies) == 0 {
		return 0
	}
	rank := int(math.Ceil(float64(len(r.Latencies))*p/100)) - 1
	return r.Latencies[min(max(rank, 0), len(r.Latencies)-1)]
}

// PerSecond is the number of workflows finished in a second.
func (r Result) PerSecond() float64 {
	if r.Elapsed <= 0 {
		return 0
	}
	return float64(len(r.Latencies)) / r.Elapsed.Seconds()
}

// Measure runs n workflows of one activity, parallel callers at a time, each
// starting its next one when the last has ended. With parallel 1 the server is
// at rest before every start; with many the result is its throughput. It brings
// its own worker and task queue, so it may run beside others on the same server.
func Measure(ctx context.Context, c client.Client, n, parallel int) (Result, error) {
	if n < 1 || parallel < 1 {
		return Result{}, errors.New("measure the bare server: at least one run and one caller are needed")
	}
	queue := "bare-" + rand.Text()
	began := make([]time.Time, warmUp+n)

	w := worker.New(c, queue, worker.Options{
		WorkerStopTimeout:                time.Second,
		MaxConcurrentWorkflowTaskPollers: pollers,
		MaxConcurrentActivityTaskPollers: pollers,
	})
	w.RegisterWorkflowWithOptions(oneActivity, workflow.RegisterOptions{Name: workflowName})
	w.RegisterActivityWithOptions(func(_ context.Context, run int) error {
		began[run] = time.Now()
		return nil
	}, activity.RegisterOptions{Name: activityName})
	if err := w.Start(); err != nil {
		return Result{}, fmt.Errorf("measure the bare server: start a worker: %w", err)
	}
	defer w.Stop()

	latency := func(ctx context.Context, run int) (time.Duration, error) {
		start := time.Now()
		handle, err := c.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
			ID:        fmt.Sprintf("%s:%d", queue, run),
			TaskQueue: queue,
		}, workflowName, run)
		if err == nil {
			err = handle.Get(ctx, nil)
		}
		if err != nil {
			return 0, fmt.Errorf("measure the bare server: run %d: %w", run, err)
		}
		return began[run].Sub(start), nil
	}
	for run := range warmUp {
		if _, err := latency(ctx, run); err != nil {
			return Result{}, err
		}
	}

	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	latencies := make([]time.Duration, n)
	var next atomic.Int64
	var callers sync.WaitGroup
	start := time.Now()
	for range parallel {
		callers.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= n || ctx.Err() != nil {
					return
				}
				var err error
				if latencies[i], err = latency(ctx, warmUp+i); err != nil {
					cancel(err)
					return
				}
			}
		})
	}
	callers.Wait()
	elapsed := time.Since(start)
	if err := context.Cause(ctx); err != nil {
		return Result{}, err
	}
	slices.Sort(latencies)
	return Result{Latencies: latencies, Elapsed: elapsed}, nil
}

func oneActivity(ctx workflow.Context, run int) error {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: time.Minute})
	return workflow.ExecuteActivity(ctx, activityName, run).Get(ctx, nil)
}
