// Package signin is the pages at the door: signing in, signing out, and being told that one may not
// go on. Package api/login decides; these pages only show it. They need no script, and a page that
// is asked for without a sign-in leads here and back again.
//
// The package must not import Temporal, activities or anything that commands. Start with pages.go.
package signin
