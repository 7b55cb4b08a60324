package archtest

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestViolations_madeUpPackages_namesImportAndRule proves that each rule can fail.
func TestViolations_madeUpPackages_namesImportAndRule(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		from, imports, breaks string
	}{
		{"domain/incident", module + "domain/plan", ""},
		{"domain/incident", "slices", ""},
		{"domain/incident", "net/netip", ""},
		{"domain/incident", "net/http", "A1"},
		{"domain/incident", "math/rand/v2", "A1"},
		{"domain/incident", "text/template", "A1"},
		{"domain/incident", "os/signal", "A1"},
		{"domain/incident", "github.com/google/uuid", "A1"},
		{"domain/incident", module + "internal/record", "A1"},
		{"domain/incident", "go.temporal.io/sdk/temporal", "A1"},

		{"workflows/contract", module + "domain/plan", ""},
		{"workflows/contract", "go.temporal.io/sdk/temporal", ""},
		{"workflows/contract", "go.temporal.io/sdk/client", "A2"},
		{"workflows/contract", module + "workflows", "A2"},

		{"workflows/client", "go.temporal.io/sdk/client", ""},
		{"workflows/client", module + "workflows/contract", ""},
		{"workflows/client", module + "workflows", "A3"},
		{"workflows/client", module + "internal/record", "A3"},

		{"workflows", module + "workflows/contract", ""},
		{"workflows", "go.temporal.io/sdk/workflow", ""},
		{"workflows/page", module + "workflows", ""},
		{"workflows", module + "activities/twilio", "A4"},
		{"workflows", module + "workflows/client", "A4"},
		{"workflows", module + "api", "A4"},
		{"workflows", "net/http", "A4"},
		{"workflows", "database/sql", "A4"},
		{"workflows", "github.com/jackc/pgx/v5", "A4"},
		{"workflows", "go.temporal.io/sdk/client", "A4"},

		{"activities", module + "internal/record", ""},
		{"activities", module + "workflows", "A5"},
		{"activities", module + "internal/lab", "A5"},
		{"activities/slack", module + "api/carrier", "A5"},

		{"worker", module + "workflows", ""},
		{"worker", module + "activities/twilio", ""},
		{"worker", module + "api/v1", "A6"},

		{"api/v1", module + "workflows/client", ""},
		{"api/v1", module + "internal/record", ""},
		{"api/v1", "go.temporal.io/sdk/client", "A7"},
		{"api/v1", module + "workflows", "A7"},
		{"api/v1", module + "activities", "A7"},
		{"api/web", module + "internal/lab", "A7"},

		{"internal/record", module + "domain/plan", ""},
		{"internal/record", module + "workflows/contract", "A8"},
		{"internal/record", module + "internal/devserver", "A8"},
		{"internal/testkit", module + "internal/devserver", ""},
		{"internal/testkit", module + "worker", "A8"},
		{"internal/browser", module + "domain/plan", "A8"},
		{"api/web", module + "internal/browser", "A7"},

		{"cmd/stormbell", module + "worker", ""},
		{"cmd/stormbell", module + "internal/lab", "A9"},
		{"cmd/stormbell-solo", module + "internal/lab", ""},

		{"activities/twilio", "github.com/twilio/twilio-go/client", ""},
		{"api/carrier", "github.com/twilio/twilio-go/client", ""},
		{"api/v1", "github.com/twilio/twilio-go", "A10"},
		{"internal/callscript", "github.com/twilio/twilio-go/twiml", ""},
		{"internal/callscript", "github.com/twilio/twilio-go/client", "A10"},
		{"api/carrier", "github.com/twilio/twilio-go/twiml", "A10"},
		{"activities/twilio", "github.com/sendgrid/sendgrid-go", "A10"},
		{"internal/devserver", "go.temporal.io/server/temporal", ""},
		{"internal/testkit", "go.temporal.io/server/temporal", "A10"},
		{"worker", "github.com/temporalio/ui-server/v2/server", "A10"},
		{"internal/testkit", "github.com/stretchr/testify/require", ""},
		{"activities", "github.com/stretchr/testify/require", "A10"},
		{"internal/browser", "github.com/chromedp/chromedp", ""},
		{"internal/testkit", "github.com/chromedp/cdproto/page", "A10"},

		{"internal/util", "errors", "A11"},
		{"domain/common/clock", "errors", "A11"},
		{"pkg/incident", "errors", "A11"},
	} {
		t.Run(c.from+" imports "+c.imports, func(t *testing.T) {
			t.Parallel()
			got := violations(pkg{ImportPath: module + c.from, Doc: "Package x is.", Imports: []string{c.imports}})
			if c.breaks == "" {
				require.Empty(t, got)
				return
			}
			require.Len(t, got, 1)
			require.Contains(t, got[0], c.breaks)
			require.Contains(t, got[0], c.from)
			if c.breaks != "A11" {
				require.Contains(t, got[0], "imports "+strings.TrimPrefix(c.imports, module)+":")
			}
		})
	}
}

func TestViolations_noPackageComment_asksForDoc(t *testing.T) {
	t.Parallel()
	got := violations(pkg{ImportPath: module + "domain/incident"})
	require.Equal(t, []string{"domain/incident: breaks A11 of docs/architecture.md: it has no package comment; write doc.go"}, got)
}

func TestLinked_madeUpBinaries_seeDeepDependencies(t *testing.T) {
	t.Parallel()
	binary := pkg{ImportPath: module + "cmd/stormbell", Deps: []string{
		"errors", module + "worker", "go.temporal.io/sdk/client", module + "internal/labels",
	}}
	require.Empty(t, linked(binary))
	for _, root := range []string{
		module + "internal/lab", module + "internal/devserver", module + "internal/testkit", module + "internal/browser",
		"go.temporal.io/server", "github.com/temporalio/ui-server",
	} {
		binary.Deps = []string{"errors", root + "/deep/down"}
		require.Len(t, linked(binary), 1, root)
		require.Contains(t, linked(binary)[0], "cmd/stormbell links "+strings.TrimPrefix(root, module)+":")
	}
}

func TestClockReadings_madeUpFiles_findsEveryReading(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, source string
		want         int
	}{
		{"parameters only", `package p; import "time"; func f(now time.Time) time.Time { return now.Add(time.Minute) }`, 0},
		{"a method called Now", `package p; type c struct{}; func (c) Now() int { return 0 }; var n = c{}.Now()`, 0},
		{"a call", `package p; import "time"; var now = time.Now()`, 1},
		{"a mention", `package p; import "time"; var clock = time.Now`, 1},
		{"a renamed import", `package p; import clock "time"; var past = clock.Since`, 1},
		{"randomness", `package p; import "math/rand/v2"; var n = rand.IntN(6)`, 1},
		{"waiting", `package p; import "time"; func f() { time.Sleep(1); <-time.After(1) }`, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := clockReadings("made_up.go", c.source)
			require.NoError(t, err)
			require.Len(t, got, c.want)
		})
	}
}
