package record

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Destination is a digest of a channel and an address: whoever knows the address can look it
// up, and nobody can read it back.
type Destination string

// DestinationOf returns where an address is reached over a channel: "email", "sms" or "chat".
// Mail addresses are the same in capitals.
func DestinationOf(channel, address string) Destination {
	address = strings.TrimSpace(address)
	if channel == "email" {
		address = strings.ToLower(address)
	}
	sum := sha256.Sum256([]byte(channel + " " + address))
	return Destination(hex.EncodeToString(sum[:16]))
}

// UpdatesLink is what the token of an unsubscribe link leads to.
type UpdatesLink struct {
	Destination Destination
	Channel     string
	// Incident is the one whose update held the link; 0 when it was none of a particular one.
	Incident int
}

// UnsubscribeToken is the token of one address's unsubscribe link in updates about an incident.
// It stays the same. Incident 0 is for mails that are about none.
func (r *Record) UnsubscribeToken(ctx context.Context, channel, address string, incident int) (string, error) {
	tokens, err := r.UnsubscribeTokens(ctx, incident, channel, []string{address})
	return tokens[address], err
}

// UnsubscribeTokens is UnsubscribeToken for many addresses of one channel, by address.
func (r *Record) UnsubscribeTokens(ctx context.Context, incident int, channel string, addresses []string) (map[string]string, error) {
	if len(addresses) == 0 {
		return nil, nil
	}
	of, all := destinations(channel, addresses)
	known, err := tokens(ctx, r.reads, all)
	if err != nil {
		return nil, err
	}
	var rows [][]any
	for _, d := range all {
		if known[d] == "" {
			var random [10]byte
			_, _ = rand.Read(random[:]) // never fails
			rows = append(rows, []any{string(d), channel, crockford.EncodeToString(random[:]), micros(r.now())})
		}
	}
	if len(rows) > 0 {
		err = r.write(ctx, func(ctx context.Context, t *tx) error {
			if err := t.insert(ctx, "destinations (destination, channel, token, created_at)", "ON CONFLICT (destination) DO NOTHING", rows); err != nil {
				return err
			}
			known, err = tokens(ctx, t, all)
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("make unsubscribe links: %w", err)
		}
	}
	by := make(map[string]string, len(addresses))
	for address, d := range of {
		by[address] = known[d]
		if incident > 0 {
			by[address] += "-" + strconv.Itoa(incident)
		}
	}
	return by, nil
}

// ByUnsubscribeToken returns where an unsubscribe link belongs, or ErrNotFound.
func (r *Record) ByUnsubscribeToken(ctx context.Context, token string) (UpdatesLink, error) {
	token, number, about := strings.Cut(token, "-")
	l := UpdatesLink{}
	if about {
		var err error
		if l.Incident, err = strconv.Atoi(number); err != nil || l.Incident < 1 || l.Incident > 1<<31-1 {
			return UpdatesLink{}, ErrNotFound
		}
	}
	return first(ctx, r.reads, func(row scanner) (UpdatesLink, error) {
		err := row.Scan(&l.Destination, &l.Channel)
		return l, err
	}, "SELECT destination, channel FROM destinations WHERE token = $1", typed(token))
}

// destinations returns where each address is reached, and each destination once.
func destinations(channel string, addresses []string) (of map[string]Destination, all []Destination) {
	of = make(map[string]Destination, len(addresses))
	for _, address := range addresses {
		d := DestinationOf(channel, address)
		of[address], all = d, append(all, d)
	}
	slices.Sort(all)
	return of, slices.Compact(all)
}

// lookUp is how many values one query is given.
const lookUp = 512

func tokens(ctx context.Context, q querier, all []Destination) (map[Destination]string, error) {
	found := make(map[Destination]string, len(all))
	for some := range slices.Chunk(all, lookUp) {
		marks, args := placeholders(some)
		rows, err := list(ctx, q, func(row scanner) (x [2]string, err error) {
			err = row.Scan(&x[0], &x[1])
			return x, err
		}, "SELECT destination, token FROM destinations WHERE destination IN "+marks, args...)
		if err != nil {
			return nil, err
		}
		for _, x := range rows {
			found[Destination(x[0])] = x[1]
		}
	}
	return found, nil
}
