// Package roster says who holds a role at an instant, and why: overrides first, then the
// primary, then the backups, with rotations resolved in their own time zone. It is pure and
// must not import anything but the standard library and domain/plan. Start with Candidates;
// Turn is the arithmetic of one rotation, Shifts the timetable of a role.
package roster
