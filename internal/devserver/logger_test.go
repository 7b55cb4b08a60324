package devserver

import (
	"log/slog"
	"net"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/server/common/primitives"
)

// The server wants to exit when somebody takes its port after our check.
func TestAPortLostAtTheLastMomentIsAnError(t *testing.T) {
	t.Parallel()
	cfg, err := Config{}.withDefaults()
	require.NoError(t, err)
	store, err := storage(cfg)
	require.NoError(t, err)
	require.NoError(t, createNamespaces(cfg, store))
	var ports reservation
	at, err := takePorts(&ports, cfg.FrontendAddr)
	require.NoError(t, err)
	ports.release()
	thief, err := net.ListenTCP("tcp", at[primitives.FrontendService])
	require.NoError(t, err)
	defer thief.Close()

	_, err = newTemporal(cfg, at, store, newLogger(slog.New(slog.DiscardHandler)))
	require.ErrorContains(t, err, "Failed to start gRPC listener")
}
