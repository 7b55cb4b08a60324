package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/internal/lab"
	"github.com/stormbell/stormbell/internal/planfile"
)

// asChild tells the test binary to be stormbell-solo instead of testing it.
const asChild = "STORMBELL_SOLO_CHILD"

var histories = flag.String("histories", "", "write the histories of the reference incident to this folder")

func TestMain(m *testing.M) {
	if os.Getenv(asChild) != "" {
		main()
		return
	}
	flag.Parse()
	os.Exit(m.Run())
}

// night is a Stormbell in child processes, which can be killed, with a phone lab that outlives
// them.
type night struct {
	t        testing.TB
	dir      string
	base     string
	temporal string
	record   string
	plan     string
	token    string
	lab      *lab.Lab
	programs []*program
	request  atomic.Int64
	// textsAreLost makes people answer on the page instead of by text.
	textsAreLost bool
	// over is closed when the incident was played to its end.
	over chan struct{}
}

// newNight starts solo at a speed, on ports of its own.
func newNight(t testing.TB, speed string) *night {
	t.Helper()
	n := newPlan(t)
	n.solo(speed)
	return n
}

func (n *night) solo(speed string) {
	n.t.Helper()
	data := filepath.Join(n.dir, "data")
	n.temporal, n.record = freePort(n.t), "sqlite:"+filepath.Join(data, "stormbell.db")
	n.run(os.Args[0], "--plan", n.plan, "--data", data, "--listen", n.listen(), "--temporal", n.temporal, "--ui", freePort(n.t), "--lab", off, "--speed", speed)
}

// newPlan prepares a phone lab and a plan that uses it.
func newPlan(t testing.TB) *night {
	t.Helper()
	return newPlanAt(t, 10)
}

// newPlanAt is newPlan with phones that ring and people who speak so many times as fast.
func newPlanAt(t testing.TB, speed float64) *night {
	t.Helper()
	n := &night{t: t, dir: t.TempDir(), base: "http://" + freePort(t), over: make(chan struct{})}
	phones, err := lab.New(lab.Config{AccountSID: "ACtest", AuthToken: "token", SendGridKey: "SG.test", InboundURL: n.base + "/hooks/twilio/reply", MailEventsURL: n.base + "/hooks/sendgrid/events", MailRepliesURL: n.base + "/hooks/sendgrid/inbound", Speed: speed})
	require.NoError(t, err)
	phones.SetVoiceURL(n.base+"/hooks/twilio/call", n.base+"/hooks/twilio/fallback.xml")
	n.lab = phones
	carrier := httptest.NewServer(phones.Handler())
	t.Cleanup(func() { carrier.Close(); phones.Close() })
	account := fmt.Sprintf(`type: twilio, account: "${LAB_ACCOUNT}", token: "${LAB_TOKEN}", endpoint: %q`, carrier.URL)
	text := strings.NewReplacer(
		"http://127.0.0.1:8080 ", n.base+" ",
		"pages:   { type: lab", "pages:   { "+account,
		"updates: { type: lab", "updates: { "+account,
		"chat:    { type: lab", fmt.Sprintf(`chat:    { type: slack, token: "${LAB_SLACK}", endpoint: %q`, carrier.URL),
		"statuspage: { type: lab", fmt.Sprintf(`statuspage: { url: %q, secret: "${LAB_HOOK}", private: true`, carrier.URL+lab.HookPath+"statuspage"),
		"email:   { type: lab", fmt.Sprintf(`email:   { type: sendgrid, key: "${LAB_KEY}", endpoint: %q, event_key: %q, inbound: { address: incident@in.acme.example, public_key: %[2]q }`, carrier.URL, phones.MailVerificationKey()),
	).Replace(string(planfile.Example()))
	n.plan = filepath.Join(n.dir, "plan.yaml")
	require.NoError(t, os.WriteFile(n.plan, []byte(text), 0o600))
	return n
}

func (n *night) listen() string { return strings.TrimPrefix(n.base, "http://") }

