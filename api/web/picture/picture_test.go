package picture_test

import (
	"encoding/xml"
	"errors"
	"io"
	"math"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/api/web/picture"
)

var start = time.Date(2026, 11, 23, 2, 51, 0, 0, time.UTC)

func clockLabel(at time.Time, _ time.Duration) string { return at.Format("15:04") }

func plain(v float64) string { return strconv.FormatFloat(v, 'f', 0, 64) + " min" }

// hostile are words that break careless drawings.
var hostile = []string{
	"", "Checkout is down", `"/><script>alert(1)</script>`, "]]>&amp;&#0;<!--", "\x00\x01\x1b[31m", "\xff\xfe broken", "\uFFFE\uFFFF\uFDD0",
	"\u202eright to left\u2066", strings.Repeat("long ", 200), strings.Repeat("W", 500), "日本語のタイトル障害発生中", "😀😀😀", "a\u0301\u0301\u0301\u0301", "line\nbreak\ttab", "{{.}}",
}

var numbers = regexp.MustCompile(` (?:x|y|width|height|x1|x2|y1|y2|cx|cy)="([^"]*)"`)

type element struct {
	name       string
	attributes map[string]string
	text       string
}

// check reads a drawing as XML, and every place and word in it.
func check(t testing.TB, d picture.Drawing) []element {
	t.Helper()
	svg, err := d.SVG()
	require.NoError(t, err)
	require.True(t, utf8.ValidString(string(svg)))
	for _, bad := range []string{"NaN", "Inf", "<script", "style=", "href", "\u202e"} {
		require.NotContains(t, string(svg), bad)
	}
	var all []element
	depth := []int{}
	for r := xml.NewDecoder(strings.NewReader(string(svg))); ; {
		token, err := r.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err, "%s", svg)
		switch x := token.(type) {
		case xml.StartElement:
			e := element{name: x.Name.Local, attributes: map[string]string{}}
			for _, a := range x.Attr {
				e.attributes[a.Name.Local] = a.Value
			}
			all = append(all, e)
			depth = append(depth, len(all)-1)
		case xml.CharData:
			if len(depth) > 0 {
				all[depth[len(depth)-1]].text += string(x)
			}
		case xml.EndElement:
			depth = depth[:len(depth)-1]
		}
	}
	wide, high := d.Width, d.Height
	require.Greater(t, high, 0.0)
	for _, m := range numbers.FindAllStringSubmatch(string(svg), -1) {
		n, err := strconv.ParseFloat(m[1], 64)
		require.NoError(t, err, m[0])
		require.GreaterOrEqual(t, n, 0.0, m[0])
		require.LessOrEqual(t, n, max(wide, high)+0.1, m[0])
	}
	type box struct{ from, to float64 }
	lines := map[string][]box{}
	for _, e := range all {
		if e.name != "text" {
			continue
		}
		x, _ := strconv.ParseFloat(e.attributes["x"], 64) // read above
		y, _ := strconv.ParseFloat(e.attributes["y"], 64)
		w := picture.Width(e.text)
		switch e.attributes["text-anchor"] {
		case "middle":
			x -= w / 2
		case "end":
			x -= w
		}
		b := box{x, x + w}
		require.GreaterOrEqual(t, b.from, -0.2, "%q leaves the picture", e.text)
		require.LessOrEqual(t, b.to, wide+0.2, "%q leaves the picture", e.text)
		require.LessOrEqual(t, y, high, "%q is below the picture", e.text)
		if e.attributes["class"] == "p-axis" {
			for _, other := range lines[e.attributes["y"]] {
				require.True(t, b.from >= other.to || b.to <= other.from, "%q covers another label", e.text)
			}
			lines[e.attributes["y"]] = append(lines[e.attributes["y"]], b)
		}
	}
	return all
}

