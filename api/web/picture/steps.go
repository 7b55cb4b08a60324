package picture

import (
	"strconv"
	"time"
)

// Value is a number from an instant on.
type Value struct {
	At time.Time
	N  int
}

// Moment is an instant with a name.
type Moment struct {
	At   time.Time
	Text string
}

// high is the height of a stepped line.
const high = 180.0

// Steps draws a number that changes at instants, thresholds across and moments down the picture.
func Steps(f Frame, c Clock, values []Value, thresholds []int, moments []Moment) Drawing {
	d := begin(f)
	y := 0.0
	for range moments {
		y += lineStep
	}
	most := 1
	for _, v := range values {
		most = max(most, v.N)
	}
	for _, t := range thresholds {
		most = max(most, t)
	}
	right := d.Width - 8 - width(strconv.Itoa(most))
	left, top, bottom := 2.0, y+lineStep, y+lineStep+high
	level := func(n int) float64 { return bottom - (bottom-top)*float64(max(n, 0))/float64(most) }

	var taken []float64 // heights of the numbers at the edge
	for _, t := range append([]int{0}, thresholds...) {
		if t > 0 {
			d.line(left, level(t), right, level(t), "limit")
		}
		if free(taken, level(t), letters+2) {
			d.write(d.Width, level(t)+letters/3, "end", "axis", strconv.Itoa(t))
			taken = append(taken, level(t))
		}
	}
	end := -100.0
	for i, v := range values {
		from, to := c.x(v.At, left, right), right
		if i+1 < len(values) {
			to = c.x(values[i+1].At, left, right)
			d.line(to, level(v.N), to, level(values[i+1].N), "step")
		}
		d.line(from, level(v.N), to, level(v.N), "step")
		text := strconv.Itoa(v.N)
		if from > end {
			_, end = d.write(from+3, level(v.N)-6, "start", "in", text)
		}
	}
	for i, m := range moments {
		x := c.x(m.At, left, right)
		row := lineStep * float64(i)
		d.line(x, row+lineStep, x, bottom, "moment")
		anchor := "start"
		if x > d.Width/2 {
			anchor = "end"
		}
		d.write(x, row+letters, anchor, "label", m.Text)
	}
	d.axis(c, top, bottom, left, right)
	d.Height = bottom + lineStep + 4
	return *d
}

func free(taken []float64, y, distance float64) bool {
	for _, t := range taken {
		if y-t < distance && t-y < distance {
			return false
		}
	}
	return true
}
