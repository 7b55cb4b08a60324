package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/internal/planfile"
)

func TestCheckPreview_showsMailsShortTextsAndWhatToMend(t *testing.T) {
	t.Parallel()
	path := write(t, strings.Replace(string(planfile.Example()), "Wir suchen die Ursache.", "Wir melden uns schnellstmöglich.", 1))
	code, out, complaint := stormbell(t, nil, "check", "--preview", "--audience", "customers", "--phase", "investigation", "--language", "de", path)
	require.Equal(t, 0, code, complaint)
	for _, want := range []string{
		"warning  messages.customers.investigation.de.say.advice", "──── customers, investigation, de\nACME: Kasse gestört\n",
		"Die nächste Meldung kommt spätestens um 03:59.", "── short, ", "! filler: schnellstmöglich. Leave it out",
	} {
		require.Contains(t, out, want)
	}
	require.Equal(t, 1, strings.Count(out, "────"))

	code, _, complaint = stormbell(t, nil, "check", "--preview", "--audience", "custmers", path)
	require.Equal(t, 2, code)
	require.Contains(t, complaint, `did you mean "customers"?`)
}
