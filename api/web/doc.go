// Package web is the pages: the personal page behind a link, the internal status page, and the
// console. They are drawn on the server from package view alone and need no script; every
// act is a plain form that package act carries out, so pages and API cannot disagree. GET
// changes nothing. All words are in active.en.toml and active.de.toml, all markup in page/.
//
// The package must not import Temporal, activities or the phone lab, and decides nothing
// itself. Start with Pages.Register; person.go, status.go and console.go are the three kinds
// of pages, deed.go is every form's command, and human.go keeps machines from pressing them.
package web
