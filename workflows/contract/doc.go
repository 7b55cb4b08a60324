// Package contract is the wire between everything that talks through Temporal: names, ids,
// inputs, results, search attributes and error codes. It holds no logic. Names are written
// here once and never derived from Go's; fields are only ever added. It imports domain and
// nothing else of ours. Start with names.go.
package contract
