// Package guard stands in front of the providers' adapters: a circuit breaker for each
// provider and channel, which leaves a provider alone that is out of order, and a pace for
// each sender, which lets pages go first where sends wait for each other. Both know one
// process only: every worker has its own. It must not know what a provider's words mean
// (domain/delivery does) nor import a provider's SDK. Start with guard.go.
package guard
