// Package plan is the response plan as a value: what the YAML file means once it was
// read and checked. It knows nothing of files; reading one is internal/planfile's work.
// Start with Plan; Snapshot is the part an incident carries.
package plan
