// Package people is the pages about who is reached and who is on call: /people, a page for each
// person, and /on-call with its gaps, hand-overs and overrides. It draws what package view says and
// sends what is pressed to package act, which decides who may.
//
// It must not import Temporal, activities or the phone lab, and decides nothing itself. Start with
// pages.go; oncall.go and people.go are the two pages, cover.go is the form of an override.
package people
