package devserver_test

import (
	"database/sql"
	"testing"

	"github.com/stretchr/testify/require"
)

// foreignDatabase writes an SQLite file that somebody else made.
func foreignDatabase(t *testing.T, path string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path)
	require.NoError(t, err)
	defer db.Close()
	_, err = db.Exec("CREATE TABLE music (album TEXT)")
	require.NoError(t, err)
}
