// Package slack carries messages into one company's Slack: exactly one request per message or
// edit, its outcome classified by facts. Slack takes no idempotency key, so every message carries
// our delivery id as metadata, by which it is found again after an answer got lost. Every text is
// escaped here. It must not know workflows or the record. Start with Client.
package slack
