package record

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"
)

// ErrExpired says that somebody confirmed what was asked too long ago.
var ErrExpired = errors.New("the confirmation has expired; ask for updates again")

const (
	// ConfirmWithin is how long a subscription waits for its confirmation.
	ConfirmWithin = 24 * time.Hour
	// askAgain is the shortest time between two confirmations to one address, and mostAsked how
	// many go to it within ConfirmWithin: nobody may fill a stranger's mailbox from our form.
	askAgain  = 10 * time.Minute
	mostAsked = 3
	// keepAfter is how long the wish for updates about one incident is kept after its end.
	keepAfter = 30 * 24 * time.Hour
)

// Subscriber is somewhere an update goes because somebody there asked for it.
type Subscriber struct {
	// ID is the subscription's, and no secret.
	ID string
	// Channel is "email", "sms" or "chat", Address the mail address, the number in E.164, or the
	// chat's id of a user or channel.
	Channel, Address string
	Language         string
	// Service and Region are what it is limited to, empty for all of them; Incident 0 is all.
	Service, Region string
	Incident        int
	// Person is set when it is one of the plan's people.
	Person string
}

// Subscription is a subscriber's wish and what became of it.
type Subscription struct {
	Subscriber
	// Token confirms it. It is sent to the address and shown nowhere else.
	Token string
	// AskedAt is when it was asked for last; ConfirmedAt is zero until somebody who reads the
	// address has agreed.
	AskedAt, ConfirmedAt time.Time
	// Stopped are the reasons for which nothing is sent all the same, the gravest first.
	Stopped []Suppression
}

// Reason says why nothing is sent; empty when something is.
func (s Subscription) Reason() string { return stopped(s.Stopped, s.Incident) }

// Destination is where its updates go.
func (s Subscriber) Destination() Destination { return DestinationOf(s.Channel, s.Address) }

const subscriptionColumns = "id, channel, address, language, service, region, incident, person, token, asked_at, confirmed_at"

func scanSubscription(row scanner) (s Subscription, err error) {
	err = row.Scan(&s.ID, &s.Channel, &s.Address, &s.Language, &s.Service, &s.Region, &s.Incident, &s.Person, &s.Token, moment{&s.AskedAt}, moment{&s.ConfirmedAt})
	return s, err
}

// Subscribe keeps what somebody asks for until it is confirmed. Send tells whether to ask the
// address for its confirmation now, which happens a few times a day at most; without it nothing
// was kept. What was never confirmed in time, and what is long over, is forgotten.
func (r *Record) Subscribe(ctx context.Context, s Subscriber) (asked Subscription, send bool, err error) {
	now, to := r.now(), s.Destination()
	day := micros(now.Add(-ConfirmWithin))
	err = r.write(ctx, func(ctx context.Context, t *tx) error {
		asked, send = Subscription{}, false
		if err := t.hold(ctx, "destination "+string(to)); err != nil {
			return err
		}
		if _, err := t.ExecContext(ctx, `DELETE FROM subscriptions WHERE confirmed_at = 0 AND asked_at <= $1
			OR incident IN (SELECT number FROM incidents WHERE closed_at > 0 AND closed_at <= $2)`, day, micros(now.Add(-keepAfter))); err != nil {
			return err
		}
		type asking struct {
			times int
			last  time.Time
		}
		recent, err := first(ctx, t, func(row scanner) (x asking, err error) {
			err = row.Scan(&x.times, moment{&x.last})
			return x, err
		}, "SELECT CAST(COALESCE(SUM(asks), 0) AS BIGINT), COALESCE(MAX(asked_at), 0) FROM subscriptions WHERE destination = $1 AND asked_at > $2 AND asks > 0", string(to), day)
		if err != nil || recent.times >= mostAsked || now.Sub(recent.last) < askAgain {
			return err
		}
		send = true
		asked, err = r.put(ctx, t, s, 1, time.Time{})
		return err
	})
	if err != nil {
		return Subscription{}, false, fmt.Errorf("subscribe: %w", err)
	}
	return asked, send, nil
}

