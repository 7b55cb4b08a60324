package lab_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheControlAPIPlaysAPerson(t *testing.T) {
	t.Parallel()
	l, address, hook := start(t)
	hook.answers(map[string]string{"/voice": menu, "/key": `<Dial><Conference>war room</Conference></Dial>`})
	api := address + "/lab/api"
	_, err := sdk(t, address).Api.CreateMessage(textTo(anna, "Reply 1"))
	require.NoError(t, err)
	call, err := sdk(t, address).Api.CreateCall(callTo(anna, hook))
	require.NoError(t, err)

	// A number may be written with a plus, escaped, or without.
	status, sent := ask(t, http.MethodPost, api+"/phones/+"+anna[1:]+"/reply", `{"to": "`+sender+`", "body": "1"}`)
	require.Equal(t, http.StatusCreated, status)
	require.Equal(t, "1", sent["body"])
	status, pressed := ask(t, http.MethodPost, api+"/phones/%2B"+anna[1:]+"/calls/"+*call.Sid+"/keys", `{"digits": "3"}`)
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, "3", pressed["keys"])
	await(t, l, "connected", func() bool { return onlyCall(l, anna).Connected != "" })
	status, _ = ask(t, http.MethodPost, api+"/phones/"+anna[1:]+"/calls/"+*call.Sid+"/hangup", "")
	require.Equal(t, http.StatusOK, status)
	eventually(t, "posted", func() bool { return len(hook.at("/inbound")) == 1 })

	status, set := ask(t, http.MethodPut, api+"/phones/4915112345678", `{"behaviour": "voicemail"}`)
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, map[string]any{"number": "+4915112345678", "person": "", "behaviour": "voicemail"}, set)

	status, phones := ask(t, http.MethodGet, api+"/phones", "")
	require.Equal(t, http.StatusOK, status)
	items := phones["items"].([]any)
	require.Len(t, items, 3)
	first := items[0].(map[string]any)
	require.Equal(t, anna, first["number"])
	require.Equal(t, "Anna Vogel", first["person"])
	require.Equal(t, "answer", first["behaviour"])
	text := first["messages"].([]any)[0].(map[string]any)
	for _, field := range []string{"sid", "from", "body", "at", "status"} {
		require.NotEmpty(t, text[field], field)
	}
	rung := first["calls"].([]any)[0].(map[string]any)
	require.Equal(t, "Press 1 to take it.\n(connected with conference war room)", rung["said"])
	require.Equal(t, "completed", rung["status"])
	require.Len(t, first["replies"], 1)
	require.Equal(t, []any{}, items[1].(map[string]any)["messages"], "a list is never null")

	status, log := ask(t, http.MethodGet, api+"/log", "")
	require.Equal(t, http.StatusOK, status)
	entries := log["items"].([]any)
	require.Len(t, entries, 2, "requests to a provider only")
	logged := entries[0].(map[string]any)
	require.Equal(t, "POST", logged["method"])
	require.Equal(t, "/2010-04-01/Accounts/"+"AClab00000000000000000000000000000"+"/Messages.json", logged["path"])
	require.Equal(t, anna, logged["form"].(map[string]any)["To"])
	require.InDelta(t, http.StatusCreated, logged["status"], 0)
	require.Equal(t, "initiated ringing answered completed", entries[1].(map[string]any)["form"].(map[string]any)["StatusCallbackEvent"])
	whole, err := json.Marshal(log)
	require.NoError(t, err)
	require.NotContains(t, string(whole), "labtoken", "no credentials in the log")
}

func TestTheControlAPISetsTheCarrier(t *testing.T) {
	t.Parallel()
	_, address, _ := start(t)
	api := address + "/lab/api"
	for _, c := range []struct{ path, body, want string }{
		{"/carrier", `{"fault": "429", "share": 0.5, "channel": "sms"}`, `{"fault":"429","share":0.5,"channel":"sms","list_lag_ms":0}`},
		{"/carrier", `{"fault": "timeout"}`, `{"fault":"timeout","share":1,"channel":"all","list_lag_ms":0}`},
		{"/carrier", `{"fault": "503", "share": 0}`, `{"fault":"503","share":0,"channel":"all","list_lag_ms":0}`},
		{"/callbacks", `{"duplicate": true, "delay_ms": 5, "drop": 0.1, "reorder": true}`, `{"duplicate":true,"delay_ms":5,"drop":0.1,"reorder":true}`},
	} {
		status, _ := ask(t, http.MethodPut, api+c.path, c.body)
		require.Equal(t, http.StatusOK, status, c.body)
		_, got := ask(t, http.MethodGet, api+c.path, "")
		text, err := json.Marshal(got)
		require.NoError(t, err)
		require.JSONEq(t, c.want, string(text))
	}
}

func TestTheControlAPISaysWhatToDo(t *testing.T) {
	t.Parallel()
	_, address, _ := start(t)
	for _, c := range []struct {
		method, path, body string
		status             int
		detail             string
	}{
		{"PUT", "/phones/" + anna, `{"behaviour": "shy"}`, http.StatusUnprocessableEntity, "use one of answer"},
		{"PUT", "/phones/12", `{"behaviour": "busy"}`, http.StatusUnprocessableEntity, "E.164"},
		{"PUT", "/phones/" + anna, `{"mood": "bad"}`, http.StatusBadRequest, `unknown field "mood"`},
		{"PUT", "/phones/" + anna, `{`, http.StatusBadRequest, "JSON"},
		{"POST", "/phones/+491709999999/reply", `{"body": "1"}`, http.StatusNotFound, "PUT /lab/api/phones"},
		{"POST", "/phones/" + anna + "/calls/CA1/keys", `{"digits": "1"}`, http.StatusNotFound, "no such call"},
		{"POST", "/phones/" + anna + "/calls/CA1/keys", `{"digits": "x"}`, http.StatusUnprocessableEntity, "keys 0 to 9"},
		{"PUT", "/carrier", `{"fault": "fire"}`, http.StatusUnprocessableEntity, "reset_after_accept"},
		{"PUT", "/callbacks", `{"drop": 2}`, http.StatusUnprocessableEntity, "between 0 and 1"},
		{"DELETE", "/log", ``, http.StatusNotFound, "start with GET"},
	} {
		status, problem := ask(t, c.method, address+"/lab/api"+c.path, c.body)
		require.Equal(t, c.status, status, c.path)
		require.InDelta(t, c.status, problem["status"], 0)
		require.Equal(t, http.StatusText(c.status), problem["title"])
		require.Contains(t, problem["detail"], c.detail)
	}
}

func TestOtherSitesCannotPlayAPerson(t *testing.T) {
	t.Parallel()
	l, address, _ := start(t)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address+"/lab/api/phones/"+anna+"/reply", strings.NewReader(`{"to": "`+sender+`", "body": "1"}`))
	require.NoError(t, err)
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, http.StatusForbidden, resp.StatusCode)
	require.Equal(t, "application/problem+json", resp.Header.Get("Content-Type"))
	require.Empty(t, phone(l, anna).Replies)
}
