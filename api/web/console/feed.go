package console

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"sync"
	"time"

	"github.com/stormbell/stormbell/api/view"
)

// feeds are the incidents that somebody watches live. Each is read once for all who watch it.
type feeds struct {
	Config
	mu      sync.Mutex
	open    map[int]*feed // by number of the incident
	streams int
	closed  chan struct{}
	once    sync.Once
}

func newFeeds(c Config) *feeds {
	return &feeds{Config: c, open: map[int]*feed{}, closed: make(chan struct{})}
}

func (f *feeds) close() { f.once.Do(func() { close(f.closed) }) }

// feed knows which version each panel of an incident has.
type feed struct {
	mu       sync.Mutex
	versions map[string]string // by panel
	// news is closed and replaced with every change, over is closed when nothing more comes.
	news     chan struct{}
	over     chan struct{}
	watchers int
	stop     context.CancelFunc
}

// watch joins those who watch an incident, or returns nil when there are too many. The caller
// leaves.
func (f *feeds) watch(number int) (*feed, func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.streams >= f.Streams {
		return nil, nil
	}
	one, watched := f.open[number]
	if !watched {
		ctx, stop := context.WithCancel(context.Background())
		one = &feed{versions: map[string]string{}, news: make(chan struct{}), over: make(chan struct{}), stop: stop}
		f.open[number] = one
		go f.follow(ctx, number, one)
	}
	one.watchers++
	f.streams++
	return one, func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.streams--
		if one.watchers--; one.watchers == 0 {
			one.stop()
			f.drop(number, one)
		}
	}
}

// drop forgets a feed; the next one who watches begins a new one.
func (f *feeds) drop(number int, one *feed) {
	if f.open[number] == one {
		delete(f.open, number)
	}
}

// follow looks what changed: at once when this process changed it, within Poll when another did.
// When the record cannot be read everybody is sent away, because nobody must be told "live".
func (f *feeds) follow(ctx context.Context, number int, one *feed) {
	defer func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.drop(number, one)
		close(one.over)
	}()
	notices, ignore := f.Record.Watch(number)
	defer ignore()
	tick := time.NewTicker(f.Poll)
	defer tick.Stop()
	version, all := "", view.Incident{}
	for {
		now, err := f.Record.Version(ctx, number)
		if err == nil && now != version {
			all, err = f.Views.Incident(ctx, number)
		}
		if err != nil {
			if ctx.Err() == nil {
				f.Logger.WarnContext(ctx, "an incident cannot be followed", "incident", number, "reason", err.Error())
			}
			return
		}
		version = now
		one.publish(prints(all, version, f.Press.Now(), f.minute()))
		select {
		case <-ctx.Done():
			return
		case <-notices:
		case <-tick.C:
		}
	}
}

// minute is how long a minute of the plan takes.
func (f *feeds) minute() time.Duration {
	if unit := f.Press.Plan().Minute; unit > 0 {
		return unit
	}
	return time.Minute
}

// publish takes in how the panels stand.
func (one *feed) publish(versions map[string]string) {
	one.mu.Lock()
	defer one.mu.Unlock()
	if maps.Equal(one.versions, versions) {
		return
	}
	one.versions = versions
	close(one.news)
	one.news = make(chan struct{})
}

// current returns how the panels stand, and what is closed when that has changed.
func (one *feed) current() (versions map[string]string, news <-chan struct{}) {
	one.mu.Lock()
	defer one.mu.Unlock()
	return one.versions, one.news
}

// prints tell versions of panels apart. What shows how long something lasts changes by the minute.
func prints(i view.Incident, version string, now time.Time, unit time.Duration) map[string]string {
	minute, steps := now.UnixNano()/int64(unit), i.Next(now)
	parts := map[string]any{
		"head":     []any{i.Summary, i.Stage, i.Commander, i.Recommendation, i.Declared, i.Resolved, i.Cancelled, i.Updates, minute},
		"promises": []any{i.Promises, i.Phase, minute},
		"next":     []any{steps, minute},
		"roles":    []any{i.Roles, i.Handover, i.Stage, minute},
		"tasks":    []any{i.Tasks, i.Stage, minute},
		"board":    []any{i.Messages, i.Phase, i.Updates, i.Severity, minute},
		"briefing": []any{i.Briefing, minute},
		"alerts":   []any{i.Alerts},
		"timeline": version,
	}
	all := map[string]string{}
	for name, part := range parts {
		text, err := json.Marshal(part)
		if err != nil {
			text = []byte(version) // then every change counts
		}
		sum := sha256.Sum256(text)
		all[name] = hex.EncodeToString(sum[:6])
	}
	return all
}
