package twilio

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/delivery"
)

func TestNew_wrongConfig_saysWhatToDo(t *testing.T) {
	t.Parallel()
	good := Config{Account: account, Token: "secret", From: sender}
	_, err := New(good)
	require.NoError(t, err)
	for name, change := range map[string]func(*Config){
		"account and token": func(c *Config) { c.Account = "" },
		"letters":           func(c *Config) { c.Token = "to-ken" }, // the SDK would refuse it at the first page
		"from":              func(c *Config) { c.From = "" },
		"https://host":      func(c *Config) { c.Endpoint = "localhost" },
	} {
		cfg := good
		change(&cfg)
		_, err := New(cfg)
		require.ErrorContains(t, err, name)
		require.NotContains(t, err.Error(), "to-ken")
	}
}

func TestText_fields_arriveAtTwilio(t *testing.T) {
	t.Parallel()
	f := newFake(t, func(w http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		if user != account || password != "secret" {
			w.WriteHeader(401)
			return
		}
		says(201, `{"sid":"SM1","status":"queued"}`)(w, r)
	})
	c := f.client(t, func(c *Config) { c.StatusURL = func(n string) string { return "https://x.example/cb?n=" + n } })
	text := page
	text.ValidFor = 90 * time.Second
	got, err := c.Text(t.Context(), text)
	require.NoError(t, err)
	require.Equal(t, "SM1", got.ProviderID)
	form := f.form(t)
	require.Equal(t, "POST /2010-04-01/Accounts/"+account+"/Messages.json", f.asked()[0])
	require.Equal(t, anna, form.Get("To"))
	require.Equal(t, sender, form.Get("From"))
	require.Equal(t, text.Body, form.Get("Body"))
	require.Equal(t, "90", form.Get("ValidityPeriod"))
	require.Equal(t, "https://x.example/cb?n=n1", form.Get("StatusCallback"))
}

func TestText_ownCallbackAndShortValidity_winAndClamp(t *testing.T) {
	t.Parallel()
	f := newFake(t, says(201, `{"sid":"SM1"}`))
	text := page
	text.StatusCallback, text.ValidFor = "https://own.example/?n=n1", time.Millisecond
	_, err := f.client(t).Text(t.Context(), text)
	require.NoError(t, err)
	require.Equal(t, "https://own.example/?n=n1", f.form(t).Get("StatusCallback"))
	require.Equal(t, "1", f.form(t).Get("ValidityPeriod"))
}

func TestText_wrongArguments_sendNothing(t *testing.T) {
	t.Parallel()
	f := newFake(t, says(201, `{"sid":"SM1"}`))
	c := f.client(t)
	for _, text := range []Text{
		{To: anna, Body: "x"}, {N: "n", Body: "x"}, {N: "n", To: anna},
		{N: "n", To: anna, Body: strings.Repeat("ä", 1601)},
	} {
		_, err := c.Text(t.Context(), text)
		require.Error(t, err)
	}
	require.Empty(t, f.asked())
}

// The environment of the SDK must not move our requests: an IP as host would even be mangled.
func TestText_regionInEnvironment_isIgnored(t *testing.T) {
	t.Setenv("TWILIO_REGION", "ie1")
	t.Setenv("TWILIO_EDGE", "dublin")
	f := newFake(t, says(201, `{"sid":"SM1"}`))
	got, err := f.client(t).Text(t.Context(), page)
	require.NoError(t, err)
	require.Equal(t, "SM1", got.ProviderID)
}

// One client, many senders: every answer must belong to its own text.
func TestText_concurrently_keepsOutcomesApart(t *testing.T) {
	t.Parallel()
	f := newFake(t, func(w http.ResponseWriter, r *http.Request) {
		says(201, fmt.Sprintf(`{"sid":"SM%s","status":"queued"}`, r.Form.Get("Body")))(w, r)
	})
	c := f.client(t)
	var all sync.WaitGroup
	for i := range 64 {
		all.Go(func() {
			got, err := c.Text(t.Context(), Text{N: "n", To: anna, Body: fmt.Sprint(i)})
			if err != nil || got.ProviderID != fmt.Sprintf("SM%d", i) {
				t.Errorf("text %d got %+v, %v", i, got, err)
			}
		})
	}
	all.Wait()
}

