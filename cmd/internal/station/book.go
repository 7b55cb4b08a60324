package station

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/planfile"
	"github.com/stormbell/stormbell/internal/record"
)

// Book holds the plan in force and finds the plans that older incidents began with.
type Book struct {
	current atomic.Pointer[plan.Plan]
	// importing lets one at a time change the plan in force.
	importing sync.Mutex
	record    *record.Record
	adapt     func(plan.Plan) plan.Plan
}

// Source is where a plan comes from.
type Source struct {
	// Name stands for the plan in messages; Data is its YAML.
	Name string
	Data []byte
	// Lenient forgives secrets that are not there, for programs that send nothing.
	Lenient bool
	// Adapt changes a plan after it was read: its speed, its address, the lab's accounts. Nil
	// changes nothing.
	Adapt func(plan.Plan) plan.Plan
}

// Read reads and adapts a plan. The error shows every mistake with its place.
func (s Source) Read() (plan.Plan, error) {
	p, err := planfile.Parse(s.Name, s.Data, planfile.Options{Lenient: s.Lenient})
	if err != nil {
		return plan.Plan{}, err
	}
	return s.adapt(p), nil
}

// Warnings is what the check has to say about a plan beside its mistakes, which would have kept it
// from coming into force. The coming weeks bring new ones.
func (s Source) Warnings() []planfile.Problem {
	_, found := planfile.Check(s.Name, s.Data, planfile.Options{Lenient: s.Lenient})
	return found.Problems
}

func (s Source) adapt(p plan.Plan) plan.Plan {
	if s.Adapt == nil {
		return p
	}
	return s.Adapt(p)
}

// NewBook keeps the plan in the record, where running incidents will find it, and puts it in force.
func NewBook(ctx context.Context, r *record.Record, s Source) (*Book, error) {
	p, err := s.Read()
	if err != nil {
		return nil, err
	}
	if err := r.PutPlan(ctx, p.Hash, s.Data); err != nil {
		return nil, fmt.Errorf("keep the plan: %w", err)
	}
	b := &Book{record: r, adapt: s.adapt}
	b.current.Store(&p)
	return b, nil
}

// Current is the plan in force.
func (b *Book) Current() plan.Plan { return *b.current.Load() }

// Import puts what a calendar elsewhere says of a rotation into the plan in force.
func (b *Book) Import(rotation string, i plan.Imported) {
	b.importing.Lock()
	defer b.importing.Unlock()
	p := b.Current()
	p.Rotations = slices.Clone(p.Rotations)
	for j := range p.Rotations {
		if p.Rotations[j].Name == rotation {
			p.Rotations[j].Imported = i
		}
	}
	b.current.Store(&p)
}

// Of is the plan of a hash.
func (b *Book) Of(ctx context.Context, hash string) (plan.Plan, error) {
	if p := b.Current(); p.Hash == hash {
		return p, nil
	}
	data, err := b.record.Plan(ctx, hash)
	if err != nil {
		return plan.Plan{}, fmt.Errorf("the plan an incident began with: %w", err)
	}
	// Its secrets may be gone; its texts are what is wanted.
	p, err := planfile.Parse("plan "+hash, data, planfile.Options{Lenient: true})
	if err != nil {
		return plan.Plan{}, fmt.Errorf("the plan an incident began with: %w", err)
	}
	return b.adapt(p), nil
}
