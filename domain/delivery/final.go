package delivery

import "github.com/stormbell/stormbell/domain/plan"

// Final tells whether a provider has no more to say about a send: a text has arrived or not,
// a call is over. Mail is never final: it may bounce days later.
func Final(channel plan.Channel, o Outcome) bool {
	switch o.State {
	case Failed, Answered:
		return true
	case Delivered:
		return channel == plan.SMS
	case Intended, Attempting, Unknown, Accepted:
	}
	return false
}