// put keeps a wish. Its token stays, so that the link in an earlier mail is as good as that in
// the latest. Who only asks changes nothing of what was confirmed.
func (r *Record) put(ctx context.Context, t *tx, s Subscriber, asks int, confirmed time.Time) (Subscription, error) {
	now := r.now()
	var random [10]byte
	_, _ = rand.Read(random[:]) // never fails
	return first(ctx, t, scanSubscription, `INSERT INTO subscriptions (id, token, channel, address, destination, person, language, service, region, incident, asked_at, asks, confirmed_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
		ON CONFLICT (destination, service, region, incident) DO UPDATE SET
			person = CASE WHEN subscriptions.confirmed_at = 0 OR excluded.confirmed_at > 0 THEN excluded.person ELSE subscriptions.person END,
			language = CASE WHEN subscriptions.confirmed_at = 0 OR excluded.confirmed_at > 0 THEN excluded.language ELSE subscriptions.language END,
			asks = CASE WHEN subscriptions.asked_at > $14 THEN subscriptions.asks ELSE 0 END + excluded.asks,
			asked_at = excluded.asked_at,
			confirmed_at = CASE WHEN subscriptions.confirmed_at > 0 THEN subscriptions.confirmed_at ELSE excluded.confirmed_at END
		RETURNING `+subscriptionColumns,
		rand.Text(), crockford.EncodeToString(random[:]), s.Channel, s.Address, string(s.Destination()), s.Person, s.Language, s.Service, s.Region, s.Incident,
		micros(now), asks, micros(confirmed), micros(now.Add(-ConfirmWithin)))
}

// Join subscribes somebody who has proven already who they are. It lifts what they stopped
// themselves, and returns with it what still stands in the way.
func (r *Record) Join(ctx context.Context, s Subscriber) (joined Subscription, err error) {
	err = r.write(ctx, func(ctx context.Context, t *tx) error {
		if joined, err = r.put(ctx, t, s, 0, r.now()); err != nil {
			return err
		}
		return unblock(ctx, t, s.Destination(), 0, Unsubscribed, StoppedIncident)
	})
	if err != nil {
		return Subscription{}, fmt.Errorf("subscribe: %w", err)
	}
	joined.Stopped, err = r.Suppressions(ctx, s.Destination())
	return joined, err
}

// SubscriptionByToken returns what a token confirms, or ErrNotFound.
func (r *Record) SubscriptionByToken(ctx context.Context, token string) (Subscription, error) {
	s, err := first(ctx, r.reads, scanSubscription, "SELECT "+subscriptionColumns+" FROM subscriptions WHERE token = $1", typed(token))
	if err != nil {
		return Subscription{}, err
	}
	s.Stopped, err = r.Suppressions(ctx, s.Destination())
	return s, err
}

// Subscription returns a subscription, or ErrNotFound.
func (r *Record) Subscription(ctx context.Context, id string) (Subscription, error) {
	s, err := first(ctx, r.reads, scanSubscription, "SELECT "+subscriptionColumns+" FROM subscriptions WHERE id = $1", id)
	if err != nil {
		return Subscription{}, err
	}
	s.Stopped, err = r.Suppressions(ctx, s.Destination())
	return s, err
}

// ConfirmSubscription keeps that somebody who reads the address agreed. That proves that the
// address works, so everything that stopped it is lifted but a STOP, which only the phone
// itself takes back; lifted are the reasons to speak of. It is ErrExpired when it comes too late and
// ErrNotFound when the token is nobody's. The same again changes nothing.
func (r *Record) ConfirmSubscription(ctx context.Context, token string) (s Subscription, lifted []Suppression, err error) {
	if s, err = r.SubscriptionByToken(ctx, token); err != nil {
		return s, nil, err
	}
	now := r.now()
	if !s.AskedAt.After(now.Add(-ConfirmWithin)) {
		if s.ConfirmedAt.IsZero() || s.Reason() != "" {
			return s, nil, ErrExpired
		}
		return s, nil, nil
	}
	for _, x := range s.Stopped {
		// What was stopped after the asking was stopped on purpose.
		if x.Reason != Stopped && x.At.Before(s.AskedAt) {
			lifted = append(lifted, x)
		}
	}
	err = r.write(ctx, func(ctx context.Context, t *tx) error {
		for _, x := range lifted {
			if err := unblock(ctx, t, s.Destination(), x.Incident, x.Reason); err != nil {
				return err
			}
		}
		_, err := t.ExecContext(ctx, "UPDATE subscriptions SET confirmed_at = $1 WHERE id = $2 AND confirmed_at = 0", micros(now), s.ID)
		return err
	})
	if err != nil {
		return s, nil, fmt.Errorf("confirm a subscription: %w", err)
	}
	s, err = r.SubscriptionByToken(ctx, token)
	return s, lifted, err
}

