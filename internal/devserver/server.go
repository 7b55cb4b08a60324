package devserver

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"time"

	uiserver "github.com/temporalio/ui-server/v2/server"
	"go.temporal.io/server/common/primitives"
	"go.temporal.io/server/temporal"
)

// stopTimeout bounds Stop: each of Temporal's services may otherwise take five
// minutes, where a healthy stop takes about a second.
const stopTimeout = 15 * time.Second

// Server is a running Temporal server with its namespace and, if asked for, its UI.
type Server struct {
	addr, uiURL, namespace string

	log      logger
	temporal temporal.Server
	ui       *uiserver.Server // nil without UI

	stop    sync.Once
	stopped chan struct{} // closed when temporal.Stop has returned
	stopErr error
}

// Start runs a Temporal server and returns once a client can use it: the
// namespace, its retention and its search attributes are in place and the UI
// answers. All ports are checked before anything starts. A taken one is a
// *PortTakenError, a database of another server version a *ForeignDataError.
// ctx bounds the starting only, which gives up after a minute in any case.
func Start(ctx context.Context, cfg Config) (*Server, error) {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return nil, fmt.Errorf("embedded Temporal: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()

	var forTemporal, forUI reservation
	defer forTemporal.release()
	defer forUI.release()
	at, err := takePorts(&forTemporal, cfg.FrontendAddr)
	if err != nil {
		return nil, err
	}
	var uiAt *net.TCPAddr
	if cfg.UIAddr != "" {
		if uiAt, err = forUI.take(cfg.UIAddr, "--ui"); err != nil {
			return nil, err
		}
	}
	store, err := storage(cfg)
	if err != nil {
		return nil, err
	}
	if err := createNamespaces(cfg, store); err != nil {
		return nil, err
	}

	s := &Server{
		addr:      at[primitives.FrontendService].String(),
		namespace: cfg.Namespace,
		log:       newLogger(cfg.Logger),
		stopped:   make(chan struct{}),
	}
	forTemporal.release()
	if s.temporal, err = newTemporal(cfg, at, store, s.log); err != nil {
		return nil, err
	}
	if err := s.temporal.Start(); err != nil {
		return nil, s.giveUp(fmt.Errorf("start the Temporal server: %w", err))
	}
	if err := prepareNamespace(ctx, s.addr, cfg); err != nil {
		return nil, s.giveUp(err)
	}
	if uiAt != nil {
		forUI.release()
		if s.ui, err = startUI(ctx, uiAt, s.addr, cfg.Namespace); err != nil {
			return nil, s.giveUp(err)
		}
		s.uiURL = "http://" + uiAt.String()
	}
	return s, nil
}

func takePorts(r *reservation, frontend string) (addresses, error) {
	at := addresses{}
	for _, service := range temporal.DefaultServices {
		addr, flag := anyPort, ""
		if service == string(primitives.FrontendService) {
			addr, flag = frontend, "--temporal"
		}
		bound, err := r.take(addr, flag)
		if err != nil {
			return nil, err
		}
		at[primitives.ServiceName(service)] = bound
	}
	return at, nil
}

func (s *Server) giveUp(why error) error {
	return errors.Join(why, s.Stop(context.Background()))
}

// Addr is the host:port that SDK clients dial.
func (s *Server) Addr() string { return s.addr }

// UIURL is the address of the web UI, or empty without one.
func (s *Server) UIURL() string { return s.uiURL }

// Namespace is the namespace that our workflows live in.
func (s *Server) Namespace() string { return s.namespace }

// Stop ends the UI and then the server, once; later calls wait for the same
// end. It gives up when ctx ends or after 15 seconds, leaving the server to
// the end of the process. Workers and clients have to be stopped before.
func (s *Server) Stop(ctx context.Context) error {
	s.stop.Do(func() {
		if s.ui != nil {
			s.ui.Stop()
		}
		s.log.level.Set(slog.LevelError + 1) // its services complain about each other as they go
		go func() {
			defer close(s.stopped)
			s.stopErr = s.temporal.Stop()
		}()
	})
	ctx, cancel := context.WithTimeout(ctx, stopTimeout)
	defer cancel()
	select {
	case <-s.stopped:
		if s.stopErr != nil {
			return fmt.Errorf("stop the Temporal server: %w", s.stopErr)
		}
		return nil
	case <-ctx.Done():
		return fmt.Errorf("the Temporal server has not stopped in time: %w", context.Cause(ctx))
	}
}
