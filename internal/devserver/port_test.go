package devserver_test

import (
	"net"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/internal/devserver"
)

func TestTakenPortLeavesNothingRunning(t *testing.T) {
	t.Parallel()
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer busy.Close()
	taken := busy.Addr().String()
	_, port, err := net.SplitHostPort(taken)
	require.NoError(t, err)

	for flag, cfg := range map[string]devserver.Config{
		"--temporal": {FrontendAddr: taken, UIAddr: unusedAddr(t)},
		"--ui":       {FrontendAddr: unusedAddr(t), UIAddr: taken},
	} {
		cfg.Dir = filepath.Join(t.TempDir(), "data")
		_, err := devserver.Start(t.Context(), cfg)
		var portTaken *devserver.PortTakenError
		require.ErrorAs(t, err, &portTaken)
		require.EqualError(t, err, "port "+port+" on 127.0.0.1 is already in use; stop that program or choose another with "+flag)

		require.NoDirExists(t, cfg.Dir)
		for _, addr := range []string{cfg.FrontendAddr, cfg.UIAddr} {
			if addr != taken {
				require.NoError(t, devserver.CheckPort(addr, ""))
			}
		}
	}
}

func TestCheckPortWithoutAFlag(t *testing.T) {
	t.Parallel()
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer busy.Close()
	require.ErrorContains(t, devserver.CheckPort(busy.Addr().String(), ""), "is already in use; stop that program")
}

func unusedAddr(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	return l.Addr().String()
}
