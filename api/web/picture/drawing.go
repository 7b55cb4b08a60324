package picture

import (
	"bytes"
	"fmt"
	"html/template"
	"math"
	"strconv"
	"strings"
)

// Frame is what every picture needs.
type Frame struct {
	// ID names the picture on its page; letters, digits and dashes.
	ID string
	// Title is what it is called, Text its reading in a sentence: what a screen reader says of it.
	Title, Text string
	// Width in CSS pixels; less than 200 counts as 200. Letters are 16 high at any width.
	Width float64
}

// The sizes of everything, in CSS pixels.
const (
	letters  = 16.0 // height of letters
	lineStep = 23.0 // from one line of text to the next
	track    = 22.0 // height of a bar
	gap      = 14.0
	shape    = 7.0 // half of a mark's width
	least    = 200.0
	bold     = 1.15 // how much wider bold letters are
)

// Fill is how a bar is filled; every one differs without colour.
type Fill string

// The fills, from the strongest to none.
const (
	Solid  Fill = "solid"
	Cross  Fill = "cross"
	Hatch  Fill = "hatch"
	Dots   Fill = "dots"
	Soft   Fill = "soft"
	Hollow Fill = "hollow"
)

// Shape is a mark; every one differs without colour.
type Shape string

// The shapes.
const (
	Circle   Shape = "circle"
	Ring     Shape = "ring"
	Square   Shape = "square"
	Triangle Shape = "triangle"
	Diamond  Shape = "diamond"
	HalfDiam Shape = "half-diamond"
	Times    Shape = "times"
	Tick     Shape = "tick"
)

// Drawing is a finished picture.
type Drawing struct {
	Frame
	Height float64
	marks  []mark
}

// mark is one thing on a drawing.
type mark struct {
	kind       string // rect, line, shape, text
	x, y, w, h float64
	class      string
	fill       Fill
	shape      Shape
	text       string
	anchor     string // start, middle, end
}

func begin(f Frame) *Drawing {
	if !(f.Width >= least) || math.IsInf(f.Width, 0) {
		f.Width = least
	}
	f.Title, f.Text = clean(f.Title), clean(f.Text)
	return &Drawing{Frame: f}
}

// rect draws a bar; one that would not be seen is made two wide.
func (d *Drawing) rect(x, y, w, h float64, fill Fill) {
	w = min(max(w, 2), d.Width)
	x = max(min(x, d.Width-w), 0)
	d.marks = append(d.marks, mark{kind: "rect", x: x, y: y, w: w, h: h, fill: fill})
}

func (d *Drawing) line(x1, y1, x2, y2 float64, class string) {
	d.marks = append(d.marks, mark{kind: "line", x: x1, y: y1, w: x2, h: y2, class: class})
}

// dot draws a mark around a point, wholly inside the picture.
func (d *Drawing) dot(x, y float64, s Shape) {
	d.marks = append(d.marks, mark{kind: "shape", x: max(shape+1, min(x, d.Width-shape-1)), y: y, shape: s})
}

// write puts text on a line within the picture and returns where it begins and ends at most. Its
// anchor is the edge that it was moved to, so that no font's width can push it out.
func (d *Drawing) write(x, y float64, anchor, class, text string) (from, to float64) {
	wider := 1.0
	if class == "in" || class == "heading" {
		wider = bold
	}
	text = cut(clean(text), d.Width/wider)
	w := width(text) * wider
	from = x
	switch anchor {
	case "middle":
		from = x - w/2
	case "end":
		from = x - w
	}
	switch {
	case from <= 0:
		x, from, anchor = 0, 0, "start"
	case from+w >= d.Width:
		x, from, anchor = d.Width, d.Width-w, "end"
	}
	if text != "" {
		d.marks = append(d.marks, mark{kind: "text", x: x, y: y, class: class, text: text, anchor: anchor})
	}
	return from, from + w
}

// caption writes what stands above a lane or row, and returns where that begins.
func (d *Drawing) caption(y float64, class, label, note string) float64 {
	label, note = clean(label), clean(note)
	lines := []string{label, note}
	if one := label + " – " + note; note == "" || label == "" || width(one) <= d.Width {
		lines = []string{strings.Trim(one, " –")}
	}
	for _, line := range lines {
		if line != "" {
			d.write(0, y+letters, "start", class, line)
			y += lineStep
		}
	}
	return y
}

// inside puts the longer of two texts that fits into the middle of a bar.
func (d *Drawing) inside(x, y, w float64, text, short string) {
	for _, t := range []string{clean(text), clean(short)} {
		if t != "" && width(t)*bold+8 <= w {
			d.write(x+w/2, y+track-6, "middle", "in", t)
			return
		}
	}
}

// SVG returns the drawing as markup.
func (d Drawing) SVG() (template.HTML, error) {
	view := struct {
		Drawing
		Marks []drawn
	}{Drawing: d}
	for _, m := range d.marks {
		view.Marks = append(view.Marks, drawn{m})
	}
	var b bytes.Buffer
	if err := markup.Execute(&b, view); err != nil {
		return "", fmt.Errorf("draw %s: %w", d.ID, err)
	}
	return template.HTML(b.String()), nil //nolint:gosec // html/template has escaped every word of it
}

// Swatch is a small sample of a fill for a legend.
func Swatch(id string, f Fill) Drawing {
	d := begin(Frame{ID: id, Width: least})
	d.Width, d.Height = 30, 18
	d.rect(1, 1, 28, 16, f)
	return *d
}

// Sample is a small sample of a mark for a legend.
func Sample(id string, s Shape) Drawing {
	d := begin(Frame{ID: id, Width: least})
	d.Width, d.Height = 18, 18
	d.dot(9, 9, s)
	return *d
}

// drawn is a mark as the template asks for it.
type drawn struct{ mark }

// Kind is rect, line, shape or text.
func (m drawn) Kind() string { return m.kind }

// Class is the style's name for it.
func (m drawn) Class() string {
	switch m.kind {
	case "rect":
		return "p-" + string(m.fill)
	case "shape":
		return "p-" + string(m.shape)
	}
	return "p-" + m.class
}

// Anchor is the part of a text that stands at its place: start, middle or end.
func (m drawn) Anchor() string { return m.anchor }

// Text is what is written.
func (m drawn) Text() string { return m.text }

// X, Y, W and H are its place; of a line they are its two ends.
func (m drawn) X() string { return number(m.x) }

// Y is the upper edge, or the line that letters stand on.
func (m drawn) Y() string { return number(m.y) }

// W is the width, or where a line ends.
func (m drawn) W() string { return number(m.w) }

// H is the height, or where a line ends.
func (m drawn) H() string { return number(m.h) }

// Wide and High are the drawing's size.
func (d Drawing) Wide() string { return number(d.Width) }

// High is the drawing's height.
func (d Drawing) High() string { return number(d.Height) }

// number writes a coordinate; what is none is 0.
func number(f float64) string {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return "0"
	}
	return strconv.FormatFloat(math.Round(f*10)/10, 'f', -1, 64)
}
