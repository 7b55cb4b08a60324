// Package workflows is the durable plumbing: each workflow holds one aggregate of domain,
// turns updates, signals and timers into its commands, and carries out the effects it
// decides, in their order. Nothing is decided here. It must not import activities, HTTP,
// SQL or a provider's SDK. Start with machine.go, then incident.go.
package workflows
