package lab_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	openapi "github.com/twilio/twilio-go/rest/api/v2010"

	"github.com/stormbell/stormbell/internal/lab"
)

// menu is a first prompt as Stormbell speaks it; its timeout leaves a test time to press.
const menu = `<Gather numDigits="1" timeout="3000" action="/key?step=1"><Say language="en-GB">Press 1 to take it.</Say></Gather><Say>Nobody there.</Say>`

func callTo(to string, hook *webhook) *openapi.CreateCallParams {
	return (&openapi.CreateCallParams{}).SetTo(to).SetFrom(sender).
		SetUrl(hook.url + "/voice").SetStatusCallback(hook.url + "/status").
		SetStatusCallbackEvent([]string{"initiated", "ringing", "answered", "completed"})
}

func TestAPersonPressesKeys(t *testing.T) {
	t.Parallel()
	l, address, hook := start(t)
	hook.answers(map[string]string{
		"/voice":   menu,
		"/key":     `<Say>Thank you. How many minutes?</Say><Gather timeout="3000" finishOnKey="#" action="` + hook.url + `/minutes"/>`,
		"/minutes": `<Say>Noted &amp; goodbye.</Say><Hangup/><Say>never</Say>`,
	})
	call, err := sdk(t, address).Api.CreateCall(callTo(anna, hook))
	require.NoError(t, err)
	require.Regexp(t, `^CA[0-9a-f]{32}$`, *call.Sid)
	require.Equal(t, "queued", *call.Status)
	require.Nil(t, call.Duration)

	await(t, l, "waiting for a key", func() bool { return onlyCall(l, anna).Listening })
	_, err = l.Press(anna, *call.Sid, "1")
	require.NoError(t, err)
	await(t, l, "asked for minutes", func() bool {
		c := onlyCall(l, anna)
		return c.Listening && strings.HasSuffix(c.Said, "How many minutes?")
	})
	_, err = l.Press(anna, *call.Sid, "20#")
	require.NoError(t, err)
	await(t, l, "over", func() bool { return onlyCall(l, anna).Status == lab.CallCompleted })

	require.Equal(t, "Press 1 to take it.\nThank you. How many minutes?\nNoted & goodbye.", onlyCall(l, anna).Said)
	require.Len(t, hook.at("/key"), 1)
	pressed := hook.at("/key")[0].form
	require.Equal(t, "1", pressed.Get("Digits"))
	require.Equal(t, *call.Sid, pressed.Get("CallSid"))
	require.Equal(t, "in-progress", pressed.Get("CallStatus"))
	require.Empty(t, pressed.Get("AnsweredBy"), "nobody asked for machine detection")
	require.Equal(t, []string{"20"}, hook.fields("/minutes", "Digits"))

	eventually(t, "four call-backs", func() bool { return len(hook.at("/status")) == 4 })
	require.Equal(t, []string{"initiated", "ringing", "in-progress", "completed"}, hook.fields("/status", "CallStatus"))
	require.Equal(t, []string{"0", "1", "2", "3"}, hook.fields("/status", "SequenceNumber"))
	require.NotEmpty(t, hook.at("/status")[3].form.Get("CallDuration"))
	fetched, err := sdk(t, address).Api.FetchCall(*call.Sid, nil)
	require.NoError(t, err)
	require.Equal(t, "completed", *fetched.Status)
	require.NotNil(t, fetched.Duration)
	_, err = l.Press(anna, *call.Sid, "1")
	require.ErrorContains(t, err, "the call is over")
}

func TestKeysPressedWhileItRingsAreKept(t *testing.T) {
	t.Parallel()
	l, address, hook := start(t)
	hook.answers(map[string]string{"/voice": menu, "/key": `<Say>Done.</Say>`})
	call, err := sdk(t, address).Api.CreateCall(callTo(anna, hook))
	require.NoError(t, err)
	_, err = l.Press(anna, *call.Sid, "*")
	require.NoError(t, err)
	await(t, l, "over", func() bool { return onlyCall(l, anna).Status == lab.CallCompleted })
	require.Equal(t, []string{"*"}, hook.fields("/key", "Digits"))
}

func TestSilenceFallsThrough(t *testing.T) {
	t.Parallel()
	l, address, hook := start(t)
	hook.answers(map[string]string{
		"/voice": `<Gather numDigits="1" timeout="1" action="/key"><Say>Press 1.</Say></Gather><Pause length="1"/><Redirect method="GET">next</Redirect>`,
		"/next":  `<Play>https://example.com/a.mp3</Play><Say loop="2">Goodbye.</Say>`,
	})
	_, err := sdk(t, address).Api.CreateCall(callTo(anna, hook))
	require.NoError(t, err)
	await(t, l, "over", func() bool { return onlyCall(l, anna).Status == lab.CallCompleted })
	require.Equal(t, "Press 1.\nGoodbye.", onlyCall(l, anna).Said)
	require.Empty(t, hook.at("/key"))
	require.Len(t, hook.at("/next"), 1)
	require.Equal(t, http.MethodGet, hook.at("/next")[0].method)
}

