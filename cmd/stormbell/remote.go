package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/oklog/ulid/v2"

	"github.com/stormbell/stormbell/api/problem"
	"github.com/stormbell/stormbell/api/v1"
)

// askWithin bounds one request; the server's own patience with its engine is shorter.
const askWithin = 30 * time.Second

// maxAnswer bounds what is read of an answer, in bytes.
const maxAnswer = 8 << 20

// remote are the flags of every command that asks a running Stormbell. Such a command has no
// way of its own around the API: what it can do, a script can do.
type remote struct {
	URL   string `help:"Where Stormbell answers." default:"http://127.0.0.1:8080" env:"STORMBELL_URL" placeholder:"URL"`
	Token string `help:"Bearer token of the API; a solo installation on the loopback needs none." env:"STORMBELL_TOKEN" placeholder:"TOKEN"`
	JSON  bool   `help:"Print what the API answers instead of words." name:"json"`
}

// printed is an answer that knows how to say itself to people. Lines in a table are made of
// cells that end with a tab.
type printed interface{ print(io.Writer) }

// show asks and prints the answer: as JSON when that was wanted, else in words.
func (r remote) show(ctx context.Context, method, path string, body any, into printed) error {
	raw, err := r.ask(ctx, method, path, body, into)
	if err != nil {
		return err
	}
	if r.JSON {
		_, err = fmt.Fprintln(os.Stdout, strings.TrimSpace(string(raw)))
		return err
	}
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	into.print(table)
	return table.Flush()
}

// ask sends one request to a path below the API's base and reads the answer, which is also
// returned as it came. A body makes it JSON; every write carries a key, so that the network may
// repeat it. What the server refuses is a *refused: the answer is no. Everything else that goes
// wrong means that there is no answer.
func (r remote) ask(ctx context.Context, method, path string, body, into any) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, askWithin)
	defer cancel()
	req, err := r.request(ctx, method, path, body)
	if err != nil {
		return nil, err
	}
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, fmt.Errorf("stormbell does not answer; check --url or STORMBELL_URL: %w", err)
	}
	defer answer.Body.Close() // read to its end or given up
	raw, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	if err != nil {
		return nil, fmt.Errorf("read the answer: %w", err)
	}
	if answer.StatusCode >= http.StatusBadRequest {
		return nil, complaint(answer, raw)
	}
	if into != nil && len(raw) > 0 {
		if err := json.Unmarshal(raw, into); err != nil {
			return nil, fmt.Errorf("the answer is not Stormbell's; check --url or STORMBELL_URL: %w", err)
		}
	}
	return raw, nil
}

func (r remote) request(ctx context.Context, method, path string, body any) (*http.Request, error) {
	var sent io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			return nil, fmt.Errorf("write the request: %w", err)
		}
		sent = bytes.NewReader(raw)
	}
	base, err := url.Parse(r.URL)
	if err != nil || base.Host == "" {
		return nil, fmt.Errorf("--url %q is no address; write it like http://127.0.0.1:8080", r.URL)
	}
	req, err := http.NewRequestWithContext(ctx, method, strings.TrimRight(r.URL, "/")+v1.Base+path, sent)
	if err != nil {
		return nil, fmt.Errorf("make the request: %w", err)
	}
	req.Header.Set("Accept", "application/json")
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if method != http.MethodGet {
		req.Header.Set("Idempotency-Key", ulid.Make().String())
	}
	// A server may have several tokens in the same variable; any of them is good.
	if token, _, _ := strings.Cut(r.Token, ","); token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	return req, nil
}

// complaint turns an answer that is no success into an error: a refusal says its sentence and
// every mistake with its place.
func complaint(answer *http.Response, raw []byte) error {
	var d problem.Document
	if err := json.Unmarshal(raw, &d); err != nil || d.Title == "" {
		return fmt.Errorf("the answer is %s and not Stormbell's; check --url or STORMBELL_URL", answer.Status)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n", d.Title, d.Detail)
	for _, e := range d.Errors {
		fmt.Fprintf(&b, "  %s: %s\n", strings.TrimPrefix(e.Location, "body."), e.Message)
	}
	if answer.StatusCode >= http.StatusInternalServerError {
		return fmt.Errorf("%s", strings.TrimSpace(b.String()))
	}
	return &refused{b.String()}
}

// query writes parameters behind a path and leaves out those without a value.
func query(path string, pairs ...string) string {
	values := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			values.Set(pairs[i], pairs[i+1])
		}
	}
	if len(values) == 0 {
		return path
	}
	return path + "?" + values.Encode()
}

// list is how the API answers with several things.
type list[T any] struct {
	Items []T `json:"items"`
}
