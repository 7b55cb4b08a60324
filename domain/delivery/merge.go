package delivery

import "cmp"

// Rank orders the states by how much they say. Providers' words come early, late, twice and in
// any order; a state never gives way to one of lower rank. Failed stands above Delivered, because
// a call is picked up before it ends without a key, and a page rather escalates once too often.
func Rank(s State) int {
	switch s {
	case Intended:
		return 1
	case Attempting:
		return 2
	case Unknown:
		return 3
	case Accepted:
		return 4
	case Delivered:
		return 5
	case Failed:
		return 6
	case Answered:
		return 7
	default:
		return 0
	}
}

// severity orders the classes of one state by how far their consequences go.
func severity(c Class) int {
	switch c {
	case NotProcessed:
		return 1
	case Ambiguous:
		return 2
	case NotReached:
		return 3
	case RateLimited:
		return 4
	case Temporary:
		return 5
	case Account:
		return 6
	case Filtered:
		return 7
	case Permanent:
		return 8
	case OptedOut:
		return 9
	case None:
		return 0
	default:
		return 0
	}
}

// Merge adds a provider's word to what is known of one delivery. The result does not depend on the
// order in which the words come, and hearing one twice changes nothing. The first ProviderID stays:
// whoever hears another one for the same delivery has found a double sending.
//
// Merge never takes a delivery back: whoever attempts it again (after NotProcessed, or after an
// unsuccessful look-up) writes Attempting first, as itself. A send that failed for good is over;
// trying again is another delivery with its own id.
func Merge(old, news Outcome) Outcome {
	merged := old
	if weaker(old, news) {
		merged = news
	}
	merged.ProviderID = old.ProviderID
	if merged.ProviderID == "" {
		merged.ProviderID = news.ProviderID
	}
	return merged
}

// weaker tells whether a says less than b.
func weaker(a, b Outcome) bool {
	return cmp.Or(
		cmp.Compare(weight(a), weight(b)),
		cmp.Compare(severity(a.Class), severity(b.Class)),
		cmp.Compare(a.Code, b.Code),
		cmp.Compare(a.State, b.State),
	) < 0
}

// weight is the rank of an outcome. An attempt that the provider did not process says less than
// one of which nothing is known: the earlier one may still arrive.
func weight(o Outcome) int {
	if o.Class == NotProcessed {
		return 2*Rank(Attempting) + 1
	}
	return 2 * Rank(o.State)
}
