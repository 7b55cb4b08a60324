package pump

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/stormbell/stormbell/domain/actor"
	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/domain/reply"
	"github.com/stormbell/stormbell/internal/phrase"
	"github.com/stormbell/stormbell/internal/record"
	"github.com/stormbell/stormbell/workflows/client"
	"github.com/stormbell/stormbell/workflows/contract"
)

// Mail is an answer to one of our mails.
type Mail struct {
	// Token was in the address it came to; it proves that its sender got the mail of delivery N.
	Token string `json:"token"`
	N     string `json:"n"`
	// From is the address it says it comes from.
	From string `json:"from"`
	// Said is what was written above the quote.
	Said string `json:"said"`
	// Automatic says that a machine wrote it.
	Automatic bool `json:"automatic,omitempty"`
}

// clockSkew is how far the clocks of two of our machines may differ.
const clockSkew = 2 * time.Second

// mail hands the answer to a mail to the workflow that sent it. The token says who answers and
// nothing else does; without a good one the mail is nobody's.
func (p *Pump) mail(ctx context.Context, item record.ClaimedItem, in Mail) error {
	person, d, found, err := p.mailedBy(ctx, in)
	if err != nil || !found {
		return err
	}
	r := effect.Replied{ID: item.Key, Person: person.ID, Via: string(actor.Mail), Automatic: in.Automatic}
	said, mark := withoutSignature(in.Said, person.Name), phrase.New(p.Plan()).Aside
	var words reply.Reply // what stands below a code
	switch {
	case in.Automatic:
		r.Reply = reply.Words(mark(said, true))
		return p.away(ctx, d.Workflow, r)
	case strings.EqualFold(in.From, person.Email):
		if tested, err := p.mailWorks(ctx, person, d); err != nil || tested {
			return err
		}
		r.Reply, words = readMail(said)
	case said == "" || strings.HasPrefix(d.Workflow, contract.TestPrefix):
		return nil
	default:
		// Perhaps the person's other address, perhaps somebody whom the mail was passed on to, who
		// must not take a role in the person's name.
		r.Reply = reply.Words(mark(said, false))
	}
	a, err := p.mailedFor(ctx, d, &r)
	if err != nil || a.Workflow == "" {
		return err
	}
	if a.ID == "" { // the mail asked for nothing: there is nothing to take or to finish
		if said == "" {
			return nil
		}
		r.Reply, words = reply.Words(said), reply.Reply{}
	}
	r.Ask = a.ID
	target := about{workflow: a.Workflow, incident: a.Incident, ask: a.ID, role: a.Role}
	if words.Note != "" {
		// The condition first, while the one who asked still listens.
		first := r
		first.ID, first.Reply, first.Choose = r.ID+"-words", words, false
		if err := p.replied(ctx, target, first); err != nil {
			return err
		}
	}
	return p.replied(ctx, target, r)
}

// mailedBy finds the person and the mail that an answer's mark stands for.
func (p *Pump) mailedBy(ctx context.Context, in Mail) (person plan.Person, d record.Delivery, found bool, err error) {
	link, err := p.Record.ByToken(ctx, in.Token)
	if err == nil {
		d, err = p.Record.Delivery(ctx, in.N)
	}
	if err != nil && !errors.Is(err, record.ErrNotFound) {
		return person, d, false, err
	}
	person, known := p.Plan().Person(link.Person)
	good := err == nil && known && link.Door == record.ReplyDoor && link.RevokedAt.IsZero() && d.Person == link.Person && d.Incident == link.Incident
	if !good {
		p.Logger.InfoContext(ctx, "a mail with a mark of nobody is ignored")
	}
	return person, d, good, nil
}

