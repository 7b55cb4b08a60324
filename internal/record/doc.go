// Package record is the SQL database of everything that must outlive Temporal and be
// readable when Temporal is down: the inbox, the timeline with its hash chain, the
// snapshots every page reads, the delivery ledger, links, plans, overrides, opt-outs, confirmed
// contacts, what people chose for themselves, who subscribed to updates, and the status page. It
// holds person ids, never their numbers or addresses, with two exceptions: the bodies of inbox
// items, erased as soon as they were handed on, and where a subscriber asked us to write to.
//
// One set of portable SQL serves embedded SQLite and PostgreSQL. Where they differ:
//
//   - SQLite has one writer, so many goroutines' changes share one transaction and one
//     fsync (commit.go, prepare.go). PostgreSQL commits each by itself, and tx.hold takes
//     a lock where two processes must not interleave, always in the order inbox,
//     incident, person.
//   - Bookkeeping whose loss only means "again" (claims) is committed without waiting for
//     the disk.
//
// It must not import workflows, activities or api. Start reading with record.go, then
// intake.go (how an alert gets in), pump.go (how it goes on) and append.go (how a
// workflow's step becomes readable).
package record
