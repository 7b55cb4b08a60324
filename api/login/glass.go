package login

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"github.com/oklog/ulid/v2"
	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/crypto/bcrypt"
	"golang.org/x/time/rate"

	"github.com/stormbell/stormbell/api/visitor"
	"github.com/stormbell/stormbell/internal/record"
)

// Somebody may try tries passwords at once, and then one every tryEvery. The password is long and
// made by a machine: this keeps a stranger from using up our processor, and nobody can lock it.
const (
	tries    = 5
	tryEvery = 15 * time.Second
	// places bounds how many addresses are remembered.
	places = 1000
)

// glass is the password for the night on which the company's login is down.
type glass struct {
	broken prometheus.Counter

	mu    sync.Mutex
	from  map[netip.Addr]*rate.Limiter
	using sync.Mutex // one try at a time: each costs a good part of a second
}

func (g *glass) register(to prometheus.Registerer) error {
	g.broken = prometheus.NewCounter(prometheus.CounterOpts{
		Name: "stormbell_break_glass_total", Help: "Sign-ins with the password behind the glass; every one wants a look.",
	})
	g.from = map[netip.Addr]*rate.Limiter{}
	if to == nil {
		return nil
	}
	if err := to.Register(g.broken); err != nil {
		return fmt.Errorf("register metrics: %w", err)
	}
	return nil
}

// slow tells whether too many passwords were tried from an address.
func (g *glass) slow(remote string, now time.Time) bool {
	from, _ := netip.ParseAddrPort(remote) // an address nobody can read shares one place with its like
	g.mu.Lock()
	defer g.mu.Unlock()
	l := g.from[from.Addr()]
	if l == nil {
		if len(g.from) >= places {
			clear(g.from)
		}
		l = rate.NewLimiter(rate.Every(tryEvery), tries)
		g.from[from.Addr()] = l
	}
	return !l.AllowN(now, 1)
}

// Break signs in with the password behind the glass: it gives every right, and acts for whomever is
// chosen. Before anybody is in, the alarm is in the inbox: the plan's owners hear of it.
func (d *Door) Break(w http.ResponseWriter, r *http.Request, password string) error {
	hash, ctx := d.Plan().Login.BreakGlass.Reveal(), r.Context()
	if d.glass.slow(r.RemoteAddr, d.Now()) {
		return ErrSlow
	}
	d.glass.using.Lock()
	err := bcrypt.CompareHashAndPassword([]byte(hash), []byte(password))
	d.glass.using.Unlock()
	if hash == "" || err != nil {
		d.Logger.WarnContext(ctx, "somebody tried a wrong password behind the glass")
		return ErrWrong
	}
	if err := d.alarm(ctx); err != nil {
		return err
	}
	return d.signIn(w, r, session{Method: visitor.BreakGlass, ProvedAt: d.Now()})
}

func (d *Door) alarm(ctx context.Context) error {
	d.glass.broken.Inc()
	d.Logger.WarnContext(ctx, "the glass was broken: somebody signed in with the password behind it")
	body, err := json.Marshal(d.Now())
	if err == nil {
		err = d.Record.AcceptItems(ctx, []record.Item{{Kind: record.ItemGlass, Key: ulid.Make().String(), Body: body}})
	}
	if err != nil {
		return fmt.Errorf("tell the owners that the glass was broken: %w", err)
	}
	return nil
}
