package record

import (
	"strings"
	"time"

	"github.com/stormbell/stormbell/domain/reply"
)

const (
	// letterRest is how long a letter that became free on a phone names nothing new: an
	// answer may be typed late and carried slowly, and must not hit another request.
	letterRest = time.Hour
	// letterMemory is how long it rests while other requests are open on the phone, since
	// only then are letters typed at all.
	letterMemory = 48 * time.Hour
)

// pickLetter chooses the letter of an ask that opens, among what its person was asked of
// late. An ask that opens again keeps its own letter. Otherwise it is the smallest that has
// rested; when all of those that a reply can name are open or resting, the one that has
// rested longest; and when all of them are open, the next free name.
func pickLetter(a OpenAsk, known []OpenAsk, at time.Time) string {
	open, freed, own := map[string]bool{}, map[string]time.Time{}, ""
	for _, k := range known {
		switch {
		case k.ClosedAt.IsZero():
			open[k.Letter] = true
		case k.ClosedAt.After(freed[k.Letter]):
			freed[k.Letter] = k.ClosedAt
		}
		if k.Workflow == a.Workflow && k.ID == a.ID {
			own = k.Letter
		}
	}
	if own != "" && !open[own] {
		return own
	}
	rest := letterRest
	if len(open) > 0 {
		rest = letterMemory
	}
	longest := ""
	for _, l := range strings.Split(reply.Letters, "") {
		switch {
		case open[l]:
		case !freed[l].After(at.Add(-rest)):
			return l
		case longest == "" || freed[l].Before(freed[longest]):
			longest = l
		}
	}
	for n := len(reply.Letters); longest == ""; n++ {
		if l := letter(n); !open[l] {
			longest = l
		}
	}
	return longest
}

// letter returns A for 0, Z for 25, AA for 26.
func letter(n int) string {
	last := string(rune('A' + n%26))
	if n < 26 {
		return last
	}
	return letter(n/26-1) + last
}
