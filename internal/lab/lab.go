package lab

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	mathrand "math/rand/v2"
	"net/http"
	"regexp"
	"slices"
	"sync"
	"time"
)

// The credentials the lab accepts unless Config says otherwise. They open nothing but a lab.
const (
	DefaultAccountSID  = "AClab00000000000000000000000000000"
	DefaultAuthToken   = "labtoken000000000000000000000000"
	DefaultSendGridKey = "SG.lab"
	// DefaultInboundKey is for the address that mails of people are posted to.
	DefaultInboundKey = "labinbound0000000000000000000000"
)

// Bounds of the memory: the oldest things are forgotten first.
const (
	maxRequests  = 20_000
	maxMessages  = 20_000
	maxCalls     = 5_000
	maxMails     = 20_000
	maxAddresses = 20_000
	maxBytes     = 64 << 20
)

// Config says what the lab is made of. The zero value is a working lab without phones.
type Config struct {
	// AccountSID and AuthToken are Twilio's credentials, letters and digits only, because the SDK
	// refuses anything else. Empty means the defaults above.
	AccountSID, AuthToken string
	// SendGridKey is the bearer key of mail/send. Empty means DefaultSendGridKey.
	SendGridKey string
	// SendGridWebhookKey signs mail events; it must be on P-256. Nil means a new one is made.
	SendGridWebhookKey *ecdsa.PrivateKey
	// SlackToken is the bot token of the chat, SlackChannel a channel that is there from the start,
	// with #. Empty means DefaultSlackToken and #incidents.
	SlackToken, SlackChannel string
	// HookSecret signs what webhooks get. Empty means DefaultHookSecret.
	HookSecret string
	// Senders are the numbers the account owns. Empty means that any well-formed sender will do.
	Senders []string
	// Phones are known beforehand and never forgotten. Any other number gets a phone that answers as
	// soon as somebody writes to it or calls it.
	Phones []Phone
	// Inboxes are mail addresses known beforehand; others get an inbox with their first mail.
	Inboxes []string
	// InboundURL is where texts from phones are posted (Twilio's "a message comes in"). Empty means
	// that nobody can reply until SetInboundURL is called.
	InboundURL string
	// VoiceURL gives the words for calls from phones (Twilio's "a call comes in"), VoiceFallbackURL
	// those for when that fails. Empty means that nobody can call until SetVoiceURL is called.
	VoiceURL, VoiceFallbackURL string
	// MailEventsURL is where SendGrid's event batches are posted. Empty means nowhere.
	MailEventsURL string
	// MailRepliesURL is where mails that people write are posted (SendGrid's Inbound Parse). Empty
	// means that nobody can answer a mail until SetMailRepliesURL is called.
	MailRepliesURL string
	// AlertURL takes the example alert that the page's first step sends, in Alertmanager's form. Empty
	// means that the page only says how to send one.
	AlertURL string
	// Speed makes time in the lab run faster: at 60 a minute lasts a second. Zero means 1.
	Speed float64
	// Logger gets the lab's troubles with call-backs, without numbers or addresses. Nil discards.
	Logger *slog.Logger
	// Now is the clock of all time stamps. Nil means time.Now.
	Now func() time.Time
}

// Lab is the running phone lab. Its zero value is of no use; call New.
type Lab struct {
	cfg     Config
	log     *slog.Logger
	client  *http.Client
	handler http.Handler

	life   context.Context // ends at Close
	end    context.CancelFunc
	lifeMu sync.Mutex // guards against starting work during Close
	work   sync.WaitGroup

	mu            sync.Mutex // guards everything below
	changed       chan struct{}
	revision      uint64
	inboundURL    string
	mailEventsURL string
	mailReplies   mailReplies
	voice         source
	voiceFallback source
	phones        *shelf[*phone]
	optedOut      map[pair]bool
	messages      *shelf[*message]
	calls         *shelf[*call]
	inboxes       *shelf[string]
	mails         *shelf[*Mail]
	requests      *shelf[*Request]
	posts         *shelf[*Post]
	hooked        *shelf[*Hooked]
	carrier       Carrier
	faults        *mathrand.Rand
	rates         map[Channel]*rate
	callbacks     Callbacks
	drops         *mathrand.Rand
	cleared       time.Time // what is older is not on the page
}

// pair is who does not want texts from whom.
type pair struct{ phone, sender string }

var alphanumeric = regexp.MustCompile(`^[0-9A-Za-z]+$`)

// New builds a lab. It listens on nothing by itself: serve Handler, and call Close at the end.
func New(cfg Config) (*Lab, error) {
	if err := cfg.complete(); err != nil {
		return nil, err
	}
	life, end := context.WithCancel(context.Background())
	l := &Lab{
		cfg: cfg, log: cfg.Logger, client: newClient(), life: life, end: end,
		changed:       make(chan struct{}),
		inboundURL:    cfg.InboundURL,
		mailEventsURL: cfg.MailEventsURL,
		mailReplies:   mailReplies{url: cfg.MailRepliesURL},
		voice:         source{method: http.MethodPost, url: cfg.VoiceURL},
		voiceFallback: source{method: http.MethodGet, url: cfg.VoiceFallbackURL},
		phones:        newShelf[*phone](maxAddresses),
		optedOut:      map[pair]bool{},
		messages:      newShelf[*message](maxMessages),
		calls:         newShelf[*call](maxCalls),
		inboxes:       newShelf[string](maxAddresses),
		mails:         newShelf[*Mail](maxMails),
		requests:      newShelf[*Request](maxRequests),
		posts:         newShelf[*Post](maxPosts),
		hooked:        newShelf[*Hooked](maxHooked),
		carrier:       wellCarrier,
		faults:        newDice(),
		drops:         newDice(),
	}
	for _, p := range cfg.Phones {
		l.phones.add(p.Number, &phone{Phone: p, moved: make(chan struct{})}, 0)
	}
	for _, address := range cfg.Inboxes {
		l.inboxes.add(inboxKey(address), address, 0)
	}
	l.phones.pin()
	l.inboxes.pin()
	l.handler = l.routes()
	return l, nil
}

