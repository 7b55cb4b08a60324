package devserver

import (
	"context"
	"fmt"
	"net"
	"net/http"

	uiserver "github.com/temporalio/ui-server/v2/server"
	"github.com/temporalio/ui-server/v2/server/config"
	"github.com/temporalio/ui-server/v2/server/server_options"
)

// startUI serves Temporal's web UI until its Stop. It is read-only, so that
// nobody ends an incident by a mis-click, and fetches nothing from outside.
// The port at must be free: the UI ends the process when it cannot bind it.
func startUI(ctx context.Context, at *net.TCPAddr, frontend, namespace string) (*uiserver.Server, error) {
	ui := uiserver.NewServer(server_options.WithConfigProvider(&config.Config{
		Host:                at.IP.String(),
		Port:                at.Port,
		TemporalGRPCAddress: frontend,
		EnableUI:            true,
		DefaultNamespace:    namespace,
		DisableWriteActions: true,
		DisableNewsFetch:    true,
		HideLogs:            true,
		CORS:                config.CORS{CookieInsecure: true}, // plain HTTP on the loopback
	}))
	go func() { _ = ui.Start() }() // it returns nil or ends the process

	err := retry(ctx, func(ctx context.Context) error {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+at.String()+"/healthz", nil)
		if err != nil {
			return err
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			return fmt.Errorf("the UI answers %s", resp.Status)
		}
		return nil
	})
	if err != nil {
		ui.Stop()
		return nil, fmt.Errorf("wait for the Temporal UI: %w", err)
	}
	return ui, nil
}
