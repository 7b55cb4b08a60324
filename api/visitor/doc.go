// Package visitor says who sits in front of a browser or presents a token, and what they may do.
// Whoever lets a request in puts the visitor into its context; pages and API only ask for it.
// It must not import anything of api but act. Start with visitor.go.
package visitor
