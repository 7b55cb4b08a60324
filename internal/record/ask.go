package record

import (
	"cmp"
	"context"
	"slices"
	"time"
)

// Ask is something a workflow wants of a person.
type Ask struct {
	// ID is unique within the workflow. The same ID and Person are the same request for
	// as long as it is open, whatever else changes.
	ID           string
	Person, Role string
	// Kind is what is asked, such as page, task or review; Subject is what about: a task id, an audience.
	Kind, Subject string
	// OpenedAt is when it was first asked; zero means the time of the append.
	OpenedAt time.Time
}

// OpenAsk is an ask in the record.
type OpenAsk struct {
	Ask
	Workflow string
	Incident int
	// Letter names it in replies of its person, see pickLetter.
	Letter string
	// ClosedAt is zero while it is open.
	ClosedAt time.Time
}

const askColumns = "workflow, id, incident, person, role, kind, subject, letter, opened_at, closed_at"

func scanAsk(row scanner) (a OpenAsk, err error) {
	err = row.Scan(&a.Workflow, &a.ID, &a.Incident, &a.Person, &a.Role, &a.Kind, &a.Subject, &a.Letter, moment{&a.OpenedAt}, moment{&a.ClosedAt})
	return a, err
}

// OpenAsks returns what is asked of a person now, oldest first.
func (r *Record) OpenAsks(ctx context.Context, person string) ([]OpenAsk, error) {
	return list(ctx, r.reads, scanAsk, "SELECT "+askColumns+" FROM asks WHERE person = $1 AND closed_at = 0 ORDER BY opened_at, workflow, id", person)
}

// AsksOf returns what is asked in an incident now, oldest first.
func (r *Record) AsksOf(ctx context.Context, incident int) ([]OpenAsk, error) {
	return list(ctx, r.reads, scanAsk, "SELECT "+askColumns+" FROM asks WHERE incident = $1 AND closed_at = 0 ORDER BY opened_at, workflow, id", incident)
}

// LastAsk returns the newest ask of a person that was open at some time since then, to
// answer a late reply with the truth.
func (r *Record) LastAsk(ctx context.Context, person string, since time.Time) (OpenAsk, bool, error) {
	all, err := list(ctx, r.reads, scanAsk, "SELECT "+askColumns+" FROM asks WHERE person = $1 AND (closed_at = 0 OR closed_at >= $2) ORDER BY opened_at DESC, workflow DESC, id DESC LIMIT 1", person, micros(since))
	if err != nil || len(all) == 0 {
		return OpenAsk{}, false, err
	}
	return all[0], true, nil
}

// AskByLetter returns the ask that a letter named last on a person's phone and that was
// closed since then: a late "1A" is about this one, whatever is open now.
func (r *Record) AskByLetter(ctx context.Context, person, letter string, since time.Time) (OpenAsk, bool, error) {
	all, err := list(ctx, r.reads, scanAsk, "SELECT "+askColumns+" FROM asks WHERE person = $1 AND letter = $2 AND closed_at >= $3 ORDER BY closed_at DESC, workflow, id LIMIT 1", person, letter, micros(since))
	if err != nil || len(all) == 0 {
		return OpenAsk{}, false, err
	}
	return all[0], true, nil
}

// replaceAsks closes what the workflow no longer asks and opens what is new.
func replaceAsks(ctx context.Context, t *tx, a Append, at time.Time) error {
	open, err := list(ctx, t, scanAsk, "SELECT "+askColumns+" FROM asks WHERE workflow = $1 AND closed_at = 0", a.Workflow)
	if err != nil {
		return err
	}
	same := func(x, y Ask) bool { return x.ID == y.ID && x.Person == y.Person }
	for _, o := range open {
		if slices.ContainsFunc(a.Asks, func(w Ask) bool { return same(o.Ask, w) }) {
			continue
		}
		if _, err := t.ExecContext(ctx, "UPDATE asks SET closed_at = $1 WHERE workflow = $2 AND id = $3 AND person = $4", micros(at), a.Workflow, o.ID, o.Person); err != nil {
			return err
		}
	}
	fresh := slices.DeleteFunc(slices.Clone(a.Asks), func(w Ask) bool {
		return slices.ContainsFunc(open, func(o OpenAsk) bool { return same(o.Ask, w) })
	})
	// People are held in one order, so that two incidents never wait for each other.
	slices.SortStableFunc(fresh, func(x, y Ask) int { return cmp.Compare(x.Person, y.Person) })
	for _, ask := range fresh {
		if ask.OpenedAt.IsZero() {
			ask.OpenedAt = at
		}
		if err := openAsk(ctx, t, OpenAsk{Ask: ask, Workflow: a.Workflow, Incident: a.Incident}, at); err != nil {
			return err
		}
	}
	return nil
}

func openAsk(ctx context.Context, t *tx, a OpenAsk, at time.Time) error {
	if err := t.hold(ctx, personLock(a.Person)); err != nil {
		return err
	}
	known, err := list(ctx, t, scanAsk, "SELECT "+askColumns+" FROM asks WHERE person = $1 AND (closed_at = 0 OR closed_at >= $2)", a.Person, micros(at.Add(-letterMemory)))
	if err != nil {
		return err
	}
	a.Letter = pickLetter(a, known, at)
	_, err = t.ExecContext(ctx, "INSERT INTO asks ("+askColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0)
		ON CONFLICT (workflow, id, person) DO UPDATE SET role = excluded.role, kind = excluded.kind, subject = excluded.subject,
			letter = excluded.letter, opened_at = excluded.opened_at, closed_at = 0`,
		a.Workflow, a.ID, a.Incident, a.Person, a.Role, a.Kind, a.Subject, a.Letter, micros(a.OpenedAt))
	return err
}
