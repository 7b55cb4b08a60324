package devserver

import (
	"fmt"
	"net"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/server/common/authorization"
	"go.temporal.io/server/common/cluster"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/dynamicconfig"
	"go.temporal.io/server/common/membership/static"
	"go.temporal.io/server/common/primitives"
	sqliteschema "go.temporal.io/server/schema/sqlite"
	"go.temporal.io/server/temporal"
	"google.golang.org/protobuf/types/known/durationpb"
)

// clusterName is what Temporal's own development server calls its only cluster.
const clusterName = "active"

// addresses says where each of the four services in the one process listens.
type addresses map[primitives.ServiceName]*net.TCPAddr

// newTemporal builds a server that listens already but does not serve yet.
// The database must have its namespaces.
func newTemporal(cfg Config, at addresses, store *config.SQL, log logger) (temporal.Server, error) {
	settings := temporalConfig(at, store)
	authorizer, err := authorization.GetAuthorizerFromConfig(&settings.Global.Authorization)
	if err != nil {
		return nil, fmt.Errorf("build Temporal's authorizer: %w", err)
	}
	claims, err := authorization.GetClaimMapperFromConfig(&settings.Global.Authorization, log)
	if err != nil {
		return nil, fmt.Errorf("build Temporal's claim mapper: %w", err)
	}
	hosts := make(map[primitives.ServiceName]static.Hosts, len(at))
	for service, addr := range at {
		hosts[service] = static.SingleLocalHost(addr.String())
	}
	server, err := temporal.NewServer(
		temporal.WithConfig(settings),
		temporal.ForServices(temporal.DefaultServices),
		temporal.WithStaticHosts(hosts), // no ring to join, so it starts at once
		temporal.WithLogger(log),
		temporal.WithAuthorizer(authorizer),
		temporal.WithClaimMapper(func(*config.Config) authorization.ClaimMapper { return claims }),
		temporal.WithDynamicConfigClient(dynamicConfig(cfg)),
	)
	if err != nil {
		return nil, fmt.Errorf("build the Temporal server: %w", err)
	}
	if fatal := log.fatal.Load(); fatal != nil {
		return nil, fmt.Errorf("build the Temporal server: %s", *fatal)
	}
	return server, nil
}

func temporalConfig(at addresses, store *config.SQL) *config.Config {
	services := make(map[string]config.Service, len(at))
	for name, addr := range at {
		services[string(name)] = config.Service{
			RPC: config.RPC{GRPCPort: addr.Port, BindOnIP: addr.IP.String()},
		}
	}
	frontend := at[primitives.FrontendService]
	return &config.Config{
		Global: config.Global{
			Membership: config.Membership{
				MaxJoinDuration:  30 * time.Second,
				BroadcastAddress: frontend.IP.String(),
			},
		},
		Persistence: config.Persistence{
			DefaultStore:     store.PluginName,
			VisibilityStore:  store.PluginName,
			NumHistoryShards: 1, // can never be changed for an existing file
			DataStores:       map[string]config.DataStore{store.PluginName: {SQL: store}},
		},
		ClusterMetadata: &cluster.Config{
			FailoverVersionIncrement: 10,
			MasterClusterName:        clusterName,
			CurrentClusterName:       clusterName,
			ClusterInformation: map[string]cluster.ClusterInformation{
				clusterName: {Enabled: true, InitialFailoverVersion: 1, RPCAddress: frontend.String()},
			},
		},
		DCRedirectionPolicy: config.DCRedirectionPolicy{Policy: "noop"},
		Services:            services,
		Archival: config.Archival{
			History:    config.HistoryArchival{State: config.ArchivalDisabled},
			Visibility: config.VisibilityArchival{State: config.ArchivalDisabled},
		},
		NamespaceDefaults: config.NamespaceDefaults{
			Archival: config.ArchivalNamespaceDefaults{
				History:    config.HistoryArchivalNamespaceDefaults{State: config.ArchivalDisabled},
				Visibility: config.VisibilityArchivalNamespaceDefaults{State: config.ArchivalDisabled},
			},
		},
		PublicClient: config.PublicClient{HostPort: frontend.String()},
	}
}

// dynamicConfig holds what differs from a cluster's defaults. Temporal takes
// numbers as int only and ignores other types without an error.
func dynamicConfig(cfg Config) dynamicconfig.StaticClient {
	return dynamicconfig.StaticClient{
		// The server would ask its makers for news of newer versions every day.
		dynamicconfig.EnableServerVersionCheck.Key(): false,
		// The default is made for a host with tens of gigabytes.
		dynamicconfig.HistoryCacheHostLevelMaxSize.Key(): 8096,
		// Twenty a second are plenty where hundreds of shards share a host; the
		// one shard here would hold every step of every workflow up for 50 ms.
		dynamicconfig.TransferProcessorMaxPollRPS.Key(): 1000,
		dynamicconfig.TimerProcessorMaxPollRPS.Key():    1000,
		// Ten a second is less than one open page of the UI asks for.
		dynamicconfig.FrontendMaxNamespaceVisibilityRPSPerInstance.Key(): 100,

		dynamicconfig.WorkflowTimeSkippingEnabled.Key(): cfg.TimeSkipping,
		// After 200 skips a workflow would fall back to real time, in the middle
		// of a long incident.
		dynamicconfig.WorkflowTimeSkippingMaxSkipPerSession.Key(): 10_000,
	}
}

// createNamespaces writes our namespace and "default" into the database before
// the server starts, where those it already has are left alone.
func createNamespaces(cfg Config, store *config.SQL) error {
	for name, attributes := range map[string]map[string]enumspb.IndexedValueType{
		cfg.Namespace: cfg.SearchAttributes,
		"default":     nil,
	} {
		namespace, err := sqliteschema.NewNamespaceConfig(clusterName, name, false, attributes)
		if err != nil {
			return fmt.Errorf("describe the namespace %q: %w", name, err)
		}
		namespace.Detail.Config.Retention = durationpb.New(cfg.Retention) // it comes with one day
		if err := sqliteschema.CreateNamespaces(store, namespace); err != nil {
			return fmt.Errorf("create the namespace %q: %w", name, err)
		}
	}
	return nil
}
