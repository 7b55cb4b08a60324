// Package station assembles a running Stormbell out of its parts: the plan in force, the
// record, the door to Temporal, the workers, the pump and the HTTP server. Both programs
// use it; what differs between them (an embedded Temporal server, a phone lab) stays in
// them. Start with station.go.
package station
