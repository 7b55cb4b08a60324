package client

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/oklog/ulid/v2"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/domain/refusal"
	"github.com/stormbell/stormbell/workflows/contract"
)

// ErrUnavailable says that Temporal, or every worker, is out of reach: nothing was decided.
var ErrUnavailable = errors.New("the response engine cannot be reached; try again in a moment")

// ErrNotRunning says that the workflow a fact is meant for has ended or never was.
var ErrNotRunning = errors.New("no such workflow is running")

// Client is the façade. It is safe for concurrent use.
type Client struct {
	temporal client.Client
	timeout  time.Duration
}

// New returns a façade over a Temporal client. A command is answered within timeout, or
// ErrUnavailable is returned; 0 means 10 seconds.
func New(c client.Client, timeout time.Duration) *Client {
	if timeout == 0 {
		timeout = 10 * time.Second
	}
	return &Client{temporal: c, timeout: timeout}
}

// Ref names one incident.
type Ref struct{ Year, Number int }

// Ready tells whether Temporal answers.
func (c *Client) Ready(ctx context.Context) error {
	if _, err := c.temporal.CheckHealth(ctx, nil); err != nil {
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	return nil
}

// start are the options of a technical incident. One id is one incident for ever: a second
// start joins the first, and a closed incident is never opened again.
func start(ref Ref, drill bool) client.StartWorkflowOptions {
	mode := "live"
	if drill {
		mode = "drill"
	}
	return client.StartWorkflowOptions{
		ID: contract.IncidentID(ref.Year, ref.Number), TaskQueue: contract.TaskQueue,
		WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
		WorkflowIDReusePolicy:    enumspb.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE,
		StaticSummary:            fmt.Sprintf("Incident %d", ref.Number),
		TypedSearchAttributes: temporal.NewSearchAttributes(
			temporal.NewSearchAttributeKeyInt64(contract.SearchIncident).ValueSet(int64(ref.Number)),
			temporal.NewSearchAttributeKeyKeyword(contract.SearchMode).ValueSet(mode),
		),
	}
}

// Alerts brings news of monitoring tools to an incident and opens it if it is new.
func (c *Client) Alerts(ctx context.Context, ref Ref, rules plan.Snapshot, news contract.AlertsInput) error {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	opts := start(ref, false)
	opts.WorkflowIDConflictPolicy = enumspb.WORKFLOW_ID_CONFLICT_POLICY_UNSPECIFIED
	_, err := c.temporal.SignalWithStartWorkflow(ctx, opts.ID, contract.AlertsReceived, news, opts, contract.Incident,
		contract.IncidentInput{Number: ref.Number, Year: ref.Year, Rules: rules})
	var closed *serviceerror.WorkflowExecutionAlreadyStarted
	if errors.As(err, &closed) {
		return ErrNotRunning
	}
	return unavailable(err)
}

// Open opens an incident by hand. The same request id twice opens it once.
func (c *Client) Open(ctx context.Context, ref Ref, rules plan.Snapshot, drill bool, command any, request string) (contract.Receipt, error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	op := c.temporal.NewWithStartWorkflowOperation(start(ref, drill), contract.Incident, contract.IncidentInput{Number: ref.Number, Year: ref.Year, Rules: rules, Drill: drill})
	handle, err := c.temporal.UpdateWithStartWorkflow(ctx, client.UpdateWithStartWorkflowOptions{
		StartWorkflowOperation: op,
		UpdateOptions:          update("", contract.OpenIncident, command, request),
	})
	return receipt(ctx, handle, err)
}

// Incident sends a command to a technical incident.
func (c *Client) Incident(ctx context.Context, ref Ref, name string, command any, request string) (contract.Receipt, error) {
	return c.command(ctx, contract.IncidentID(ref.Year, ref.Number), name, command, request)
}

// Business sends a command to a business incident.
func (c *Client) Business(ctx context.Context, ref Ref, name string, command any, request string) (contract.Receipt, error) {
	return c.command(ctx, contract.BusinessID(ref.Year, ref.Number), name, command, request)
}

// Page sends a command to the k-th page of a role.
func (c *Client) Page(ctx context.Context, ref Ref, role string, k int, name string, command any, request string) (contract.Receipt, error) {
	return c.command(ctx, contract.PageID(ref.Year, ref.Number, role, k), name, command, request)
}

// Message sends a command to the loop of an audience's message in a phase.
func (c *Client) Message(ctx context.Context, ref Ref, phase plan.Phase, audience, name string, command any, request string) (contract.Receipt, error) {
	return c.command(ctx, contract.MessageID(ref.Year, ref.Number, phase, audience), name, command, request)
}

// Replied reports what a person typed or pressed to the workflow that asked.
func (c *Client) Replied(ctx context.Context, workflow string, r effect.Replied) error {
	return c.signal(ctx, workflow, contract.ReplyReceived, r)
}

// Reported reports a provider's word on one send to the workflow that made it.
func (c *Client) Reported(ctx context.Context, workflow string, r effect.Reported) error {
	return c.signal(ctx, workflow, contract.DeliveryReported, r)
}

func (c *Client) signal(ctx context.Context, workflow, name string, in any) error {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	return unavailable(c.temporal.SignalWorkflow(ctx, workflow, "", name, in))
}

func (c *Client) command(ctx context.Context, workflow, name string, command any, request string) (contract.Receipt, error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	handle, err := c.temporal.UpdateWorkflow(ctx, update(workflow, name, command, request))
	return receipt(ctx, handle, err)
}

// update are the options of a command. The request id is the update's id, so a command sent
// twice is carried out once and answered twice.
func update(workflow, name string, command any, request string) client.UpdateWorkflowOptions {
	if request == "" {
		request = ulid.Make().String()
	}
	return client.UpdateWorkflowOptions{
		WorkflowID: workflow, UpdateID: request, UpdateName: name, Args: []any{command},
		WaitForStage: client.WorkflowUpdateStageCompleted,
	}
}

func receipt(ctx context.Context, handle client.WorkflowUpdateHandle, err error) (contract.Receipt, error) {
	var r contract.Receipt
	if err == nil {
		err = handle.Get(ctx, &r)
	}
	return r, unavailable(err)
}

// unavailable sorts errors: a refusal passes as itself, a missing workflow is ErrNotRunning,
// everything else means that the engine is out of reach.
func unavailable(err error) error {
	if err == nil {
		return nil
	}
	if r, ok := contract.Refusal(err); ok {
		return r
	}
	var missing *serviceerror.NotFound
	if errors.As(err, &missing) {
		return ErrNotRunning
	}
	var app *temporal.ApplicationError
	if errors.As(err, &app) {
		return refusal.New(refusal.Invalid, "%s", app.Message())
	}
	return fmt.Errorf("%w: %w", ErrUnavailable, err)
}
