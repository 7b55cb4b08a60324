package record

import (
	"context"
	"fmt"
	"regexp"
	"time"

	"github.com/stormbell/stormbell/domain/delivery"
)

// Delivery is one send to one person or recipient by one channel. Its row is on disk
// before the provider is called.
type Delivery struct {
	// N is the deterministic id the caller gave: up to 64 of a–z and 0–9.
	N              string
	Incident       int
	Workflow, Step string
	// Person is who is reached; a distribution leaves it empty and counts Recipient instead.
	Person           string
	Recipient        int
	Channel, Purpose string
	State            delivery.State
	Class            delivery.Class
	Code, ProviderID string
	// Attempts is how often the provider was called, or was about to be.
	Attempts int
	// PossibleDuplicate says that it was sent again though the provider may have taken it before.
	PossibleDuplicate bool
	// Polls is how often the provider was asked what became of it, because it had not said so.
	Polls int
	// List names the recipients that Recipient counts, Request the request that carried the
	// send together with others; see Broadcast.
	List, Request        string
	CreatedAt, UpdatedAt time.Time
}

// Outcome is what is known of the delivery.
func (d Delivery) Outcome() delivery.Outcome {
	return delivery.Outcome{State: d.State, Class: d.Class, Code: d.Code, ProviderID: d.ProviderID}
}

const deliveryColumns = "n, incident, workflow, step, person, recipient, channel, purpose, state, class, code, provider_id, attempts, possible_duplicate, polls, list, request, created_at, updated_at"

func scanDelivery(row scanner) (d Delivery, err error) {
	err = row.Scan(&d.N, &d.Incident, &d.Workflow, &d.Step, &d.Person, &d.Recipient, &d.Channel, &d.Purpose, &d.State, &d.Class,
		&d.Code, &d.ProviderID, &d.Attempts, &d.PossibleDuplicate, &d.Polls, &d.List, &d.Request, moment{&d.CreatedAt}, moment{&d.UpdatedAt})
	return d, err
}

var validN = regexp.MustCompile(`^[a-z0-9]{1,64}$`)

// Begin writes the delivery into the ledger and says whether the caller may call the
// provider now. It may when nobody has tried before; with again also when the last attempt
// was certainly not taken, or when nothing could be proven about it, which then marks a
// possible duplicate; the latter never goes for the recipients of a
// distribution. It may not once a call-back moved the delivery on. Of many callers without
// again exactly one may.
func (r *Record) Begin(ctx context.Context, d Delivery, again bool) (now Delivery, may bool, err error) {
	if !validN.MatchString(d.N) {
		return Delivery{}, false, fmt.Errorf("begin delivery: its id must be 1 to 64 of a-z and 0-9")
	}
	err = r.write(ctx, func(ctx context.Context, t *tx) error {
		at := micros(r.now())
		started, err := list(ctx, t, scanDelivery, "INSERT INTO deliveries (n, incident, workflow, step, person, recipient, channel, purpose, state, attempts, created_at, updated_at)"+
			` VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'attempting', 1, $9, $9) ON CONFLICT (n) DO NOTHING RETURNING `+deliveryColumns,
			d.N, d.Incident, d.Workflow, d.Step, d.Person, d.Recipient, d.Channel, d.Purpose, at)
		if err == nil && len(started) == 0 && again {
			started, err = list(ctx, t, scanDelivery, `UPDATE deliveries SET state = 'attempting', class = '', code = '', attempts = attempts + 1, updated_at = $2,
				possible_duplicate = CASE WHEN class = 'not_processed' THEN possible_duplicate ELSE 1 END
				WHERE n = $1 AND (purpose <> 'update' AND state IN ('attempting', 'unknown') OR class = 'not_processed') RETURNING `+deliveryColumns, d.N, at)
		}
		if err != nil {
			return err
		}
		if may = len(started) > 0; may {
			now = started[0]
			t.touch(now.Incident)
			return nil
		}
		now, err = first(ctx, t, scanDelivery, "SELECT "+deliveryColumns+" FROM deliveries WHERE n = $1", d.N)
		return err
	})
	if err != nil {
		return Delivery{}, false, fmt.Errorf("begin delivery: %w", err)
	}
	return now, may, nil
}

// Settle adds a provider's word to the delivery, by the rules of delivery.Merge: words may
// come in any order and twice, also before the call that sent it has returned. It tells
// whether anything changed. A ProviderID other than the returned one is a double sending.
// An unknown n is ErrNotFound.
func (r *Record) Settle(ctx context.Context, n string, news delivery.Outcome) (now Delivery, changed bool, err error) {
	err = r.write(ctx, func(ctx context.Context, t *tx) error {
		if now, err = first(ctx, t, scanDelivery, "UPDATE deliveries SET updated_at = updated_at WHERE n = $1 RETURNING "+deliveryColumns, n); err != nil {
			return err
		}
		if err := r.vouch(ctx, t, now, news); err != nil {
			return err
		}
		merged := delivery.Merge(now.Outcome(), news)
		if changed = merged != now.Outcome(); !changed {
			return nil
		}
		t.touch(now.Incident)
		now, err = first(ctx, t, scanDelivery, "UPDATE deliveries SET state = $2, class = $3, code = $4, provider_id = $5, updated_at = $6, asked_at = $7 WHERE n = $1 RETURNING "+deliveryColumns,
			n, string(merged.State), string(merged.Class), clean(merged.Code), clean(merged.ProviderID), micros(r.now()), micros(now.askFrom(merged, r.now())))
		return err
	})
	if err != nil {
		return Delivery{}, false, fmt.Errorf("settle delivery: %w", err)
	}
	return now, changed, nil
}

// Delivery returns one delivery, or ErrNotFound.
func (r *Record) Delivery(ctx context.Context, n string) (Delivery, error) {
	return first(ctx, r.reads, scanDelivery, "SELECT "+deliveryColumns+" FROM deliveries WHERE n = $1", n)
}

// DeliveryByProvider returns the delivery that the provider knows by this id, or ErrNotFound.
func (r *Record) DeliveryByProvider(ctx context.Context, id string) (Delivery, error) {
	return first(ctx, r.reads, scanDelivery, "SELECT "+deliveryColumns+" FROM deliveries WHERE provider_id = $1 AND provider_id <> '' ORDER BY created_at DESC", id)
}

// Deliveries returns the incident's deliveries, newest last.
func (r *Record) Deliveries(ctx context.Context, incident int) ([]Delivery, error) {
	return list(ctx, r.reads, scanDelivery, "SELECT "+deliveryColumns+" FROM deliveries WHERE incident = $1 ORDER BY created_at, n", incident)
}

// DeliveriesToPeople is Deliveries without those to the recipients of messages, of whom there
// may be thousands.
func (r *Record) DeliveriesToPeople(ctx context.Context, incident int) ([]Delivery, error) {
	return list(ctx, r.reads, scanDelivery, "SELECT "+deliveryColumns+" FROM deliveries WHERE incident = $1 AND person <> '' ORDER BY created_at, n", incident)
}

// DeliveriesOf returns the workflow's deliveries, newest last.
func (r *Record) DeliveriesOf(ctx context.Context, workflow string) ([]Delivery, error) {
	return list(ctx, r.reads, scanDelivery, "SELECT "+deliveryColumns+" FROM deliveries WHERE workflow = $1 ORDER BY created_at, n", workflow)
}
