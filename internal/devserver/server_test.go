package devserver_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
	"go.temporal.io/server/common/headers"

	"github.com/stormbell/stormbell/internal/devserver"
)

var phase = temporal.NewSearchAttributeKeyKeyword("Phase")

func Greet(_ workflow.Context, name string) (string, error) { return "hello " + name, nil }

func Sleep(ctx workflow.Context, d time.Duration) (time.Duration, error) {
	before := workflow.Now(ctx)
	err := workflow.Sleep(ctx, d)
	return workflow.Now(ctx).Sub(before), err
}

func TestRunsAWorkflowWithASearchAttribute(t *testing.T) {
	t.Parallel()
	c := dial(t, sharedServer(t))
	queue := newQueue()
	work(t, c, queue, Greet)

	run, err := c.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{
		TaskQueue:             queue,
		TypedSearchAttributes: temporal.NewSearchAttributes(phase.ValueSet("start-up")),
	}, Greet, "world")
	require.NoError(t, err)
	var greeting string
	require.NoError(t, run.Get(deadline(t, 10*time.Second), &greeting))
	require.Equal(t, "hello world", greeting)

	require.Eventually(t, func() bool {
		found, err := c.CountWorkflow(t.Context(), &workflowservice.CountWorkflowExecutionsRequest{
			Query: "Phase = 'start-up' AND TaskQueue = '" + queue + "'",
		})
		return err == nil && found.GetCount() == 1
	}, 5*time.Second, 20*time.Millisecond)
}

func TestUIIsReadOnlyAndFetchesNothing(t *testing.T) {
	t.Parallel()
	url := sharedServer(t).UIURL()

	resp, err := http.Get(url + "/namespaces/stormbell/workflows")
	require.NoError(t, err)
	defer resp.Body.Close()
	require.Equal(t, http.StatusOK, resp.StatusCode)
	require.Contains(t, resp.Header.Get("Content-Type"), "text/html")

	settings, err := http.Get(url + "/api/v1/settings")
	require.NoError(t, err)
	defer settings.Body.Close()
	text, err := io.ReadAll(settings.Body)
	require.NoError(t, err)
	for _, want := range []string{`"DisableWriteActions":true`, `"DisableNewsFetch":true`, `"NotifyOnNewVersion":false`, `"DefaultNamespace":"stormbell"`} {
		require.Contains(t, string(text), want)
	}

	terminate := url + "/api/v1/namespaces/stormbell/workflows/some-id/terminate"
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, terminate, bytes.NewBufferString("{}"))
	require.NoError(t, err)
	req.Header.Set("Authorization", "Bearer none") // gets past the UI's CSRF check
	refused, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer refused.Body.Close()
	require.Equal(t, http.StatusMethodNotAllowed, refused.StatusCode)
}

// One file through two lives of the server: a sleeping workflow goes on, and
// what the code wants of the namespace reaches the old file.
func TestGoesOnAfterARestart(t *testing.T) {
	t.Parallel()
	cfg := devserver.Config{
		Dir:       filepath.Join(t.TempDir(), "a b%41?#c"), // characters that mean something in an SQLite URI
		Retention: 24 * time.Hour,
	}
	const nap = 3 * time.Second
	queue := newQueue()

	first := start(t, cfg)
	c := dial(t, first)
	stopWorker := work(t, c, queue, Sleep)
	run, err := c.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{ID: "sleeper", TaskQueue: queue}, Sleep, nap)
	require.NoError(t, err)
	waitForTimer(t, c, run)
	require.FileExists(t, filepath.Join(cfg.Dir, "temporal.db-wal"), "the pragma journal_mode=WAL has no effect")
	stopWorker()
	c.Close()
	impatient, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, first.Stop(impatient), context.Canceled)
	require.NoError(t, first.Stop(t.Context()), "a second call waits for the one stop")
	require.NoError(t, devserver.CheckPort(first.Addr(), ""), "the port must be free again")

	pretendOtherPatch(t, cfg.Dir)
	cfg.Retention = 0
	cfg.SearchAttributes = map[string]enumspb.IndexedValueType{"Phase": enumspb.INDEXED_VALUE_TYPE_KEYWORD}
	second := start(t, cfg)
	c = dial(t, second)
	work(t, c, queue, Sleep, Greet)
	var slept time.Duration
	require.NoError(t, c.GetWorkflow(t.Context(), "sleeper", run.GetRunID()).Get(deadline(t, 20*time.Second), &slept))
	require.GreaterOrEqual(t, slept, nap)

	namespace, err := c.WorkflowService().DescribeNamespace(t.Context(), &workflowservice.DescribeNamespaceRequest{Namespace: "stormbell"})
	require.NoError(t, err)
	require.Equal(t, 90*24*time.Hour, namespace.GetConfig().GetWorkflowExecutionRetentionTtl().AsDuration())
	_, err = c.WorkflowService().DescribeNamespace(t.Context(), &workflowservice.DescribeNamespaceRequest{Namespace: "default"})
	require.NoError(t, err)

	attributes, err := c.OperatorService().ListSearchAttributes(t.Context(), &operatorservice.ListSearchAttributesRequest{Namespace: "stormbell"})
	require.NoError(t, err)
	require.Equal(t, cfg.SearchAttributes, attributes.GetCustomAttributes())
	_, err = c.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{
		TaskQueue:             queue,
		TypedSearchAttributes: temporal.NewSearchAttributes(phase.ValueSet("restore")),
	}, Greet, "again")
	require.NoError(t, err, "a new attribute must be usable as soon as Start returns")
}

