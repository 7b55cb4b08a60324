// Package problem is how HTTP says no: every error becomes one RFC 9457 document with a
// stable code, a sentence that says what to do next, and a type that can be looked up. The
// domain's refusals, the façade's and the record's errors are mapped here and nowhere else,
// so that API, pages and intake cannot disagree. It must not import any other part of api.
// Start with Of; kind.go is the table.
package problem
