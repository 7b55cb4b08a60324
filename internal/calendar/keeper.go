package calendar

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/record"
)

const (
	// every is how often a calendar is looked at, by one of all the processes there are.
	every = 15 * time.Minute
	// pulse is how often a process asks the record for what others found.
	pulse = time.Minute
)

// The part of a calendar that is worked out, around now.
const (
	daysBack  = 62
	daysAhead = 400
)

// Store keeps the last good copies; *record.Record is one.
type Store interface {
	Import(ctx context.Context, source string) (record.Import, error)
	ClaimImport(ctx context.Context, source string, since time.Time) (bool, error)
	PutImport(ctx context.Context, source string, i record.Import) error
}

// Config is what a keeper works with.
type Config struct {
	// Store keeps the last good copies, so that a dead calendar server empties no rotation; required.
	Store Store
	// Plan is the plan in force; required.
	Plan func() plan.Plan
	// Put takes what a calendar says of a rotation; required.
	Put func(rotation string, i plan.Imported)
	// Logger hears of calendars that cannot be read; nil logs nothing.
	Logger *slog.Logger
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// Keeper keeps the imported rotations of the plan in force up to date. One goroutine at a time
// uses it.
type Keeper struct {
	Config
	// known is what copies meant that were worked out of late.
	known map[string]reading
}

// reading is what a copy means for a plan, worked out at an instant.
type reading struct {
	body, plan string
	at         time.Time
	duties     []plan.Duty
	findings   []string
}

// fresh is how long a reading is good: the time around now moves on.
const fresh = 6 * time.Hour

// New returns a keeper. Nothing happens before Refresh or Run.
func New(c Config) *Keeper {
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Keeper{Config: c, known: map[string]reading{}}
}

// Run refreshes until the context ends.
func (k *Keeper) Run(ctx context.Context) {
	tick := time.NewTicker(pulse)
	defer tick.Stop()
	for {
		k.Refresh(ctx)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Load puts what the record knows of every imported rotation, and asks no calendar.
func (k *Keeper) Load(ctx context.Context) { k.each(ctx, false) }

// Refresh looks at the calendars that nobody has looked at for a while, and puts what is known
// of every imported rotation.
func (k *Keeper) Refresh(ctx context.Context) { k.each(ctx, true) }

func (k *Keeper) each(ctx context.Context, look bool) {
	p := k.Plan()
	for _, r := range p.Rotations {
		if r.ICal == nil {
			continue
		}
		i, err := k.rotation(ctx, p, r, look)
		if err != nil {
			if ctx.Err() == nil {
				k.Logger.WarnContext(ctx, "a rotation could not be brought up to date", "rotation", r.Name, "reason", err.Error())
			}
			continue
		}
		k.Put(r.Name, i)
	}
}

// rotation returns what is known of one rotation, after a look at its calendar when it is time.
func (k *Keeper) rotation(ctx context.Context, p plan.Plan, r plan.Rotation, look bool) (plan.Imported, error) {
	source := r.ICal.Source.Reveal()
	copied, err := k.Store.Import(ctx, source)
	if err != nil && !errors.Is(err, record.ErrNotFound) {
		return plan.Imported{}, err
	}
	if look && k.Now().Sub(copied.TriedAt) >= every {
		mine, err := k.Store.ClaimImport(ctx, source, k.Now().Add(-every))
		if err != nil {
			return plan.Imported{}, err
		}
		if mine {
			if copied = k.look(ctx, p, r, copied); ctx.Err() != nil {
				return plan.Imported{}, ctx.Err()
			}
			if err := k.Store.PutImport(ctx, source, copied); err != nil {
				return plan.Imported{}, err
			}
		}
	}
	i := plan.Imported{ReadAt: copied.ReadAt, Trouble: copied.Trouble}
	if copied.Body != "" {
		if i.Duties, i.Findings, err = k.read(ctx, copied.Body, p, r); err != nil {
			i.Trouble = err.Error() // it was readable once, by an older build
		}
	}
	return i, nil
}

// look fetches a calendar. What cannot be read leaves the last good copy as it is.
func (k *Keeper) look(ctx context.Context, p plan.Plan, r plan.Rotation, last record.Import) record.Import {
	v, err := fetch(ctx, *r.ICal, version{last.Body, last.ETag, last.Modified})
	if err == nil {
		if _, _, err = k.read(ctx, v.body, p, r); err == nil {
			last.Body, last.ETag, last.Modified = v.body, v.etag, v.modified
		}
	}
	if err == nil || errors.Is(err, errSame) {
		last.ReadAt, last.Trouble = k.Now(), ""
		return last
	}
	k.Logger.WarnContext(ctx, "a calendar cannot be read; the last good copy goes on being used", "rotation", r.Name, "reason", err.Error())
	last.Trouble = err.Error()
	return last
}

// read works a copy out, unless that was done of late.
func (k *Keeper) read(ctx context.Context, body string, p plan.Plan, r plan.Rotation) ([]plan.Duty, []string, error) {
	now := k.Now()
	if known := k.known[r.Name]; known.body == body && known.plan == p.Hash && now.Sub(known.at) < fresh {
		return known.duties, known.findings, nil
	}
	duties, findings, err := Read(ctx, body, r, p.People, now.AddDate(0, 0, -daysBack), now.AddDate(0, 0, daysAhead))
	if err == nil {
		k.known[r.Name] = reading{body, p.Hash, now, duties, findings}
	}
	return duties, findings, err
}

// Look reads a calendar once without a record, to check a plan.
func Look(ctx context.Context, p plan.Plan, r plan.Rotation, now time.Time) (plan.Imported, error) {
	v, err := fetch(ctx, *r.ICal, version{})
	if err != nil {
		return plan.Imported{}, err
	}
	duties, findings, err := Read(ctx, v.body, r, p.People, now.AddDate(0, 0, -daysBack), now.AddDate(0, 0, daysAhead))
	return plan.Imported{Duties: duties, Findings: findings, ReadAt: now}, err
}
