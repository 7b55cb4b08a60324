package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/planfile"
)

// imports is the built-in plan with its legal role kept in a calendar.
func imports(source string) string {
	return strings.NewReplacer(
		"rotations:\n", fmt.Sprintf("rotations:\n  legal: { ical: %q, match: name }\n", source),
		"    primary: carla\n    backup: [eva]\n", "    primary: rotation:legal\n    backup: [eva]\n",
	).Replace(string(planfile.Example()))
}

func event(title string, from, until time.Time) string {
	const form = "20060102T150405Z"
	return fmt.Sprintf("BEGIN:VEVENT\r\nUID:%s\r\nSUMMARY:%[1]s\r\nDTSTART:%s\r\nDTEND:%s\r\nEND:VEVENT\r\n", title, from.UTC().Format(form), until.UTC().Format(form))
}

// A calendar is looked at with the plan: a file always, an address when check may ask around.
func TestCheck_importedRotation_isLookedAt(t *testing.T) {
	t.Parallel()
	dir, now := t.TempDir(), time.Now()
	path := filepath.Join(dir, "plan.yaml")
	require.NoError(t, os.WriteFile(path, []byte(imports("legal.ics")), 0o600))
	code, out, complaint := stormbell(t, nil, "check", path)
	require.Equal(t, 0, code, complaint)
	require.Contains(t, out, "warn  rotation legal: the calendar cannot be read: the file is not there\n")

	book := "BEGIN:VCALENDAR\r\n" + event("Legal: Carla Roth", now.AddDate(0, 0, -1), now.AddDate(0, 0, 10)) +
		event("Legal: Jo", now.AddDate(0, 0, 10), now.AddDate(0, 0, 20)) + event("Ben Ortiz", now.AddDate(0, 0, 20), now.AddDate(0, 0, 50)) + "END:VCALENDAR\r\n"
	require.NoError(t, os.WriteFile(filepath.Join(dir, "legal.ics"), []byte(book), 0o600))
	code, out, _ = stormbell(t, nil, "check", path)
	require.Equal(t, 0, code, "warnings do not fail")
	require.Contains(t, out, `warn  rotation legal: "Legal: Jo" from `)
	require.Contains(t, out, "its title names nobody in the plan")
	require.Contains(t, out, "warn  role legal_officer: nobody is on call from "+clock(now.AddDate(0, 0, 10), berlin(t))+" until "+clock(now.AddDate(0, 0, 20), berlin(t))+"; eva, a backup, is asked then\n")
	require.Equal(t, 1, strings.Count(out, "nobody is on call"))

	asked := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { asked++; _, _ = w.Write([]byte(book)) }))
	t.Cleanup(server.Close)
	path = write(t, imports(server.URL+"/legal.ics"))
	_, out, _ = stormbell(t, nil, "check", path)
	require.NotContains(t, out, "warn  rotation")
	require.Zero(t, asked, "nobody is asked without --live")

	engine, run := answering(t)
	p, err := planfile.Parse("plan", []byte(imports("legal.ics")), planfile.Options{})
	require.NoError(t, err)
	p.Rotations[0].Imported = plan.Imported{ReadAt: engine.Now().Add(-5 * time.Hour), Trouble: "its server answers 502"}
	engine.SetPlan(p)
	code, out, complaint = run("check", "--live", path)
	require.Equal(t, 0, code, complaint)
	require.Equal(t, 1, asked)
	require.Contains(t, out, `warn  rotation legal: "Legal: Jo" from `)
	require.Regexp(t, `warn  rotation legal: where it is running, the calendar was last read \S+ ago; its server answers 502\n`, out)
	_, out, _ = run("on-call", "legal_officer")
	require.Regexp(t, `The calendar of rotation legal: last read .*\. its server answers 502\.`, out)
}
