package activities

import (
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/workflows/contract"
)

// pageOf is the path of the receiver's page: what is to do in the incident or, where it is
// about none, their own settings. A mail names its send there, so that pressing the button
// proves that this very mail arrived.
func pageOf(channel plan.Channel, in contract.SendInput, token string) string {
	switch {
	case in.Incident != 0:
		return "/r/" + token
	case channel == plan.Email:
		return "/me/" + token + "?mail=" + in.N
	}
	return "/me/" + token
}
