package phrase

import "cmp"

// maxUpdateSeptets is two parts of a text message, which phones show as one.
const maxUpdateSeptets = 306

// UpdateSMS returns a released message's short text as a text message, the company first. In
// it the Body is the short text; without one the subject says what there is.
func (w *Words) UpdateSMS(u Update) string {
	tag := w.say(w.language(u.Language), "common.tag", facts{Company: w.company, Drill: u.Drill})
	return cut(Normalize(tag+": "+cmp.Or(block(u.Body), line(u.Subject, 150))), maxUpdateSeptets, septets)
}
