// Package business is the business incident: who must be present, the briefing, emergency
// mode and its mirror, the message board, the promises, and the way back to normal
// (R1–R11, R30–R120). It runs beside the technical incident and never replaces it (R3).
// It must not import anything but the standard library and its neighbours in domain.
// Start with Decide; stage.go has the gates, task.go emergency mode, board.go the messages.
package business
