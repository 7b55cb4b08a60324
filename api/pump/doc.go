// Package pump hands on what the inbox has accepted: alerts to their incidents, replies,
// keys and receipts to the workflows they are about. What cannot be handed on now stays in
// the inbox and is tried again; every fact may therefore arrive twice, and every receiver
// takes that. What one phone wrote keeps its order; different phones go side by side. Start
// with Pump; route.go decides what a reply is about.
package pump
