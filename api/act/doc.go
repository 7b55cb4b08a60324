// Package act turns what a person wants into a command for the right workflow, for the JSON
// API and the pages alike: who acts, to which workflow it goes, and what to wait for so that
// the next read contains it. It decides nothing itself: the domain does, in the workflow. It
// reads from view and commands through workflows/client, and must not import HTTP. Start
// with Desk.
package act