// pretendOtherPatch changes the marker as if another patch release of the same
// server line had made the database.
func pretendOtherPatch(t *testing.T, dir string) {
	t.Helper()
	marker := filepath.Join(dir, "temporal.db.json")
	text, err := os.ReadFile(marker)
	require.NoError(t, err)
	require.Contains(t, string(text), headers.ServerVersion)
	text = bytes.Replace(text, []byte(headers.ServerVersion), []byte(headers.ServerVersion+"99"), 1)
	require.NoError(t, os.WriteFile(marker, text, 0o600))
}

func waitForTimer(t *testing.T, c client.Client, run client.WorkflowRun) {
	t.Helper()
	events := c.GetWorkflowHistory(deadline(t, 10*time.Second), run.GetID(), run.GetRunID(), true, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for events.HasNext() {
		event, err := events.Next()
		require.NoError(t, err)
		if event.GetEventType() == enumspb.EVENT_TYPE_TIMER_STARTED {
			return
		}
	}
	t.Fatal("the workflow ended without a timer")
}

func TestRefusesAConfig(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		cfg  devserver.Config
		want string
	}{
		"open to the network": {devserver.Config{FrontendAddr: "0.0.0.0:0"}, "no authorisation"},
		"UI to the network":   {devserver.Config{UIAddr: ":0"}, "no authorisation"},
		"no address":          {devserver.Config{FrontendAddr: "7233"}, "cannot use the address given with --temporal: "},
		"unknown pragma":      {devserver.Config{Synchronous: "OFF; DROP"}, "use FULL or NORMAL"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := devserver.Start(t.Context(), tc.cfg)
			require.ErrorContains(t, err, tc.want)
		})
	}
}

func TestRefusesAForeignDatabase(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		files map[string]string
		want  string
	}{
		"other tables":          {map[string]string{"temporal.db": ""}, "no marker of ours"},
		"another server":        {map[string]string{"temporal.db": "", "temporal.db.json": `{"server":"1.30.2","schema":"x"}`}, "Temporal server 1.30.2 made it, this is " + headers.ServerVersion},
		"another schema":        {map[string]string{"temporal.db": "", "temporal.db.json": `{"server":"` + headers.ServerVersion + `","schema":"x"}`}, "its schema is another one"},
		"a marker cut short":    {map[string]string{"temporal.db": "", "temporal.db.json": `{"ser`}, "its marker is not readable"},
		"a -wal file left over": {map[string]string{"temporal.db-wal": "x"}, "only its -wal file is there"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			for file, text := range tc.files {
				path := filepath.Join(dir, file)
				if file == "temporal.db" {
					foreignDatabase(t, path)
					continue
				}
				require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
			}
			_, err := devserver.Start(t.Context(), devserver.Config{Dir: dir})
			var foreign *devserver.ForeignDataError
			require.ErrorAs(t, err, &foreign)
			require.ErrorContains(t, err, tc.want)
			require.ErrorContains(t, err, "move the folder "+dir+" away")
		})
	}
}
