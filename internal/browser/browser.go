package browser

import (
	"context"
	"os/exec"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// patience is how long a tab waits for anything; a machine that runs other tests beside is slow.
const patience = 30 * time.Second

// Browser is a running Chromium of its own profile.
type Browser struct {
	t   testing.TB
	ctx context.Context
}

// Start starts Chromium and stops it at the end of the test, which is skipped where there is none.
func Start(t testing.TB) *Browser {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("skipped: there is no chromium here; get it with: apt-get install chromium")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU)
	ctx, _ := chromedp.NewContext(context.Background(), chromedp.WithAllocatorOptions(options...))
	require.NoError(t, chromedp.Do(ctx), "start %s", path)
	t.Cleanup(func() {
		closing, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		_ = chromedp.Cancel(closing)
	})
	return &Browser{t, ctx}
}

// Look is how somebody looks at pages.
type Look struct {
	// Base is put before every address that is gone to.
	Base string
	// Language is what the browser asks for; empty means en.
	Language string
	// Dark wants the dark colour scheme.
	Dark bool
	// Width and Height are the window's in CSS pixels; 0 means 1200 by 900.
	Width, Height int64
	// NoScript switches JavaScript off, for the page but not for the test.
	NoScript bool
	// Still wants no movement, Print shows pages as they are printed.
	Still, Print bool
}

// Open opens a tab without the cookies of any other and closes it at the end of the test.
func (b *Browser) Open(t testing.TB, l Look) *Tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	tab := &Tab{t, ctx, l.Base, &ears{}}
	if l.Language == "" {
		l.Language = "en"
	}
	if l.Width == 0 {
		l.Width, l.Height = 1200, 900
	}
	scheme, motion, media := "light", "no-preference", ""
	if l.Dark {
		scheme = "dark"
	}
	if l.Still {
		motion = "reduce"
	}
	if l.Print {
		media = "print"
	}
	tab.do(chromedp.EmulateViewport(l.Width, l.Height))
	call(tab, network.SetExtraHTTPHeaders, network.SetExtraHTTPHeadersParams{Headers: network.Headers{"Accept-Language": l.Language}})
	call(tab, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: media, Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: motion},
	}})
	call(tab, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: l.NoScript})
	require.NoError(t, chromedp.Listen(ctx, tab.hear))
	return tab
}
