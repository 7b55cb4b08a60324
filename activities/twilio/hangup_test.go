package twilio

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/internal/lab"
)

// talkative is a menu that nobody hurries through.
const talkative = `<Response><Say>ACME</Say><Pause length="3000"/></Response>`

func goodbye() string { return `<Response><Say>Ben has it.</Say><Hangup/></Response>` }

// newSlowLab is a lab in which calls last long enough to look at them.
func newSlowLab(t *testing.T, b lab.Behaviour) (*lab.Lab, *Client) {
	t.Helper()
	l, err := lab.New(lab.Config{Senders: []string{sender}, Phones: []lab.Phone{{Number: anna, Behaviour: b}}, Speed: 50})
	require.NoError(t, err)
	server := httptest.NewServer(l.Handler())
	t.Cleanup(func() { l.Close(); server.Close() })
	c, err := New(Config{Account: lab.DefaultAccountSID, Token: lab.DefaultAuthToken, From: sender, Endpoint: server.URL})
	require.NoError(t, err)
	return l, c
}

// dial places one call and waits until it has come as far as is wanted.
func dial(t *testing.T, l *lab.Lab, c *Client, status lab.CallStatus) (sid string) {
	t.Helper()
	call := ring
	call.Twiml, call.Timeout = talkative, 10*time.Minute
	got, err := c.Call(t.Context(), call)
	require.NoError(t, err)
	reaches(t, l, got.ProviderID, status)
	return got.ProviderID
}

func reaches(t *testing.T, l *lab.Lab, sid string, status lab.CallStatus) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	require.NoError(t, l.Await(ctx, func() bool { return statusOf(l, sid) == status }), "%s is %s", status, statusOf(l, sid))
}

func statusOf(l *lab.Lab, sid string) lab.CallStatus {
	for _, c := range l.Phones()[0].Calls {
		if c.SID == sid {
			return c.Status
		}
	}
	return ""
}

func TestLab_hangUp_endsRingingAndTalking(t *testing.T) {
	t.Parallel()
	l, c := newSlowLab(t, lab.Ignore)
	ringing := dial(t, l, c, lab.CallRinging)
	require.NoError(t, c.HangUp(t.Context(), ringing, nil))
	require.Equal(t, lab.CallCanceled, statusOf(l, ringing))
	require.NoError(t, c.HangUp(t.Context(), ringing, goodbye), "one that is over stays over")
	require.Equal(t, lab.CallCanceled, statusOf(l, ringing))

	_, err := l.SetBehaviour(anna, lab.Answer)
	require.NoError(t, err)
	talking := dial(t, l, c, lab.CallInProgress)
	require.NoError(t, c.CancelCall(t.Context(), talking))
	require.Equal(t, lab.CallInProgress, statusOf(l, talking), "cancelling is for calls that nobody has answered")
	require.NoError(t, c.HangUp(t.Context(), talking, nil))
	require.Equal(t, lab.CallCompleted, statusOf(l, talking))

	talking = dial(t, l, c, lab.CallInProgress)
	require.NoError(t, c.HangUp(t.Context(), talking, goodbye))
	reaches(t, l, talking, lab.CallCompleted)
	require.Contains(t, l.Phones()[0].Calls[2].Said, "Ben has it.")
	require.Error(t, c.HangUp(t.Context(), "CAnobody", nil))
	require.Error(t, c.HangUp(t.Context(), "../Messages/SM1", nil))
}

// Two calls for one purpose: the one somebody talks on stays, else the older one.
func TestLab_double_leavesOneCall(t *testing.T) {
	t.Parallel()
	l, c := newSlowLab(t, lab.Ignore)
	older, younger := dial(t, l, c, lab.CallRinging), dial(t, l, c, lab.CallRinging)
	keep, err := c.EndDouble(t.Context(), older, younger)
	require.NoError(t, err)
	require.Equal(t, older, keep, "created in one second, the first that was heard of stays")
	require.Equal(t, lab.CallCanceled, statusOf(l, younger))
	require.Equal(t, lab.CallRinging, statusOf(l, older))
	for _, pair := range [][2]string{{older, younger}, {younger, older}} {
		keep, err = c.EndDouble(t.Context(), pair[0], pair[1])
		require.NoError(t, err)
		require.Equal(t, older, keep, "the one that goes on")
	}

	_, err = l.SetBehaviour(anna, lab.Answer)
	require.NoError(t, err)
	reaches(t, l, older, lab.CallInProgress)
	_, err = l.SetBehaviour(anna, lab.Ignore)
	require.NoError(t, err)
	ringing := dial(t, l, c, lab.CallRinging)
	keep, err = c.EndDouble(t.Context(), ringing, older)
	require.NoError(t, err)
	require.Equal(t, older, keep)
	require.Equal(t, lab.CallCanceled, statusOf(l, ringing))
	require.Equal(t, lab.CallInProgress, statusOf(l, older))
	_, err = c.EndDouble(t.Context(), older, "CAnobody")
	require.ErrorContains(t, err, "20404")
}

func TestEndDouble_bothRing_cancelsTheYounger(t *testing.T) {
	t.Parallel()
	calls := map[string]map[string]any{"CA1": listed("CA1", 9, "status", "ringing"), "CA2": listed("CA2", 1, "status", "queued")}
	f := newFake(t, func(w http.ResponseWriter, r *http.Request) {
		call := calls[r.URL.Path[len(r.URL.Path)-len("CA1.json"):][:3]]
		if status := r.Form.Get("Status"); status != "" {
			call["status"] = status
		}
		_ = json.NewEncoder(w).Encode(call)
	})
	keep, err := f.client(t).EndDouble(t.Context(), "CA1", "CA2")
	require.NoError(t, err)
	require.Equal(t, "CA2", keep)
	require.Equal(t, "canceled", calls["CA1"]["status"])
	require.Equal(t, "queued", calls["CA2"]["status"])
}
