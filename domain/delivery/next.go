package delivery

// Action is what follows from an outcome.
type Action string

// The actions.
const (
	// Done: a person acted; nothing more is sent for this step.
	Done Action = "done"
	// Wait: the provider has it; the step's own clock goes on, for only a person ends it.
	Wait Action = "wait"
	// RetrySame: send it the same way under the same id, after the provider's pause; it cannot double.
	RetrySame Action = "retry_same"
	// LookUp: ask the provider before it is sent again; other channels go on at once.
	LookUp Action = "look_up"
	// OtherChannel: use the next channel at once; a later step may try this one again.
	OtherChannel Action = "other_channel"
	// LeaveChannel: use the next channel at once, and this number or address for this channel not
	// again until a human has mended it.
	LeaveChannel Action = "leave_channel"
	// TellOperator: use the next channel at once, and tell the operator: our own side is refused.
	TellOperator Action = "tell_operator"
)

// Next says what follows from an outcome.
func Next(o Outcome) Action {
	if o.State == Answered {
		return Done
	}
	switch o.Class {
	case NotProcessed:
		return RetrySame
	case Ambiguous:
		return LookUp
	case Temporary, NotReached, RateLimited:
		return OtherChannel
	case Permanent, OptedOut:
		return LeaveChannel
	case Account, Filtered:
		return TellOperator
	case None:
	}
	switch o.State {
	case Intended:
		return RetrySame
	case Accepted, Delivered:
		return Wait
	case Failed:
		return OtherChannel
	case Attempting, Unknown, Answered:
		return LookUp
	default:
		return LookUp
	}
}
