package record

import (
	"context"
	"fmt"
	"time"
)

// Preferences are what a person has chosen for themselves.
type Preferences struct {
	// Language is empty while the plan's counts.
	Language string
	// CardAt is when the contact card was fetched last, PINAt when the PIN was set; zero means never.
	CardAt, PINAt time.Time
	// Locked says that too many wrong PINs were typed.
	Locked bool
}

// Preferences returns what everybody has chosen, by person; who has chosen nothing is missing.
func (r *Record) Preferences(ctx context.Context) (map[string]Preferences, error) {
	type row struct {
		person string
		wrong  int
		Preferences
	}
	all, err := list(ctx, r.reads, func(s scanner) (x row, err error) {
		err = s.Scan(&x.person, &x.Language, moment{&x.CardAt}, moment{&x.PINAt}, &x.wrong)
		return x, err
	}, "SELECT person, language, card_at, pin_at, pin_wrong FROM preferences")
	if err != nil {
		return nil, err
	}
	by := make(map[string]Preferences, len(all))
	for _, x := range all {
		x.Locked = x.wrong >= maxWrongPINs
		by[x.person] = x.Preferences
	}
	return by, nil
}

// Language returns the language a person has chosen, empty when none.
func (r *Record) Language(ctx context.Context, person string) (string, error) {
	chosen, err := list(ctx, r.reads, value[string], "SELECT language FROM preferences WHERE person = $1", person)
	if err != nil || len(chosen) == 0 {
		return "", err
	}
	return chosen[0], nil
}

// SetLanguage keeps the language a person has chosen.
func (r *Record) SetLanguage(ctx context.Context, person, language string) error {
	return r.prefer(ctx, "language", person, language)
}

// NoteCard keeps that a person has fetched the contact card now.
func (r *Record) NoteCard(ctx context.Context, person string) error {
	return r.prefer(ctx, "card_at", person, micros(r.now()))
}

func (r *Record) prefer(ctx context.Context, column, person string, to any) error {
	err := r.write(ctx, func(ctx context.Context, t *tx) error {
		_, err := t.ExecContext(ctx, "INSERT INTO preferences (person, "+column+") VALUES ($1, $2) ON CONFLICT (person) DO UPDATE SET "+column+" = excluded."+column, person, to)
		return err
	})
	if err != nil {
		return fmt.Errorf("keep what a person has chosen: %w", err)
	}
	return nil
}
