package picture

// Row is one thing on a scale that all rows share.
type Row struct {
	// Label stands above it, and Note behind the label, or below it where there is no room. A row
	// without any bar, dot and target is a heading.
	Label, Note string
	// Bars lie below one another.
	Bars []Stack
	Dots []Dot
	// Target is drawn as a line across the row; 0 means none.
	Target float64
}

// Stack is parts side by side.
type Stack []Part

// Part is a part of a bar.
type Part struct {
	Value float64
	Fill  Fill
	// Text is written into it where there is room, else Short.
	Text, Short string
}

// Dot is a value on a row.
type Dot struct {
	Value float64
	Shape Shape
}

// Scale is what the rows are measured by.
type Scale struct {
	// Label writes a value on the scale below the rows; nil draws no scale.
	Label func(value float64) string
	// Unit is the smallest step from one value to the next; 0 means 1.
	Unit float64
}

// Rows draws bars and dots that begin at zero.
func Rows(f Frame, s Scale, rows []Row) Drawing {
	d := begin(f)
	left, right, y := shape+2, d.Width-shape-2, 0.0
	most := highest(rows)
	x := func(value float64) float64 { return left + (right-left)*max(0, min(sound(value)/most, 1)) }
	for _, r := range rows {
		class := "label"
		if len(r.Bars)+len(r.Dots) == 0 && r.Target == 0 {
			class = "heading"
		}
		y = d.caption(y, class, r.Label, r.Note)
		top := y
		for _, bar := range r.Bars {
			at := 0.0
			for _, p := range bar {
				from, to := x(at), x(at+sound(p.Value))
				if p.Value > 0 {
					d.rect(from, y, to-from, track-2, p.Fill)
					d.inside(from, y-1, to-from, p.Text, p.Short)
				}
				at += sound(p.Value)
			}
			y += track
		}
		if len(r.Dots) > 0 {
			d.line(left, y+track/2, right, y+track/2, "grid")
			for _, dot := range r.Dots {
				d.dot(x(dot.Value), y+track/2, dot.Shape)
			}
			y += track
		}
		if r.Target > 0 && y > top {
			d.line(x(r.Target), top, x(r.Target), y, "target")
		}
		y += gap
	}
	d.Height = max(y, lineStep)
	if s.Label != nil && most > 0 {
		d.scale(s, most, y, x)
	}
	return *d
}

// scale writes as many values as fit.
func (d *Drawing) scale(s Scale, most, y float64, x func(float64) float64) {
	unit := s.Unit
	if !(unit > 0) {
		unit = 1
	}
	step := unit * max(nice(most/unit/8), 1)
	for range 8 {
		sum := 0.0
		for v := 0.0; v <= most; v += step {
			sum += width(clean(s.Label(v))) + 16
		}
		if sum <= d.Width {
			break
		}
		step = unit * nice(step/unit*1.01)
	}
	end := -100.0
	for v := 0.0; v <= most; v += step {
		text := clean(s.Label(v))
		w := width(text)
		if from := max(0, min(x(v)-w/2, d.Width-w)); from < end+8 {
			continue
		}
		d.line(x(v), y, x(v), y+4, "base")
		_, end = d.write(x(v), y+letters+6, "middle", "axis", text)
	}
	d.line(x(0), y, x(most), y, "base")
	d.Height = y + lineStep + 8
}

// highest is the largest value there is, at least a little more than nothing.
func highest(rows []Row) float64 {
	most := 0.0
	for _, r := range rows {
		most = max(most, sound(r.Target))
		for _, bar := range r.Bars {
			sum := 0.0
			for _, p := range bar {
				sum += sound(p.Value)
			}
			most = max(most, sum)
		}
		for _, dot := range r.Dots {
			most = max(most, sound(dot.Value))
		}
	}
	if most == 0 {
		return 1
	}
	return most
}

// sound is a value that can be drawn: neither less than nothing nor beyond all bounds.
func sound(v float64) float64 {
	if !(v > 0) {
		return 0
	}
	return min(v, 1e15)
}
