package record

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/stormbell/stormbell/domain/delivery"
)

// ErrMovedOn says that the incident is not in the phase any more that a message is about.
var ErrMovedOn = errors.New("the incident has moved on; this message is not sent any more")

// update is the purpose of every send of a distribution.
const update = "update"

// Broadcast is what the sends of one request have in common.
type Broadcast struct {
	Incident int
	// Workflow is the distribution, Phase what its message is about.
	Workflow, Phase string
	// List names the recipients, Channel the way to these.
	List, Channel string
	// Request names the request if it carries more than one send. A provider takes it as a whole.
	Request string
}

// Leaf is one send of a broadcast.
type Leaf struct {
	N string
	// Recipient is the recipient's position in the list, from 0.
	Recipient int
	// Held says why nothing is sent; the zero Outcome means that it is to be sent now.
	Held delivery.Outcome
}

// BeginBroadcast writes the sends of one request into the ledger and returns the ids of those
// that go out with it: what nobody has tried before, and what the provider certainly did not
// take. Nothing else is ever tried again, because a broadcast prefers silence to a double. In
// the same transaction it holds the message's phase against the incident's: once a phase change
// is in the record this is ErrMovedOn, and nothing begins.
func (r *Record) BeginBroadcast(ctx context.Context, b Broadcast, leaves []Leaf) (begun map[string]bool, err error) {
	err = r.write(ctx, func(ctx context.Context, t *tx) error {
		begun = make(map[string]bool, len(leaves))
		if err := t.stillIn(ctx, b.Incident, b.Phase); err != nil {
			return err
		}
		known, err := knownSends(ctx, t, leaves)
		if err != nil {
			return err
		}
		at := micros(r.now())
		var fresh [][]any
		var again []string
		for _, leaf := range leaves {
			class, tried := known[leaf.N]
			held := leaf.Held.State != ""
			switch {
			case tried && class != delivery.NotProcessed:
				continue
			case tried && held:
				if _, err := t.ExecContext(ctx, "UPDATE deliveries SET state = $2, class = $3, code = $4, updated_at = $5 WHERE n = $1",
					leaf.N, string(leaf.Held.State), string(leaf.Held.Class), leaf.Held.Code, at); err != nil {
					return err
				}
				continue
			case tried:
				again = append(again, leaf.N)
			default:
				state, attempts := delivery.Attempting, 1
				if held {
					state, attempts = leaf.Held.State, 0
				}
				fresh = append(fresh, []any{leaf.N, b.Incident, b.Workflow, fmt.Sprintf("recipient-%d", leaf.Recipient), "", leaf.Recipient + 1, b.Channel, update,
					string(state), string(leaf.Held.Class), leaf.Held.Code, attempts, b.List, b.Request, at, at})
			}
			if !held {
				begun[leaf.N] = true
			}
		}
		t.touch(b.Incident)
		for some := range slices.Chunk(again, lookUp) {
			in, args := placeholders(some, any(at), any(b.Request))
			if _, err := t.ExecContext(ctx, "UPDATE deliveries SET state = 'attempting', class = '', code = '', attempts = attempts + 1, request = $2, updated_at = $1 WHERE n IN "+in, args...); err != nil {
				return err
			}
		}
		return t.insert(ctx, "deliveries (n, incident, workflow, step, person, recipient, channel, purpose, state, class, code, attempts, list, request, created_at, updated_at)", "", fresh)
	})
	if err != nil {
		return nil, fmt.Errorf("begin a broadcast: %w", err)
	}
	return begun, nil
}

// stillIn is the last check before a message leaves. Until the end of the transaction nobody can
// move the incident on.
func (t *tx) stillIn(ctx context.Context, incident int, phase string) error {
	if err := t.hold(ctx, incidentLock(incident)); err != nil {
		return err
	}
	now, err := first(ctx, t, value[string], "SELECT phase FROM incidents WHERE number = $1", incident)
	if err == nil && now != phase {
		err = ErrMovedOn
	}
	return err
}

// knownSends returns the classes of those sends that the ledger knows.
func knownSends(ctx context.Context, t *tx, leaves []Leaf) (map[string]delivery.Class, error) {
	known := map[string]delivery.Class{}
	for some := range slices.Chunk(leaves, lookUp) {
		names := make([]string, len(some))
		for i, leaf := range some {
			if names[i] = leaf.N; !validN.MatchString(leaf.N) {
				return nil, errors.New("the id of a send must be 1 to 64 of a-z and 0-9")
			}
		}
		in, args := placeholders(names)
		rows, err := list(ctx, t, func(row scanner) (x struct {
			n     string
			class delivery.Class
		}, err error) {
			err = row.Scan(&x.n, &x.class)
			return x, err
		}, "SELECT n, class FROM deliveries WHERE n IN "+in, args...)
		if err != nil {
			return nil, err
		}
		for _, x := range rows {
			known[x.n] = x.class
		}
	}
	return known, nil
}

