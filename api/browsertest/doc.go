// Package browsertest looks at every page in a headless Chromium, over the same engine in memory
// that the tests of the API use: what a page must be in both colour schemes, languages and on
// narrow screens, and that an address which serves a page is looked at at all. It holds tests
// only; without Chromium they are skipped. Start with walk_test.go, which plays the incident that
// pages_test.go looks at.
package browsertest
