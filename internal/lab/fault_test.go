package lab_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	openapi "github.com/twilio/twilio-go/rest/api/v2010"

	"github.com/stormbell/stormbell/internal/lab"
)

func TestACarrierThatRefusesSendsNothing(t *testing.T) {
	t.Parallel()
	for fault, want := range map[lab.Fault]struct{ status, code int }{
		lab.FaultThrottled:    {http.StatusTooManyRequests, 20429},
		lab.FaultUnauthorized: {http.StatusUnauthorized, 20003},
		lab.FaultBroken:       {http.StatusInternalServerError, 20500},
		lab.FaultUnavailable:  {http.StatusServiceUnavailable, 20503},
	} {
		t.Run(string(fault), func(t *testing.T) {
			t.Parallel()
			l, address, hook := start(t)
			twilio := sdk(t, address)
			require.NoError(t, l.SetCarrier(lab.Carrier{Fault: fault, Share: 1, Channel: lab.ChannelSMS}))
			_, err := twilio.Api.CreateMessage(textTo(anna, "x"))
			refusedWith(t, err, want.status, want.code)
			_, err = twilio.Api.ListMessage(&openapi.ListMessageParams{})
			refusedWith(t, err, want.status, want.code)
			require.Empty(t, phone(l, anna).Messages)
			_, err = twilio.Api.CreateCall(callTo(anna, hook))
			require.NoError(t, err, "the other channel works")
			require.NoError(t, l.SetCarrier(lab.Carrier{Fault: lab.FaultNone, Share: 1, Channel: lab.ChannelAll}))
			_, err = twilio.Api.CreateMessage(textTo(anna, "x"))
			require.NoError(t, err)
			require.Equal(t, []int{want.status, want.status, http.StatusCreated, http.StatusCreated}, statuses(l))
		})
	}
}

func statuses(l *lab.Lab) []int {
	var statuses []int
	for _, r := range l.Log() {
		statuses = append(statuses, r.Status)
	}
	return statuses
}

func TestACarrierThatCannotCallBack(t *testing.T) {
	t.Parallel()
	l, address, hook := start(t)
	twilio := sdk(t, address)
	require.NoError(t, l.SetCarrier(lab.Carrier{Fault: lab.FaultBadCallback, Share: 1, Channel: lab.ChannelAll}))
	_, err := twilio.Api.CreateMessage(textTo(anna, "x").SetStatusCallback(hook.url + "/status"))
	refusedWith(t, err, http.StatusBadRequest, 21609)
	_, err = twilio.Api.CreateCall(callTo(anna, hook).SetStatusCallback(hook.url + "/status"))
	refusedWith(t, err, http.StatusBadRequest, 21609)
	_, err = twilio.Api.CreateMessage(textTo(anna, "x"))
	require.NoError(t, err, "who wants no report is served")
	require.Len(t, phone(l, anna).Messages, 1)
	require.Empty(t, phone(l, anna).Calls)
}

func TestThrottlingSaysWhenToComeBack(t *testing.T) {
	t.Parallel()
	l, address, _ := start(t)
	require.NoError(t, l.SetCarrier(lab.Carrier{Fault: lab.FaultThrottled, Share: 1, Channel: lab.ChannelAll}))
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address+"/2010-04-01/Accounts/"+lab.DefaultAccountSID+"/Calls.json", nil)
	require.NoError(t, err)
	req.SetBasicAuth(lab.DefaultAccountSID, lab.DefaultAuthToken)
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, "1", resp.Header.Get("Retry-After"))
}