func TestPhonesBehave(t *testing.T) {
	t.Parallel()
	for behaviour, want := range map[lab.Behaviour]struct {
		statuses   []string
		answeredBy string
		said       string
	}{
		lab.Answer:    {[]string{"initiated", "ringing", "in-progress", "completed"}, "human", "Hello."},
		lab.Landline:  {[]string{"initiated", "ringing", "in-progress", "completed"}, "human", "Hello."},
		lab.OptedOut:  {[]string{"initiated", "ringing", "in-progress", "completed"}, "human", "Hello."},
		lab.Screening: {[]string{"initiated", "ringing", "in-progress", "completed"}, "human", "Hello."},
		lab.Voicemail: {[]string{"initiated", "ringing", "in-progress", "completed"}, "machine_start", "Hello."},
		lab.Ignore:    {[]string{"initiated", "ringing", "no-answer"}, "", ""},
		lab.Busy:      {[]string{"initiated", "busy"}, "", ""},
		lab.Off:       {[]string{"initiated", "no-answer"}, "", ""},
	} {
		t.Run(string(behaviour), func(t *testing.T) {
			t.Parallel()
			l, address, hook := start(t)
			_, err := l.SetBehaviour(anna, behaviour)
			require.NoError(t, err)
			hook.answers(map[string]string{"/voice": `<Say>Hello.</Say>`})
			call, err := sdk(t, address).Api.CreateCall(callTo(anna, hook).SetMachineDetection("Enable").SetTimeout(20))
			require.NoError(t, err)
			if behaviour == lab.Voicemail || behaviour == lab.Ignore {
				_, err := l.Press(anna, *call.Sid, "1")
				require.ErrorContains(t, err, "nobody is there to press keys")
			}
			eventually(t, "all call-backs", func() bool { return len(hook.at("/status")) == len(want.statuses) })
			require.Equal(t, want.statuses, hook.fields("/status", "CallStatus"))
			require.Equal(t, want.answeredBy, onlyCall(l, anna).AnsweredBy)
			require.Equal(t, want.said, onlyCall(l, anna).Said)
			if want.said != "" {
				require.Equal(t, []string{want.answeredBy}, hook.fields("/voice", "AnsweredBy"))
			}
		})
	}
}

func TestARingingPhoneCanBePickedUpAndTurnedAway(t *testing.T) {
	t.Parallel()
	l, address, hook := start(t, func(c *lab.Config) { c.Speed = 10 })
	hook.answers(map[string]string{"/voice": `<Say>Hello.</Say>`})
	_, err := l.SetBehaviour(anna, lab.Ignore)
	require.NoError(t, err)
	_, err = sdk(t, address).Api.CreateCall(callTo(anna, hook).SetTimeout(600))
	require.NoError(t, err)
	await(t, l, "ringing", func() bool { return onlyCall(l, anna).Status == lab.CallRinging })
	_, err = l.SetBehaviour(anna, lab.Answer)
	require.NoError(t, err)
	await(t, l, "over", func() bool { return onlyCall(l, anna).Status == lab.CallCompleted })

	_, err = l.SetBehaviour(ben, lab.Ignore)
	require.NoError(t, err)
	call, err := sdk(t, address).Api.CreateCall(callTo(ben, hook))
	require.NoError(t, err)
	await(t, l, "ringing", func() bool { return onlyCall(l, ben).Status == lab.CallRinging })
	_, err = l.HangUp(ben, *call.Sid)
	require.NoError(t, err)
	require.Equal(t, lab.CallBusy, onlyCall(l, ben).Status)
}

func TestTheCallerCancelsCompletesAndRedirects(t *testing.T) {
	t.Parallel()
	l, address, hook := start(t)
	twilio := sdk(t, address)
	hook.answers(map[string]string{"/voice": `<Dial timeLimit="14000"><Conference>war room</Conference></Dial>`})
	update := func() *openapi.UpdateCallParams { return &openapi.UpdateCallParams{} }

	_, err := l.SetBehaviour(ben, lab.Ignore)
	require.NoError(t, err)
	ringing, err := twilio.Api.CreateCall(callTo(ben, hook).SetTimeout(600))
	require.NoError(t, err)
	_, err = twilio.Api.UpdateCall(*ringing.Sid, update().SetTwiml(`<Response/>`))
	refusedWith(t, err, http.StatusBadRequest, 21220)
	cancelled, err := twilio.Api.UpdateCall(*ringing.Sid, update().SetStatus("canceled"))
	require.NoError(t, err)
	require.Equal(t, "canceled", *cancelled.Status)
	_, err = twilio.Api.UpdateCall(*ringing.Sid, update().SetStatus("canceled"))
	refusedWith(t, err, http.StatusBadRequest, 21220)

	talking, err := twilio.Api.CreateCall(callTo(anna, hook))
	require.NoError(t, err)
	await(t, l, "in the conference", func() bool { return onlyCall(l, anna).Connected == "conference war room" })
	open, err := twilio.Api.ListCall((&openapi.ListCallParams{}).SetTo(anna).SetStatus("in-progress"))
	require.NoError(t, err)
	require.Len(t, open, 1)
	still, err := twilio.Api.UpdateCall(*talking.Sid, update().SetStatus("canceled"))
	require.NoError(t, err)
	require.Equal(t, "in-progress", *still.Status)
	_, err = twilio.Api.UpdateCall(*talking.Sid, update().SetTwiml(`<Response><Say>Stand down.</Say><Pause length="3000"/></Response>`))
	require.NoError(t, err)
	await(t, l, "told to stand down", func() bool { return strings.HasSuffix(onlyCall(l, anna).Said, "Stand down.") })
	_, err = twilio.Api.UpdateCall(*talking.Sid, update().SetStatus("completed"))
	require.NoError(t, err)
	require.Equal(t, lab.CallCompleted, onlyCall(l, anna).Status)
}

