package carrier

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/escalation"
	"github.com/stormbell/stormbell/domain/notice"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/callscript"
	"github.com/stormbell/stormbell/internal/lab"
	"github.com/stormbell/stormbell/internal/phrase"
)

const pagesFrom = "+4915735980000"

// talks is a site at a real address with a phone lab that calls it.
type talks struct {
	*site
	lab    *lab.Lab
	server *httptest.Server
	url    string // the lab's
}

func newTalks(t *testing.T, page escalation.State) *talks {
	t.Helper()
	s := newSite(t, page)
	server := httptest.NewServer(s.handler)
	t.Cleanup(server.Close)
	s.hooks.PublicURL, s.hooks.Tokens = server.URL, []string{lab.DefaultAuthToken}
	l, address := newLab(t, lab.Config{
		Senders: []string{pagesFrom}, Phones: []lab.Phone{{Number: annas}}, Speed: 50,
		VoiceURL: server.URL + callAt, VoiceFallbackURL: server.URL + "/hooks/twilio/fallback.xml",
	})
	return &talks{site: s, lab: l, server: server, url: address}
}

// calls places the call of a notice, as the worker does.
func (s *talks) calls(kind notice.Kind, fallback string) {
	s.t.Helper()
	words := phrase.New(s.hooks.Plan())
	script, err := callscript.Menu(words.Speech(notice.Notice{Kind: kind, Incident: 1, Role: "marketing_officer"}, phrase.To{Person: "anna"}), s.server.URL+keysAt)
	require.NoError(s.t, err)
	send(s.t, s.url+"/2010-04-01/Accounts/"+lab.DefaultAccountSID+"/Calls.json", "application/x-www-form-urlencoded", url.Values{
		"To": {annas}, "From": {pagesFrom}, "Twiml": {script}, "FallbackUrl": {fallback}, "FallbackMethod": {http.MethodGet},
	}.Encode(), func(r *http.Request) { r.SetBasicAuth(lab.DefaultAccountSID, lab.DefaultAuthToken) })
}

func (s *talks) call() lab.Call {
	calls := s.lab.Phones()[0].Calls
	if len(calls) == 0 {
		return lab.Call{}
	}
	return calls[len(calls)-1]
}

func (s *talks) await(what string, met func(lab.Call) bool) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), 20*time.Second)
	defer cancel()
	require.NoError(s.t, s.lab.Await(ctx, func() bool { return met(s.call()) }), "never: %s; said: %s", what, s.call().Said)
}

func (s *talks) press(keys string) {
	s.t.Helper()
	s.await("somebody listens", func(c lab.Call) bool { return c.Listening })
	_, err := s.lab.Press(annas, s.call().SID, keys)
	require.NoError(s.t, err)
}

func (s *talks) hears(words string) {
	s.t.Helper()
	s.await("they hear "+words, func(c lab.Call) bool { return strings.Contains(c.Said, words) })
}

// Anna missed the call, rings back, and takes the role with the same key.
func TestLab_ringingBack_takesTheRole(t *testing.T) {
	t.Parallel()
	s := newTalks(t, escalation.State{Stage: escalation.Climbing, Asked: []string{"anna"}})
	s.becomes(escalation.State{Stage: escalation.Climbing, Asked: []string{"anna"}}, asksFor("anna", now))
	s.hooks.Patience = 20 * time.Second
	_, _, err := s.Settle(t.Context(), "n1", delivery.Outcome{State: delivery.Failed, Class: delivery.NotReached, Code: "busy"})
	require.NoError(t, err)
	_, err = s.lab.Dial(annas, pagesFrom)
	require.NoError(t, err)
	s.hears("You are Marketing Sales on call.")
	s.press("1")
	require.Eventually(t, func() bool { return len(s.inbox()) == 1 }, 10*time.Second, time.Millisecond)
	require.Contains(t, s.inbox()[0], `{"n":"n1","to":"`+pagesFrom+`","role":"marketing_officer","digits":"1"}`, "it answers the send, and confirms no phone")
	s.becomes(held)
	s.hears("Marketing Sales is yours.")
}

