// Package worker builds and runs the Temporal workers: it registers every workflow and
// activity under its explicit name, sets the options that the SDK's defaults get wrong for
// us, and stops gracefully. Start with worker.go.
package worker
