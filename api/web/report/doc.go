// Package report is the page that looks back at one incident, for the screen and for paper: a page
// of summary, eight pictures with a sentence and a table each, then decisions, notes and what is left.
// What it shows is made by api/view/report; here are the words, the pictures and the layout.
//
// It must not import anything that commands. Start with page.go; each picture has a file of its own.
package report
