package picture

import "time"

// Lane is one line of a Timeline.
type Lane struct {
	// Label stands above it, and Note behind the label, or below it where there is no room.
	Label, Note string
	Bars        []Bar
	// Points are on the bars, Below on a line of their own.
	Points, Below []Point
}

// Bar is a time on a lane.
type Bar struct {
	From, To time.Time
	Fill     Fill
	// Text is written into it where there is room, else Short.
	Text, Short string
	// Level is the share of the lane's height, from 0 to 1; 0 means all of it.
	Level float64
}

// Point is an instant on a lane.
type Point struct {
	At    time.Time
	Shape Shape
}

// Timeline draws lanes over the same time.
func Timeline(f Frame, c Clock, lanes []Lane) Drawing {
	d := begin(f)
	left, right, y := shape+2, d.Width-shape-2, 0.0
	for _, l := range lanes {
		y = d.caption(y, "label", l.Label, l.Note)
		if len(l.Bars)+len(l.Points) > 0 || len(l.Below) == 0 {
			for _, b := range l.Bars {
				d.bar(c, b, left, right, y)
			}
			d.points(c, l.Points, left, right, y+track/2)
			y += track
		}
		if len(l.Below) > 0 {
			d.points(c, l.Below, left, right, y+track/2)
			y += track
		}
		y += gap
	}
	d.axis(c, 0, y, left, right)
	d.Height = y + lineStep + 4
	return *d
}

func (d *Drawing) bar(c Clock, b Bar, left, right, y float64) {
	from, to := c.x(b.From, left, right), c.x(b.To, left, right)
	h := track
	if b.Level > 0 && b.Level < 1 {
		h = max(track*b.Level, 3)
	}
	w := max(to-from, 2)
	d.rect(from, y+track-h, w, h, b.Fill)
	d.inside(from, y, w, b.Text, b.Short)
}

// points draws marks side by side where they would hide one another, as far as there is room.
func (d *Drawing) points(c Clock, all []Point, left, right, y float64) {
	last := -100.0
	for _, p := range all {
		x := c.x(p.At, left, right)
		if next := last + 2*shape + 3; x < next && next < d.Width-shape {
			x = next
		}
		d.dot(x, y, p.Shape)
		last = x
	}
}
