package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/temporalproto"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"github.com/stormbell/stormbell/internal/record"
)

// exportChain verifies the hash chain of the incident's timeline in the record itself.
func (n *night) exportChain() {
	n.t.Helper()
	r, err := record.Open(context.Background(), record.Config{URL: "sqlite:" + filepath.Join(n.dir, "data", "stormbell.db")})
	require.NoError(n.t, err)
	defer r.Close()
	require.NoError(n.t, r.Verify(context.Background(), 1))
}

// writeHistories keeps the history of one workflow of every kind for the replay tests.
func (n *night) writeHistories(dir string) {
	n.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	c, err := client.Dial(client.Options{HostPort: n.temporal, Namespace: namespace})
	require.NoError(n.t, err)
	defer c.Close()
	require.NoError(n.t, os.MkdirAll(dir, 0o750))
	list, err := c.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{Namespace: namespace})
	require.NoError(n.t, err)
	events := 0
	for _, w := range list.Executions {
		history := &historypb.History{}
		it := c.GetWorkflowHistory(ctx, w.Execution.WorkflowId, w.Execution.RunId, false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
		for it.HasNext() {
			event, err := it.Next()
			require.NoError(n.t, err)
			history.Events = append(history.Events, event)
		}
		events += len(history.Events)
		data, err := temporalproto.CustomJSONMarshalOptions{Indent: " "}.Marshal(history)
		require.NoError(n.t, err)
		name := strings.NewReplacer(":", "_", "2026-1_", "", "2026-1", "reference").Replace(w.Execution.WorkflowId) + ".json"
		require.NoError(n.t, os.WriteFile(filepath.Join(dir, name), data, 0o600))
	}
	fmt.Printf("the reference incident: %d workflows, %d events\n", len(list.Executions), events)
}
