package devserver

import (
	"context"
	"errors"
	"fmt"
	"time"

	namespacepb "go.temporal.io/api/namespace/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	sdklog "go.temporal.io/sdk/log"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/stormbell/stormbell/internal/namespace"
)

const (
	readyTimeout = time.Minute
	retryEvery   = 20 * time.Millisecond
)

// prepareNamespace waits until the server answers an SDK client and brings a
// namespace from an older file up to date, which creating it does not.
func prepareNamespace(ctx context.Context, addr string, cfg Config) error {
	c, err := client.NewLazyClient(client.Options{
		HostPort:  addr,
		Namespace: cfg.Namespace,
		Logger:    sdklog.NewStructuredLogger(cfg.Logger),
	})
	if err != nil {
		return fmt.Errorf("build a client for the embedded Temporal: %w", err)
	}
	defer c.Close()

	var found *workflowservice.DescribeNamespaceResponse
	err = retry(ctx, func(ctx context.Context) (err error) {
		found, err = c.WorkflowService().DescribeNamespace(ctx, &workflowservice.DescribeNamespaceRequest{Namespace: cfg.Namespace})
		return err
	})
	if err != nil {
		return fmt.Errorf("wait for the embedded Temporal: %w", err)
	}
	if found.GetConfig().GetWorkflowExecutionRetentionTtl().AsDuration() != cfg.Retention {
		_, err := c.WorkflowService().UpdateNamespace(ctx, &workflowservice.UpdateNamespaceRequest{
			Namespace: cfg.Namespace,
			Config:    &namespacepb.NamespaceConfig{WorkflowExecutionRetentionTtl: durationpb.New(cfg.Retention)},
		})
		if err != nil {
			return fmt.Errorf("set the retention of the namespace %q to %s: %w", cfg.Namespace, cfg.Retention, err)
		}
	}
	return namespace.Ensure(ctx, c, cfg.Namespace, cfg.SearchAttributes)
}

// retry calls try until it succeeds or ctx ends, and then tells what try said last.
func retry(ctx context.Context, try func(context.Context) error) error {
	ticker := time.NewTicker(retryEvery)
	defer ticker.Stop()
	for {
		err := try(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return errors.Join(context.Cause(ctx), err)
		case <-ticker.C:
		}
	}
}
