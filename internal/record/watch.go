package record

import "sync"

// watchers are the goroutines of this process that want to hear of commits.
type watchers struct {
	mu  sync.Mutex
	all map[chan struct{}]int
}

// Watch returns a channel that receives after commits of this process that touch the
// incident (0 = any), and a function that ends it. Notices that nobody has taken yet
// become one. What other processes commit is not noticed.
func (r *Record) Watch(incident int) (notices <-chan struct{}, stop func()) {
	w, c := &r.watch, make(chan struct{}, 1)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.all == nil {
		w.all = map[chan struct{}]int{}
	}
	w.all[c] = incident
	return c, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		delete(w.all, c)
	}
}

// Wake returns the channel that tells this process's pump that the inbox may have
// something to claim. The pump polls as well, for what other processes accepted and for
// repeats that are held back.
func (r *Record) Wake() <-chan struct{} { return r.wake }

func (r *Record) announce(t *tx) {
	if t.waiting {
		nudge(r.wake)
	}
	if len(t.touched) == 0 {
		return
	}
	touched := make(map[int]bool, len(t.touched))
	for _, n := range t.touched {
		touched[n] = true
	}
	r.watch.mu.Lock()
	defer r.watch.mu.Unlock()
	for c, n := range r.watch.all {
		if n == 0 || touched[n] {
			nudge(c)
		}
	}
}

func nudge(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
