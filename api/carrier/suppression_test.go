package carrier

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/escalation"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/record"
)

// What SendGrid says of an address ends its updates for that reason; what says nothing of the
// address does not, and one reader of a shared one speaks for nobody else.
func TestHooks_mailEvents_suppressAddresses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ event, want string }{
		"bounce":             {`"event":"bounce","type":"bounce"`, record.Bounced},
		"blocked today":      {`"event":"bounce","type":"blocked"`, ""},
		"spam":               {`"event":"spamreport"`, record.Complained},
		"unsubscribed there": {`"event":"unsubscribe"`, record.Unsubscribed},
		"from a group there": {`"event":"group_unsubscribe"`, record.Unsubscribed},
		"dropped, bounced":   {`"event":"dropped","reason":"Bounced Address"`, record.Dropped},
		"dropped, spam":      {`"event":"dropped","reason":"Spam Reporting Address"`, record.Dropped},
		"dropped, our fault": {`"event":"dropped","reason":"Invalid SMTPAPI header"`, ""},
		"delivered":          {`"event":"delivered"`, ""},
	} {
		for _, shared := range []bool{false, true} {
			t.Run(fmt.Sprint(name, shared), func(t *testing.T) {
				t.Parallel()
				s := newSite(t, escalation.State{})
				p := company
				p.Audiences = []plan.Audience{{Recipients: []plan.Recipient{{Email: "new@acme.example", Shared: shared}}}}
				s.hooks.Plan = func() plan.Plan { return p }
				status, _ := s.do(s.sendgrid(now, `[{"sg_event_id":"e1","n":"n1","email":"New@acme.example",`+c.event+`}]`))
				require.Equal(t, http.StatusNoContent, status)
				want := ""
				if one := c.want == record.Complained || c.want == record.Unsubscribed; c.want != "" && (!shared || !one) {
					want = `"reason":"` + c.want + `"`
				}
				require.Len(t, s.inbox(), 1+min(len(want), 1))
				require.Contains(t, fmt.Sprint(s.inbox()), want)
				require.NotContains(t, fmt.Sprint(s.trace()), "ew@acme", "no address stays")
			})
		}
	}
}
