package comms

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"

	"github.com/stormbell/stormbell/domain/effect"
)

// clockTimes differ between two texts that say the same.
var clockTimes = regexp.MustCompile(`\d{1,2}[:.]\d{2}`)

// Gist names what texts say, whatever the clock times, spaces and capitals: two texts
// with the same one tell their readers nothing new (R158).
func Gist(texts []effect.Text) string {
	h := sha256.New()
	for _, t := range texts {
		said := clockTimes.ReplaceAllString(strings.ToLower(t.Body), "")
		h.Write([]byte(t.Language + " " + strings.Join(strings.Fields(said), " ") + "\n"))
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}
