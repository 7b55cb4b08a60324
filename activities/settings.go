package activities

import (
	"strings"

	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/workflows/contract"
)

// pageOf is the path of the receiver's page: what is to do in the incident or, in the test of
// a contact, their own settings. A mail names its send there, so that pressing the button
// proves that this very mail arrived.
func pageOf(channel plan.Channel, in contract.SendInput, token string) string {
	switch {
	case !strings.HasPrefix(in.Workflow, contract.TestPrefix):
		return "/r/" + token
	case channel == plan.Email:
		return "/me/" + token + "?mail=" + in.N
	}
	return "/me/" + token
}
