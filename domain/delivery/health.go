package delivery

// Health is what an outcome says about the provider itself, whoever was to be reached.
type Health string

// The kinds of health.
const (
	// Well: the provider answered like somebody who works. A refusal of a number is such an answer.
	Well Health = "well"
	// Ill: it cannot be reached, does not do its work, or refuses us altogether.
	Ill Health = "ill"
	// NoWord: the outcome says nothing about it.
	NoWord Health = "no_word"
)

// passing are refusals of our account after which the next send may work: they are about one
// number or its country, or about the address that we want to be called back at.
var passing = map[string]bool{
	"21215": true, "21219": true, "21408": true, "21606": true, "21608": true, "30010": true, BadCallback: true,
}

// BadCallback is Twilio's code for an address that it cannot call back. Nothing was sent.
const BadCallback = "21609"

// HealthOf says what an outcome tells about the provider. Being throttled is no illness: it
// comes with a pause of its own.
func HealthOf(o Outcome) Health {
	switch o.Class {
	case Ambiguous:
		if o.Code == "canceled" { // we hung up ourselves
			return NoWord
		}
		return Ill
	case NotProcessed:
		switch o.Code {
		case "20429", "429", "canceled", "ledger", InCall, CodeQueue, CodeCircuit:
			return NoWord
		}
		return Ill
	case Account:
		if passing[o.Code] {
			return Well
		}
		return Ill
	case None, Temporary, Permanent, OptedOut, Filtered, NotReached:
		return Well
	case RateLimited:
	}
	return NoWord
}
