// Package escalation is the ladder of one page: who is next, by which channel, when, and
// what follows the last rung. A page ends only when a person takes the role or when it is
// told to stand down; it never ends in silence (R38, R57). It must not import anything but
// the standard library and its neighbours in domain. Start with Decide.
package escalation
