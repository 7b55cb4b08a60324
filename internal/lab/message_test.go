package lab_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	openapi "github.com/twilio/twilio-go/rest/api/v2010"

	"github.com/stormbell/stormbell/internal/lab"
)

func textTo(to, body string) *openapi.CreateMessageParams {
	return (&openapi.CreateMessageParams{}).SetTo(to).SetFrom(sender).SetBody(body)
}

func TestATextIsTakenDeliveredAndReported(t *testing.T) {
	t.Parallel()
	l, address, hook := start(t)
	params := textTo(anna, "ACME INCIDENT 7: Checkout down").SetStatusCallback(hook.url + "/status?n=42")
	params.SetValidityPeriod(60)
	taken, err := sdk(t, address).Api.CreateMessage(params)
	require.NoError(t, err)

	require.Regexp(t, `^SM[0-9a-f]{32}$`, *taken.Sid)
	require.Equal(t, "queued", *taken.Status)
	require.Equal(t, "1", *taken.NumSegments)
	require.Equal(t, "outbound-api", *taken.Direction)
	require.Equal(t, "/2010-04-01/Accounts/"+lab.DefaultAccountSID+"/Messages/"+*taken.Sid+".json", *taken.Uri)
	require.Nil(t, taken.ErrorCode)
	require.Nil(t, taken.Price)
	require.Nil(t, taken.DateSent)
	created, err := time.Parse(time.RFC1123Z, *taken.DateCreated)
	require.NoError(t, err)
	require.WithinDuration(t, time.Now(), created, time.Minute)

	eventually(t, "three call-backs", func() bool { return len(hook.at("/status")) == 3 })
	require.Equal(t, []string{"queued", "sent", "delivered"}, hook.fields("/status", "MessageStatus"))
	last := hook.at("/status")[2].form
	require.Equal(t, *taken.Sid, last.Get("MessageSid"))
	require.Equal(t, anna, last.Get("To"))
	require.Equal(t, sender, last.Get("From"))
	require.Empty(t, last.Get("ErrorCode"))

	got := phone(l, anna).Messages
	require.Len(t, got, 1)
	require.Equal(t, "ACME INCIDENT 7: Checkout down", got[0].Body)
	require.Equal(t, lab.MessageDelivered, got[0].Status)

	fetched, err := sdk(t, address).Api.FetchMessage(*taken.Sid, nil)
	require.NoError(t, err)
	require.Equal(t, "delivered", *fetched.Status)
	require.NotNil(t, fetched.DateSent)
}

func TestListsAreNewestFirstFilteredAndPaged(t *testing.T) {
	t.Parallel()
	_, address, _ := start(t)
	twilio := sdk(t, address)
	var sids []string
	for _, body := range []string{"one", "two", "three", "four", "five"} {
		m, err := twilio.Api.CreateMessage(textTo(anna, body))
		require.NoError(t, err)
		sids = append([]string{*m.Sid}, sids...)
		_, err = twilio.Api.CreateMessage(textTo(ben, body))
		require.NoError(t, err)
	}

	listed, err := twilio.Api.ListMessage((&openapi.ListMessageParams{}).SetTo(anna).SetPageSize(2))
	require.NoError(t, err)
	var got []string
	for _, m := range listed {
		got = append(got, *m.Sid)
	}
	require.Equal(t, sids, got, "the SDK follows next_page_uri through three pages")

	page, err := twilio.Api.PageMessage((&openapi.ListMessageParams{}).SetTo(anna).SetFrom(sender).SetPageSize(2), "", "")
	require.NoError(t, err)
	require.Len(t, page.Messages, 2)
	require.Equal(t, 2, page.PageSize)
	require.NotNil(t, page.NextPageUri)
	none, err := twilio.Api.ListMessage((&openapi.ListMessageParams{}).SetFrom(other))
	require.NoError(t, err)
	require.Empty(t, none)

	_, err = twilio.Api.ListMessage((&openapi.ListMessageParams{}).SetDateSent(time.Now()))
	refusedWith(t, err, http.StatusBadRequest, 20001)
}

