package record

import (
	"context"
	"sync"
	"sync/atomic"
)

// maxGathered bounds one transaction, so that nobody waits long behind a storm.
const maxGathered = 1000

// group gathers what many goroutines hand in at the same time and works it off together:
// while one lot is on its way to the disk the next one collects by itself, so the price of
// a commit is shared exactly when it hurts, and a lone caller never waits for company.
type group[T any] struct {
	queue  chan *task[T]
	max    int
	size   func(T) int
	work   func([]T) []error // one error or nil for each
	mu     sync.RWMutex
	closed bool
	idle   chan struct{}
}

type task[T any] struct {
	value  T
	taken  atomic.Bool // by the worker, or by a caller who gave up before the work began
	result chan error
}

func newGroup[T any](depth, most int, size func(T) int, work func([]T) []error) *group[T] {
	g := &group[T]{queue: make(chan *task[T], depth), max: most, size: size, work: work, idle: make(chan struct{})}
	go g.run()
	return g
}

// do hands v in and waits until it was worked off. With wait false a full queue is ErrOverloaded.
func (g *group[T]) do(ctx context.Context, v T, wait bool) error {
	t := &task[T]{value: v, result: make(chan error, 1)}
	if err := g.put(ctx, t, wait); err != nil {
		return err
	}
	select {
	case err := <-t.result:
		return err
	case <-ctx.Done():
		if t.taken.CompareAndSwap(false, true) {
			return ctx.Err()
		}
		return <-t.result // it is being worked on, and the caller must hear the truth
	}
}

func (g *group[T]) put(ctx context.Context, t *task[T], wait bool) error {
	g.mu.RLock()
	defer g.mu.RUnlock()
	if g.closed {
		return ErrClosed
	}
	select {
	case g.queue <- t:
		return nil
	default:
		if !wait {
			return ErrOverloaded
		}
	}
	select {
	case g.queue <- t:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (g *group[T]) run() {
	defer close(g.idle)
	for first := range g.queue {
		lot := g.gather(first)
		values := make([]T, len(lot))
		for i, t := range lot {
			values[i] = t.value
		}
		for i, err := range g.work(values) {
			lot[i].result <- err
		}
	}
}

// gather takes what is queued right now, without waiting for more.
func (g *group[T]) gather(t *task[T]) (lot []*task[T]) {
	for size := 0; ; {
		if t.taken.CompareAndSwap(false, true) {
			lot, size = append(lot, t), size+g.size(t.value)
		}
		if size >= g.max {
			return lot
		}
		select {
		case next, open := <-g.queue:
			if !open {
				return lot
			}
			t = next
		default:
			return lot
		}
	}
}

// close works off what is queued and stops.
func (g *group[T]) close() {
	g.mu.Lock()
	if !g.closed {
		g.closed = true
		close(g.queue)
	}
	g.mu.Unlock()
	<-g.idle
}
