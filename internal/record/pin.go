package record

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/crypto/bcrypt"
)

// Why a PIN does not count.
var (
	// ErrPINWeak says that a new PIN is not four to eight digits, or among the first anybody would try.
	ErrPINWeak = errors.New("a pin is four to eight digits, and not 1234, 0000 or the like")
	// ErrPINWrong says that it is another one, or that there is none.
	ErrPINWrong = errors.New("that is not the pin")
	// ErrPINLocked says that too many wrong ones were typed; an operator has to clear the PIN.
	ErrPINLocked = errors.New("the pin is locked after too many wrong ones; an operator has to clear it")
)

// maxWrongPINs is how many wrong PINs in a row lock it. They, and not the hash, are what
// protects so few digits; the hash only slows down whoever has stolen the database.
const maxWrongPINs = 5

// pinCost is some 0.05 s of one core for each try.
const pinCost = 10

// SetPIN gives a person a PIN. One that is there already must be named as current: whoever
// finds an open page must not be able to replace it. A wrong current one counts as a wrong try.
func (r *Record) SetPIN(ctx context.Context, person, current, pin string) error {
	if weak(pin) {
		return ErrPINWeak
	}
	set, err := list(ctx, r.reads, value[string], "SELECT pin FROM preferences WHERE person = $1 AND pin <> ''", person)
	if err != nil {
		return err
	}
	before := ""
	if len(set) > 0 {
		before = set[0]
		if err := r.CheckPIN(ctx, person, current); err != nil {
			return err
		}
	}
	hash, err := bcrypt.GenerateFromPassword([]byte(pin), pinCost)
	if err != nil {
		return fmt.Errorf("hash the pin: %w", err)
	}
	changed := 0
	err = r.write(ctx, func(ctx context.Context, t *tx) error {
		// Only what was checked is replaced: of two at once one wins.
		rows, err := list(ctx, t, value[string], `INSERT INTO preferences (person, pin, pin_at) VALUES ($1, $2, $3)
			ON CONFLICT (person) DO UPDATE SET pin = excluded.pin, pin_at = excluded.pin_at, pin_wrong = 0 WHERE preferences.pin = $4 RETURNING person`,
			person, string(hash), micros(r.now()), before)
		changed = len(rows)
		return err
	})
	switch {
	case err != nil:
		return fmt.Errorf("keep the pin: %w", err)
	case changed == 0:
		return ErrPINWrong
	}
	return nil
}

// CheckPIN tells whether this is the person's PIN: nil, ErrPINWrong or ErrPINLocked. A try is
// counted on disk before it is looked at, so neither many at once nor a restart give more tries.
func (r *Record) CheckPIN(ctx context.Context, person, pin string) error {
	var hash []string
	err := r.write(ctx, func(ctx context.Context, t *tx) (err error) {
		hash, err = list(ctx, t, value[string], "UPDATE preferences SET pin_wrong = pin_wrong + 1 WHERE person = $1 AND pin <> '' AND pin_wrong < $2 RETURNING pin", person, maxWrongPINs)
		if err != nil || len(hash) > 0 {
			return err
		}
		locked, err := list(ctx, t, value[int], "SELECT pin_wrong FROM preferences WHERE person = $1 AND pin <> ''", person)
		if err == nil && len(locked) > 0 {
			err = ErrPINLocked
		}
		return err
	})
	switch {
	case errors.Is(err, ErrPINLocked):
		return ErrPINLocked
	case err != nil:
		return fmt.Errorf("check a pin: %w", err)
	case len(hash) == 0 || bcrypt.CompareHashAndPassword([]byte(hash[0]), []byte(pin)) != nil:
		return ErrPINWrong
	}
	err = r.write(ctx, func(ctx context.Context, t *tx) error {
		_, err := t.ExecContext(ctx, "UPDATE preferences SET pin_wrong = 0 WHERE person = $1 AND pin = $2", person, hash[0])
		return err
	})
	if err != nil {
		return fmt.Errorf("check a pin: %w", err)
	}
	return nil
}

// ClearPIN takes a person's PIN away, locked or not; they can set another one.
func (r *Record) ClearPIN(ctx context.Context, person string) error {
	err := r.write(ctx, func(ctx context.Context, t *tx) error {
		_, err := t.ExecContext(ctx, "UPDATE preferences SET pin = '', pin_at = 0, pin_wrong = 0 WHERE person = $1", person)
		return err
	})
	if err != nil {
		return fmt.Errorf("clear a pin: %w", err)
	}
	return nil
}

// weak tells whether a PIN is none, or is one that counts in even steps (0000, 1234, 9630) or
// says half of itself twice (1212).
func weak(pin string) bool {
	if len(pin) < 4 || len(pin) > 8 {
		return true
	}
	steady := true
	for i := range len(pin) {
		if pin[i] < '0' || pin[i] > '9' {
			return true
		}
		steady = steady && (i < 2 || (pin[i]-pin[i-1]+10)%10 == (pin[i-1]-pin[i-2]+10)%10)
	}
	half := len(pin) / 2
	return steady || pin[:half] == pin[len(pin)-half:]
}
