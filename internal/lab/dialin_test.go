package lab_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/internal/lab"
)

// A phone that calls a sender is spoken to by the voice URL and presses keys as in every call.
func TestAPhoneCallsASender(t *testing.T) {
	t.Parallel()
	l, address, hook := start(t, func(c *lab.Config) { c.Senders = []string{sender} })
	status, problem := ask(t, http.MethodPost, address+"/lab/api/phones/"+anna+"/call", `{"to":"`+sender+`"}`)
	require.Equal(t, http.StatusConflict, status)
	require.Contains(t, problem["detail"], "no voice URL")

	l.SetVoiceURL(hook.url+"/voice", "")
	hook.answers(map[string]string{"/voice": menu, "/key": `<Say>Thank you.</Say><Pause length="3000"/>`})
	for body, want := range map[string]string{`{}`: "nobody has called", `{"to":"` + other + `"}`: "none of the account's senders"} {
		status, problem = ask(t, http.MethodPost, address+"/lab/api/phones/"+anna+"/call", body)
		require.Equal(t, http.StatusUnprocessableEntity, status)
		require.Contains(t, problem["detail"], want)
	}
	status, _ = ask(t, http.MethodPost, address+"/lab/api/phones/+491709999999/call", `{"to":"`+sender+`"}`)
	require.Equal(t, http.StatusNotFound, status)
	status, _ = ask(t, http.MethodPost, address+"/lab/api/phones/"+anna+"/call", `{"to":"`+sender+`"}`)
	require.Equal(t, http.StatusCreated, status)
	_, err := l.Dial(anna, sender)
	require.ErrorContains(t, err, "hang up first")

	await(t, l, "waiting for a key", func() bool { return onlyCall(l, anna).Listening })
	call := onlyCall(l, anna)
	require.True(t, call.Inbound)
	require.Equal(t, [2]string{anna, sender}, [2]string{call.From, call.To})
	require.Equal(t, lab.CallInProgress, call.Status)
	opening := hook.at("/voice")[0].form
	require.Equal(t, []string{"ringing", "inbound", anna, sender}, []string{
		opening.Get("CallStatus"), opening.Get("Direction"), opening.Get("From"), opening.Get("To"),
	})
	_, err = l.Press(anna, call.SID, "1")
	require.NoError(t, err)
	await(t, l, "thanked", func() bool { return onlyCall(l, anna).Said == "Press 1 to take it.\nThank you." })
	require.Equal(t, []string{"1"}, hook.fields("/key", "Digits"))
	fetched, err := sdk(t, address).Api.FetchCall(call.SID, nil)
	require.NoError(t, err)
	require.Equal(t, "inbound", *fetched.Direction)
	_, err = l.HangUp(anna, call.SID)
	require.NoError(t, err)
	require.Equal(t, lab.CallCompleted, onlyCall(l, anna).Status)
}

func TestAPhoneCallsBackWhoeverCalledIt(t *testing.T) {
	t.Parallel()
	l, address, hook := start(t, func(c *lab.Config) { c.Speed = 1000 })
	hook.answers(map[string]string{"/voice": `<Say>Hello.</Say>`})
	_, err := l.SetBehaviour(anna, lab.Busy)
	require.NoError(t, err)
	_, err = sdk(t, address).Api.CreateCall(callTo(anna, hook))
	require.NoError(t, err)
	await(t, l, "turned away", func() bool { return onlyCall(l, anna).Status == lab.CallBusy })
	l.SetVoiceURL(hook.url+"/voice", "")
	call, err := l.Dial(anna, "")
	require.NoError(t, err)
	require.Equal(t, sender, call.To)
	await(t, l, "over", func() bool { return onlyCall(l, anna).Status == lab.CallCompleted })
}

// The number's own fallback speaks when its voice URL cannot be reached; without one Twilio does.
func TestAPhoneCallsWhenNobodyIsThere(t *testing.T) {
	t.Parallel()
	l, _, hook := start(t)
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	hook.mu.Lock()
	hook.answer = func(string, url.Values) (int, string, string) {
		return http.StatusOK, "text/xml", "<Response><Say>Please write.</Say></Response>"
	}
	hook.mu.Unlock()
	for fallback, said := range map[string]string{hook.url + "/static": "Please write.", "": "application error"} {
		l.SetVoiceURL(gone.URL, fallback)
		call, err := l.Dial(anna, sender)
		require.NoError(t, err)
		await(t, l, "over", func() bool { return onlyCall(l, anna).SID == call.SID && onlyCall(l, anna).Status == lab.CallCompleted })
		require.Contains(t, onlyCall(l, anna).Said, said)
	}
	require.Equal(t, http.MethodGet, hook.at("/static")[0].method)
}

// A phone that screens its calls hears who is calling; then its owner may press.
func TestScreeningListensFirst(t *testing.T) {
	t.Parallel()
	l, address, hook := start(t, func(c *lab.Config) { c.Speed = 20 })
	_, err := l.SetBehaviour(anna, lab.Screening)
	require.NoError(t, err)
	hook.answers(map[string]string{
		"/voice": `<Gather numDigits="1" timeout="3000" action="/key"><Say>This is ACME incident response calling.</Say><Say>Press 1 to take it.</Say></Gather>`,
		"/key":   `<Say>Done.</Say>`,
	})
	call, err := sdk(t, address).Api.CreateCall(callTo(anna, hook))
	require.NoError(t, err)
	await(t, l, "a robot listens", func() bool { return onlyCall(l, anna).Screened })
	_, err = l.Press(anna, *call.Sid, "1")
	require.ErrorContains(t, err, "not yet heard who is calling")
	await(t, l, "it has heard", func() bool { return !onlyCall(l, anna).Screened })
	require.Contains(t, onlyCall(l, anna).Said, "This is ACME incident response calling.")
	_, err = l.Press(anna, *call.Sid, "1")
	require.NoError(t, err)
	await(t, l, "over", func() bool { return onlyCall(l, anna).Status == lab.CallCompleted })
	require.Equal(t, []string{"1"}, hook.fields("/key", "Digits"))
}
