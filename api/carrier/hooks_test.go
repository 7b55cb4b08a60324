package carrier

import (
	"crypto/elliptic"
	"encoding/base64"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/escalation"
)

// The call-backs that every test below begins with.
var (
	receiptForm = url.Values{"MessageSid": {"SM1"}, "MessageStatus": {"delivered"}, "To": {annas}}
	textForm    = url.Values{"MessageSid": {"SM2"}, "SmsStatus": {"received"}, "From": {annas}, "Body": {"1 20"}}
	keyForm     = url.Values{"CallSid": {"CA1"}, "CallStatus": {"in-progress"}, "From": {annas}, "Digits": {"1"}}
	callForm    = url.Values{"CallSid": {"CA9"}, "CallStatus": {"ringing"}, "Direction": {"inbound"}, "From": {annas}, "To": {"+4915735980000"}}
)

const batch = `[{"sg_event_id":"e1","n":"n1","event":"delivered","sg_message_id":"m1.filter0001.x"},
	{"sg_event_id":"e2","n":"n2","event":"processed","email":"anna@example.com"},{"sg_event_id":"e3","event":"open"}]`

var held = escalation.State{Stage: escalation.Held, Holder: "anna"}

func TestHooks_trueCallbacks_areOneInboxItemHoweverOftenTheyCome(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		call   func(*site) call
		status int
		body   string // somewhere in the answer
		inbox  []string
	}{
		"receipt of a text": {
			func(*site) call { return twilio(statusAt, receiptForm) }, http.StatusNoContent, "",
			[]string{`receipt SM1:delivered {"n":"n1","outcome":{"state":"delivered","provider_id":"SM1"}}`},
		},
		"receipt of a call": {
			func(*site) call {
				return twilio(statusAt, url.Values{"CallSid": {"CA1"}, "CallStatus": {"busy"}, "To": {annas}})
			}, http.StatusNoContent, "",
			[]string{`receipt CA1:busy {"n":"n1","outcome":{"state":"failed","class":"not_reached","code":"busy","provider_id":"CA1"}}`},
		},
		"receipt of a text we did not send": {
			func(*site) call { return twilio("/hooks/twilio/status", receiptForm) }, http.StatusNoContent, "", nil,
		},
		"hint of the detection of machines": {
			func(*site) call {
				return twilio(statusAt, url.Values{"CallSid": {"CA1"}, "AnsweredBy": {"machine_start"}})
			}, http.StatusNoContent, "", nil,
		},
		"incoming text": {
			func(*site) call { return twilio(replyAt, textForm) }, http.StatusOK, "<Response/>",
			[]string{`reply SM2 {"from":"` + annas + `","body":"1 20"}`},
		},
		"word that the carrier acted on": {
			func(*site) call {
				return twilio(replyAt, url.Values{"MessageSid": {"SM3"}, "From": {annas}, "To": {"+4915735980001"}, "Body": {"Ende"}, "OptOutType": {"STOP"}})
			}, http.StatusOK, "<Response/>",
			[]string{`reply SM3 {"from":"` + annas + `","to":"+4915735980001","body":"Ende","word":"stop"}`},
		},
		"word of the carrier that is new to us": {
			func(*site) call {
				return twilio(replyAt, url.Values{"MessageSid": {"SM4"}, "From": {annas}, "Body": {"1"}, "OptOutType": {"PAUSE"}})
			}, http.StatusOK, "<Response/>",
			[]string{`reply SM4 {"from":"` + annas + `","body":"1"}`},
		},
		"pressed key": {
			func(*site) call { return twilio(keysAt, keyForm) }, http.StatusOK, "Marketing Sales is yours",
			[]string{`key CA1:1 {"n":"n1","role":"marketing_officer","digits":"1"}`},
		},
		"batch of mail events": {
			func(s *site) call { return s.sendgrid(now.Add(-24*time.Hour), batch) }, http.StatusNoContent, "",
			[]string{
				`mail e1 {"n":"n1","outcome":{"state":"delivered","provider_id":"m1"}}`,
				`mail e2 {"n":"n2","outcome":{"state":"accepted"}}`,
			},
		},
		"empty batch": {func(s *site) call { return s.sendgrid(now, "[]") }, http.StatusNoContent, "", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, held)
			ledger := s.texts("SELECT n || state || updated_at FROM deliveries")
			var together sync.WaitGroup
			for range 4 {
				together.Go(func() {
					status, body := s.do(c.call(s))
					require.Equal(t, c.status, status)
					require.Contains(t, body, c.body)
				})
			}
			together.Wait()
			require.Equal(t, c.inbox, s.inbox())
			once := s.trace()
			status, _ := s.do(c.call(s))
			require.Equal(t, c.status, status, "a provider that hears an error comes again for ever")
			require.ElementsMatch(t, noCounters(once), noCounters(s.trace()))
			require.Equal(t, ledger, s.texts("SELECT n || state || updated_at FROM deliveries"), "the ledger is the pump's")
			require.NotContains(t, s.log.String(), "4917604069001")
		})
	}
}

