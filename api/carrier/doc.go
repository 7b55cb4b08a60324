// Package carrier takes what the carriers send to us: receipts, replies, key presses, mail events
// and mails that people write. Nothing is believed before its signature is verified, over the bytes
// as they came and the address as we configured it (an inbound mail may prove itself by a secret in
// its address instead); a handler reads the body once, with a limit, before anything else touches
// it. Signatures do not stop replays: whoever acts on a call-back does so once per SID and status,
// per event id, or per mail. It must not import workflows or activities; the carriers' SDKs are here
// for verification only. Start with VerifyTwilio and VerifySendGrid; inbound.go takes mails.
package carrier
