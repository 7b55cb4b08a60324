package planfile

import (
	"encoding/base64"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/stormbell/stormbell/domain/plan"
)

type slackShape struct {
	spot
	Type     text    `yaml:"type,need"`
	Token    secret  `yaml:"token"`
	Channel  setting `yaml:"channel,need"`
	Endpoint setting `yaml:"endpoint"`
}

type hookShape struct {
	spot
	Type      text       `yaml:"type"`
	URL       setting    `yaml:"url"`
	Secret    secret     `yaml:"secret"`
	Format    text       `yaml:"format"`
	Audiences list[text] `yaml:"audiences"`
	Private   flag       `yaml:"private"`
}

// slackChannel is a channel's name or id.
var slackChannel = regexp.MustCompile(`^(?:#[\p{Ll}\p{N}_-]{1,80}|[CGD][A-Z0-9]{6,20})$`)

func (b *builder) chat(f slackShape) plan.Slack {
	if !f.given() {
		return plan.Slack{}
	}
	b.known(f.Type, "type of channel", []string{labType, "slack"})
	s := plan.Slack{
		Lab: f.Type.value == labType, Token: b.reveal(f.Token), Channel: strings.TrimSpace(f.Channel.value), Endpoint: b.webAddress(f.Endpoint.text),
	}
	if f.Channel.good && !slackChannel.MatchString(s.Channel) {
		b.fail(f.Channel.spot, "%q is no channel; write its name like \"#incidents\", or its id", s.Channel)
	}
	if f.Type.value == "slack" {
		b.needed(f.Token, f.spot, "token")
	}
	return s
}

// webhooks reads who else is told of releases, and checks that whoever an audience sends to is
// there.
func (b *builder) webhooks() {
	hears := map[string]bool{}
	for _, e := range b.file.Webhooks.entries {
		b.identifier(e.key)
		h := b.webhook(e.key.value, e.value)
		b.plan.Hooks = append(b.plan.Hooks, h)
		for _, a := range b.plan.Audiences {
			hears[a.Name] = hears[a.Name] || h.Hears(a.Name, a.Send)
		}
		if !slices.ContainsFunc(b.plan.Audiences, func(a plan.Audience) bool { return h.Hears(a.Name, a.Send) }) {
			b.warn(e.value.spot, "is told of nothing; name audiences here, or write webhook into the send of one")
		}
	}
	for i, e := range b.file.Audiences.entries {
		send := b.plan.Audiences[i].Send
		if slices.Contains(send, plan.SendWebhook) && !hears[e.key.value] {
			b.fail(e.value.Send.spot, "says webhook, and there is none for it; add one to webhooks")
		}
		if slices.Contains(send, plan.SendChat) && !b.file.Channels.Chat.given() {
			b.fail(e.value.Send.spot, "says chat, and there is none; add chat to channels")
		}
	}
}

func (b *builder) webhook(name string, f hookShape) plan.Hook {
	b.known(f.Type, "type of webhook", []string{labType, "https"})
	b.known(f.Format, "format", []string{plan.FormatCloudEvents, plan.FormatStatuspage})
	h := plan.Hook{
		Name: name, Lab: f.Type.value == labType, Secret: b.reveal(f.Secret), Private: f.Private.value, Format: plan.FormatCloudEvents,
		Audiences: b.oneOf(f.Audiences, "audience", b.file.Audiences.keys()...),
	}
	if f.Format.good {
		h.Format = f.Format.value
	}
	if f.URL.good {
		h.URL = plan.Secret(f.URL.value)
		b.hookAddress(f)
	}
	if !h.Lab {
		b.needed(f.Secret, f.spot, "secret")
		if !f.URL.given() {
			b.fail(f.spot, "url is missing; write where to post to")
		}
	}
	for key := range strings.FieldsSeq(h.Secret.Reveal()) {
		raw, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(key, "whsec_"))
		if err != nil || len(raw) < 24 {
			b.fail(f.Secret.spot, "must be whsec_ and at least 24 bytes in base64; make one with: openssl rand -base64 32")
		}
	}
	return h
}

// hookAddress checks an address. It is in no message: it may be as good as a password.
func (b *builder) hookAddress(f hookShape) {
	u, err := url.Parse(f.URL.value)
	switch {
	case err != nil || u.Hostname() == "" || u.User != nil || u.Scheme != "https" && u.Scheme != "http":
		b.fail(f.URL.spot, "is no address to post to; write one that begins with https://")
	case u.Scheme == "http" && (!local(u) || !f.Private.value):
		b.fail(f.URL.spot, "must begin with https://; http is for this machine alone, with private: true")
	}
}
