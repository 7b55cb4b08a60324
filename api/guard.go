package api

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/stormbell/stormbell/api/intake"
	"github.com/stormbell/stormbell/api/problem"
	"github.com/stormbell/stormbell/api/v1"
)

// guard keeps other sites' pages away and tells browsers how little these answers may do.
type guard struct {
	origin *http.CrossOriginProtection
	open   bool
	host   string // of the public address
	secure bool   // whether the public address is https
}

func newGuard(c Config) (*guard, error) {
	g := &guard{origin: http.NewCrossOriginProtection(), open: c.Open}
	// A personal page is its own secret: another site cannot name it. Its pages send no referrer,
	// and phones from before 2023 then call their own form a stranger's (Origin: null).
	g.origin.AddInsecureBypassPattern("POST /r/")
	g.origin.AddInsecureBypassPattern("POST /me/")
	g.origin.AddInsecureBypassPattern("POST /c/")
	g.origin.AddInsecureBypassPattern("POST /u/")
	if c.PublicURL == "" {
		return g, nil
	}
	u, err := originOf(c.PublicURL)
	if err != nil {
		return nil, err
	}
	g.host, g.secure = u.Hostname(), u.Scheme == "https"
	// A proxy may change the name under which a request arrives; this one is ours all the same.
	if err := g.origin.AddTrustedOrigin(u.Scheme + "://" + u.Host); err != nil {
		return nil, fmt.Errorf("trust the public address: %w", err)
	}
	return g, nil
}

func (g *guard) protect(c *gin.Context) {
	h := c.Writer.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
	// The strictest for what is no page; pages set their own.
	h.Set("Content-Security-Policy", "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	h.Set("Cache-Control", "no-store")
	if g.secure {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
	if g.open && !g.ours(c.Request.Host) {
		problem.Write(c.Writer, c.Request, problem.New(problem.Misdirected, ""))
		c.Abort()
		return
	}
	if isSigned(c.Request.URL.Path) {
		return
	}
	if err := g.origin.Check(c.Request); err != nil {
		problem.Write(c.Writer, c.Request, problem.New(problem.CrossOrigin, "").Because(err))
		c.Abort()
	}
}

// ours tells whether a request without any login came under a name that a stranger's web
// page cannot have pointed at us: an IP address, a name without dots, or our public one.
func (g *guard) ours(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.TrimSuffix(strings.Trim(host, "[]"), ".")
	if _, err := netip.ParseAddr(host); err == nil {
		return true
	}
	return !strings.Contains(host, ".") || strings.EqualFold(host, g.host) || strings.HasSuffix(host, ".localhost")
}

// limits bound the bodies of requests, in bytes; the first prefix that fits counts.
var limits = []struct {
	prefix string
	bytes  int64
}{
	{"/v2/", intake.MaxBody},
	{"/in/", intake.MaxBody},
	{HooksPrefix + "/sendgrid/inbound", 31 << 20}, // mails come with what is attached to them
	{HooksPrefix + "/sendgrid", 512 << 10},        // events come in batches
	{HooksPrefix + "/", 64 << 10},
	{"", v1.MaxBody},
}

// limit refuses a body that says it is too large, and cuts one that does not say so.
func limit(c *gin.Context) {
	for _, l := range limits {
		if !strings.HasPrefix(c.Request.URL.Path, l.prefix) {
			continue
		}
		if c.Request.ContentLength > l.bytes {
			problem.Write(c.Writer, c.Request, problem.New(problem.TooLarge, "the body has more than %d KiB", l.bytes>>10))
			c.Abort()
			return
		}
		if c.Request.Body != nil {
			c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, l.bytes)
		}
		return
	}
}
