package v1_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/api/v1"
)

var update = flag.Bool("update", false, "write the golden copy of the OpenAPI document")

func document(t *testing.T, name string) []byte {
	t.Helper()
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	v1.Register(engine, v1.Config{Version: "1"})
	w := httptest.NewRecorder()
	engine.ServeHTTP(w, httptest.NewRequest("GET", v1.Document+name, nil))
	require.Equal(t, 200, w.Code)
	return w.Body.Bytes()
}

// TestDocument_matchesItsCopy makes every change of the API visible in a review. After a
// change that is meant, run the tests of this package with -update.
func TestDocument_matchesItsCopy(t *testing.T) {
	var pretty bytes.Buffer
	require.NoError(t, json.Indent(&pretty, document(t, ".json"), "", "  "))
	pretty.WriteByte('\n')
	golden := filepath.Join("testdata", "openapi.json")
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(golden, pretty.Bytes(), 0o644))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err, "run with -update once")
	require.Equal(t, string(want), pretty.String())
}

func TestDocument_describesEveryCallForMachinesAndPeople(t *testing.T) {
	var doc struct {
		OpenAPI    string
		Paths      map[string]map[string]operation
		Components struct{ Schemas map[string]map[string]any }
	}
	require.NoError(t, json.Unmarshal(document(t, ".json"), &doc))
	require.Equal(t, "3.1.0", doc.OpenAPI)
	ids := map[string]bool{}
	for path, methods := range doc.Paths {
		require.True(t, strings.HasPrefix(path, v1.Base+"/"), path)
		for method, op := range methods {
			require.NotEmpty(t, op.Summary, path)
			require.False(t, ids[op.OperationID], "%s twice", op.OperationID)
			ids[op.OperationID] = true
			require.Contains(t, op.Responses, "default", "%s says what an error looks like", path)
			key := slices.ContainsFunc(op.Parameters, func(p parameter) bool { return p.Name == "Idempotency-Key" })
			require.Equal(t, method != "get", key, "%s %s: every write takes an Idempotency-Key", method, path)
		}
	}
	require.Len(t, ids, 83)
	for name, schema := range doc.Components.Schemas {
		closed := schema["additionalProperties"] == false
		require.Equal(t, strings.HasSuffix(name, "Request"), closed, "%s: what is sent is closed, what is answered may grow", name)
	}
	require.Contains(t, string(document(t, ".yaml")), "openapi: 3.1.0")
}

type parameter struct{ Name string }

type operation struct {
	OperationID, Summary string
	Parameters           []parameter
	Responses            map[string]any
}
