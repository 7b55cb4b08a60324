// Package delivery is the life of one send and what each provider's word means:
// pure tables and the rank of states. It must not import anything but the standard
// library. Start with State and Outcome.
package delivery
