// Package web is the pages: the personal page behind a link, the internal status page with its
// subscriptions, and the console. They are drawn on the server from package view alone; every act is
// a plain form that package act carries out, so pages and API cannot disagree. GET changes nothing.
//
// What all pages are drawn on, with all words, is in sheet; forms and their commands are in deed;
// what several pages show alike is in piece. The package must not import Temporal, activities or
// the phone lab, and decides nothing itself. Start with Pages.Register; person.go and status.go are
// the two kinds of pages here, and human.go keeps machines from pressing their buttons.
package web
