package planfile

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/plan"
)

func TestParseRecipients_goodLines_areTaken(t *testing.T) {
	t.Parallel()
	want := []plan.Recipient{
		{Email: "anna@example.com", Name: "Vogel, Anna", Language: "de"},
		{Phone: "+491711234567", Language: "en"},
		{Email: "all@example.com", Language: "en", Shared: true},
	}
	for _, file := range []string{
		"email,phone,name,language,shared\nanna@example.com,,\"Vogel, Anna\",de,\n,+49 171 1234567,,,no\nall@example.com,,,en,yes\n",
		"\ufeffName;Email;Shared;Language;Phone\r\nVogel, Anna;anna@example.com;;de;\r\n;;;;+49 171 1234567\r\n;all@example.com;1;;\r\n",
	} {
		got, err := parseRecipients([]byte(file), []string{"en", "de"})
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
}

func TestParseRecipients_badLines_areNamedAndLeftOut(t *testing.T) {
	t.Parallel()
	got, err := parseRecipients([]byte("email,phone,language,shared\ngood@example.com\nnobody\nGOOD@example.com\na@example.com,+49 171 1234567\nb@example.com,,fr\nc@example.com,,,maybe\n,0171 1234567\n,+49 30 901820\n"), []string{"en"})
	require.Len(t, got, 1)
	var wrong *ListError
	require.ErrorAs(t, err, &wrong)
	require.Equal(t, []int{3, 4, 5, 6, 7, 8, 9}, wrong.Lines())
	for _, file := range []string{"", "anna@example.com\n", "email,adress\n"} {
		_, err := parseRecipients([]byte(file), nil)
		require.ErrorContains(t, err, "line 1")
	}
}

func FuzzParseRecipients(f *testing.F) {
	f.Add([]byte("email;name\n\"a\nb\";x\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		got, _ := parseRecipients(data, []string{"en"})
		for _, r := range got {
			require.NotEqual(t, r.Email == "", r.Phone == "")
		}
	})
}