var began = time.Date(2026, 11, 5, 3, 0, 0, 0, time.UTC)

// listed is a text in Twilio's list, created so many seconds after began.
func listed(sid string, after int, changes ...string) map[string]any {
	m := map[string]any{
		"sid": sid, "status": "sent", "to": anna, "from": sender, "body": page.Body, "direction": "outbound-api",
		"date_created": began.Add(time.Duration(after) * time.Second).Format(time.RFC1123Z),
	}
	for i := 0; i+1 < len(changes); i += 2 {
		m[changes[i]] = changes[i+1]
	}
	return m
}

func list(t *testing.T, name string, items ...map[string]any) http.HandlerFunc {
	t.Helper()
	body, err := json.Marshal(map[string]any{name: items, "page": 0})
	require.NoError(t, err)
	return says(200, string(body))
}

func TestFindText_list_recognisesOurs(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		items []map[string]any
		known []string
		want  string
	}{
		"nothing there":          {nil, nil, ""},
		"the one":                {[]map[string]any{listed("SM1", 1)}, nil, "SM1"},
		"whole seconds":          {[]map[string]any{listed("SM1", -1)}, nil, "SM1"},
		"an earlier incident":    {[]map[string]any{listed("SM1", -3600)}, nil, ""},
		"another link":           {[]map[string]any{listed("SM1", 1, "body", page.Body+"d")}, nil, ""},
		"from another number":    {[]map[string]any{listed("SM1", 1, "from", "+4915730000001")}, nil, ""},
		"to another person":      {[]map[string]any{listed("SM1", 1, "to", "+4915122222222")}, nil, ""},
		"no date":                {[]map[string]any{listed("SM1", 1, "date_created", "soon")}, nil, ""},
		"no SID":                 {[]map[string]any{listed("", 1)}, nil, ""},
		"a trial account":        {[]map[string]any{listed("SM1", 1, "body", "Sent from your Twilio trial account - "+page.Body)}, nil, "SM1"},
		"two, one of another":    {[]map[string]any{listed("SM2", 9), listed("SM1", 1)}, []string{"SM1"}, "SM2"},
		"two, both ours":         {[]map[string]any{listed("SM2", 9), listed("SM1", 1)}, nil, "SM1"},
		"two, both of others":    {[]map[string]any{listed("SM2", 9), listed("SM1", 1)}, []string{"SM1", "SM2"}, ""},
		"oldest listed in front": {[]map[string]any{listed("SM1", 1), listed("SM2", 9)}, nil, "SM1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t, list(t, "messages", c.items...))
			got, found, err := f.client(t).FindText(t.Context(), page, began, c.known...)
			require.NoError(t, err)
			require.Equal(t, c.want != "", found)
			require.Equal(t, c.want, got.ProviderID)
			require.Equal(t, anna, f.form(t).Get("To"))
			require.False(t, f.form(t).Has("DateSent"), "what is queued has no date of sending")
			if found {
				require.Equal(t, delivery.Accepted, got.State)
			}
		})
	}
}

func TestFindText_alreadyFailed_tellsWhy(t *testing.T) {
	t.Parallel()
	item := listed("SM1", 1)
	item["status"], item["error_code"] = "undelivered", 30003
	got, found, err := newFake(t, list(t, "messages", item)).client(t).FindText(t.Context(), page, began)
	require.NoError(t, err)
	require.True(t, found)
	require.Equal(t, delivery.Outcome{State: delivery.Failed, Class: delivery.Temporary, Code: "30003", ProviderID: "SM1"}, got.Outcome)
}
