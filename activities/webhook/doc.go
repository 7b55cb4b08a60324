// Package webhook tells other systems of something by HTTP, signed as Standard Webhooks says:
// exactly one request per attempt, over https, to the open internet unless the plan allows a
// private network, following nobody elsewhere. Whoever receives the same id twice has heard the
// same thing twice. It must not know workflows or the record, and puts no address into an error.
// Start with Client.
package webhook
