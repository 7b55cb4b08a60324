// Package activities is everything that touches the world on behalf of a workflow: who is on
// call, what a text says, the record, the providers. Each send is exactly one attempt behind
// a row in the ledger (reliability before speed); what to do with its outcome is decided
// elsewhere. Contact data is looked up here, at the last moment, and goes nowhere else. It
// must not import workflows (only their contract) or api. Start with activities.go, then
// send.go.
package activities
