package main

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/internal/lab"
)

const reader = "reader@acme.example"

var (
	questionLink = regexp.MustCompile(`/c/([A-Za-z0-9-]+)`)
	leaveLink    = regexp.MustCompile(`/u/[A-Za-z0-9-]+`)
)

// mails are those in the reader's inbox.
func (n *night) mails() []lab.Mail {
	for _, box := range n.lab.Inboxes() {
		if box.Address == reader {
			return box.Mails
		}
	}
	return nil
}

// An incident below severe: one role keeps colleagues informed, a colleague asks for updates,
// gets them, stops them, and nobody else is woken.
func TestSmallIncident_oneRoleWrites_aSubscriberHearsAndStops(t *testing.T) {
	n := newNight(t, "20")
	n.do(http.MethodPost, "/api/v1/subscriptions", map[string]any{"channel": "email", "address": reader, "language": "en"})
	n.until("the address is asked", func() bool { return len(n.mails()) == 1 })
	token := questionLink.FindStringSubmatch(n.mails()[0].Text)
	require.Len(t, token, 2, n.mails()[0].Text)
	n.do(http.MethodPost, "/api/v1/subscriptions/"+token[1]+"/confirm", nil)

	n.do(http.MethodPost, "/api/v1/incidents", map[string]any{"title": "Reports are slow", "visibility": "side_product", "impact": "few"})
	n.do(http.MethodPost, n.path("updates"), nil)
	n.take("internal_liaison")
	write := func(phase, body string) {
		n.until("a draft for "+phase, func() bool { return n.body("internal", phase) != "" })
		n.do(http.MethodPut, n.path("messages", "internal", phase), map[string]any{"texts": []map[string]any{{"language": "en", "body": body}}})
		n.do(http.MethodPost, n.path("messages", "internal", phase, "submit"), nil)
		n.until("it is out", func() bool { return n.cell("internal", phase) == "sent" })
	}
	write("investigation", "Reports take a minute. Next update by {next update}.")
	n.until("the subscriber has it", func() bool { return len(n.mails()) == 2 })
	update := n.mails()[1]
	require.Contains(t, update.Text, "Reports take a minute. Next update by ")
	require.NotContains(t, update.Text, "{")
	require.Equal(t, "List-Unsubscribe=One-Click", update.Headers["List-Unsubscribe-Post"])

	// The mail program's own button (RFC 8058).
	resp, err := http.PostForm(n.base+leaveLink.FindString(update.Headers["List-Unsubscribe"]), url.Values{"List-Unsubscribe": {"One-Click"}})
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Less(t, resp.StatusCode, 400)

	n.do(http.MethodPost, n.path("resolve"), nil)
	write("resolution", "Reports are fast again.")
	n.until("the incident is closed", func() bool { return n.view().Closed })
	require.Len(t, n.mails(), 2, "whoever has left gets nothing more")
	n.until("the status page keeps it", func() bool {
		_, page := n.call(http.MethodGet, "/status?lang=en", nil, nil)
		return strings.Contains(page, "Reports are fast again.")
	})
	for _, p := range n.lab.Phones() {
		for _, m := range p.Messages {
			require.NotContains(t, strings.ToLower(m.Body), "approve", "no executive is woken")
		}
	}
	n.checkHistories()
	if *histories != "" {
		n.writeHistories(*histories)
	}
}
