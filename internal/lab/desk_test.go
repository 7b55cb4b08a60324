package lab_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/internal/lab"
)

func TestARingingPhoneIsPickedUpByHand(t *testing.T) {
	t.Parallel()
	l, address, hook := start(t)
	hook.answers(map[string]string{"/voice": menu, "/key": `<Say>Yours.</Say>`})
	_, err := l.SetBehaviour(anna, lab.Ignore)
	require.NoError(t, err)
	call, err := sdk(t, address).Api.CreateCall(callTo(anna, hook).SetTimeout(600))
	require.NoError(t, err)
	await(t, l, "ringing", func() bool { return onlyCall(l, anna).Status == lab.CallRinging })
	at := address + "/lab/api/phones/" + anna[1:] + "/calls/" + *call.Sid
	code, _ := ask(t, http.MethodPost, at+"/answer", `{}`)
	require.Equal(t, http.StatusOK, code)
	await(t, l, "asked", func() bool { return onlyCall(l, anna).Listening })
	code, body := ask(t, http.MethodPost, at+"/answer", `{}`)
	require.Equal(t, http.StatusConflict, code)
	require.Contains(t, body["detail"], "does not ring")
	code, _ = ask(t, http.MethodPost, at+"/keys", `{"digits": "1"}`)
	require.Equal(t, http.StatusOK, code, "who picked up is there, although the phone only rings by itself")
	await(t, l, "over", func() bool { return onlyCall(l, anna).Status == lab.CallCompleted })
	require.Equal(t, []string{"1"}, hook.fields("/key", "Digits"))
}

func TestWhatWasReadIsNoLongerNew(t *testing.T) {
	t.Parallel()
	l, address, _ := start(t)
	_, err := sdk(t, address).Api.CreateMessage(textTo(anna, "Hello"))
	require.NoError(t, err)
	_, _ = sendMail(t, address, aMail())
	await(t, l, "there", func() bool {
		return len(phone(l, anna).Messages) == 1 && phone(l, anna).Messages[0].Status == lab.MessageDelivered && len(l.Inboxes()[0].Mails) == 1
	})
	mail := l.Inboxes()[0].Mails[0].ID
	opened := "/lab?show=mail&box=anna@example.com&mail=" + mail
	for range 3 { // to look at it is not to have read it
		_, page := get(t, address+opened)
		require.Contains(t, page, `<span class="badge">new</span>`)
		_, page = get(t, address+"/lab")
		require.Contains(t, page, `id="phone-`+anna[1:]+`" data-number="&#43;`+anna[1:]+`" data-unread`)
	}
	for _, path := range []string{"phones/" + anna + "/read", "inboxes/anna@example.com/mails/" + mail + "/read"} {
		code, _ := ask(t, http.MethodPost, address+"/lab/api/"+path, "")
		require.Equal(t, http.StatusOK, code, path)
	}
	_, page := get(t, address+opened)
	require.NotContains(t, page, "badge")
	for _, path := range []string{"phones/+491709999999/read", "inboxes/anna@example.com/mails/none/read"} {
		code, _ := ask(t, http.MethodPost, address+"/lab/api/"+path, "")
		require.Equal(t, http.StatusNotFound, code, path)
	}
}

// Clearing tidies the page only: the product still finds in the carrier's lists what it has sent.
func TestClearedScreensAndNormalPhones(t *testing.T) {
	t.Parallel()
	l, address, _ := start(t, func(c *lab.Config) { c.Phones[1].Behaviour = lab.Voicemail })
	_, err := sdk(t, address).Api.CreateMessage(textTo(anna, "Something old"))
	require.NoError(t, err)
	for number, does := range map[string]lab.Behaviour{anna: lab.Off, ben: lab.Busy, "+491709999999": lab.Ignore} {
		_, err := l.SetBehaviour(number, does)
		require.NoError(t, err)
	}
	require.NoError(t, l.SetCarrier(lab.Carrier{Fault: lab.FaultBroken, Share: 1, Channel: lab.ChannelAll}))
	require.NoError(t, l.SetCallbacks(lab.Callbacks{Duplicate: true}))
	_, page := get(t, address+"/lab")
	require.Contains(t, page, "Something old")
	require.Contains(t, page, "All channels: every request fails inside the carrier, and nothing is sent.")

	for _, path := range []string{"clear", "normal"} {
		code, _ := ask(t, http.MethodPost, address+"/lab/api/"+path, "")
		require.Equal(t, http.StatusOK, code)
	}
	_, page = get(t, address+"/lab")
	require.NotContains(t, page, "Something old")
	require.Contains(t, page, "All carriers work.")
	require.Len(t, phone(l, anna).Messages, 1)
	require.Equal(t, []lab.Behaviour{lab.Answer, lab.Voicemail, lab.Answer},
		[]lab.Behaviour{phone(l, anna).Behaviour, phone(l, ben).Behaviour, phone(l, "+491709999999").Behaviour})
	require.Equal(t, lab.Carrier{Fault: lab.FaultNone, Share: 1, Channel: lab.ChannelAll}, l.Carrier())
	require.Equal(t, lab.Callbacks{}, l.Callbacks())
}

func TestTheExampleAlertIsSent(t *testing.T) {
	t.Parallel()
	status := http.StatusAccepted
	got := make(chan string, 2)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got <- string(body)
		w.WriteHeader(status)
	}))
	t.Cleanup(server.Close)
	_, address, _ := start(t, func(c *lab.Config) { c.AlertURL = server.URL })
	_, page := get(t, address+"/lab")
	require.Contains(t, page, "Send the example alert")
	code, _ := ask(t, http.MethodPost, address+"/lab/api/alert", "")
	require.Equal(t, http.StatusOK, code)
	alert := <-got
	require.Contains(t, alert, `"status":"firing"`)
	require.Regexp(t, `"startsAt":"20\d\d-`, alert)
	status = http.StatusUnauthorized
	code, body := ask(t, http.MethodPost, address+"/lab/api/alert", "")
	require.Equal(t, http.StatusBadGateway, code)
	require.Contains(t, body["detail"], "status 401")

	_, address, _ = start(t)
	_, page = get(t, address+"/lab")
	require.NotContains(t, page, "Send the example alert")
	code, _ = ask(t, http.MethodPost, address+"/lab/api/alert", "")
	require.Equal(t, http.StatusConflict, code)
}
