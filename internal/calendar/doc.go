// Package calendar imports rotations from calendars that are kept elsewhere (RFC 5545): it
// fetches them, keeps the last good copy in the record and turns events into duties of people in
// the plan. What a calendar says is never trusted further than that: its size, its rules and the
// places it is fetched from are bounded, and an event that puts nobody on duty is a finding and
// leaves a gap. It must not import workflows, activities or api.
//
// Start with Keeper, which looks every few minutes; Read is what one copy means. Where events
// overlap, the one that began last has the duty until it ends: so a stand-in that is entered over
// a week takes effect, and the newcomer of a hand-over with overlap takes over at once. Of two
// that begin together the one that ends first has it.
package calendar
