package main

import (
	"context"
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
	"google.golang.org/protobuf/proto"

	"github.com/stormbell/stormbell/internal/planfile"
	"github.com/stormbell/stormbell/internal/record"
)

// checkRecord holds the record against what really reached phones and inboxes: the chain is
// whole, and every delivery of the ledger arrived exactly once, or is flagged.
func (n *night) checkRecord() { n.checkRecords(1) }

// checkRecords does it for so many incidents, and returns how many sends of each channel the
// ledger owns.
func (n *night) checkRecords(incidents int) map[string]int {
	n.t.Helper()
	ctx := context.Background()
	r, err := record.Open(ctx, record.Config{URL: n.record})
	require.NoError(n.t, err)
	defer r.Close()
	owned, flagged := map[string]int{}, map[string]int{}
	for number := 1; number <= incidents; number++ {
		require.NoError(n.t, r.Verify(ctx, number))
		rows, err := r.Deliveries(ctx, number)
		require.NoError(n.t, err)
		for _, d := range rows {
			if d.ProviderID != "" {
				owned[d.Channel]++
			}
			if d.PossibleDuplicate {
				flagged[d.Channel]++
			}
		}
	}
	made := map[string]int{}
	for _, p := range n.lab.Phones() {
		made["sms"] += len(p.Messages)
		made["call"] += len(p.Calls)
	}
	for _, i := range n.lab.Inboxes() {
		made["email"] += len(i.Mails)
	}
	made["chat"] = len(n.lab.Posts())
	n.t.Logf("made %v, in the ledger %v, flagged %v", made, owned, flagged)
	for _, channel := range []string{"sms", "call", "email", "chat"} {
		require.GreaterOrEqual(n.t, made[channel]+flagged[channel], owned[channel], "%s lost", channel)
		require.LessOrEqual(n.t, made[channel], owned[channel]+flagged[channel], "%s doubled without a flag", channel)
	}
	return owned
}

// checkHistories looks for personal data in everything Temporal keeps, and counts the events.
func (n *night) checkHistories() {
	n.t.Helper()
	p, err := planfile.Parse("plan", mustRead(n.t, n.plan), planfile.Options{Lenient: true})
	require.NoError(n.t, err)
	events, workflows := 0, 0
	n.eachHistory(func(id string, history *historypb.History) {
		workflows++
		events += len(history.Events)
		raw, err := proto.Marshal(history)
		require.NoError(n.t, err)
		for _, person := range p.People {
			for _, secret := range []string{person.Name, person.Email, person.Phones[0].Number} {
				require.NotContains(n.t, string(raw), secret, "personal data in the history of %s", id)
			}
		}
	})
	n.t.Logf("the reference incident: %d workflows, %d events", workflows, events)
}

// eachHistory visits the history of every workflow of the incident.
func (n *night) eachHistory(visit func(id string, history *historypb.History)) {
	n.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	c, err := client.Dial(client.Options{HostPort: n.temporal, Namespace: namespace})
	require.NoError(n.t, err)
	defer c.Close()
	list, err := c.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{Namespace: namespace})
	require.NoError(n.t, err)
	for _, w := range list.Executions {
		history := &historypb.History{}
		it := c.GetWorkflowHistory(ctx, w.Execution.WorkflowId, w.Execution.RunId, false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
		for it.HasNext() {
			event, err := it.Next()
			require.NoError(n.t, err)
			history.Events = append(history.Events, event)
		}
		visit(w.Execution.WorkflowId, history)
	}
}

// writeHistories keeps every history for the replay tests.
func (n *night) writeHistories(dir string) {
	n.t.Helper()
	require.NoError(n.t, os.MkdirAll(dir, 0o750))
	n.eachHistory(func(id string, history *historypb.History) {
		data, err := temporalproto.CustomJSONMarshalOptions{Indent: " "}.Marshal(history)
		require.NoError(n.t, err)
		name := strings.NewReplacer(":", "_", "2026-1_", "reference_", "2026-1", "reference").Replace(id) + ".json"
		require.NoError(n.t, os.WriteFile(filepath.Join(dir, name), data, 0o600))
	})
}
