package setup

import (
	"fmt"
	"strings"

	"github.com/stormbell/stormbell/api/view"
	"github.com/stormbell/stormbell/domain/plan"
)

// Block is what is pasted to connect a tool, and how to try it.
type Block struct {
	// Paste goes into the tool's configuration, Try is a command for a shell.
	Paste, Try string
	// Alarm says that the try cannot be told from an alarm, and opens an incident.
	Alarm bool
	// Placeholder stands where a secret goes; empty where none is needed.
	Placeholder string
	// Expressions are those by which the plan reads any JSON, by their names.
	Expressions [][2]string
}

// written is the placeholder for a key that is no variable of the environment.
const written = "YOUR_KEY"

// demonstration is the key of the built-in plan. It is printed in the documentation and opens
// nothing but the phone lab, so that whoever tries it can paste what works.
const demonstration = "00000000000000000000000000000001"

// harmless names signals that only prove that they arrive: they end something that never began.
const harmless = "stormbell-connect-test"

// blockOf is what to paste for a trigger, of the installation at an address.
func blockOf(base string, s view.Source, t plan.Trigger) Block {
	b := Block{}
	secret := ""
	switch {
	case s.Closed:
	case t.Key.Reveal() == demonstration:
		secret = demonstration
	default:
		// A shell fills in ${NAME} by itself; what lies in a file or in the plan is put in by hand.
		if b.Placeholder = s.Secret; !strings.HasPrefix(s.Secret, "$") {
			b.Placeholder = written
		}
		secret = b.Placeholder
	}
	at := base + "/in/" + s.Name
	switch s.Type {
	case "alertmanager":
		b.Paste = lines("receivers:", "  - name: stormbell", "    webhook_configs:", "      - url: "+at)
		if secret != "" {
			b.Paste += lines("        http_config:", "          authorization:", "            credentials: "+secret)
		}
		b.Try = curl(at, secret, "application/json", fmt.Sprintf(`{"version":"4","groupKey":%q,"status":"resolved","alerts":[]}`, harmless))
	case "grafana":
		b.Paste = lines("apiVersion: 1", "contactPoints:", "  - orgId: 1", "    name: stormbell", "    receivers:",
			"      - uid: stormbell", "        type: webhook", "        settings:", "          url: "+at, "          httpMethod: POST")
		if secret != "" {
			b.Paste += lines("          authorization_scheme: Bearer", "          authorization_credentials: "+secret)
		}
		b.Try = curl(at, secret, "application/json", fmt.Sprintf(`{"version":"1","groupKey":%q,"status":"resolved","alerts":[]}`, harmless))
	case "events":
		b.Paste = lines("receivers:", "  - name: stormbell", "    pagerduty_configs:", "      - url: "+base+"/v2/enqueue", "        routing_key: "+secret)
		b.Try = curl(base+"/v2/enqueue", "", "application/json", fmt.Sprintf(`{"routing_key":%q,"event_action":"resolve","dedup_key":%q}`, secret, harmless))
	case "pagerduty":
		b.pagerduty(at, secret)
	case "cloudevents":
		b.Paste = curl(at, secret, "application/cloudevents+json", `{"specversion":"1.0","id":"1","source":"/checkout","type":"com.example.alarm","data":{"title":"Checkout is down"}}`)
		b.Try = curl(at, secret, "application/cloudevents-batch+json", `[]`)
	case "generic":
		for _, e := range [][2]string{{"when", t.When}, {"dedup_key", t.DedupKey}, {"what", t.What}, {"severity", t.Severity}, {"resolve_when", t.ResolveWhen}} {
			if e[1] != "" {
				b.Expressions = append(b.Expressions, e)
			}
		}
		b.Paste = lines("POST " + at)
		if secret != "" {
			b.Paste += lines("Authorization: Bearer " + secret)
		}
		b.Paste += lines("Content-Type: application/json")
		b.Try, b.Alarm = curl(at, secret, "application/json", "@alarm.json"), true
	}
	b.Paste, b.Try = strings.TrimSpace(b.Paste), strings.TrimSpace(b.Try)
	return b
}

// pagerduty follows PagerDuty's own incidents; it is told where to send by its API.
func (b *Block) pagerduty(at, secret string) {
	b.Paste = lines(`curl -X POST https://api.pagerduty.com/webhook_subscriptions \`,
		`  -H "Authorization: Token token=${PAGERDUTY_API_KEY}" -H "Content-Type: application/json" \`,
		`  -d '{"webhook_subscription": {"type": "webhook_subscription", "description": "stormbell",`,
		`    "delivery_method": {"type": "http_delivery_method", "url": "`+at+`"},`,
		`    "events": ["incident.triggered", "incident.priority_updated", "incident.acknowledged", "incident.resolved", "incident.reopened"],`,
		`    "filter": {"type": "account_reference"}}}'`)
	body := `{"event":{"event_type":"pagey.ping","data":{"type":"ping"}}}`
	if secret == "" {
		b.Try = curl(at, "", "application/json", body)
		return
	}
	b.Try = lines(`BODY='`+body+`'`,
		`SIGNATURE=$(printf %s "$BODY" | openssl dgst -sha256 -hmac "`+secret+`" | sed 's/.* //')`,
		`curl -X POST `+at+` -H "Content-Type: application/json" -H "X-PagerDuty-Signature: v1=$SIGNATURE" -d "$BODY"`)
}

// curl is a command that posts something.
func curl(to, token, kind, body string) string {
	authorization := ""
	if token != "" {
		authorization = ` -H "Authorization: Bearer ` + token + `"`
	}
	return lines(`curl -X POST `+to+` -H "Content-Type: `+kind+`"`+authorization+` \`, `  -d `+quoted(body))
}

// quoted is a body as a shell takes it: a secret of the environment is filled in by the shell.
func quoted(body string) string {
	switch {
	case strings.HasPrefix(body, "@"):
		return body
	case strings.Contains(body, "${"):
		return `"` + strings.ReplaceAll(body, `"`, `\"`) + `"`
	}
	return `'` + body + `'`
}

func lines(all ...string) string { return strings.Join(all, "\n") + "\n" }
