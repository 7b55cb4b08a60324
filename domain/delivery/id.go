package delivery

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
)

var idLetters = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// ID names a delivery by what it is: the same parts give the same id in every retry, worker and
// replica. It is 26 lower-case letters and digits, fit for a URL, and shows nothing of its parts.
func ID(parts ...string) string {
	h := sha256.New()
	for _, part := range parts {
		// the length keeps ("a", "bc") and ("ab", "c") apart
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(part))))
		h.Write([]byte(part))
	}
	return idLetters.EncodeToString(h.Sum(nil)[:16])
}
