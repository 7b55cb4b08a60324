// Package archtest holds the arrows of docs/architecture.md by test, so that a
// wrong import fails with a sentence instead of a review comment.
//
// It has no code of its own and imports nothing of ours: it asks the go command
// which packages exist and what they import. Start reading with the table in
// layers_test.go; adding a folder to the house means adding one row there and one
// line to docs/architecture.md.
package archtest