// freePort is an address that nobody listens at. It lies below the ports that outgoing
// connections are given, one of which could take it before the program does.
func freePort(t testing.TB) string {
	t.Helper()
	for range 100 {
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", 20_000+rand.IntN(12_000)))
		if err == nil {
			defer l.Close()
			return l.Addr().String()
		}
	}
	t.Fatal("no port is free")
	return ""
}

// program is one child process.
type program struct {
	t    testing.TB
	path string
	args []string
	env  []string
	cmd  *exec.Cmd
	mu   sync.Mutex // guards logs
	logs bytes.Buffer
	read chan struct{} // closed when its logs are whole
}

// run starts a program and stops it at the end of the test.
func (n *night) run(path string, args ...string) *program {
	n.t.Helper()
	p := &program{t: n.t, path: path, args: args, env: n.env()}
	n.programs = append(n.programs, p)
	p.start()
	n.t.Cleanup(p.stop)
	return p
}

func (n *night) env() []string {
	return append(os.Environ(), asChild+"=1", "LAB_ACCOUNT=ACtest", "LAB_TOKEN=token", "LAB_KEY=SG.test", "LAB_SLACK="+lab.DefaultSlackToken, "LAB_HOOK="+lab.DefaultHookSecret,
		"DATABASE_URL="+n.record, "STORMBELL_TOKEN="+n.token, "TEMPORAL_ADDRESS="+n.temporal, "TEMPORAL_NAMESPACE="+namespace)
}

// start starts it and waits for its "ready".
func (p *program) start() {
	p.t.Helper()
	p.cmd, p.read = exec.Command(p.path, p.args...), make(chan struct{})
	p.logs.Reset()
	p.cmd.Env = p.env
	out, err := p.cmd.StdoutPipe()
	require.NoError(p.t, err)
	p.cmd.Stderr = p.cmd.Stdout
	require.NoError(p.t, p.cmd.Start())
	ready := make(chan bool, 1)
	go func() {
		defer close(p.read)
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			p.mu.Lock()
			p.logs.Write(append(lines.Bytes(), '\n'))
			p.mu.Unlock()
			if line := lines.Text(); line == "ready" || strings.Contains(line, `"msg":"ready"`) {
				ready <- true
			}
		}
		close(ready)
	}()
	select {
	case ok := <-ready:
		require.True(p.t, ok, "%s ended before it was ready", p.path)
	case <-time.After(90 * time.Second):
		p.t.Fatalf("%s was not ready in time", p.path)
	}
}

// said is what it has printed.
func (p *program) said() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.logs.String()
}

// kill ends it as a power cut would.
func (p *program) kill() {
	_ = p.cmd.Process.Kill()
	<-p.read
	_ = p.cmd.Wait()
}

func (p *program) stop() {
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	<-p.read
	_ = p.cmd.Wait()
	if p.t.Failed() {
		p.t.Log(p.said())
	}
}

// call makes a request and decodes the answer.
func (n *night) call(method, path string, body, into any) (status int, raw string) {
	n.t.Helper()
	var reader io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		reader = strings.NewReader(b)
	default:
		data, err := json.Marshal(b)
		require.NoError(n.t, err)
		reader = bytes.NewReader(data)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, n.base+path, reader)
	require.NoError(n.t, err)
	req.Header.Set("Content-Type", "application/json")
	if n.token != "" {
		req.Header.Set("Authorization", "Bearer "+n.token)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err.Error()
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, err.Error()
	}
	if into != nil && resp.StatusCode < 300 {
		require.NoError(n.t, json.Unmarshal(data, into), "%s", data)
	}
	return resp.StatusCode, string(data)
}

// do is a command that must succeed, however often the process dies under it: it is sent
// again with the same key until it is answered.
func (n *night) do(method, path string, body any) {
	n.t.Helper()
	key := fmt.Sprintf("test-%d", n.request.Add(1))
	n.until(method+" "+path, func() bool {
		status, raw := n.send(method, path, body, key)
		if status >= 400 && status < 500 && status != http.StatusConflict {
			n.t.Fatalf("%s %s: %d %s", method, path, status, raw)
		}
		return status >= 200 && status < 300
	})
}

