// Package setup is the pages for whoever sets an installation up: /setup, the checklist of what is
// missing before a real night, and /connect, the blocks to paste into monitoring tools and the proof
// that a signal arrived. It draws what package view says, commands nothing and shows no secret.
//
// It must not import Temporal, activities or the phone lab. Start with pages.go; block.go has what
// is pasted.
package setup
