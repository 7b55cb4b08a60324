// Package bare measures what a Temporal server takes for the least it can do
// for us: start a workflow that runs one activity. Our own benchmarks print
// their results as a ratio to it, measured in the same run on the same server.
//
// It knows the SDK only, never a server or anything of ours. Start reading at
// Measure.
package bare
