package plan

import "strings"

// ConferenceNumber is the telephone number of the conference, which a call can be connected
// with. It is empty when there is no conference, or only a web address of one.
func (c Company) ConferenceNumber() string {
	if strings.HasPrefix(c.Conference, "+") {
		return c.Conference
	}
	return ""
}
