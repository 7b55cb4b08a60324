package devserver

import (
	"context"
	"slices"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc"
)

// TimeSkipping makes every workflow that a client starts skip its idle time:
// whenever nothing but timers is pending, the server moves the workflow's clock
// to the next one, so hours of waiting take about a second per timer. Children
// inherit it. Running activities are waited for in real time. Types of workflows that never end
// are named in except: they would run through the centuries.
//
// It goes into client.Options.ConnectionOptions.DialOptions through
// grpc.WithChainUnaryInterceptor and needs a server with Config.TimeSkipping.
//
// Experimental: the server calls the feature so, and the SDK has no option for
// it yet. Tests and drills only.
func TimeSkipping(except ...string) grpc.UnaryClientInterceptor {
	skip := func() *commonpb.TimeSkippingConfig { return &commonpb.TimeSkippingConfig{Enabled: true} }
	return func(ctx context.Context, method string, req, reply any, cc *grpc.ClientConn, invoke grpc.UnaryInvoker, opts ...grpc.CallOption) error {
		switch r := req.(type) {
		case *workflowservice.StartWorkflowExecutionRequest:
			if !slices.Contains(except, r.GetWorkflowType().GetName()) {
				r.TimeSkippingConfig = skip()
			}
		case *workflowservice.SignalWithStartWorkflowExecutionRequest:
			r.TimeSkippingConfig = skip()
		case *workflowservice.ExecuteMultiOperationRequest:
			for _, operation := range r.GetOperations() {
				if start := operation.GetStartWorkflow(); start != nil {
					start.TimeSkippingConfig = skip()
				}
			}
		}
		return invoke(ctx, method, req, reply, cc, opts...)
	}
}
