// Package namespace makes a Temporal namespace ready for Stormbell's workflows, whoever runs
// the cluster. It must not import the Temporal server: production links it. Start with Ensure.
package namespace
