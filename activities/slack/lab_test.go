package slack_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/activities/slack"
	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/internal/lab"
)

// phones is a lab and a client of its Slack.
func phones(t *testing.T) (*lab.Lab, *slack.Client, string) {
	t.Helper()
	l, err := lab.New(lab.Config{})
	require.NoError(t, err)
	server := httptest.NewServer(l.Handler())
	t.Cleanup(func() { l.Close(); server.Close() })
	return l, client(t, server.URL), server.URL
}

func client(t *testing.T, endpoint string) *slack.Client {
	t.Helper()
	c, err := slack.New(slack.Config{Token: lab.DefaultSlackToken, Endpoint: endpoint, Timeout: time.Second})
	require.NoError(t, err)
	return c
}

func message(n string) slack.Message {
	return slack.Message{
		N: n, Channel: "#incidents", Title: "Checkout down", Body: "We look for the cause.", Facts: []string{"Incident 7: looking for the cause", "Next update by 03:21"},
		Link: "https://i.acme.example/status", LinkText: "Status page", More: "The rest is on the status page.",
	}
}

func TestClient_oneMessage_isEditedAndAnswered(t *testing.T) {
	t.Parallel()
	l, c, _ := phones(t)
	root, err := c.Post(t.Context(), message("root"))
	require.NoError(t, err)
	require.Equal(t, delivery.Accepted, root.State)

	changed := message("root")
	changed.Title = "Checkout: cause found"
	edited, err := c.Edit(t.Context(), root.ProviderID, changed)
	require.NoError(t, err)
	require.Equal(t, root.ProviderID, edited.ProviderID)

	update := message("update")
	update.Thread = root.ProviderID
	_, err = c.Post(t.Context(), update)
	require.NoError(t, err)

	posts := l.Posts()
	require.Len(t, posts, 2)
	require.Equal(t, 1, posts[0].Edits)
	require.Equal(t, []string{
		"*Checkout: cause found*", "We look for the cause.", "Incident 7: looking for the cause", "Next update by 03:21", "<https://i.acme.example/status|Status page>",
	}, posts[0].Blocks)
	require.Equal(t, posts[0].TS, posts[1].Thread)
	require.Equal(t, "root", posts[0].N)
	for _, r := range l.Log() {
		require.NotContains(t, fmt.Sprint(r.Form), lab.DefaultSlackToken)
	}
}

// Whatever goes wrong, the outcome says whether Slack may have it; and what it has is found.
func TestClient_faults(t *testing.T) {
	t.Parallel()
	for fault, want := range map[lab.Fault]struct {
		class delivery.Class
		code  string
		there bool
	}{
		lab.FaultThrottled:        {delivery.NotProcessed, "429", false},
		lab.FaultUnauthorized:     {delivery.Account, "invalid_auth", false},
		lab.FaultBroken:           {delivery.Ambiguous, "internal_error", false},
		lab.FaultUnavailable:      {delivery.Ambiguous, "503", false},
		lab.FaultResetAfterAccept: {delivery.Ambiguous, "reset", true},
		lab.FaultErrorAfterAccept: {delivery.Ambiguous, "internal_error", true},
		lab.FaultTimeout:          {delivery.Ambiguous, "timeout", true},
	} {
		t.Run(string(fault), func(t *testing.T) {
			t.Parallel()
			l, c, _ := phones(t)
			_, err := c.Post(t.Context(), message("other"))
			require.NoError(t, err)
			require.NoError(t, l.SetCarrier(lab.Carrier{Fault: fault, Share: 1, Channel: lab.ChannelChat}))
			result, err := c.Post(t.Context(), message("mine"))
			require.NoError(t, err)
			require.Equal(t, want.class, result.Class)
			require.Equal(t, want.code, result.Code)
			if fault == lab.FaultThrottled {
				require.Equal(t, time.Second, result.RetryAfter)
			}
			require.NoError(t, l.SetCarrier(lab.Carrier{Fault: lab.FaultNone, Channel: lab.ChannelAll}))
			found, ok, err := c.Find(t.Context(), message("mine"), time.Now().Add(-time.Minute))
			require.NoError(t, err)
			require.Equal(t, want.there, ok)
			if ok {
				require.Equal(t, "CINCIDENTS/"+l.Posts()[1].TS, found.ProviderID)
			}
		})
	}
}

