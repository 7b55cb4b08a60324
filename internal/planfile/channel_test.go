package planfile

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Twilio's own figures hold where Twilio is. What stands in for it, a lab for example, sends
// as fast as it can unless the plan says otherwise.
func TestPace_default_isTwiliosAtTwilio(t *testing.T) {
	t.Parallel()
	for channel, want := range map[string][2]int{
		`type: lab`: {0, 0},
		`type: lab, texts_per_second: 3, calls_per_second: 2`:                                                         {3, 2},
		`type: twilio, account: "${ACCOUNT}", token: "${ACCOUNT}"`:                                                    {10, 1},
		`type: twilio, account: "${ACCOUNT}", token: "${ACCOUNT}", texts_per_second: 1`:                               {1, 1},
		`type: twilio, account: "${ACCOUNT}", token: "${ACCOUNT}", endpoint: "https://api.dublin.ie1.twilio.com"`:     {10, 1},
		`type: twilio, account: "${ACCOUNT}", token: "${ACCOUNT}", endpoint: "http://127.0.0.1:8090"`:                 {0, 0},
		`type: twilio, account: "${ACCOUNT}", token: "${ACCOUNT}", endpoint: "http://x:1", calls_per_second: 5`:       {0, 5},
		`type: twilio, account: "${ACCOUNT}", token: "${ACCOUNT}", endpoint: "https://api.twilio.com.example.org/v1"`: {0, 0},
	} {
		source := strings.Replace(string(Example()), "pages:   { type: lab", "pages:   { "+channel, 1)
		source = strings.Replace(source, "email:   { type: lab", "email:   { type: lab, mails_per_second: 20", 1)
		p, err := Parse("plan.yaml", []byte(source), options())
		require.NoError(t, err, channel)
		require.Equal(t, want, [2]int{p.Channels.Pages.TextsPerSecond, p.Channels.Pages.CallsPerSecond}, channel)
		require.Equal(t, 20, p.Channels.Mail.MailsPerSecond)
	}
}
