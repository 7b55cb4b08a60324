package delivery

import "strings"

// ReplyAddress is the address that the answers to one mail go to: the company's own, marked
// with a token, which proves that the mail was got, and with the id of its delivery, which
// says what it was about.
func ReplyAddress(address, token, n string) string {
	local, domain, _ := strings.Cut(address, "@")
	return local + "+" + strings.ToLower(token) + "-" + n + "@" + domain
}

// ReplyMark takes an address that mail came to apart, if it is a mark of the company's own. Mail
// programs change capitals.
func ReplyMark(address, to string) (token, n string, ok bool) {
	local, domain, _ := strings.Cut(strings.ToLower(address), "@")
	mark, ours := strings.CutPrefix(strings.ToLower(to), local+"+")
	mark, at, _ := strings.Cut(mark, "@")
	token, n, ok = strings.Cut(mark, "-")
	return token, n, ok && ours && at == domain && token != "" && n != ""
}