func (cfg *Config) complete() error {
	setDefault(&cfg.AccountSID, DefaultAccountSID)
	setDefault(&cfg.AuthToken, DefaultAuthToken)
	setDefault(&cfg.SendGridKey, DefaultSendGridKey)
	setDefault(&cfg.SlackToken, DefaultSlackToken)
	setDefault(&cfg.SlackChannel, "#incidents")
	setDefault(&cfg.HookSecret, DefaultHookSecret)
	if !alphanumeric.MatchString(cfg.AccountSID) || !alphanumeric.MatchString(cfg.AuthToken) {
		return errors.New("the lab's account SID and token must be letters and digits only: Twilio's SDK refuses others")
	}
	if cfg.Speed < 0 {
		return fmt.Errorf("the lab's speed is %v: give a factor above 0, where 60 makes a minute last a second", cfg.Speed)
	}
	if cfg.Speed == 0 {
		cfg.Speed = 1
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.SendGridWebhookKey == nil {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			return fmt.Errorf("make the lab's mail event key: %w", err)
		}
		cfg.SendGridWebhookKey = key
	}
	if cfg.SendGridWebhookKey.Curve != elliptic.P256() {
		return errors.New("the lab's mail event key must be on the curve P-256, as SendGrid's are")
	}
	phones := make([]Phone, 0, len(cfg.Phones))
	for i, p := range cfg.Phones {
		number, ok := normalNumber(p.Number)
		if !ok {
			return fmt.Errorf("phone %d of the lab has no E.164 number: write + and 7 to 15 digits", i+1)
		}
		if slices.ContainsFunc(phones, func(other Phone) bool { return other.Number == number }) {
			return fmt.Errorf("phone %d of the lab has the number of another: give each its own", i+1)
		}
		p.Number = number
		if p.Behaviour == "" {
			p.Behaviour = Answer
		}
		if !p.Behaviour.valid() {
			return fmt.Errorf("phone %d of the lab behaves like %q: use one of %s", i+1, p.Behaviour, behaviourNames)
		}
		phones = append(phones, p)
	}
	cfg.Phones = phones
	return nil
}

func setDefault(field *string, value string) {
	if *field == "" {
		*field = value
	}
}

// Handler serves both providers, the control API under /lab/api and the page at /lab.
func (l *Lab) Handler() http.Handler { return l.handler }

// Close ends all calls and call-backs under way and waits for them. Nothing is posted afterwards.
func (l *Lab) Close() {
	l.lifeMu.Lock()
	l.end()
	l.lifeMu.Unlock()
	l.work.Wait()
	l.client.CloseIdleConnections()
}

// SetInboundURL says where texts from phones are posted from now on.
func (l *Lab) SetInboundURL(url string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.inboundURL = url
}

// SetVoiceURL says who speaks to phones that call from now on, and who else when that fails.
func (l *Lab) SetVoiceURL(url, fallback string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.voice.url, l.voiceFallback.url = url, fallback
}

// SetMailEventsURL says where mail events are posted from now on.
func (l *Lab) SetMailEventsURL(url string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.mailEventsURL = url
}

// SetMailRepliesURL says where mails that people write are posted from now on.
func (l *Lab) SetMailRepliesURL(url string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.mailReplies.url = url
}

// MailVerificationKey is the public key of the mail events, and of the mails that people write,
// as SendGrid shows it: DER in base64.
func (l *Lab) MailVerificationKey() string {
	der, err := x509.MarshalPKIXPublicKey(&l.cfg.SendGridWebhookKey.PublicKey)
	if err != nil { // cannot be: New has checked the curve
		panic(err)
	}
	return base64.StdEncoding.EncodeToString(der)
}

// Await returns nil as soon as met is true; it asks again whenever something in the lab has changed.
// It returns the context's error when that ends first. It lets tests wait without sleeping.
func (l *Lab) Await(ctx context.Context, met func() bool) error {
	for {
		l.mu.Lock()
		changed := l.changed
		l.mu.Unlock()
		if met() {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// touch tells all who watch that something has changed. The caller holds l.mu.
func (l *Lab) touch() {
	l.revision++
	close(l.changed)
	l.changed = make(chan struct{})
}

// spawn runs f beside everything else until it ends by itself or, after Close, at its next wait.
func (l *Lab) spawn(f func()) {
	l.lifeMu.Lock()
	defer l.lifeMu.Unlock()
	if l.life.Err() == nil {
		l.work.Go(f)
	}
}

// wait lets d of the lab's time pass; it is false when the lab is closing.
func (l *Lab) wait(d time.Duration) bool { return l.sleep(l.real(d)) }

// sleep lets d pass on the wall; it is false when the lab is closing.
func (l *Lab) sleep(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-l.life.Done():
		return false
	}
}

// real is how long d of the lab's time takes on the wall.
func (l *Lab) real(d time.Duration) time.Duration { return time.Duration(float64(d) / l.cfg.Speed) }

// since is the lab's time that has passed since t.
func (l *Lab) since(t time.Time) time.Duration {
	return time.Duration(float64(l.cfg.Now().Sub(t)) * l.cfg.Speed)
}
