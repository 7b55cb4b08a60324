// Package report looks back at one incident: how people were reached, what was promised and kept,
// where texts waited, and what was decided. It is pure: facts of the record in, one Report out, the
// same for the page and for the API. What the record does not hold is said to be so, because a zero
// would be a claim.
//
// It must not import the record, gin or anything that acts; api/view hands it what it reads.
// Start with Make in report.go; each picture has a file of its own.
package report
