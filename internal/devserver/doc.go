// Package devserver runs a whole Temporal server, and its web UI, inside our
// own process: for stormbell-solo, for drills and for tests. Nothing is
// downloaded and nothing calls home; everything listens on the loopback only,
// because the embedded server has no authorisation.
//
// It keeps its data in one SQLite file (or in memory, for tests) and is not a
// production topology: SQLite files have no schema migration, so a file from
// another server version is refused, and there is one shard and one writer.
// The exit is TEMPORAL_ADDRESS: point the production binary at a real cluster.
//
// One started server costs some thousand goroutines and Temporal never closes
// its database handle, so a test binary should share one server.
//
// The package must not be imported by the production binary (it would add
// some 190 MB), nor by domain, workflows, activities or api; it imports nothing of ours.
// Start reading at Start in server.go.
package devserver