func TestACarrierThatAcceptsAndThenFails(t *testing.T) {
	t.Parallel()
	for _, fault := range []lab.Fault{lab.FaultResetAfterAccept, lab.FaultErrorAfterAccept, lab.FaultTimeout} {
		t.Run(string(fault), func(t *testing.T) {
			t.Parallel()
			l, address, hook := start(t)
			require.NoError(t, l.SetCarrier(lab.Carrier{Fault: fault, Share: 1, Channel: lab.ChannelSMS}))
			patient, lost := context.WithCancel(t.Context())
			if fault == lab.FaultTimeout {
				go func() { // lose patience only once the text has arrived
					defer lost()
					require.NoError(t, l.Await(t.Context(), func() bool {
						got := phone(l, anna).Messages
						return len(got) == 1 && got[0].Status == lab.MessageDelivered
					}))
				}()
			}
			defer lost()
			_, err := sdkAs(t, patient, address, lab.DefaultAccountSID, lab.DefaultAuthToken).
				Api.CreateMessage(textTo(anna, "once").SetStatusCallback(hook.url + "/status"))
			twilio := sdk(t, address)
			switch fault {
			case lab.FaultResetAfterAccept:
				require.Error(t, err)
				require.True(t, errors.Is(err, syscall.ECONNRESET) || errors.Is(err, io.EOF), "%v", err)
			case lab.FaultErrorAfterAccept:
				refusedWith(t, err, http.StatusInternalServerError, 20500)
			default:
				require.ErrorIs(t, err, context.Canceled)
			}

			eventually(t, "the call-backs come all the same", func() bool { return len(hook.at("/status")) == 3 })
			listed, err := twilio.Api.ListMessage((&openapi.ListMessageParams{}).SetTo(anna))
			require.NoError(t, err, "looking up works")
			require.Len(t, listed, 1)
			require.Equal(t, "delivered", *listed[0].Status)
			if fault != lab.FaultErrorAfterAccept {
				require.Zero(t, l.Log()[0].Status, "no answer was given")
			}
			require.Equal(t, "once", l.Log()[0].Form["Body"])

			_, err = twilio.Api.CreateMessage(textTo("+49", "x"))
			refusedWith(t, err, http.StatusBadRequest, 21211)
		})
	}
}

func TestACarrierThatDoesNotDeliver(t *testing.T) {
	t.Parallel()
	l, address, hook := start(t)
	require.NoError(t, l.SetCarrier(lab.Carrier{Fault: lab.FaultUndelivered, Share: 1, Channel: lab.ChannelAll}))
	_, err := sdk(t, address).Api.CreateMessage(textTo(anna, "x").SetStatusCallback(hook.url + "/text"))
	require.NoError(t, err)
	_, err = sdk(t, address).Api.CreateCall(callTo(anna, hook))
	require.NoError(t, err)
	status, _ := sendMail(t, address, aMail())
	require.Equal(t, http.StatusAccepted, status)

	eventually(t, "text", func() bool { return len(hook.at("/text")) == 3 })
	require.Equal(t, []string{"queued", "sent", "undelivered"}, hook.fields("/text", "MessageStatus"))
	require.Equal(t, "30003", hook.at("/text")[2].form.Get("ErrorCode"))
	eventually(t, "call", func() bool { return len(hook.at("/status")) == 2 })
	require.Equal(t, []string{"initiated", "failed"}, hook.fields("/status", "CallStatus"))
	eventually(t, "mail", func() bool { return len(hook.at("/events")) == 1 })
	require.Equal(t, "dropped", events(t, hook)[0]["event"])
	require.Empty(t, l.Inboxes()[0].Mails)
}

func TestAShareFallsTheSameWayEveryTime(t *testing.T) {
	t.Parallel()
	l, address, _ := start(t)
	twilio := sdk(t, address)
	drill := func() []int {
		before := len(l.Log())
		require.NoError(t, l.SetCarrier(lab.Carrier{Fault: lab.FaultUnavailable, Share: 0.3, Channel: lab.ChannelSMS}))
		for range 30 {
			_, _ = twilio.Api.CreateMessage(textTo(anna, "x")) // the log knows
		}
		return statuses(l)[before:]
	}
	first := drill()
	require.Contains(t, first, http.StatusCreated)
	require.Contains(t, first, http.StatusServiceUnavailable)
	require.Equal(t, first, drill())
}

func TestListsCanLag(t *testing.T) {
	t.Parallel()
	l, address, _ := start(t)
	require.NoError(t, l.SetCarrier(lab.Carrier{Fault: lab.FaultNone, Channel: lab.ChannelAll, ListLagMS: 60_000}))
	m, err := sdk(t, address).Api.CreateMessage(textTo(anna, "x"))
	require.NoError(t, err)
	listed, err := sdk(t, address).Api.ListMessage(&openapi.ListMessageParams{})
	require.NoError(t, err)
	require.Empty(t, listed)
	_, err = sdk(t, address).Api.FetchMessage(*m.Sid, nil)
	require.NoError(t, err)
}

