package delivery

import (
	"strings"
	"testing"
)

func TestReplyMark_isReadAsItWasWritten(t *testing.T) {
	t.Parallel()
	const ours, token = "Incident@in.acme.com", "7KQ2MX9RTB4D0000"
	n := ID("page:1", "rung-0-anna-email")
	written := ReplyAddress(ours, token, n)
	if local, _, _ := strings.Cut(written, "@"); len(local) > 64 {
		t.Fatalf("mail knows no local part as long as %q", local)
	}
	for _, to := range []string{written, strings.ToUpper(written), strings.ToLower(written)} {
		gotToken, gotN, ok := ReplyMark(ours, to)
		if !ok || !strings.EqualFold(gotToken, token) || gotN != n {
			t.Errorf("%s: %q, %q, %v", to, gotToken, gotN, ok)
		}
	}
	for _, to := range []string{
		"", "@", ours, "incident+@in.acme.com", "incident+token@in.acme.com", "incident+-n@in.acme.com", "incident+token-@in.acme.com",
		"other+token-n@in.acme.com", "incident+token-n@acme.com", "incident+token-n@in.acme.com.evil.example", "x-incident+token-n@in.acme.com",
	} {
		if token, n, ok := ReplyMark(ours, to); ok {
			t.Errorf("%q is no mark of ours: %q %q", to, token, n)
		}
	}
}
