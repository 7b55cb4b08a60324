package carrier

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"path"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/notice"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/callscript"
	"github.com/stormbell/stormbell/internal/phrase"
	"github.com/stormbell/stormbell/internal/record"
)

// remembered is how long after its end a page still explains to a caller why we called.
const remembered = 12 * time.Hour

// called answers somebody who calls our number. They hear the oldest page that is open for
// their phone, with the keys of every call; a caller's number proves little, so nothing but
// pages can be answered that way.
func (h *Hooks) called(c *gin.Context, in TwilioCallback) error {
	p := h.Plan()
	words := phrase.New(p)
	words.Now = h.Now
	people := owners(p, in.From)
	if len(people) == 0 {
		return answer(c, callscript.Confirm, words.Stranger(""))
	}
	pages, others, err := h.open(c, people)
	if err != nil {
		return err
	}
	if len(pages) == 0 {
		return h.idle(c, words, people[0], len(others))
	}
	n, err := h.latest(c, pages[0])
	if errors.Is(err, record.ErrNotFound) {
		return answer(c, callscript.Unreachable, words.Stranger(""))
	}
	if err != nil {
		return err
	}
	talk, err := h.conversation(c, n)
	if err != nil {
		return err
	}
	about := talk.notice(notice.Page)
	about.Count = len(pages) - 1
	keys := h.PublicURL + path.Dir(c.Request.URL.Path) + "/keys?n=" + url.QueryEscape(n)
	return answer(c, func(s phrase.Speech) (string, error) { return callscript.Menu(s, keys) }, words.Speech(about, talk.to()))
}

// open returns what is asked of some people now: to take a role, and everything else.
func (h *Hooks) open(ctx context.Context, people []string) (pages, others []record.OpenAsk, err error) {
	for _, person := range people {
		asks, err := h.Record.OpenAsks(ctx, person)
		if err != nil {
			return nil, nil, err
		}
		for _, a := range asks {
			if a.Kind == effect.AskPage {
				pages = append(pages, a)
			} else {
				others = append(others, a)
			}
		}
	}
	slices.SortStableFunc(pages, func(a, b record.OpenAsk) int { return a.OpenedAt.Compare(b.OpenedAt) })
	return pages, others, nil
}

// latest is the newest send by which a page asked its person: what is pressed answers that one.
// An ask may be written a moment before its first send.
func (h *Hooks) latest(ctx context.Context, a record.OpenAsk) (n string, err error) {
	sent, err := h.Record.DeliveriesOf(ctx, a.Workflow)
	if err != nil {
		return "", err
	}
	for _, d := range slices.Backward(sent) {
		// Everything else in the ledger of a page is an answer to something.
		asks := slices.Contains([]notice.Kind{notice.Page, notice.Reminder, notice.RollCall}, notice.Kind(d.Purpose))
		if asks && d.Person == a.Person {
			return d.N, nil
		}
	}
	return "", record.ErrNotFound
}

// idle says that no page is open, and why we may have called.
func (h *Hooks) idle(c *gin.Context, words *phrase.Words, person string, others int) error {
	to, err := h.to(c, person)
	if err != nil {
		return err
	}
	about := notice.Notice{Count: others}
	last, known, err := h.Record.LastAsk(c, person, h.Now().Add(-remembered))
	if err != nil {
		return err
	}
	if known && last.Kind == effect.AskPage {
		s, err := h.pageOf(c, last.Incident, last.Workflow)
		if err != nil {
			return err
		}
		if s.Holder != person {
			about.Mention, about.Role, about.Since = s.Holder, last.Role, s.HeldAt
		}
	}
	return answer(c, callscript.Confirm, words.Idle(about, to))
}

// to is how a person is spoken to.
func (h *Hooks) to(ctx context.Context, id string) (phrase.To, error) {
	person, _ := h.Plan().Person(id)
	chosen, err := h.Record.Language(ctx, id)
	return phrase.To{Person: id, Name: person.Name, Language: cmp.Or(chosen, person.Language)}, err
}

// owners are the people whose phone a number is: some share one.
func owners(p plan.Plan, number string) (people []string) {
	for _, person := range p.People {
		if slices.ContainsFunc(person.Phones, func(f plan.Phone) bool { return f.Number == number }) {
			people = append(people, person.ID)
		}
	}
	return people
}

// fallback is what a caller hears when we cannot be reached during a call, in every language
// of the company. It is the same for everybody and holds nothing private, so anybody may copy
// it to where it is heard when this process is down.
func (h *Hooks) fallback(c *gin.Context) {
	words := phrase.New(h.Plan())
	var all []phrase.Speech
	for _, language := range h.Plan().Company.Languages {
		all = append(all, words.Stranger(language))
	}
	out, err := callscript.Fallback(all...)
	if err != nil {
		h.Logger.ErrorContext(c, "the words for an outage could not be written", "reason", err)
		c.AbortWithStatus(http.StatusServiceUnavailable)
		return
	}
	twiml(c, out)
}

func answer(c *gin.Context, script func(phrase.Speech) (string, error), s phrase.Speech) error {
	out, err := script(s)
	if err != nil {
		return err
	}
	twiml(c, out)
	return nil
}