func TestCallbacksCanBeUnpleasant(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		set  lab.Callbacks
		want []string
	}{
		"twice":     {lab.Callbacks{Duplicate: true}, []string{"queued", "queued", "sent", "sent", "delivered", "delivered"}},
		"reordered": {lab.Callbacks{Reorder: true}, []string{"delivered"}},
		"late":      {lab.Callbacks{DelayMS: 30}, []string{"queued", "sent", "delivered"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, address, hook := start(t)
			require.NoError(t, l.SetCallbacks(c.set))
			began := time.Now()
			_, err := sdk(t, address).Api.CreateMessage(textTo(anna, "x").SetStatusCallback(hook.url + "/status"))
			require.NoError(t, err)
			eventually(t, "call-backs", func() bool { return len(hook.at("/status")) >= len(c.want) })
			require.Equal(t, c.want, hook.fields("/status", "MessageStatus")[:len(c.want)])
			require.GreaterOrEqual(t, time.Since(began), time.Duration(c.set.DelayMS)*time.Millisecond)
			if c.set.Reorder {
				eventually(t, "the others", func() bool { return len(hook.at("/status")) == 3 })
			}
		})
	}
}

func TestCallbacksCanGetLost(t *testing.T) {
	t.Parallel()
	l, address, hook := start(t)
	require.NoError(t, l.SetCallbacks(lab.Callbacks{Drop: 1}))
	_, err := sdk(t, address).Api.CreateMessage(textTo(anna, "x").SetStatusCallback(hook.url + "/status"))
	require.NoError(t, err)
	await(t, l, "delivered", func() bool { return phone(l, anna).Messages[0].Status == lab.MessageDelivered })
	l.Close() // whatever was to be posted has been, or never will be
	require.Empty(t, hook.at("/status"))
}

func TestATextFromAPersonIsNeverLost(t *testing.T) {
	t.Parallel()
	l, _, hook := start(t)
	require.NoError(t, l.SetCallbacks(lab.Callbacks{Drop: 1, Duplicate: true, Reorder: true}))
	hook.answers(map[string]string{"/inbound": `<Message>Thank you.</Message>`})
	_, err := l.Reply(anna, sender, "1")
	require.NoError(t, err)
	eventually(t, "both", func() bool { return len(hook.at("/inbound")) == 2 })
	await(t, l, "answered", func() bool { return len(phone(l, anna).Messages) > 0 })
	require.Len(t, phone(l, anna).Messages, 1, "the repeated call-back is answered for nobody")
}

func TestOnlyAFailedConnectionIsTriedAgain(t *testing.T) {
	t.Parallel()
	l, address, hook := start(t)
	var tries atomic.Int32
	flaky := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if tries.Add(1) < 3 {
			panic(http.ErrAbortHandler)
		}
		w.Header().Set("Content-Type", "text/xml")
		_, _ = io.WriteString(w, `<Response><Say>At last.</Say></Response>`)
	}))
	t.Cleanup(flaky.Close)
	_, err := sdk(t, address).Api.CreateCall(callTo(anna, hook).SetUrl(flaky.URL))
	require.NoError(t, err)
	await(t, l, "over", func() bool { return onlyCall(l, anna).Status == lab.CallCompleted })
	require.Equal(t, "At last.", onlyCall(l, anna).Said)

	hook.mu.Lock()
	hook.answer = func(string, url.Values) (int, string, string) { return http.StatusInternalServerError, "", "" }
	hook.mu.Unlock()
	_, err = sdk(t, address).Api.CreateMessage(textTo(anna, "x").SetStatusCallback(hook.url + "/text"))
	require.NoError(t, err)
	eventually(t, "three", func() bool { return len(hook.at("/text")) >= 3 })
	require.Equal(t, []string{"queued", "sent", "delivered"}, hook.fields("/text", "MessageStatus"), "a refusal is not tried again")
}

func TestSettingsThatCannotBe(t *testing.T) {
	t.Parallel()
	l, _, _ := start(t)
	require.Error(t, l.SetCarrier(lab.Carrier{Fault: "fire", Channel: lab.ChannelAll}))
	require.Error(t, l.SetCarrier(lab.Carrier{Fault: lab.FaultNone, Channel: "pigeon"}))
	require.Error(t, l.SetCarrier(lab.Carrier{Fault: lab.FaultNone, Channel: lab.ChannelAll, Share: 2}))
	require.Error(t, l.SetCallbacks(lab.Callbacks{Drop: -1}))
	_, err := l.SetBehaviour(anna, "shy")
	require.Error(t, err)
}