func TestACallWithoutTwiMLUsesItsFallback(t *testing.T) {
	t.Parallel()
	l, address, hook := start(t)
	for name, answer := range map[string]struct {
		status            int
		contentType, body string
		code              string
	}{
		"an error":     {http.StatusInternalServerError, "text/xml", "<Response/>", "11200"},
		"not TwiML":    {http.StatusOK, "text/xml", "<Response><Say>", "12100"},
		"another type": {http.StatusOK, "application/json", "{}", "12300"},
	} {
		hook.mu.Lock()
		hook.got = nil
		hook.answer = func(path string, _ url.Values) (int, string, string) {
			if path == "/fallback" {
				return http.StatusOK, "text/xml", `<Response><Say>Please call the bridge.</Say></Response>`
			}
			return answer.status, answer.contentType, answer.body
		}
		hook.mu.Unlock()
		_, err := sdk(t, address).Api.CreateCall(callTo(anna, hook).SetFallbackUrl(hook.url + "/fallback"))
		require.NoError(t, err)
		await(t, l, "over", func() bool { return onlyCall(l, anna).Status == lab.CallCompleted })
		require.Equal(t, "Please call the bridge.", onlyCall(l, anna).Said, name)
		require.Equal(t, []string{answer.code}, hook.fields("/fallback", "ErrorCode"), name)
		require.Equal(t, []string{hook.url + "/voice"}, hook.fields("/fallback", "ErrorUrl"), name)
	}
	_, err := sdk(t, address).Api.CreateCall(callTo(ben, hook))
	require.NoError(t, err)
	await(t, l, "over", func() bool { return onlyCall(l, ben).Status == lab.CallCompleted })
	require.Contains(t, onlyCall(l, ben).Said, "application error")
}

func TestDetectionBesideTheCallIsPosted(t *testing.T) {
	t.Parallel()
	l, address, hook := start(t)
	_, err := l.SetBehaviour(anna, lab.Voicemail)
	require.NoError(t, err)
	params := (&openapi.CreateCallParams{}).SetTo(anna).SetFrom(sender).
		SetTwiml(`<Response><Say>Hello.</Say><Pause length="60"/></Response>`).
		SetMachineDetection("DetectMessageEnd").SetAsyncAmd("true").SetAsyncAmdStatusCallback(hook.url + "/amd")
	_, err = sdk(t, address).Api.CreateCall(params)
	require.NoError(t, err)
	eventually(t, "the finding", func() bool { return len(hook.at("/amd")) == 1 })
	require.Equal(t, []string{"machine_end_beep"}, hook.fields("/amd", "AnsweredBy"))
	require.Empty(t, hook.at("/voice"), "the TwiML came with the request")
}

func TestCallsAreRefused(t *testing.T) {
	t.Parallel()
	_, address, hook := start(t, func(c *lab.Config) { c.Senders = []string{sender} })
	for code, params := range map[int]*openapi.CreateCallParams{
		21201: (&openapi.CreateCallParams{}).SetFrom(sender).SetUrl(hook.url),
		21213: (&openapi.CreateCallParams{}).SetTo(anna).SetUrl(hook.url),
		21211: callTo("12", hook),
		21212: callTo(anna, hook).SetFrom("ACME"),
		21210: callTo(anna, hook).SetFrom(other),
		21205: (&openapi.CreateCallParams{}).SetTo(anna).SetFrom(sender),
		21609: callTo(anna, hook).SetStatusCallback("nowhere"),
		20001: (&openapi.CreateCallParams{}).SetTo(anna).SetFrom(sender).SetTwiml(strings.Repeat("x", 4001)),
	} {
		_, err := sdk(t, address).Api.CreateCall(params)
		refusedWith(t, err, http.StatusBadRequest, code)
	}
}