// noCounters leaves out the numbering of the inbox, which may have gaps.
func noCounters(rows []string) (kept []string) {
	for _, row := range rows {
		if !strings.HasPrefix(row, "counters: ") {
			kept = append(kept, row)
		}
	}
	return kept
}

func TestHooks_falseCallbacks_leaveNoTrace(t *testing.T) {
	t.Parallel()
	with := func(c call, change func(*call)) call {
		c.header = maps.Clone(c.header)
		change(&c)
		return c
	}
	s := newSite(t, held)
	before := s.trace()
	var forged []call
	for target, form := range map[string]url.Values{statusAt: receiptForm, replyAt: textForm, keysAt: keyForm, callAt: callForm} {
		good := twilio(target, form)
		for _, signature := range []string{
			"", "!", sign("stolen", public+target, form), sign("token", "https://evil.example"+target, form), sign("token", "http://bell.example.com"+target, form),
			sign("token", public+"/hooks/twilio/elsewhere", form), sign("token", public+target, nil), sign("", public+target, form),
		} {
			forged = append(forged, with(good, func(c *call) { c.header[TwilioSignature] = signature }))
		}
		forged = append(
			forged,
			with(good, func(c *call) { delete(c.header, TwilioSignature) }),
			with(good, func(c *call) { c.body = strings.Replace(c.body, "1", "2", 1) }),
			with(good, func(c *call) { c.body += "&Digits=2" }),
			with(good, func(c *call) { c.body += "&" + c.body }),
			with(good, func(c *call) { c.body = "" }),
			with(good, func(c *call) { c.body = "%zz" }),
			with(good, func(c *call) { c.target = strings.TrimSuffix(c.target, "?n=n1") + "?n=n2" }),
			with(good, func(c *call) { c.target += "?&n=n2" }),
		)
	}
	good := s.sendgrid(now, batch)
	other := newKey(t, elliptic.P256())
	ts := fmt.Sprint(now.Unix())
	forged = append(
		forged,
		with(good, func(c *call) { c.header = nil }),
		with(good, func(c *call) { delete(c.header, SendGridSignature) }),
		with(good, func(c *call) { delete(c.header, SendGridTimestamp) }),
		with(good, func(c *call) {
			c.header[SendGridSignature] = base64.StdEncoding.EncodeToString(signBatch(t, other, ts, batch))
		}),
		with(good, func(c *call) { c.header[SendGridTimestamp] = fmt.Sprint(now.Unix() + 1) }),
		with(good, func(c *call) { c.body = strings.Replace(c.body, "n1", "n3", 1) }),
		with(good, func(c *call) { c.body += "\n" }),
		s.sendgrid(now.Add(-26*time.Hour), batch),
		s.sendgrid(now.Add(11*time.Minute), batch),
	)
	for _, c := range forged {
		status, body := s.do(c)
		require.Equal(t, http.StatusForbidden, status, "%+v", c)
		require.Empty(t, body, "a stranger learns nothing")
		require.Equal(t, before, s.trace(), "%+v", c)
	}
	require.Empty(t, s.inbox())
	require.NotContains(t, s.log.String(), "4917604069001")

	s.hooks.MailKey = nil
	status, _ := s.do(good)
	require.Equal(t, http.StatusForbidden, status, "without a key nothing is believed")
	s.hooks.Tokens = []string{"", ""}
	status, _ = s.do(call{http.MethodPost, replyAt, textForm.Encode(), map[string]string{TwilioSignature: sign("", public+replyAt, textForm)}, false})
	require.Equal(t, http.StatusForbidden, status, "an empty token is none")
	require.Equal(t, before, s.trace())
}

