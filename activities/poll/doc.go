// Package poll asks providers what became of sends they took and never spoke of again,
// because a call-back got lost or could not reach us. What is learned goes the way of the
// call-back that did not come: into the inbox. It decides nothing and must not import
// workflows. Start with poll.go.
package poll
