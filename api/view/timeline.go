package view

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/record"
)

// Entry is one line of the timeline.
type Entry struct {
	Position  int64             `json:"position" doc:"Counts from 1 without gaps"`
	At        time.Time         `json:"at"`
	Kind      string            `json:"kind" example:"role_taken"`
	Actor     string            `json:"actor" doc:"Person id, or system"`
	ActorName string            `json:"actor_name"`
	Text      string            `json:"text"`
	Data      map[string]string `json:"data,omitempty"`
	Workflow  string            `json:"workflow"`
	Hash      string            `json:"hash" doc:"Chains this entry to all before it"`
}

// Timeline returns up to limit entries after a position, oldest first.
func (v *Views) Timeline(ctx context.Context, number int, after int64, limit int) ([]Entry, error) {
	rows, err := v.Record.Timeline(ctx, number, after, limit)
	if err != nil {
		return nil, fmt.Errorf("read the timeline of incident %d: %w", number, err)
	}
	return v.entries(rows)
}

// Latest returns the newest entries, newest first.
func (v *Views) Latest(ctx context.Context, number, limit int) ([]Entry, error) {
	rows, err := v.Record.Latest(ctx, number, limit)
	if err != nil {
		return nil, fmt.Errorf("read the timeline of incident %d: %w", number, err)
	}
	return v.entries(rows)
}

func (v *Views) entries(rows []record.StoredEntry) ([]Entry, error) {
	p := v.Plan()
	entries := make([]Entry, len(rows))
	for i, r := range rows {
		entries[i] = Entry{Position: r.Position, At: r.At, Kind: r.Kind, Actor: r.Actor, ActorName: name(p, r.Actor), Text: r.Text, Workflow: r.Workflow, Hash: r.Hash}
		if len(r.Data) > 0 {
			if err := json.Unmarshal(r.Data, &entries[i].Data); err != nil {
				return nil, fmt.Errorf("read entry %d of incident %d: %w", r.Position, r.Incident, err)
			}
		}
	}
	return entries, nil
}

// Delivery is one send as the ledger knows it, without any number or address.
type Delivery struct {
	N                 string    `json:"n"`
	Workflow          string    `json:"workflow"`
	Step              string    `json:"step"`
	Person            string    `json:"person,omitempty"`
	Name              string    `json:"name,omitempty"`
	Recipient         int       `json:"recipient,omitempty" doc:"Which recipient of a distribution"`
	Channel           string    `json:"channel"`
	Purpose           string    `json:"purpose"`
	State             string    `json:"state"`
	Class             string    `json:"class,omitempty"`
	Code              string    `json:"code,omitempty"`
	ProviderID        string    `json:"provider_id,omitempty"`
	Attempts          int       `json:"attempts"`
	PossibleDuplicate bool      `json:"possible_duplicate,omitempty"`
	NoReceipt         bool      `json:"no_receipt,omitempty" doc:"The provider took it, was asked several times what became of it, and has no last word"`
	CreatedAt         time.Time `json:"created_at"`
	UpdatedAt         time.Time `json:"updated_at"`
}

// Deliveries returns every send of an incident, newest last.
func (v *Views) Deliveries(ctx context.Context, number int) ([]Delivery, error) {
	rows, err := v.Record.Deliveries(ctx, number)
	if err != nil {
		return nil, fmt.Errorf("read the ledger of incident %d: %w", number, err)
	}
	p := v.Plan()
	all := make([]Delivery, len(rows))
	for i, r := range rows {
		all[i] = deliveryOf(p, r)
	}
	return all, nil
}

func deliveryOf(p plan.Plan, r record.Delivery) Delivery {
	return Delivery{
		N: r.N, Workflow: r.Workflow, Step: r.Step, Person: r.Person, Name: name(p, r.Person), Recipient: r.Recipient,
		Channel: r.Channel, Purpose: r.Purpose, State: string(r.State), Class: string(r.Class), Code: r.Code, ProviderID: r.ProviderID,
		Attempts: r.Attempts, PossibleDuplicate: r.PossibleDuplicate, NoReceipt: r.NoReceipt(), CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt,
	}
}
