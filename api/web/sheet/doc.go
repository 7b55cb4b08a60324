// Package sheet is what every page is drawn on: its language and words, its clock, its style, the
// parts that all pages share, and the press that turns a page into HTML. It knows no page.
//
// A package of pages embeds *Sheet in each page's data, makes a Set of its own templates beside the
// shared ones in page/layout.html, and hands its styles and scripts to Press.Serve. All words are in
// words/, one file for each area and language; a missing one shows its name, which tests look for.
//
// The package must not import Temporal, activities, the phone lab or anything that commands. Start
// with press.go; sheet.go is what templates call, words.go chooses the language.
package sheet
