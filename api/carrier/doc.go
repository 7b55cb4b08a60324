// Package carrier takes what the carriers send to us: receipts, replies, key presses and mail
// events. Nothing is believed before its signature is verified, over the bytes as they came and
// the address as we configured it; a handler reads the body once, with a limit, before anything
// else touches it. Signatures do not stop replays: whoever acts on a call-back does so once per
// SID and status, or per event id. It must not import workflows or activities; the carriers' SDKs
// are here for verification only. Start with VerifyTwilio and VerifySendGrid.
package carrier