// mailWorks keeps that mail reaches a person, which every answer to one proves, and tells the
// test that asked for it. It tells whether the mail was a test's own.
func (p *Pump) mailWorks(ctx context.Context, person plan.Person, d record.Delivery) (test bool, err error) {
	if _, _, err := p.Record.Settle(ctx, d.N, delivery.Outcome{State: delivery.Answered}); err != nil {
		return false, err
	}
	test = strings.HasPrefix(d.Workflow, contract.TestPrefix)
	c := record.Contact{Person: person.ID, Channel: plan.Email, Address: person.Email}
	waiting, found, err := p.Record.TestOf(ctx, c, p.Now().Add(-answerable))
	if err == nil && found {
		err = p.confirmed(ctx, waiting, !test)
	}
	if err == nil {
		err = p.Record.Confirm(ctx, c)
	}
	return test, err
}

// mailedFor finds the request that a reply to a mail is about: one of the workflow that sent
// it and none that was made later, or the one that its letter names. Without one the answer has
// a workflow and no ask. What is left of a code that is about nothing is an empty reply, which
// is answered with the codes.
func (p *Pump) mailedFor(ctx context.Context, d record.Delivery, r *effect.Replied) (a record.OpenAsk, err error) {
	if r.Reply.Letter != "" {
		a, r.Reply, r.Choose, err = p.asked(ctx, d.Person, r.Reply)
		return a, err
	}
	all, err := p.Record.AsksBy(ctx, d.Workflow, d.Person)
	if err != nil || len(all) == 0 {
		return record.OpenAsk{Workflow: d.Workflow, Incident: d.Incident}, err
	}
	then := slices.DeleteFunc(slices.Clone(all), func(a record.OpenAsk) bool {
		return !a.ClosedAt.IsZero() || a.OpenedAt.After(d.CreatedAt.Add(clockSkew))
	})
	a, open, unclear := choose(then, r.Reply)
	if r.Choose = unclear; open {
		return a, nil
	}
	// A page has a truthful answer to everything. Elsewhere a late "4" would end what is asked now.
	if a = all[len(all)-1]; a.Kind != effect.AskPage && r.Reply.Action != reply.Take {
		r.Reply = reply.Reply{Note: r.Reply.Note}
	}
	return a, nil
}

// away tells the page that asked, and only while it asks, that a machine has answered: the lead
// hears it, and nobody is answered, or two machines would talk to each other.
func (p *Pump) away(ctx context.Context, workflow string, r effect.Replied) error {
	if !strings.HasPrefix(workflow, contract.PagePrefix) {
		return nil
	}
	err := p.Commands.Replied(ctx, workflow, r)
	if errors.Is(err, client.ErrNotRunning) {
		return nil
	}
	return err
}

// readMail reads the first line as a text is read. What stands below a code is words.
func readMail(said string) (r, words reply.Reply) {
	first, rest, _ := strings.Cut(said, "\n")
	switch r = reply.Parse(first); {
	case r.Note != "" || r.Carrier != reply.NoKeyword && rest != "":
		return reply.Words(said), reply.Reply{}
	case r.Carrier != reply.NoKeyword:
		return reply.Reply{}, reply.Reply{} // no carrier has acted on its words here
	default:
		return r, reply.Words(rest)
	}
}

// farewell begins what people write below what they say.
var farewell = regexp.MustCompile(`(?i)^((best|kind|warm|many)\s)?(regards|wishes|cheers|thanks|thank you|sincerely)\b|^(mit )?(freundliche|beste|herzliche|viele|liebe|schöne)[nr]?\s(grüße|grüßen|gruß|gruss|grüsse|grüssen)(\s|[,.!]|$)|^(gruß|gruss|grüße|danke|dank|mfg|vg|lg|bg)(\s|[,.!]|$)`)

// withoutSignature cuts off what stands below what somebody says: a farewell, the name. The
// first line always stays.
func withoutSignature(said, name string) string {
	lines := strings.Split(said, "\n")
	first, _, _ := strings.Cut(name, " ")
	for i, line := range lines {
		if i > 0 && (farewell.MatchString(line) || name != "" && strings.Contains(line, name) || first != "" && line == first) {
			return strings.TrimSpace(strings.Join(lines[:i], "\n"))
		}
	}
	return said
}
