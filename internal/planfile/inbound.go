package planfile

import (
	"regexp"
	"strings"

	"github.com/stormbell/stormbell/domain/plan"
)

type inboundShape struct {
	spot
	Address   setting `yaml:"address,need"`
	Key       secret  `yaml:"key"`
	PublicKey setting `yaml:"public_key"`
}

// maxLocal is how long the part before the @ may be: mail knows 64 characters there, and
// every mail is answered to an address of its own, which adds 44.
const maxLocal = 20

// pathKey is a secret that can be a part of an address as it is.
var pathKey = regexp.MustCompile(`^[A-Za-z0-9_-]{16,128}$`)

func (b *builder) inbound(f inboundShape) plan.Inbound {
	in := plan.Inbound{Address: b.address(f.Address.text), Key: b.reveal(f.Key), PublicKey: strings.TrimSpace(f.PublicKey.value)}
	local, _, _ := strings.Cut(in.Address, "@")
	if len(local) > maxLocal || strings.Contains(local, "+") {
		b.fail(f.Address.spot, "%q before the @ must be at most %d characters without a +; every mail adds its own mark there", local, maxLocal)
	}
	if in.Key != "" && !pathKey.MatchString(in.Key.Reveal()) {
		b.fail(f.Key.spot, "must be 16 to 128 letters, digits, - or _; it becomes a part of an address")
	}
	return in
}
