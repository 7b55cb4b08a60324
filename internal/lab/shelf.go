package lab

import "slices"

// shelf keeps things in the order they came and finds them by key. When there are too many, or they
// are too big together, the oldest go first, except those that were pinned. The caller holds Lab.mu.
type shelf[V any] struct {
	limit  int
	pinned int
	bytes  int
	rows   []*row[V]
	byKey  map[string]*row[V]
}

type row[V any] struct {
	key   string
	value V
	bytes int
}

func newShelf[V any](limit int) *shelf[V] {
	return &shelf[V]{limit: limit, byKey: map[string]*row[V]{}}
}

// pin protects what is there now from being forgotten.
func (s *shelf[V]) pin() { s.pinned = len(s.rows) }

// add puts a new thing last; a key that is there already keeps what it has.
func (s *shelf[V]) add(key string, value V, bytes int) {
	if s.byKey[key] != nil {
		return
	}
	r := &row[V]{key: key, value: value, bytes: bytes}
	s.rows = append(s.rows, r)
	s.byKey[key] = r
	s.bytes += bytes
	drop := s.pinned
	for ; drop < len(s.rows)-1 && (len(s.rows)-drop > s.limit || s.bytes > maxBytes); drop++ {
		s.bytes -= s.rows[drop].bytes
		delete(s.byKey, s.rows[drop].key)
	}
	s.rows = slices.Delete(s.rows, s.pinned, drop)
}

func (s *shelf[V]) get(key string) (V, bool) {
	if r := s.byKey[key]; r != nil {
		return r.value, true
	}
	var none V
	return none, false
}

// each yields the oldest first.
func (s *shelf[V]) each(yield func(V) bool) {
	for _, r := range s.rows {
		if !yield(r.value) {
			return
		}
	}
}

// newest yields the newest first.
func (s *shelf[V]) newest(yield func(V) bool) {
	for _, r := range slices.Backward(s.rows) {
		if !yield(r.value) {
			return
		}
	}
}
