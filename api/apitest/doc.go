// Package apitest is what tests of the API and the pages run against: a record in memory and
// an engine that decides with the real domain and writes the real record, in place of
// Temporal and the workers. Commands cross it as JSON, like on the wire. It must never be
// imported by anything but tests. Start with New.
package apitest
