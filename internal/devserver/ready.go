package devserver

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	namespacepb "go.temporal.io/api/namespace/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	sdklog "go.temporal.io/sdk/log"
	"google.golang.org/protobuf/types/known/durationpb"
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
	return addSearchAttributes(ctx, c, cfg)
}

func addSearchAttributes(ctx context.Context, c client.Client, cfg Config) error {
	have, err := c.OperatorService().ListSearchAttributes(ctx, &operatorservice.ListSearchAttributesRequest{Namespace: cfg.Namespace})
	if err != nil {
		return fmt.Errorf("list the search attributes: %w", err)
	}
	missing := map[string]enumspb.IndexedValueType{}
	var queries []string
	for name, want := range cfg.SearchAttributes {
		got, ok := have.GetCustomAttributes()[name]
		switch {
		case !ok:
			missing[name] = want
			queries = append(queries, fmt.Sprintf("`%s` IS NULL", name))
		case got != want:
			return fmt.Errorf("search attribute %q is a %s in this database and cannot become a %s: give the new one another name", name, got, want)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	if _, err := c.OperatorService().AddSearchAttributes(ctx, &operatorservice.AddSearchAttributesRequest{
		Namespace:        cfg.Namespace,
		SearchAttributes: missing,
	}); err != nil {
		return fmt.Errorf("add the search attributes: %w", err)
	}
	// The server learns of its own change some two seconds later; until then a
	// workflow that carries one of them is refused.
	slices.Sort(queries)
	if err := retry(ctx, func(ctx context.Context) error {
		_, err := c.CountWorkflow(ctx, &workflowservice.CountWorkflowExecutionsRequest{Query: strings.Join(queries, " AND ")})
		return err
	}); err != nil {
		return fmt.Errorf("wait for the new search attributes: %w", err)
	}
	return nil
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