func (n *night) send(method, path string, body any, key string) (int, string) {
	data, err := json.Marshal(body)
	require.NoError(n.t, err)
	if body == nil {
		data = nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, n.base+path, bytes.NewReader(data))
	require.NoError(n.t, err)
	req.Header.Set("Content-Type", "application/json")
	if n.token != "" {
		req.Header.Set("Authorization", "Bearer "+n.token)
	}
	req.Header.Set("Idempotency-Key", key)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err.Error()
	}
	defer resp.Body.Close()
	raw, _ := io.ReadAll(resp.Body)
	return resp.StatusCode, string(raw)
}

// until waits for a condition.
func (n *night) until(what string, met func() bool) {
	n.t.Helper()
	n.within(time.Minute, what, met)
}

// within waits so long for a condition that takes its time.
func (n *night) within(limit time.Duration, what string, met func() bool) {
	n.t.Helper()
	deadline := time.Now().Add(limit)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for !met() {
		if time.Now().After(deadline) {
			n.t.Fatalf("never happened: %s\n%s", what, n.picture())
		}
		<-tick.C
	}
}

// picture is what to look at when something never happened.
func (n *night) picture() string {
	_, incident := n.call(http.MethodGet, "/api/v1/incidents/1", nil, nil)
	return incident
}

// phone is a person's phone in the lab.
func (n *night) phone(person string) lab.PhoneState {
	p, err := planfile.Parse("plan", mustRead(n.t, n.plan), planfile.Options{Lenient: true})
	require.NoError(n.t, err)
	owner, ok := p.Person(person)
	require.True(n.t, ok)
	for _, phone := range n.lab.Phones() {
		if phone.Number == owner.Phones[0].Number {
			return phone
		}
	}
	return lab.PhoneState{Phone: lab.Phone{Number: owner.Phones[0].Number}}
}

func mustRead(t testing.TB, path string) []byte {
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	return data
}

// texted waits until a person has a text that contains words.
func (n *night) texted(person, words string) string {
	n.t.Helper()
	var body string
	n.until(person+" is texted: "+words, func() bool {
		for _, m := range n.phone(person).Messages {
			if strings.Contains(m.Body, words) {
				body = m.Body
				return true
			}
		}
		return false
	})
	return body
}

// reply is a person's answer by text, sent until the process takes it.
func (n *night) reply(person, words string) {
	n.t.Helper()
	phone := n.phone(person)
	require.NotEmpty(n.t, phone.Messages, "%s was never texted", person)
	_, err := n.lab.Reply(phone.Number, phone.Messages[len(phone.Messages)-1].From, words)
	require.NoError(n.t, err)
}

type view struct {
	Number   int    `json:"number"`
	Phase    string `json:"phase"`
	Mode     string `json:"mode"`
	Severity string `json:"severity"`
	Closed   bool   `json:"closed"`
	Roles    []struct {
		Role, Holder, State string
		Asked               []struct{ Person string }
	} `json:"roles"`
	Tasks []struct {
		ID, State, Person, Role string
	} `json:"tasks"`
	Messages []struct {
		Audience, Phase, Stage, State, Hash string
		Texts                               []struct{ Language, Subject, Body string }
	} `json:"messages"`
}

func (n *night) view() (v view) {
	n.call(http.MethodGet, "/api/v1/incidents/1", nil, &v)
	return v
}

func (v view) role(name string) (holder, state string, asked []string) {
	for _, r := range v.Roles {
		if r.Role == name {
			for _, a := range r.Asked {
				asked = append(asked, a.Person)
			}
			return r.Holder, r.State, asked
		}
	}
	return "", "", nil
}

func (n *night) path(parts ...string) string {
	for i := range parts {
		parts[i] = url.PathEscape(parts[i])
	}
	return "/api/v1/incidents/1/" + strings.Join(parts, "/")
}
