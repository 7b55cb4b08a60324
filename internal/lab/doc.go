// Package lab is the phone lab: phones, mailboxes and a carrier in one process.
//
// It answers the REST calls of Twilio (API 2010-04-01: Messages and Calls), of SendGrid
// (v3 mail/send) and those few of Slack that a notifier needs, with the same paths, fields, status
// codes, error bodies and signatures, and calls back like they do; webhooks it receives. The real
// SDKs run against it unchanged; only their base URL differs. That makes it the demonstration, the
// drill ground and the test double in one.
//
// What is as in reality: Basic and Bearer authentication, Twilio's error codes and page envelope, the
// life of a message (queued, sent, delivered or undelivered) and of a call (queued, ringing,
// in-progress and how it ended), TwiML with its fall-through, signed call-backs, STOP and START,
// SendGrid's signed event batches. What is not there is refused, never ignored in silence: filters by
// date, updating or deleting messages, messaging services.
//
// The lab must not import anything else of this module: it plays the world outside.
//
// The page shows the phones as phones, the mailboxes as a mail program, chat and webhooks. It is rendered
// whole by the server, in English or German (board.go and card.go say what is on it, words.go what it
// says); web/assets/page.js asks for it again whenever something has changed and acts through the API.
//
// Start reading at lab.go; then message.go and delivery.go for a text, call.go, ring.go and talk.go
// for a call, mail.go for a mail and mailreply.go for its answer, slack.go for the chat, hook.go
// for webhooks, control.go for the API that tests and the page in web/ act through, desk.go for what
// only the page does.
package lab
