package plan

// Address returns where a channel reaches the person: the first phone that takes texts, the
// first phone, or the mail address. It is empty when the channel cannot reach them.
func (p Person) Address(c Channel) string {
	switch c {
	case SMS:
		phone, _ := find(p.Phones, func(f Phone) bool { return !f.NoText })
		return phone.Number
	case Call:
		phone, _ := find(p.Phones, func(Phone) bool { return true })
		return phone.Number
	case Email:
		return p.Email
	}
	return ""
}
