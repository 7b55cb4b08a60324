package twilio

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/delivery"
)

var ring = Call{N: "n1", To: anna, Twiml: "<Response><Say>ACME</Say></Response>"}

func TestCall_fields_arriveAtTwilio(t *testing.T) {
	t.Parallel()
	f := newFake(t, says(201, `{"sid":"CA1","status":"queued"}`))
	call := ring
	call.StatusCallback, call.FallbackURL = "https://x.example/cb?n=n1", "https://y.example/fallback"
	call.Timeout, call.MachineDetection = 25*time.Second, true
	got, err := f.client(t).Call(t.Context(), call)
	require.NoError(t, err)
	require.Equal(t, delivery.Outcome{State: delivery.Accepted, ProviderID: "CA1"}, got.Outcome)
	form := f.form(t)
	require.Equal(t, "POST /2010-04-01/Accounts/"+account+"/Calls.json", f.asked()[0])
	for field, want := range map[string]string{
		"To": anna, "From": sender, "Twiml": ring.Twiml, "Timeout": "25",
		"StatusCallback": call.StatusCallback, "FallbackUrl": call.FallbackURL, "FallbackMethod": "GET",
		"MachineDetection": "Enable", "AsyncAmd": "true", "AsyncAmdStatusCallback": call.StatusCallback,
	} {
		require.Equal(t, want, form.Get(field), field)
	}
	require.Equal(t, []string{"initiated", "ringing", "answered", "completed"}, form["StatusCallbackEvent"])
}

// Twilio warns (21262) about detection that has nobody to report to.
func TestCall_detectionWithoutCallback_isLeftOut(t *testing.T) {
	t.Parallel()
	f := newFake(t, says(201, `{"sid":"CA1","status":"queued"}`))
	call := ring
	call.MachineDetection = true
	_, err := f.client(t).Call(t.Context(), call)
	require.NoError(t, err)
	for _, field := range []string{"MachineDetection", "AsyncAmd", "StatusCallback", "FallbackUrl", "Timeout"} {
		require.False(t, f.form(t).Has(field), field)
	}
}

func TestCall_refused_isAnOutcome(t *testing.T) {
	t.Parallel()
	f := newFake(t, says(400, `{"code":21215,"status":400}`))
	got, err := f.client(t).Call(t.Context(), ring)
	require.NoError(t, err)
	require.Equal(t, delivery.Outcome{State: delivery.Failed, Class: delivery.Account, Code: "21215"}, got.Outcome)
	_, err = f.client(t).Call(t.Context(), Call{N: "n", To: anna})
	require.Error(t, err)
}

func TestFindCall_list_recognisesOurs(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		items []map[string]any
		known []string
		want  string
	}{
		"the one":             {[]map[string]any{listed("CA1", 1)}, nil, "CA1"},
		"an earlier one":      {[]map[string]any{listed("CA1", -300)}, nil, ""},
		"from another number": {[]map[string]any{listed("CA1", 1, "from", "+4915730000001")}, nil, ""},
		"a call to us":        {[]map[string]any{listed("CA1", 1, "direction", "inbound")}, nil, ""},
		"the other is known":  {[]map[string]any{listed("CA2", 20), listed("CA1", 1)}, []string{"CA1"}, "CA2"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, found, err := newFake(t, list(t, "calls", c.items...)).client(t).FindCall(t.Context(), ring, began, c.known...)
			require.NoError(t, err)
			require.Equal(t, c.want != "", found)
			require.Equal(t, c.want, got.ProviderID)
		})
	}
}

func TestOpenCall_statuses_findOnlyLivingOnes(t *testing.T) {
	t.Parallel()
	for status, open := range map[string]bool{
		"queued": true, "initiated": true, "ringing": true, "in-progress": true,
		"completed": false, "busy": false, "no-answer": false, "failed": false, "canceled": false,
	} {
		f := newFake(t, list(t, "calls", listed("CA1", 1, "status", "completed"),
			listed("CA2", 0, "status", status, "from", "+4915730000001")))
		sid, err := f.client(t).OpenCall(t.Context(), anna)
		require.NoError(t, err)
		require.Equal(t, open, sid == "CA2", status)
	}
}

func TestCancelCall_calls_areCanceledOrPastIt(t *testing.T) {
	t.Parallel()
	f := newFake(t, says(200, `{"sid":"CA1","status":"canceled"}`))
	require.NoError(t, f.client(t).CancelCall(t.Context(), "CA1"))
	require.Equal(t, "POST /2010-04-01/Accounts/"+account+"/Calls/CA1.json", f.asked()[0])
	require.Equal(t, "canceled", f.form(t).Get("Status"))

	past := newFake(t, says(400, `{"code":21220,"status":400,"message":"Call is not in-progress"}`))
	require.NoError(t, past.client(t).CancelCall(t.Context(), "CA1"))

	unknown := newFake(t, says(404, `{"code":20404,"status":404}`))
	require.ErrorContains(t, unknown.client(t).CancelCall(t.Context(), "CA1"), "20404")
	require.Error(t, unknown.client(t).CancelCall(t.Context(), "../Messages/SM1"))
	require.Len(t, unknown.asked(), 1)
}
