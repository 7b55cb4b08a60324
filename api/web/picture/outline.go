package picture

import "strings"

// path writes the outline of a mark, point by point.
type path struct{ strings.Builder }

// line adds the points, pairs of x and y, as one line.
func (p *path) line(points ...float64) *path {
	for i := 0; i+1 < len(points); i += 2 {
		if i == 0 {
			p.WriteByte('M')
		} else {
			p.WriteByte('L')
		}
		p.WriteString(number(points[i]) + " " + number(points[i+1]))
	}
	return p
}

// Lines are drawn over a bar, so that it differs from others without colour. They are lines of
// their own and no SVG pattern: browsers print a pattern as a picture of many pixels.
func (m drawn) Lines() string {
	var p path
	const step = 7.0
	// slope draws the part of a slanting line that is within the bar.
	slope := func(at, rise float64) {
		from, to := max(0, (m.x-at)/m.h), min(1, (m.x+m.w-at)/m.h)
		if to > from {
			y := func(t float64) float64 { return m.y + m.h/2 + rise*(m.h/2-t*m.h) }
			p.line(at+from*m.h, y(from), at+to*m.h, y(to))
		}
	}
	switch m.fill {
	case Hatch, Cross:
		for at := m.x - m.h + step/2; at < m.x+m.w; at += step {
			slope(at, 1)
			if m.fill == Cross {
				slope(at, -1)
			}
		}
	case Dots:
		// The style's dashes make dots of it.
		for y := m.y + step/2; y < m.y+m.h; y += step - 1 {
			p.line(m.x+step/2, y, max(m.x+m.w-2, m.x+step/2), y)
		}
	case Solid, Soft, Hollow:
	}
	return p.String()
}

// Path is the outline of a shape; those that are round have none.
func (m drawn) Path() string {
	const r = shape
	var p path
	at := func(points ...float64) *path {
		for i := range points {
			if i%2 == 0 {
				points[i] += m.x
			} else {
				points[i] += m.y
			}
		}
		return p.line(points...)
	}
	switch m.shape {
	case Square:
		at(-r+1, -r+1, r-1, -r+1, r-1, r-1, -r+1, r-1).WriteByte('z')
	case Triangle:
		at(0, -r, r, r-1, -r, r-1).WriteByte('z')
	case Diamond, HalfDiam:
		at(0, -r-1, r, 0, 0, r+1, -r, 0).WriteByte('z')
	case Times:
		at(-r+1, -r+1, r-1, r-1)
		at(-r+1, r-1, r-1, -r+1)
	case Tick:
		at(-r, 0, -2, r-1, r, -r+1)
	case Circle, Ring:
	}
	return p.String()
}
