package lab_test

import (
	"bufio"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/internal/lab"
)

func get(t *testing.T, address string) (http.Header, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	require.NoError(t, err)
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, http.StatusOK, resp.StatusCode)
	return resp.Header, string(body)
}

func TestThePageShowsEverythingAndTrustsNothing(t *testing.T) {
	t.Parallel()
	l, address, hook := start(t)
	const attack = `<script>alert(1)</script>"'>`
	hook.answers(map[string]string{"/voice": `<Say>&lt;script&gt;alert(1)&lt;/script&gt;</Say><Pause length="3000"/>`})
	_, err := sdk(t, address).Api.CreateMessage(textTo(anna, attack))
	require.NoError(t, err)
	_, err = l.Reply(anna, "", "mine "+attack)
	require.NoError(t, err)
	_, err = sdk(t, address).Api.CreateCall(callTo(ben, hook))
	require.NoError(t, err)
	await(t, l, "talking", func() bool { return onlyCall(l, ben).Said != "" })
	m := aMail()
	m.Subject, m.Content[0].Value = attack, attack
	m.SetHeader("X-Attack", attack)
	status, _ := sendMail(t, address, m)
	require.Equal(t, http.StatusAccepted, status)
	await(t, l, "mail", func() bool { return len(l.Inboxes()[0].Mails) == 1 })

	id := l.Inboxes()[0].Mails[0].ID
	header, page := get(t, address+"/")
	require.Contains(t, page, "Anna Vogel")
	require.Contains(t, page, anna[1:])
	require.Contains(t, page, "mine &lt;script&gt;")
	require.Contains(t, page, "On the phone")
	mailbox := address + "/lab?show=mail&box=anna@example.com&mail=" + id
	_, mail := get(t, mailbox)
	require.Contains(t, mail, `&lt;p&gt;Anna, you are &lt;b&gt;on call`)
	require.Contains(t, mail, `sandbox="allow-popups allow-popups-to-escape-sandbox"`)
	_, plain := get(t, mailbox+"&view=text")
	_, head := get(t, mailbox+"&view=head")
	require.Contains(t, head, "X-Attack")
	_, outlets := get(t, address+"/lab?show=outlets")
	for _, shown := range []string{page, mail, plain, head, outlets} {
		require.NotContains(t, shown, "<script>alert")
		require.NotContains(t, shown, "style=")
		require.Equal(t, 1, strings.Count(shown, "<script"), "only the page's own file")
	}
	require.NotContains(t, plain+head, "<iframe")
	require.Contains(t, header.Get("Content-Security-Policy"), "script-src 'self'")
	require.NotContains(t, header.Get("Content-Security-Policy"), "script-src 'self' 'unsafe")

	_, filtered := get(t, address+"/lab?q=ben")
	require.Contains(t, filtered, "Ben Roth")
	require.NotContains(t, filtered, "Anna Vogel")
	for path, kind := range map[string]string{"page.js": "text/javascript; charset=utf-8", "morph.js": "text/javascript; charset=utf-8", "speak.js": "text/javascript; charset=utf-8", "page.css": "text/css; charset=utf-8"} {
		header, _ = get(t, address+"/lab/assets/"+path)
		require.Equal(t, kind, header.Get("Content-Type"))
	}
}

func TestThePageIsToldOfChanges(t *testing.T) {
	t.Parallel()
	l, address, _ := start(t)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address+"/lab/events", nil)
	require.NoError(t, err)
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer func() { _ = resp.Body.Close() }()
	require.Equal(t, "text/event-stream", resp.Header.Get("Content-Type"))
	lines := bufio.NewScanner(resp.Body)
	require.True(t, lines.Scan())
	first := lines.Text()
	require.True(t, lines.Scan(), "the empty line")
	_, err = l.SetBehaviour(anna, lab.Busy)
	require.NoError(t, err)
	require.True(t, lines.Scan())
	require.NotEqual(t, first, lines.Text())
}
