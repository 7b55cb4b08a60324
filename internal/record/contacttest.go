package record

import (
	"context"
	"fmt"
	"time"

	"github.com/stormbell/stormbell/domain/plan"
)

// ContactTest asks a person once, over one channel, to prove that it works.
type ContactTest struct {
	// ID is the workflow's id; it says nothing of the person.
	ID      string
	Person  string
	Channel plan.Channel
	// Invites says that it also introduces the person to the plan.
	Invites   bool
	StartedAt time.Time
	// ConfirmedAt is zero until the person has answered.
	ConfirmedAt time.Time
}

const testColumns = "id, person, channel, invites, started_at, confirmed_at"

func scanTest(row scanner) (t ContactTest, err error) {
	err = row.Scan(&t.ID, &t.Person, &t.Channel, &t.Invites, moment{&t.StartedAt}, moment{&t.ConfirmedAt})
	return t, err
}

// OpenTest returns the test of a contact that is under way, or begins one with this id. One is
// under way when it began after since, was not answered, and is not known to have failed. Of
// many callers at once all get the same test.
func (r *Record) OpenTest(ctx context.Context, id string, c Contact, invites bool, since time.Time) (test ContactTest, err error) {
	err = r.write(ctx, func(ctx context.Context, t *tx) error {
		if err := t.hold(ctx, personLock(c.Person)); err != nil {
			return err
		}
		known, err := list(ctx, t, scanTest, "SELECT "+testColumns+` FROM contact_tests WHERE person = $1 AND contact = $2 AND started_at > $3 AND confirmed_at = 0
			AND NOT EXISTS (SELECT 1 FROM deliveries WHERE workflow = contact_tests.id AND state = 'failed') ORDER BY started_at DESC, id LIMIT 1`,
			c.Person, c.digest(), micros(since))
		if err != nil {
			return err
		}
		if len(known) > 0 {
			test = known[0]
			return nil
		}
		test = ContactTest{ID: id, Person: c.Person, Channel: c.Channel, Invites: invites, StartedAt: stored(r.now())}
		_, err = t.ExecContext(ctx, "INSERT INTO contact_tests (id, person, channel, contact, invites, started_at) VALUES ($1, $2, $3, $4, $5, $6)",
			id, c.Person, string(c.Channel), c.digest(), flag(invites), micros(test.StartedAt))
		return err
	})
	if err != nil {
		return ContactTest{}, fmt.Errorf("begin a test: %w", err)
	}
	return test, nil
}

// TestOf returns the newest test of a contact that began after since, answered or not.
func (r *Record) TestOf(ctx context.Context, c Contact, since time.Time) (ContactTest, bool, error) {
	all, err := list(ctx, r.reads, scanTest, "SELECT "+testColumns+" FROM contact_tests WHERE person = $1 AND contact = $2 AND started_at > $3 ORDER BY started_at DESC, id LIMIT 1",
		c.Person, c.digest(), micros(since))
	if err != nil || len(all) == 0 {
		return ContactTest{}, false, err
	}
	return all[0], true, nil
}

// AsksSince returns what a person was asked at some time since then, oldest first.
func (r *Record) AsksSince(ctx context.Context, person string, since time.Time) ([]OpenAsk, error) {
	return list(ctx, r.reads, scanAsk, "SELECT "+askColumns+" FROM asks WHERE person = $1 AND (closed_at = 0 OR closed_at >= $2) ORDER BY opened_at, workflow, id", person, micros(since))
}
