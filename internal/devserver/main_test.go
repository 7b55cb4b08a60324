package devserver_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	sdklog "go.temporal.io/sdk/log"
	"go.temporal.io/sdk/worker"
	"google.golang.org/grpc"

	"github.com/stormbell/stormbell/internal/devserver"
)

// One in-memory server serves all tests that do not need a file.
var shared struct {
	once   sync.Once
	server *devserver.Server
	err    error
}

func TestMain(m *testing.M) {
	code := m.Run()
	if shared.server != nil {
		if err := shared.server.Stop(context.Background()); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = max(code, 1)
		}
	}
	os.Exit(code)
}

func sharedServer(t *testing.T) *devserver.Server {
	t.Helper()
	shared.once.Do(func() {
		shared.server, shared.err = devserver.Start(context.Background(), devserver.Config{
			UIAddr:           "127.0.0.1:0",
			TimeSkipping:     true,
			SearchAttributes: map[string]enumspb.IndexedValueType{"Phase": enumspb.INDEXED_VALUE_TYPE_KEYWORD},
		})
	})
	require.NoError(t, shared.err)
	return shared.server
}

func start(t *testing.T, cfg devserver.Config) *devserver.Server {
	t.Helper()
	server, err := devserver.Start(t.Context(), cfg)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Stop(context.Background())) })
	return server
}

func dial(t testing.TB, server *devserver.Server, interceptors ...grpc.UnaryClientInterceptor) client.Client {
	t.Helper()
	c, err := client.Dial(client.Options{
		HostPort:  server.Addr(),
		Namespace: server.Namespace(),
		Logger:    sdklog.NewStructuredLogger(slog.New(slog.DiscardHandler)),
		ConnectionOptions: client.ConnectionOptions{
			DialOptions: []grpc.DialOption{grpc.WithChainUnaryInterceptor(interceptors...)},
		},
	})
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

// work polls a task queue of its own until the test ends, or until the returned
// function is called.
func work(t *testing.T, c client.Client, queue string, workflows ...any) (stop func()) {
	t.Helper()
	w := worker.New(c, queue, worker.Options{})
	for _, workflow := range workflows {
		w.RegisterWorkflow(workflow)
	}
	require.NoError(t, w.Start())
	stop = sync.OnceFunc(w.Stop)
	t.Cleanup(stop)
	return stop
}

func deadline(t *testing.T, d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}

func newQueue() string { return "test-" + rand.Text() }
