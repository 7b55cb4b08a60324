// Package picture draws what a report shows, as SVG without any script or style of its own: bars on
// a line of time (Timeline), rows of bars and dots on a scale (Rows), and a stepped line (Steps).
// Everything is told by shape or pattern and only then by colour, which the page's style sheet gives
// by class, so that both colour schemes, print and forced colours work. Labels stand above what they
// name, so that the same drawing fits a phone and a sheet of paper at one size of letters.
//
// The functions are pure: data in, a Drawing out. Texts come from outside and may hold anything.
// The package must not import anything of ours. Start with drawing.go.
package picture
