package picture

import (
	"math"
	"time"
)

// Clock is a line of time.
type Clock struct {
	From, To time.Time
	// Label writes a time, given the step from one label to the next.
	Label func(at time.Time, step time.Duration) string
}

// steps are the distances between two labels.
var steps = []time.Duration{
	time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second, 15 * time.Second, 30 * time.Second,
	time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 30 * time.Minute,
	time.Hour, 2 * time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour, 24 * time.Hour, 48 * time.Hour,
	7 * 24 * time.Hour, 14 * 24 * time.Hour, 30 * 24 * time.Hour, 90 * 24 * time.Hour, 365 * 24 * time.Hour,
}

func (c Clock) span() time.Duration { return max(c.To.Sub(c.From), time.Second) }

// x is where an instant is between two edges.
func (c Clock) x(at time.Time, left, right float64) float64 {
	share := float64(at.Sub(c.From)) / float64(c.span())
	return left + (right-left)*max(0, min(share, 1))
}

type label struct {
	at   time.Time
	text string
}

// labels are as many times as fit into a width.
func (c Clock) labels(room float64) []label {
	if c.Label == nil {
		return nil
	}
	for _, step := range steps {
		if c.span()/step > 40 {
			continue
		}
		all, sum := []label(nil), 0.0
		for at := c.From.Truncate(step); !at.After(c.To); at = at.Add(step) {
			if at.Before(c.From) {
				continue
			}
			text := clean(c.Label(at, step))
			all, sum = append(all, label{at, text}), sum+width(text)+16
		}
		if sum <= room {
			return all
		}
	}
	return nil
}

// axis writes the times below everything and draws a line up from each.
func (d *Drawing) axis(c Clock, top, y, left, right float64) {
	end := -100.0
	var grid []mark
	for _, l := range c.labels(right - left) {
		x := c.x(l.at, left, right)
		w := width(l.text)
		if from := max(0, min(x-w/2, d.Width-w)); from < end+8 {
			continue
		}
		grid = append(grid, mark{kind: "line", x: x, y: top, w: x, h: y, class: "grid"})
		_, end = d.write(x, y+letters+2, "middle", "axis", l.text)
	}
	// Lines lie below what is drawn on them.
	d.marks = append(grid, d.marks...)
	d.line(left, y, right, y, "base")
}

// nice is the smallest of 1, 2, 5, 10, 20 … that is not less than a number.
func nice(f float64) float64 {
	if !(f > 0) || math.IsInf(f, 0) {
		return 1
	}
	power := math.Pow(10, math.Floor(math.Log10(f)))
	for _, m := range []float64{1, 2, 5, 10} {
		if m*power >= f {
			return m * power
		}
	}
	return 10 * power
}