func TestDrawings_anyData_areSoundAndInTheirBox(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	word := func() string { return hostile[r.IntN(len(hostile))] }
	instant := func() time.Time {
		spans := []time.Duration{0, time.Second, time.Minute, time.Hour, 24 * time.Hour, 300 * 24 * time.Hour, math.MaxInt64}
		return start.Add(time.Duration(r.Float64() * float64(spans[r.IntN(len(spans))])))
	}
	value := func() float64 {
		return []float64{0, 1, 0.0001, 17, 1e9, 1e300, -5, math.NaN(), math.Inf(1), math.Inf(-1), r.Float64() * 100}[r.IntN(11)]
	}
	fills := []picture.Fill{picture.Solid, picture.Cross, picture.Hatch, picture.Dots, picture.Soft, picture.Hollow}
	shapes := []picture.Shape{picture.Circle, picture.Ring, picture.Square, picture.Triangle, picture.Diamond, picture.HalfDiam, picture.Times, picture.Tick}
	for range 60 {
		f := picture.Frame{ID: "p", Title: word(), Text: word(), Width: []float64{0, 288, 880, math.NaN(), -1}[r.IntN(5)]}
		clock := picture.Clock{From: start, To: instant(), Label: clockLabel}

		var lanes []picture.Lane
		for range r.IntN(4) {
			l := picture.Lane{Label: word(), Note: word()}
			for range r.IntN(6) {
				l.Bars = append(l.Bars, picture.Bar{From: instant(), To: instant(), Fill: fills[r.IntN(6)], Text: word(), Short: word(), Level: value()})
				l.Points = append(l.Points, picture.Point{At: instant(), Shape: shapes[r.IntN(8)]})
				l.Below = append(l.Below, picture.Point{At: instant(), Shape: shapes[r.IntN(8)]})
			}
			lanes = append(lanes, l)
		}
		check(t, picture.Timeline(f, clock, lanes))

		var rows []picture.Row
		for range r.IntN(4) {
			row := picture.Row{Label: word(), Note: word(), Target: value()}
			for range r.IntN(4) {
				row.Bars = append(row.Bars, picture.Stack{{Value: value(), Fill: fills[r.IntN(6)], Text: word()}, {Value: value(), Fill: fills[r.IntN(6)], Short: word()}})
				row.Dots = append(row.Dots, picture.Dot{Value: value(), Shape: shapes[r.IntN(8)]})
			}
			rows = append(rows, row)
		}
		check(t, picture.Rows(f, picture.Scale{Label: plain, Unit: value()}, rows))

		var values []picture.Value
		var moments []picture.Moment
		for range r.IntN(5) {
			values = append(values, picture.Value{At: instant(), N: r.IntN(1000) - 10})
			moments = append(moments, picture.Moment{At: instant(), Text: word()})
		}
		check(t, picture.Steps(f, clock, values, []int{12, 8, r.IntN(1000)}, moments))
	}
}

func FuzzTimeline_words(f *testing.F) {
	for _, w := range hostile {
		f.Add(w, int64(time.Hour), 288.0)
	}
	f.Fuzz(func(t *testing.T, word string, span int64, width float64) {
		if width > 5000 {
			t.Skip("wider than any screen")
		}
		frame := picture.Frame{ID: "p", Title: word, Text: word, Width: width}
		clock := picture.Clock{From: start, To: start.Add(time.Duration(span)), Label: func(time.Time, time.Duration) string { return word }}
		check(t, picture.Timeline(frame, clock, []picture.Lane{{Label: word, Note: word, Bars: []picture.Bar{{From: start, To: start.Add(time.Duration(span)), Fill: picture.Hatch, Text: word}}}}))
	})
}

func TestDrawing_isNamedForThoseWhoDoNotSeeIt(t *testing.T) {
	t.Parallel()
	all := check(t, picture.Rows(picture.Frame{ID: "load", Title: "Load <now>", Text: "Anna & Carla", Width: 300}, picture.Scale{}, []picture.Row{{Label: "Anna", Bars: []picture.Stack{{{Value: 3, Fill: picture.Hatch}}}}}))
	require.Equal(t, "img", all[0].attributes["role"])
	require.Equal(t, "load-t load-d", all[0].attributes["aria-labelledby"])
	require.Equal(t, element{"title", map[string]string{"id": "load-t"}, "Load <now>"}, all[1])
	require.Equal(t, element{"desc", map[string]string{"id": "load-d"}, "Anna & Carla"}, all[2])
	sample := check(t, picture.Swatch("k", picture.Dots))
	require.Equal(t, "true", sample[0].attributes["aria-hidden"])
}

func TestFills_differWithoutColour(t *testing.T) {
	t.Parallel()
	drawn := map[string]picture.Fill{}
	for _, f := range []picture.Fill{picture.Solid, picture.Cross, picture.Hatch, picture.Dots, picture.Soft, picture.Hollow} {
		what := ""
		for _, e := range check(t, picture.Swatch("k", f)) {
			what += e.name + e.attributes["class"] + e.attributes["d"] + " "
		}
		require.Empty(t, drawn[what], "%s looks like %s", f, drawn[what])
		drawn[what] = f
	}
}

// A phone shows the same words as a sheet of paper; what does not fit beside stands below.
func TestRows_narrow_keepTheirNotes(t *testing.T) {
	t.Parallel()
	row := []picture.Row{{Label: "Technical Lead of the whole company", Note: "second backup, 17 min", Dots: []picture.Dot{{Value: 17, Shape: picture.Triangle}}}}
	texts := func(width float64) (all []string) {
		for _, e := range check(t, picture.Rows(picture.Frame{ID: "r", Width: width}, picture.Scale{}, row)) {
			if e.name == "text" {
				all = append(all, e.text)
			}
		}
		return all
	}
	require.Equal(t, []string{"Technical Lead of the whole company – second backup, 17 min"}, texts(880))
	require.Equal(t, []string{"Technical Lead of the whole c…", "second backup, 17 min"}, texts(288))
}
