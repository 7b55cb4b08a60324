package namespace

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
)

const (
	// learnWithin bounds the wait for a server to learn of its own change; some seconds are usual.
	learnWithin = 30 * time.Second
	askEvery    = 50 * time.Millisecond
)

// Ensure makes sure that a namespace has these search attributes and returns when workflows
// can be started with them: without, every start is refused. Doing it again changes nothing.
// An error says with which commands an operator can do what this account may not.
func Ensure(ctx context.Context, c client.Client, name string, want map[string]enumspb.IndexedValueType) error {
	have, err := c.OperatorService().ListSearchAttributes(ctx, &operatorservice.ListSearchAttributesRequest{Namespace: name})
	switch {
	case missing(err):
		return fmt.Errorf("temporal has no namespace %s; create it: temporal operator namespace create --namespace %s --retention 90d: %w", name, name, err)
	case forbidden(err):
		// A managed cluster shows operators only; whether they are there can still be asked.
		if err := usable(ctx, c, name, want); err != nil {
			return fmt.Errorf("%s: %w", commands(name, want), err)
		}
		return nil
	case err != nil:
		return fmt.Errorf("list the search attributes of namespace %s: %w", name, err)
	}
	lacking := map[string]enumspb.IndexedValueType{}
	for attribute, kind := range want {
		got, there := have.GetCustomAttributes()[attribute]
		if !there {
			lacking[attribute] = kind
		} else if got != kind {
			return fmt.Errorf("search attribute %s of namespace %s is a %s and must be a %s; remove it there, or use another namespace", attribute, name, got, kind)
		}
	}
	if len(lacking) == 0 {
		return nil
	}
	if _, err := c.OperatorService().AddSearchAttributes(ctx, &operatorservice.AddSearchAttributesRequest{Namespace: name, SearchAttributes: lacking}); err != nil {
		return fmt.Errorf("%s: %w", commands(name, lacking), err)
	}
	ctx, cancel := context.WithTimeout(ctx, learnWithin)
	defer cancel()
	tick := time.NewTicker(askEvery)
	defer tick.Stop()
	for {
		err := usable(ctx, c, name, lacking)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for the new search attributes: %w", errors.Join(context.Cause(ctx), err))
		case <-tick.C:
		}
	}
}

// usable asks in a way that every account may: a query with an unknown attribute is refused.
func usable(ctx context.Context, c client.Client, name string, attributes map[string]enumspb.IndexedValueType) error {
	var asked []string
	for _, attribute := range slices.Sorted(maps.Keys(attributes)) {
		asked = append(asked, fmt.Sprintf("`%s` IS NULL", attribute))
	}
	_, err := c.CountWorkflow(ctx, &workflowservice.CountWorkflowExecutionsRequest{Namespace: name, Query: strings.Join(asked, " AND ")})
	return err
}

// commands are what an operator types.
func commands(name string, attributes map[string]enumspb.IndexedValueType) string {
	text := fmt.Sprintf("namespace %s lacks search attributes, and this account may not add them; an operator can: temporal operator search-attribute create --namespace %s", name, name)
	for _, attribute := range slices.Sorted(maps.Keys(attributes)) {
		text += fmt.Sprintf(" --name %s --type %s", attribute, attributes[attribute])
	}
	return text
}

func missing(err error) bool {
	var e *serviceerror.NamespaceNotFound
	var f *serviceerror.NotFound
	return errors.As(err, &e) || errors.As(err, &f)
}

func forbidden(err error) bool {
	var e *serviceerror.PermissionDenied
	var f *serviceerror.Unimplemented
	return errors.As(err, &e) || errors.As(err, &f)
}