// Our side breaks down between the question and the key: the caller is told where to turn, by
// the file on another host, by another part of ours, or at least by the carrier.
func TestLab_keysCannotBeTaken_callerIsTold(t *testing.T) {
	t.Parallel()
	const sorry = "We cannot take your answer by phone right now. Please answer our text message, or call + 4 9 3 0"
	for name, c := range map[string]struct {
		elsewhere bool
		breaks    func(*talks)
		says      string
	}{
		"stopped, with a file elsewhere":  {true, func(s *talks) { s.server.Close() }, sorry},
		"5xx, with a file elsewhere":      {true, func(s *talks) { require.NoError(s.t, s.Close()) }, sorry},
		"5xx, only we are there":          {false, func(s *talks) { require.NoError(s.t, s.Close()) }, sorry},
		"stopped, nobody else to ask":     {false, func(s *talks) { s.server.Close() }, "an application error has occurred"},
		"a wrong key is our own business": {false, func(*talks) {}, "That was 9."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newTalks(t, escalation.State{Stage: escalation.Climbing})
			fallback := s.server.URL + "/hooks/twilio/fallback.xml"
			if c.elsewhere {
				fallback = copyOf(t, fallback)
			}
			s.calls(notice.Page, fallback)
			s.await("somebody listens", func(c lab.Call) bool { return c.Listening })
			c.breaks(s)
			s.press("9")
			s.hears(c.says)
		})
	}
}

// copyOf serves what an address serves, as a host does that only has files.
func copyOf(t *testing.T, address string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	require.NoError(t, err)
	res, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer func() { require.NoError(t, res.Body.Close()) }()
	words, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /words.xml", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/xml")
		_, _ = w.Write(words)
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL + "/words.xml"
}

// Somebody asked to be connected: a key joins them, a mailbox never gets there.
// Somebody of whom nothing was heard for long is called, and says by one key that they are there.
func TestLab_stillThere_aKeyIsASignOfLife(t *testing.T) {
	t.Parallel()
	s := newTalks(t, escalation.State{Stage: escalation.Climbing, Asked: []string{"anna"}})
	_, err := s.lab.SetBehaviour(annas, lab.Answer)
	require.NoError(t, err)
	_, err = s.db.ExecContext(t.Context(), "UPDATE deliveries SET purpose = 'still_there' WHERE n = 'n1'")
	require.NoError(t, err)
	s.calls(notice.StillThere, "https://unused.example")
	s.hears("Are you still there")
	s.press("7")
	s.hears("That was 7. Please press 1.")
	s.press("1")
	s.hears("We know that you are there.")
	require.Equal(t, []string{`key ` + s.call().SID + `:1 {"n":"n1","to":"` + annas + `","digits":"1"}`}, s.inbox())
}

func TestLab_bridge_joinsByAKeyOnly(t *testing.T) {
	t.Parallel()
	bridge := func(does lab.Behaviour, change func(*plan.Plan)) *talks {
		t.Helper()
		s := newTalks(t, escalation.State{Stage: escalation.Climbing, Asked: []string{"anna"}})
		p := company
		change(&p)
		s.hooks.Plan = func() plan.Plan { return p }
		_, err := s.lab.SetBehaviour(annas, does)
		require.NoError(t, err)
		_, err = s.db.ExecContext(t.Context(), "UPDATE deliveries SET purpose = 'bridge' WHERE n = 'n1'")
		require.NoError(t, err)
		s.calls(notice.Bridge, "https://unused.example")
		return s
	}
	for _, key := range []string{"1", "3"} {
		s := bridge(lab.Answer, func(*plan.Plan) {})
		s.hears("You asked to be connected to the conference.")
		s.press("*")
		s.press("2")
		s.hears("That was 2. Please press 1, or just hang up.")
		require.Empty(t, s.inbox())
		s.press(key)
		s.await("connected", func(c lab.Call) bool { return c.Connected == "number "+company.Company.Conference })
		// Whoever is connected is there: the incident hears of it.
		require.Equal(t, []string{`key ` + s.call().SID + ":" + key + ` {"n":"n1","to":"` + annas + `","digits":"` + key + `"}`}, s.inbox())
	}

	mailbox := bridge(lab.Voicemail, func(*plan.Plan) {})
	mailbox.await("it is over", func(c lab.Call) bool { return c.Status == lab.CallCompleted })
	require.Empty(t, mailbox.call().Connected)

	for name, conference := range map[string]string{"none": "", "only on the web": "https://meet.acme.example/war"} {
		s := bridge(lab.Answer, func(p *plan.Plan) { p.Company.Conference = conference })
		s.hears("we have no conference number. Please use the link in our text message, or call + 4 9")
		s.await("it is over", func(c lab.Call) bool { return c.Status == lab.CallCompleted })
		require.Empty(t, s.call().Connected, name)
	}
}
