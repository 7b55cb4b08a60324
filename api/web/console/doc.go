// Package console is where a night is steered: the list of incidents, one incident with everything
// that happens in it, and the small pages on which something is decided. The page of an incident is
// made of panels. Signal, then refetch: a stream says only which panel has changed, and the panel
// fetches itself, drawn by the same template as in the page; so rights, language and drawing have
// one way with and without scripts. Forms that want typing are on pages of their own, because no
// panel may be swapped while somebody writes in it. Without scripts the page reads itself again.
//
// The package decides nothing: what is shown comes from package view, what is done goes through
// package deed. It must not import Temporal, activities or the phone lab. Start with console.go;
// place.go lists the pages of an incident, stream.go and feed.go are the live part.
package console
