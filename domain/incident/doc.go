// Package incident is the technical incident: alerts, severity, phases, the score, the
// incident commander and the decision to declare (R10–R34). The business incident beside
// it is domain/business. It must not import anything but the standard library and its
// neighbours in domain. Start with Decide.
package incident