// EndSubscription forgets a subscription, or is ErrNotFound.
func (r *Record) EndSubscription(ctx context.Context, id string) error {
	err := r.write(ctx, func(ctx context.Context, t *tx) error {
		_, err := first(ctx, t, value[string], "DELETE FROM subscriptions WHERE id = $1 RETURNING id", id)
		return err
	})
	if err != nil {
		return fmt.Errorf("end a subscription: %w", err)
	}
	return nil
}

// Subscribers returns the confirmed subscriptions to everything and to one incident to which
// nothing stands in the way.
func (r *Record) Subscribers(ctx context.Context, incident int) ([]Subscriber, error) {
	all, err := list(ctx, r.reads, scanSubscription, "SELECT "+subscriptionColumns+` FROM subscriptions s WHERE confirmed_at > 0 AND (incident = 0 OR incident = $1)
		AND NOT EXISTS (SELECT 1 FROM suppressions x WHERE x.destination = s.destination AND (x.incident = 0 OR x.incident = $1)) ORDER BY confirmed_at, id`, incident)
	subscribers := make([]Subscriber, len(all))
	for i, s := range all {
		subscribers[i] = s.Subscriber
	}
	return subscribers, err
}

// Subscriptions returns up to limit subscriptions whose id comes after one, by id; limit 0 means all.
func (r *Record) Subscriptions(ctx context.Context, after string, limit int) ([]Subscription, error) {
	if limit == 0 {
		limit = 1<<31 - 1
	}
	all, err := list(ctx, r.reads, scanSubscription, "SELECT "+subscriptionColumns+" FROM subscriptions WHERE id > $1 ORDER BY id LIMIT $2", after, limit)
	if err != nil {
		return nil, err
	}
	var to []Destination
	for _, s := range all {
		to = append(to, s.Destination())
	}
	by, err := r.suppressions(ctx, to)
	for i, s := range all {
		all[i].Stopped = by[s.Destination()]
	}
	return all, err
}

// CountSubscribers counts the addresses of each channel that get updates of something.
func (r *Record) CountSubscribers(ctx context.Context) (map[string]int, error) {
	type row struct {
		channel string
		n       int
	}
	rows, err := list(ctx, r.reads, func(s scanner) (x row, err error) {
		err = s.Scan(&x.channel, &x.n)
		return x, err
	}, `SELECT channel, COUNT(DISTINCT destination) FROM subscriptions s WHERE confirmed_at > 0
		AND NOT EXISTS (SELECT 1 FROM suppressions x WHERE x.destination = s.destination AND x.incident = 0) GROUP BY channel`)
	by := map[string]int{}
	for _, x := range rows {
		by[x.channel] = x.n
	}
	return by, err
}

// SubscriptionsTo returns the confirmed subscriptions to some destinations.
func (r *Record) SubscriptionsTo(ctx context.Context, to ...Destination) ([]Subscription, error) {
	if len(to) == 0 {
		return nil, nil
	}
	marks, args := placeholders(to)
	all, err := list(ctx, r.reads, scanSubscription, "SELECT "+subscriptionColumns+" FROM subscriptions WHERE confirmed_at > 0 AND destination IN "+marks+" ORDER BY confirmed_at, id", args...)
	if err != nil {
		return nil, err
	}
	by, err := r.suppressions(ctx, to)
	for i, s := range all {
		all[i].Stopped = by[s.Destination()]
	}
	return all, err
}
