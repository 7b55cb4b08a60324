package lab_test

import (
	"net/http"
	"testing"

	"github.com/sendgrid/sendgrid-go/helpers/mail"
	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/internal/lab"
)

func TestPersonalizationsHaveTheirOwn(t *testing.T) {
	t.Parallel()
	l, address, hook := start(t)
	m := aMail()
	m.Subject, m.Content[0].Value = "For -who-", "Leave at -link-"
	m.Personalizations = nil
	for _, who := range []string{"eva", "ben"} {
		p := mail.NewPersonalization()
		p.AddTos(mail.NewEmail("", who+"@example.com"))
		p.SetCustomArg("n", who)
		p.SetHeader("List-Unsubscribe", "<https://x/"+who+">")
		p.SetSubstitution("-who-", who)
		p.SetSubstitution("-link-", "https://x/"+who)
		m.AddPersonalizations(p)
	}
	status, _ := sendMail(t, address, m)
	require.Equal(t, http.StatusAccepted, status)
	for i, got := range l.Mails() {
		who := []string{"eva", "ben"}[i]
		require.Equal(t, []string{who + "@example.com", "For " + who, "Leave at https://x/" + who, "<https://x/" + who + ">", "auto-generated"},
			[]string{got.To, got.Subject, got.Text, got.Headers["List-Unsubscribe"], got.Headers["Auto-Submitted"]})
	}
	eventually(t, "both are reported", func() bool { return len(events(t, hook)) == 4 })
	require.Equal(t, "eva", events(t, hook)[0]["n"])

	m.Personalizations[1].SetSubstitution("-link-", string(make([]byte, 10_001)))
	status, _ = sendMail(t, address, m)
	require.Equal(t, http.StatusBadRequest, status)
	require.Len(t, l.Mails(), 2)
}

func TestARateThatIsExceededRefuses(t *testing.T) {
	t.Parallel()
	l, address, _ := start(t)
	require.Error(t, l.SetCarrier(lab.Carrier{Fault: lab.FaultNone, Channel: lab.ChannelEmail, PerSecond: -1}))
	require.NoError(t, l.SetCarrier(lab.Carrier{Fault: lab.FaultNone, Channel: lab.ChannelEmail, PerSecond: 0.01}))
	status, _ := sendMail(t, address, aMail())
	require.Equal(t, http.StatusAccepted, status)
	status, resp := sendMail(t, address, aMail())
	require.Equal(t, http.StatusTooManyRequests, status)
	require.NotEmpty(t, resp.Headers["X-Ratelimit-Reset"])
	require.Len(t, l.Mails(), 1, "what was refused has not happened")
}