// SettleBroadcast adds the provider's word on a request to its sends, as Settle does for one.
func (r *Record) SettleBroadcast(ctx context.Context, names []string, news delivery.Outcome) error {
	err := r.write(ctx, func(ctx context.Context, t *tx) error {
		for some := range slices.Chunk(slices.Sorted(slices.Values(names)), lookUp) {
			in, args := placeholders(some)
			rows, err := list(ctx, t, scanDelivery, "UPDATE deliveries SET updated_at = updated_at WHERE n IN "+in+" RETURNING "+deliveryColumns, args...)
			if err != nil {
				return err
			}
			if len(rows) > 0 {
				t.touch(rows[0].Incident)
			}
			become := map[delivery.Outcome][]string{} // events may have come first, for some
			for _, row := range rows {
				if merged := delivery.Merge(row.Outcome(), news); merged != row.Outcome() {
					become[merged] = append(become[merged], row.N)
				}
			}
			for o, names := range become {
				in, args := placeholders(names, any(string(o.State)), any(string(o.Class)), any(clean(o.Code)), any(clean(o.ProviderID)), any(micros(r.now())))
				if _, err := t.ExecContext(ctx, "UPDATE deliveries SET state = $1, class = $2, code = $3, provider_id = $4, updated_at = $5 WHERE n IN "+in, args...); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("settle a broadcast: %w", err)
	}
	return nil
}

// vouch lets the provider's word on one send prove for all others of its request that they were
// taken as well: those of which a worker that died has left nothing but the attempt.
func (r *Record) vouch(ctx context.Context, t *tx, d Delivery, news delivery.Outcome) error {
	if d.Request == "" || news.ProviderID == "" {
		return nil
	}
	_, err := t.ExecContext(ctx, `UPDATE deliveries SET state = 'accepted', class = '', code = '', provider_id = $2, updated_at = $3
		WHERE request = $1 AND request <> '' AND state IN ('attempting', 'unknown')`, d.Request, clean(news.ProviderID), micros(r.now()))
	return err
}

// underWay is how old an attempt may be that still counts as under way: longer than any
// request to a provider takes.
const underWay = 30 * time.Second

// AttemptsUnderWay counts the sends of an incident's messages that may be leaving right now. A
// phase change that is in the record lets none begin, and waits until these have ended.
func (r *Record) AttemptsUnderWay(ctx context.Context, incident int) (int, error) {
	return first(ctx, r.reads, value[int], "SELECT COUNT(*) FROM deliveries WHERE incident = $1 AND purpose = 'update' AND state = 'attempting' AND updated_at > $2",
		incident, micros(r.now().Add(-underWay)))
}

// Tally is how the sends of a distribution stand.
type Tally struct {
	Sent, Failed, Unproven int
	// Latest is when an unproven one was tried last.
	Latest time.Time
}

// TallyOf counts the sends of a distribution.
func (r *Record) TallyOf(ctx context.Context, distribution string) (Tally, error) {
	type row struct {
		state  delivery.State
		n      int
		latest time.Time
	}
	rows, err := list(ctx, r.reads, func(s scanner) (x row, err error) {
		err = s.Scan(&x.state, &x.n, moment{&x.latest})
		return x, err
	}, "SELECT state, COUNT(*), MAX(updated_at) FROM deliveries WHERE workflow = $1 AND recipient > 0 GROUP BY state", distribution)
	var all Tally
	for _, x := range rows {
		switch x.state {
		case delivery.Accepted, delivery.Delivered, delivery.Answered:
			all.Sent += x.n
		case delivery.Failed:
			all.Failed += x.n
		case delivery.Intended, delivery.Attempting, delivery.Unknown:
			all.Unproven += x.n
			if x.latest.After(all.Latest) {
				all.Latest = x.latest
			}
		}
	}
	return all, err
}

// Reopen lets a distribution try once more what could not be proven to have been taken, and
// counts it. Each is marked, because the provider may have taken it before: only a person
// decides that.
func (r *Record) Reopen(ctx context.Context, distribution string) (n int, err error) {
	err = r.write(ctx, func(ctx context.Context, t *tx) error {
		now := r.now()
		reopened, err := list(ctx, t, value[int], `UPDATE deliveries SET state = 'failed', class = 'not_processed', code = 'resend', possible_duplicate = 1, updated_at = $2
			WHERE workflow = $1 AND recipient > 0 AND (state = 'unknown' OR state = 'attempting' AND updated_at <= $3) RETURNING incident`,
			distribution, micros(now), micros(now.Add(-underWay)))
		if n = len(reopened); n > 0 {
			t.touch(reopened[0])
		}
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("send again what is unproven: %w", err)
	}
	return n, nil
}
