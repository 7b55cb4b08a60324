// Package comms is the loop of one message: drafted from a template, checked for technical
// accuracy, read by the reviewers side by side, approved by the ELT Approver, released by
// the incident commander, sent (R96–R110) — or skipped, or withdrawn because the incident
// moved on (R89). Every yes is bound to the hash of the exact text. It must not import
// anything but the standard library and its neighbours in domain. Start with Decide.
package comms
