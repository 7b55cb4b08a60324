package worker_test

import (
	"context"
	"log/slog"
	"maps"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	namespacepb "go.temporal.io/api/namespace/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
	"google.golang.org/grpc"

	"github.com/stormbell/stormbell/workflows/contract"
)

// frontend is as much of Temporal's door as workers need: it hands out one activity on the
// queue of sends, and then nothing.
type frontend struct {
	workflowservice.UnimplementedWorkflowServiceServer

	mu      sync.Mutex
	missing bool // whether the namespace is not there
	task    *workflowservice.PollActivityTaskQueueResponse
	polls   map[string]int // that are open, by kind and queue
	changed chan struct{}
	// answered gets what the activity answered.
	answered chan *workflowservice.RespondActivityTaskCompletedRequest
}

// newFrontend serves a frontend and dials it.
func newFrontend(t *testing.T) (*frontend, client.Client) {
	t.Helper()
	f := &frontend{
		polls: map[string]int{}, changed: make(chan struct{}),
		answered: make(chan *workflowservice.RespondActivityTaskCompletedRequest, 1),
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	server := grpc.NewServer()
	workflowservice.RegisterWorkflowServiceServer(server, f)
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)
	c, err := client.NewLazyClient(client.Options{HostPort: listener.Addr().String(), Logger: log.NewStructuredLogger(slog.New(slog.DiscardHandler))})
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return f, c
}

func (f *frontend) GetSystemInfo(context.Context, *workflowservice.GetSystemInfoRequest) (*workflowservice.GetSystemInfoResponse, error) {
	return &workflowservice.GetSystemInfoResponse{Capabilities: &workflowservice.GetSystemInfoResponse_Capabilities{}}, nil
}

func (f *frontend) DescribeNamespace(context.Context, *workflowservice.DescribeNamespaceRequest) (*workflowservice.DescribeNamespaceResponse, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.missing {
		return nil, serviceerror.ToStatus(serviceerror.NewNamespaceNotFound("default")).Err()
	}
	return &workflowservice.DescribeNamespaceResponse{NamespaceInfo: &namespacepb.NamespaceInfo{State: enumspb.NAMESPACE_STATE_REGISTERED}}, nil
}

func (f *frontend) ShutdownWorker(context.Context, *workflowservice.ShutdownWorkerRequest) (*workflowservice.ShutdownWorkerResponse, error) {
	return &workflowservice.ShutdownWorkerResponse{}, nil
}

func (f *frontend) PollWorkflowTaskQueue(ctx context.Context, r *workflowservice.PollWorkflowTaskQueueRequest) (*workflowservice.PollWorkflowTaskQueueResponse, error) {
	if r.TaskQueue.Kind == enumspb.TASK_QUEUE_KIND_NORMAL {
		f.poll(ctx, "workflows of "+r.TaskQueue.Name)
	} else {
		<-ctx.Done()
	}
	return &workflowservice.PollWorkflowTaskQueueResponse{}, nil
}

func (f *frontend) PollActivityTaskQueue(ctx context.Context, r *workflowservice.PollActivityTaskQueueRequest) (*workflowservice.PollActivityTaskQueueResponse, error) {
	f.mu.Lock()
	task := f.task
	if r.TaskQueue.Name == contract.SendQueue && task != nil {
		f.task = nil
		f.mu.Unlock()
		return task, nil
	}
	f.mu.Unlock()
	f.poll(ctx, "activities of "+r.TaskQueue.Name)
	return &workflowservice.PollActivityTaskQueueResponse{}, nil
}

// poll holds a poll until its worker lets go of it.
func (f *frontend) poll(ctx context.Context, what string) {
	f.count(what, 1)
	<-ctx.Done()
	f.count(what, -1)
}

func (f *frontend) count(what string, by int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.polls[what] += by; f.polls[what] == 0 {
		delete(f.polls, what)
	}
	close(f.changed)
	f.changed = make(chan struct{})
}

// await waits until exactly these are polled: kinds and queues.
func (f *frontend) await(t *testing.T, want ...string) {
	t.Helper()
	deadline := time.After(20 * time.Second)
	for {
		f.mu.Lock()
		polled, changed := slices.Sorted(maps.Keys(f.polls)), f.changed
		f.mu.Unlock()
		if slices.Equal(polled, want) {
			return
		}
		select {
		case <-changed:
		case <-deadline:
			require.Equal(t, want, polled)
		}
	}
}

func (f *frontend) RespondActivityTaskCompleted(_ context.Context, r *workflowservice.RespondActivityTaskCompletedRequest) (*workflowservice.RespondActivityTaskCompletedResponse, error) {
	f.answered <- r
	return &workflowservice.RespondActivityTaskCompletedResponse{}, nil
}
