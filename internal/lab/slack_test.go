package lab

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// slackOf asks the lab's Slack by hand; the adapter asks it by the real SDK.
func slackOf(t *testing.T, l *Lab, method string, form url.Values) map[string]any {
	t.Helper()
	form.Set("token", DefaultSlackToken)
	r := httptest.NewRequest(http.MethodPost, "/api/"+method, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	l.Handler().ServeHTTP(w, r)
	var answer map[string]any
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &answer))
	return answer
}

func TestSlack_refusals_areSlacks(t *testing.T) {
	t.Parallel()
	l, err := New(Config{})
	require.NoError(t, err)
	t.Cleanup(l.Close)
	require.Equal(t, true, slackOf(t, l, "auth.test", url.Values{})["ok"])
	long := `[{"type":"section","text":{"type":"mrkdwn","text":"` + strings.Repeat("x", maxSlackSection+1) + `"}}]`
	for _, c := range []struct {
		method string
		form   url.Values
		says   string
	}{
		{"chat.postMessage", url.Values{"text": {"a"}}, "channel_not_found"},
		{"chat.postMessage", url.Values{"channel": {"#a"}}, "no_text"},
		{"chat.postMessage", url.Values{"channel": {"#a"}, "text": {"a"}, "thread_ts": {"1.2"}}, "thread_not_found"},
		{"chat.postMessage", url.Values{"channel": {"#a"}, "blocks": {long}}, "invalid_blocks"},
		{"chat.postMessage", url.Values{"channel": {"#a"}, "blocks": {"{"}}, "invalid_blocks"},
		{"chat.postMessage", url.Values{"channel": {"#a"}, "text": {"a"}, "metadata": {"{}"}}, "invalid_metadata_format"},
		{"chat.update", url.Values{"channel": {"CA"}, "ts": {"1.2"}, "text": {"a"}}, "message_not_found"},
		{"chat.delete", url.Values{}, "unknown_method"},
	} {
		require.Equal(t, c.says, slackOf(t, l, c.method, c.form)["error"], c.method)
	}
	require.Empty(t, l.Posts())
	r := httptest.NewRequest(http.MethodPost, "/api/auth.test", strings.NewReader("token=wrong"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	l.Handler().ServeHTTP(w, r)
	require.JSONEq(t, `{"ok":false,"error":"invalid_auth"}`, w.Body.String())
}

func TestPage_chatAndWebhooks_areShownEscaped(t *testing.T) {
	t.Parallel()
	l, err := New(Config{})
	require.NoError(t, err)
	t.Cleanup(l.Close)
	slackOf(t, l, "chat.postMessage", url.Values{"channel": {"#incidents"}, "text": {"a"}, "blocks": {`[{"type":"section","text":{"type":"mrkdwn","text":"<script>"}}]`}})
	w := httptest.NewRecorder()
	l.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/lab?show=outlets", nil))
	require.Contains(t, w.Body.String(), "&lt;script&gt;")
	require.Contains(t, w.Body.String(), "#incidents")
	require.NotContains(t, w.Body.String(), "<p><script>")
}
