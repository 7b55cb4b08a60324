package phrase

import "time"

// Chat is what is known of an incident that the company's chat shows.
type Chat struct {
	Incident int
	Phase    string
	// Subject is that of the newest released text, or of the one that is posted now.
	Subject string
	// NextUpdate is what was promised; zero when nothing was.
	NextUpdate  time.Time
	Over, Drill bool
}

// Posting is a message in the chat, in words and not yet in any chat's markup.
type Posting struct {
	Title string
	// Facts are short lines.
	Facts []string
	// Link names the status page, More says that the rest is there.
	Link, More string
}

// Chat returns the words of the message that shows an incident, in the company's first language.
func (w *Words) Chat(c Chat) Posting {
	lang := w.language("")
	f := facts{
		Company: w.company, Incident: c.Incident, Phase: w.phase(c.Phase, lang), Title: line(c.Subject, 200),
		Until: w.Clock(c.NextUpdate, lang), Drill: c.Drill,
	}
	p := Posting{
		Title: w.say(lang, "chat.title", f), Facts: []string{w.say(lang, "chat.phase", f)},
		Link: w.say(lang, "chat.link", f), More: w.say(lang, "chat.more", f),
	}
	switch {
	case c.Over:
		p.Facts = append(p.Facts, w.say(lang, "chat.over", f))
	case !c.NextUpdate.IsZero():
		p.Facts = append(p.Facts, w.say(lang, "chat.next", f))
	}
	return p
}

// Language is the company's first one.
func (w *Words) Language() string { return w.language("") }

// StopInChat are the words of the link that ends updates to a member of the chat.
func (w *Words) StopInChat(language string) string {
	return w.say(w.language(language), "chat.stop", facts{Company: w.company})
}
