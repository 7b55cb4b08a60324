package plan

import "slices"

// Slack is a Slack workspace in which one message per incident is kept up to date.
type Slack struct {
	// Lab says that the phone lab stands in for Slack and supplies Token and Endpoint where
	// they are empty.
	Lab   bool
	Token Secret
	// Channel is where it is posted: a channel's id, or its name with #.
	Channel string
	// Endpoint is another base URL than Slack's own; empty means theirs.
	Endpoint string
}

// Has tells whether there is a chat at all.
func (s Slack) Has() bool { return s.Channel != "" }

// The forms in which a hook is told of a release.
const (
	FormatCloudEvents = "cloudevents"
	FormatStatuspage  = "statuspage"
)

// Hook is another system that is told of releases, signed as Standard Webhooks says.
type Hook struct {
	Name string
	// Lab says that the phone lab stands in for the receiver and supplies URL and Secret.
	Lab bool
	// URL is an https address. It may lead into a private network only with Private.
	URL Secret
	// Secret signs what is sent; it may be several, separated by spaces, to change from one to the next.
	Secret  Secret
	Private bool
	// Audiences are those whose releases it gets; none means all that send by webhook.
	Audiences []string
	// Format is one of the Format constants.
	Format string
}

// Hears tells whether the hook is told of an audience's releases, which go out by these ways.
func (h Hook) Hears(audience string, send []string) bool {
	if len(h.Audiences) == 0 {
		return slices.Contains(send, SendWebhook)
	}
	return slices.Contains(h.Audiences, audience)
}

// Lab tells whether anything waits for the phone lab, which only stormbell-solo has.
func (p Plan) Lab() bool {
	return p.Channels.Lab() || slices.ContainsFunc(p.Hooks, func(h Hook) bool { return h.Lab })
}