func TestClient_answerInAThread_isFoundThere(t *testing.T) {
	t.Parallel()
	l, c, _ := phones(t)
	root, err := c.Post(t.Context(), message("root"))
	require.NoError(t, err)
	update := message("update")
	update.Thread = root.ProviderID
	_, ok, err := c.Find(t.Context(), update, time.Now().Add(-time.Minute))
	require.NoError(t, err)
	require.False(t, ok)
	_, err = c.Post(t.Context(), update)
	require.NoError(t, err)
	found, ok, err := c.Find(t.Context(), update, time.Now().Add(-time.Minute))
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, "CINCIDENTS/"+l.Posts()[1].TS, found.ProviderID)
}

// A message far back in a busy channel is found too; a look-up that fails is no answer.
func TestClient_find_readsAllPagesOrSaysThatItCannot(t *testing.T) {
	t.Parallel()
	l, c, _ := phones(t)
	for i := range 250 {
		_, err := c.Post(t.Context(), message(fmt.Sprint("n", i)))
		require.NoError(t, err)
	}
	_, ok, err := c.Find(t.Context(), message("n0"), time.Now().Add(-time.Minute))
	require.NoError(t, err)
	require.True(t, ok)
	_, ok, err = c.Find(t.Context(), message("n0"), time.Now().Add(time.Hour))
	require.NoError(t, err)
	require.False(t, ok)
	require.NoError(t, l.SetCarrier(lab.Carrier{Fault: lab.FaultUnavailable, Share: 1, Channel: lab.ChannelChat}))
	_, _, err = c.Find(t.Context(), message("n0"), time.Now().Add(-time.Minute))
	require.EqualError(t, err, "slack cannot be asked for its messages: 503")
}

func TestClient_refusals_areClassified(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]delivery.Class{
		`{"ok":false,"error":"channel_not_found"}`: delivery.Permanent,
		`{"ok":false,"error":"is_archived"}`:       delivery.Permanent,
		`{"ok":false,"error":"missing_scope"}`:     delivery.Account,
		`{"ok":false,"error":"token_revoked"}`:     delivery.Account,
		`{"ok":false,"error":"msg_too_long"}`:      delivery.Filtered,
		`{"ok":false,"error":"fatal_error"}`:       delivery.Ambiguous,
		`{"ok":false,"error":"ratelimited"}`:       delivery.NotProcessed,
		`{"ok":false,"error":"of_next_year"}`:      delivery.Permanent,
		`<html>`:                                   delivery.Ambiguous,
		``:                                         delivery.Ambiguous,
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) }))
		t.Cleanup(server.Close)
		result, err := client(t, server.URL).Post(t.Context(), message("n"))
		require.NoError(t, err)
		require.Equal(t, want, result.Class, body)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	result, err := client(t, "http://127.0.0.1:1").Post(ctx, message("n"))
	require.NoError(t, err)
	require.Equal(t, delivery.NotProcessed, result.Class)
}

func TestClient_wrongArguments_areErrors(t *testing.T) {
	t.Parallel()
	_, err := slack.New(slack.Config{})
	require.ErrorContains(t, err, "token is empty")
	_, c, _ := phones(t)
	_, err = c.Post(t.Context(), slack.Message{N: "n", Channel: "#incidents"})
	require.ErrorContains(t, err, "needs a delivery id, a channel and a title")
	_, err = c.Edit(t.Context(), "nothing", message("n"))
	require.ErrorContains(t, err, "names no message")
}

// The longest text fits, and says where the rest is.
func TestClient_longText_isCutWithAPointer(t *testing.T) {
	t.Parallel()
	l, c, _ := phones(t)
	m := message("n")
	m.Title, m.Body = strings.Repeat("<&>", 400), strings.Repeat("<&> @channel ", 1000)
	result, err := c.Post(t.Context(), m)
	require.NoError(t, err)
	require.Equal(t, delivery.Accepted, result.State)
	body := l.Posts()[0].Blocks[1]
	require.LessOrEqual(t, len([]rune(body)), 3000)
	require.True(t, strings.HasSuffix(body, "\n_The rest is on the status page._"))
}
