package activities

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/notice"
	"github.com/stormbell/stormbell/domain/reply"
	"github.com/stormbell/stormbell/internal/phrase"
	"github.com/stormbell/stormbell/internal/record"
	"github.com/stormbell/stormbell/workflows/contract"
)

// A workflow records what it asks while its text is already on the way; this long a text
// waits for its letter, where other requests are open on the phone.
const (
	letterWithin = time.Second
	letterPoll   = 50 * time.Millisecond
)

// letter tells a request apart from others that are open on the same phone. It is empty while
// it is the only one, and when nothing is asked.
func (a *Activities) letter(ctx context.Context, in contract.SendInput) string {
	if !in.Notice.Kind.Asks() {
		return ""
	}
	ctx, cancel := context.WithTimeout(ctx, letterWithin)
	defer cancel()
	for {
		open, err := a.Record.OpenAsks(ctx, in.Person)
		if err != nil {
			return ""
		}
		own := func(o record.OpenAsk) bool {
			// A page asks to join the call in the name of the business incident.
			asks := o.Workflow == in.Workflow || o.Incident == in.Incident && o.Kind == effect.AskJoin && in.Notice.Kind == notice.JoinAsked
			return asks && (o.Subject == "" || o.Subject == in.Notice.Subject) && (o.Role == "" || o.Role == in.Notice.Role)
		}
		i := slices.IndexFunc(open, own)
		switch {
		case i >= 0 && len(open) > 1:
			return open[i].Letter
		case i >= 0 || len(open) == 0:
			return ""
		}
		select {
		case <-ctx.Done():
			return ""
		case <-time.After(letterPoll):
		}
	}
}

// body is what a text says, to one person, now.
func (a *Activities) body(ctx context.Context, in contract.SendInput, to phrase.To) string {
	if in.Notice.Kind != notice.TwoOpen {
		in.Notice.Letter = a.letter(ctx, in)
		return a.words().SMS(in.Notice, to)
	}
	open, err := a.Record.OpenAsks(ctx, in.Person)
	var pages []notice.Notice
	for _, o := range open {
		if o.Kind == effect.AskPage {
			pages = append(pages, notice.Notice{Kind: notice.Page, Letter: o.Letter, Role: o.Role, Incident: o.Incident, Drill: in.Notice.Drill})
		}
	}
	if err != nil || len(pages) < 2 {
		in.Notice.Count = len(open)
		return a.words().SMS(in.Notice, to)
	}
	return a.words().Open(pages, to)
}

// bodies are all that the text may have said when it was sent: requests have come and gone
// since, and with them its letter.
func (a *Activities) bodies(in contract.SendInput, to phrase.To) (all []string) {
	if !in.Notice.Kind.Asks() {
		return nil
	}
	for _, letter := range append(strings.Split(reply.Letters, ""), "") {
		in.Notice.Letter = letter
		all = append(all, a.words().SMS(in.Notice, to))
	}
	return all
}
