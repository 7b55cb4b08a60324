// Package callscript turns spoken words into TwiML, with the provider's own builder, so
// that nothing anybody wrote becomes markup. Every script fits into a call request, so that
// the first prompt needs no second fetch. It knows nothing of incidents; what is said comes
// from internal/phrase. Start with Menu.
package callscript
