// Package delivery is the life of one send, what each provider's word means, and how much
// one person may be sent: pure tables and the rank of states. It must not import anything
// but the standard library, notice and plan. Start with State and Outcome, then Limit.
package delivery
