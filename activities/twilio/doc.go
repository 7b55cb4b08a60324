// Package twilio carries texts and calls through Twilio's API: exactly one request per send,
// its outcome classified by facts, and the look-ups that settle an ambiguous one. Whether and
// when anything is sent again is the caller's decision. It must not know workflows, the record
// or who a number belongs to, and puts no number into an error. Start with Client.
package twilio
