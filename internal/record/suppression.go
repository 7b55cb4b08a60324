package record

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// Why updates no longer go to an address.
const (
	// Bounced says that mails to it come back, Complained that they were marked as spam,
	// Dropped that the provider refuses it.
	Bounced    = "bounced"
	Complained = "spam_report"
	Dropped    = "dropped"
	// Stopped says that its phone sent STOP to the updates number.
	Stopped = "stop"
	// Unsubscribed says that somebody pressed "stop all", StoppedIncident "stop this incident".
	Unsubscribed    = "unsubscribed"
	StoppedIncident = "stopped_incident"
)

// reasons are in the order in which they matter to whoever asks why nothing arrives.
var reasons = []string{Bounced, Complained, Dropped, Stopped, Unsubscribed, StoppedIncident}

// Suppression is one reason for which no updates go to a destination.
type Suppression struct {
	Reason string
	// Incident is the only one it is about; 0 means all.
	Incident int
	At       time.Time
}

// Suppress keeps that an address gets no updates any more, or with an incident none about that
// one.
func (r *Record) Suppress(ctx context.Context, channel, address, reason string, incident int, at time.Time) error {
	return r.Block(ctx, DestinationOf(channel, address), reason, incident, at)
}

// Block is Suppress where the address is not known.
func (r *Record) Block(ctx context.Context, to Destination, reason string, incident int, at time.Time) error {
	err := r.write(ctx, func(ctx context.Context, t *tx) error {
		_, err := t.ExecContext(ctx, `INSERT INTO suppressions (destination, incident, reason, at) VALUES ($1, $2, $3, $4)
			ON CONFLICT (destination, incident, reason) DO UPDATE SET at = excluded.at WHERE suppressions.at < excluded.at`, string(to), incident, reason, micros(at))
		return err
	})
	if err != nil {
		return fmt.Errorf("keep who wants no updates: %w", err)
	}
	return nil
}

// Unblock undoes Block; without an incident it also undoes what was about a single one.
func (r *Record) Unblock(ctx context.Context, to Destination, incident int, reasons ...string) error {
	err := r.write(ctx, func(ctx context.Context, t *tx) error { return unblock(ctx, t, to, incident, reasons...) })
	if err != nil {
		return fmt.Errorf("keep who wants updates again: %w", err)
	}
	return nil
}

func unblock(ctx context.Context, t *tx, to Destination, incident int, reasons ...string) error {
	marks, args := placeholders(reasons, any(string(to)), any(incident))
	_, err := t.ExecContext(ctx, "DELETE FROM suppressions WHERE destination = $1 AND (CAST($2 AS INTEGER) = 0 OR incident = $2) AND reason IN "+marks, args...)
	return err
}

// Suppressions returns every reason for which no updates go to a destination, the gravest first.
func (r *Record) Suppressions(ctx context.Context, to Destination) ([]Suppression, error) {
	by, err := r.suppressions(ctx, []Destination{to})
	return by[to], err
}

// Suppressed tells which addresses get no updates about an incident, and why. It is asked once
// more right before each sending.
func (r *Record) Suppressed(ctx context.Context, incident int, channel string, addresses []string) (map[string]string, error) {
	of, all := destinations(channel, addresses)
	by, err := r.suppressions(ctx, all)
	if err != nil {
		return nil, err
	}
	why := map[string]string{}
	for address, d := range of {
		if reason := stopped(by[d], incident); reason != "" {
			why[address] = reason
		}
	}
	return why, nil
}

// stopped returns the gravest of those reasons that count for an incident.
func stopped(all []Suppression, incident int) string {
	for _, s := range all {
		if s.Incident == 0 || s.Incident == incident {
			return s.Reason
		}
	}
	return ""
}

func (r *Record) suppressions(ctx context.Context, all []Destination) (map[Destination][]Suppression, error) {
	type row struct {
		to Destination
		Suppression
	}
	by := map[Destination][]Suppression{}
	for some := range slices.Chunk(all, lookUp) {
		marks, args := placeholders(some)
		rows, err := list(ctx, r.reads, func(s scanner) (x row, err error) {
			err = s.Scan(&x.to, &x.Incident, &x.Reason, moment{&x.At})
			return x, err
		}, "SELECT destination, incident, reason, at FROM suppressions WHERE destination IN "+marks+" ORDER BY at, incident, reason", args...)
		if err != nil {
			return nil, err
		}
		for _, x := range rows {
			by[x.to] = append(by[x.to], x.Suppression)
		}
	}
	for _, found := range by {
		slices.SortStableFunc(found, func(a, b Suppression) int { return slices.Index(reasons, a.Reason) - slices.Index(reasons, b.Reason) })
	}
	return by, nil
}
