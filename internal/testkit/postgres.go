// Package testkit is what tests of several packages share. Only tests import it.
package testkit

import (
	"crypto/rand"
	"database/sql"
	"net/url"
	"os"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	"github.com/stretchr/testify/require"
)

// PostgresEnv names the variable with the address of a PostgreSQL database to test with.
const PostgresEnv = "STORMBELL_TEST_POSTGRES"

// PostgresSchema returns the address of an empty schema that is dropped when the test ends, and false
// where there is no PostgreSQL to test with.
func PostgresSchema(t testing.TB) (address string, ok bool) {
	t.Helper()
	address = os.Getenv(PostgresEnv)
	if address == "" {
		return "", false
	}
	u, err := url.Parse(address)
	require.NoError(t, err)
	db, err := sql.Open("pgx", address)
	require.NoError(t, err)
	name := "t" + strings.ToLower(rand.Text())
	_, err = db.Exec("CREATE SCHEMA " + name)
	require.NoError(t, err)
	t.Cleanup(func() {
		_, err := db.Exec("DROP SCHEMA " + name + " CASCADE")
		require.NoError(t, err)
		require.NoError(t, db.Close())
	})
	q := u.Query()
	q.Set("search_path", name)
	u.RawQuery = q.Encode()
	return u.String(), true
}
