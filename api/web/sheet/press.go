package sheet

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"
	"unicode"

	"github.com/gin-gonic/gin"

	"github.com/stormbell/stormbell/api/problem"
	"github.com/stormbell/stormbell/api/visitor"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/phrase"
)

// Config is what a press works with.
type Config struct {
	// Plan returns the plan in force; required.
	Plan func() plan.Plan
	// Open says that every visitor may act for anybody: a solo installation on the loopback.
	Open bool
	// LabURL is the phone lab, for the way there; empty shows none.
	LabURL string
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// Press makes sheets and draws pages on them. Sets and assets are added before the first request;
// then it is safe for concurrent use.
type Press struct {
	Config
	words  dictionary
	assets map[string]asset // by address
}

type asset struct {
	kind, sum string
	content   []byte
}

// PageStyle is the style of what people read on their phones at night.
const PageStyle = "page.css"

//go:embed page
var shared embed.FS

// New returns a press.
func New(c Config) (*Press, error) {
	if c.Plan == nil {
		return nil, errors.New("pages need a plan")
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	words, err := loadWords()
	if err != nil {
		return nil, err
	}
	p := &Press{Config: c, words: words, assets: map[string]asset{}}
	return p, p.Serve(shared)
}

// kinds are what assets may be.
var kinds = map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}

// Serve adds the styles and scripts of a folder named page. Their names are their own for ever.
func (p *Press) Serve(files fs.FS) error {
	names, err := fs.Glob(files, "page/*")
	if err != nil {
		return fmt.Errorf("read the styles: %w", err)
	}
	for _, name := range names {
		kind := kinds[path.Ext(name)]
		if kind == "" {
			continue
		}
		content, err := fs.ReadFile(files, name)
		if err != nil {
			return fmt.Errorf("read the styles: %w", err)
		}
		address := prefix + path.Base(name)
		if _, twice := p.assets[address]; twice {
			return fmt.Errorf("there are two files for %s", address)
		}
		sum := sha256.Sum256(content)
		p.assets[address] = asset{kind, hex.EncodeToString(sum[:4]), content}
	}
	return nil
}

// prefix is where styles and scripts are.
const prefix = "/assets/"

// Register adds the addresses of styles and scripts.
func (p *Press) Register(r gin.IRouter) {
	for address := range p.assets {
		r.Match([]string{http.MethodGet, http.MethodHead}, address, p.showAsset)
	}
}

func (p *Press) showAsset(c *gin.Context) {
	a := p.assets[c.FullPath()]
	c.Header("Cache-Control", "public, max-age=31536000, immutable")
	c.Data(http.StatusOK, a.kind, a.content)
}

// Address names a style or script together with its content, so that it can be kept for ever.
func (p *Press) Address(name string) string {
	return prefix + name + "?" + p.assets[prefix+name].sum
}

// Asset is the content of a style or script.
func (p *Press) Asset(name string) []byte { return p.assets[prefix+name].content }

// Sheet is an empty sheet for a request: in its visitor's language.
func (p *Press) Sheet(c *gin.Context, styles ...string) *Sheet {
	return p.In(c, p.Wished(c.Request), styles...)
}

// In is an empty sheet for a request in a language: a person's own.
func (p *Press) In(c *gin.Context, lang string, styles ...string) *Sheet {
	s := p.Blank(lang, styles...)
	s.Visitor, s.Path = visitor.Of(c.Request.Context()), here(c.Request)
	return s
}

// Blank is an empty sheet in a language.
func (p *Press) Blank(lang string, styles ...string) *Sheet {
	now, current := p.Now(), p.Plan()
	clock := phrase.New(current)
	clock.Now = func() time.Time { return now }
	return &Sheet{Lang: lang, Styles: styles, Key: rand.Text(), Open: p.Open, Now: now, press: p, plan: current, clock: clock}
}

// Set is the templates of a package of pages.
type Set struct{ markup *template.Template }

// Set parses the templates in the folders named page, beside those that all pages share.
func (p *Press) Set(folders ...fs.FS) (*Set, error) {
	all, err := template.ParseFS(shared, "page/*.html")
	if err != nil {
		return nil, fmt.Errorf("read the shared parts of pages: %w", err)
	}
	for _, folder := range folders {
		if all, err = all.ParseFS(folder, "page/*.html"); err != nil {
			return nil, fmt.Errorf("read the pages: %w", err)
		}
	}
	return &Set{all}, nil
}

// Draw answers with a page. It is kept until it is whole: half a page must not look like one.
func (s *Set) Draw(c *gin.Context, status int, name string, page any) {
	body, err := s.Render(name, page)
	if err != nil {
		Fail(c, fmt.Errorf("draw %s: %w", name, err))
		return
	}
	c.Data(status, "text/html; charset=utf-8", body)
}

// Render returns a page.
func (s *Set) Render(name string, page any) ([]byte, error) {
	var b bytes.Buffer
	if err := s.markup.ExecuteTemplate(&b, name, page); err != nil {
		return nil, err
	}
	return bytes.Map(Visible, b.Bytes()), nil
}

// Visible drops what nobody can see but what turns the reading around: no title from outside
// may make a page say something else than it does. Our own markup has none of it.
func Visible(r rune) rune {
	if unicode.In(r, unicode.Cf, unicode.Co) || unicode.Is(unicode.Cc, r) && r != '\n' {
		return -1
	}
	return r
}

// Fail answers with what went wrong.
func Fail(c *gin.Context, err error) { problem.Write(c.Writer, c.Request, problem.Of(err)) }

// policy lets in nothing but our own style sheets and the icon inside the page.
const policy = "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// Strict are the headers of a page without any script.
func Strict(c *gin.Context) { guarded(c, policy) }

// Scripted are the headers of a page whose own scripts talk to us.
func Scripted(c *gin.Context) { guarded(c, policy+"; script-src 'self'; connect-src 'self'") }

// SelfContained are the headers of a page that brings its style along.
func SelfContained(c *gin.Context) {
	guarded(c, strings.Replace(policy, "style-src 'self'", "style-src 'unsafe-inline'", 1))
}

// Guard are the headers of a page without any script, for an answer that no route gives.
func Guard(h http.Header) { guard(h, policy) }

func guarded(c *gin.Context, policy string) { guard(c.Writer.Header(), policy) }

func guard(h http.Header, policy string) {
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Frame-Options", "DENY")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Robots-Tag", "noindex, nofollow")
	h.Set("Cache-Control", "no-store")
}