func TestTwilioRefuses(t *testing.T) {
	t.Parallel()
	l, address, _ := start(t, func(c *lab.Config) { c.Senders = []string{sender} })
	twilio := sdk(t, address)
	_, err := l.SetBehaviour(ben, lab.Landline)
	require.NoError(t, err)
	_, err = l.SetBehaviour("491701000003", lab.OptedOut)
	require.NoError(t, err)

	for code, params := range map[int]*openapi.CreateMessageParams{
		21211: textTo("+49", "x"),
		21604: (&openapi.CreateMessageParams{}).SetFrom(sender).SetBody("x"),
		21603: (&openapi.CreateMessageParams{}).SetTo(anna).SetBody("x"),
		21602: (&openapi.CreateMessageParams{}).SetTo(anna).SetFrom(sender),
		21212: textTo(anna, "x").SetFrom("+4"),
		21606: textTo(anna, "x").SetFrom(other),
		21266: textTo(sender, "x"),
		21609: textTo(anna, "x").SetStatusCallback("nowhere"),
		21617: textTo(anna, strings.Repeat("ä", 1601)),
		21614: textTo(ben, "x"),
		21610: textTo("+491701000003", "x"),
	} {
		_, err := twilio.Api.CreateMessage(params)
		refusedWith(t, err, http.StatusBadRequest, code)
	}
	_, err = twilio.Api.CreateMessage(textTo(anna, strings.Repeat("ä", 1600)))
	require.NoError(t, err)

	_, err = twilio.Api.FetchMessage("SM00000000000000000000000000000000", nil)
	refusedWith(t, err, http.StatusNotFound, 20404)
	_, err = sdkAs(t, t.Context(), address, lab.DefaultAccountSID, "wrong").Api.CreateMessage(textTo(anna, "x"))
	refusedWith(t, err, http.StatusUnauthorized, 20003)
	foreign := (&openapi.CreateMessageParams{}).SetPathAccountSid("AC1").SetTo(anna).SetFrom(sender).SetBody("x")
	_, err = twilio.Api.CreateMessage(foreign)
	refusedWith(t, err, http.StatusNotFound, 20404)
	require.Len(t, phone(l, anna).Messages, 1, "what was refused reaches nobody")
}

func TestAPhoneThatIsOffGetsItsTextWhenItIsSwitchedOn(t *testing.T) {
	t.Parallel()
	l, address, hook := start(t, func(c *lab.Config) { c.Speed = 1 })
	_, err := l.SetBehaviour(anna, lab.Off)
	require.NoError(t, err)
	_, err = sdk(t, address).Api.CreateMessage(textTo(anna, "hello").SetStatusCallback(hook.url + "/status"))
	require.NoError(t, err)
	await(t, l, "sent", func() bool { return phone(l, anna).Messages[0].Status == lab.MessageSent })
	_, err = l.SetBehaviour(anna, lab.Answer)
	require.NoError(t, err)
	await(t, l, "delivered", func() bool { return phone(l, anna).Messages[0].Status == lab.MessageDelivered })
}

func TestAPhoneThatStaysOffIsUnreachable(t *testing.T) {
	t.Parallel()
	l, address, hook := start(t, func(c *lab.Config) { c.Speed = 1000 })
	_, err := l.SetBehaviour(anna, lab.Off)
	require.NoError(t, err)
	m, err := sdk(t, address).Api.CreateMessage(textTo(anna, "hello").SetStatusCallback(hook.url + "/status"))
	require.NoError(t, err)
	eventually(t, "three call-backs", func() bool { return len(hook.at("/status")) == 3 })
	require.Equal(t, []string{"queued", "sent", "undelivered"}, hook.fields("/status", "MessageStatus"))
	require.Equal(t, []string{"", "", "30003"}, hook.fields("/status", "ErrorCode"))
	fetched, err := sdk(t, address).Api.FetchMessage(*m.Sid, nil)
	require.NoError(t, err)
	require.Equal(t, 30003, *fetched.ErrorCode)
}
