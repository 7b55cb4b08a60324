// Package view is the one read model: what the JSON API answers and what the pages show is
// made here, from the record alone, so that the two cannot disagree and both stay readable
// while Temporal is down. It joins the workflows' snapshots with the ledger, the asks and
// the names in the plan. It only reads, and must not import any other part of api. Start
// with Views; case.go has the raw states, the other files one thing each.
package view
