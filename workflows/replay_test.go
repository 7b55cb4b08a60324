package workflows_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	sdk "go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/stormbell/stormbell/worker"
	"github.com/stormbell/stormbell/workflows/contract"
)

// The stored histories are real runs of the reference incident, of every workflow. A change
// of the workflows that cannot replay them would break incidents that are running while it
// is deployed: keep the old path behind workflow.GetVersion. New histories are made by
//
//	go test ./cmd/stormbell-solo -run Reference -histories ../../workflows/testdata/replay
//
// from the code that is deployed, and are added, not replaced.
func TestReplay_storedHistories(t *testing.T) {
	files, err := filepath.Glob("testdata/replay/*.json")
	require.NoError(t, err)
	kinds := map[string]bool{}
	for _, file := range files {
		name := filepath.Base(file)
		kinds[strings.SplitN(name, "_", 2)[0]] = true
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			replayer := sdk.NewWorkflowReplayer()
			worker.Workflows(replayer)
			require.NoError(t, replayer.ReplayWorkflowHistoryFromJSONFile(nil, file), "this change breaks incidents that are running; see the comment above")
		})
	}
	for _, kind := range []string{"incident", "business", "page", "message", "distribution", "duty", "contacttest", "courtesy", "outlet"} {
		require.True(t, kinds[kind], "no history of a %s is stored", kind)
	}
}

// A workflow that does something else than it did must fail, or the test above proves nothing.
func TestReplay_incompatibleWorkflow_fails(t *testing.T) {
	files, err := filepath.Glob("testdata/replay/page_*.json")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	replayer := sdk.NewWorkflowReplayer()
	replayer.RegisterWorkflowWithOptions(func(ctx workflow.Context, _ contract.PageInput) error {
		return workflow.Sleep(ctx, 42)
	}, workflow.RegisterOptions{Name: contract.Page})
	err = replayer.ReplayWorkflowHistoryFromJSONFile(nil, files[0])
	require.ErrorContains(t, err, "TMPRL1100")
}