// A batch that was recorded and is played again is known by its events, and after a day
// not even looked at.
func TestHooks_replayedBatch_isKnownThenStale(t *testing.T) {
	t.Parallel()
	s := newSite(t, held)
	recorded := s.sendgrid(now, batch)
	for after, want := range map[time.Duration]int{0: http.StatusNoContent, 25 * time.Hour: http.StatusNoContent, 26 * time.Hour: http.StatusForbidden} {
		s.hooks.Now = func() time.Time { return now.Add(after) }
		status, _ := s.do(recorded)
		require.Equal(t, want, status, after)
	}
	require.Len(t, s.inbox(), 2)
}

func TestHooks_otherRequests_changeNothing(t *testing.T) {
	t.Parallel()
	s := newSite(t, held)
	before := s.trace()
	for target, form := range map[string]url.Values{"/hooks/twilio/status": receiptForm, replyAt: textForm, "/hooks/twilio/keys": keyForm, callAt: callForm, mailAt: {}} {
		query := url.Values{"n": {"n1"}}
		maps.Copy(query, form)
		full := target + "?" + query.Encode() // the fields of a GET are signed as part of the address
		for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPut, http.MethodDelete, http.MethodOptions} {
			c := twilio(full, nil)
			c.method = method
			status, _ := s.do(c)
			require.Contains(t, []int{http.StatusNotFound, http.StatusMethodNotAllowed}, status, "%s %s", method, target)
		}
	}
	for name, c := range map[string]call{
		"about nothing": twilio(statusAt, url.Values{"To": {annas}}), "fields in the query": twilio(replyAt+"?"+textForm.Encode(), nil), "no JSON": s.sendgrid(now, "[{"),
	} {
		status, _ := s.do(c)
		require.Equal(t, http.StatusBadRequest, status, name)
	}
	status, body := s.do(twilio("/hooks/twilio/keys?n=n9", keyForm))
	require.Equal(t, http.StatusServiceUnavailable, status, "a call we never placed")
	require.Empty(t, body)
	require.Equal(t, before, s.trace())
}

func TestHooks_largeBodies_endAtTheLimit(t *testing.T) {
	t.Parallel()
	s := newSite(t, held)
	form := func(size int) call {
		padded := maps.Clone(textForm)
		padded.Set("Pad", "")
		padded.Set("Pad", strings.Repeat("x", size-len(padded.Encode())))
		return twilio(replyAt, padded)
	}
	mail := func(size int) call { return s.sendgrid(now, "["+strings.Repeat(" ", size-2)+"]") }
	before := s.trace()
	for _, stream := range []bool{false, true} {
		for _, c := range []call{form(maxBody + 1), form(10 * maxBody), mail(maxEvents + 1)} {
			c.stream = stream
			status, _ := s.do(c)
			require.Equal(t, http.StatusRequestEntityTooLarge, status)
		}
	}
	require.Equal(t, before, s.trace())
	status, _ := s.do(form(maxBody))
	require.Equal(t, http.StatusOK, status)
	status, _ = s.do(mail(maxEvents))
	require.Equal(t, http.StatusNoContent, status)
}

// Nobody is told "taken" before it is on disk; a provider that hears 503 comes again.
func TestHooks_recordGone_asksToComeAgain(t *testing.T) {
	t.Parallel()
	s := newSite(t, held)
	require.NoError(t, s.Close())
	for _, c := range []call{twilio(statusAt, receiptForm), twilio(replyAt, textForm), twilio(keysAt, keyForm), twilio(callAt, callForm), s.sendgrid(now, batch)} {
		status, body := s.do(c)
		require.Equal(t, http.StatusServiceUnavailable, status, c.target)
		require.Empty(t, body)
	}
	require.NotContains(t, s.log.String(), "4917604069001")
}
