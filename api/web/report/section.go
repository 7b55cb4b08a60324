package report

import (
	"errors"
	"fmt"
	"html/template"

	"github.com/stormbell/stormbell/api/view/report"
	"github.com/stormbell/stormbell/api/web/picture"
)

// section is a part of the report: a heading, a sentence, perhaps a picture, and a table.
type section struct {
	// Number counts the pictures; lists have none.
	Number          int
	ID, Name        string
	Reading, Remark string
	// Wide is for screens and paper, Narrow for phones; both are empty where nothing is recorded.
	Wide, Narrow template.HTML
	Keys         []key
	Head         []string
	Rows         [][]string

	err error // what could not be drawn
}

// key explains a fill or a mark.
type key struct {
	Sample template.HTML
	Text   string
}

// The widths a picture is drawn at: that of a sheet of paper, and that of a small phone.
const (
	wide   = 880
	narrow = 288
)

// section begins a part. Where nothing is recorded its sentence says so instead of the reading.
func (d *page) section(id string, known report.Known, reading string) section {
	x := section{ID: id, Name: d.T("report_part." + id), Reading: reading}
	if known != report.Recorded {
		x.Reading = d.T("report_known." + string(known))
	}
	return x
}

// paint draws the picture of a part in both widths.
func (x *section) paint(draw func(picture.Frame) picture.Drawing) {
	frame := picture.Frame{ID: "pic-" + x.ID + "-w", Title: x.Name, Text: x.Reading, Width: wide}
	x.Wide = x.markup(draw(frame))
	frame.ID, frame.Width = "pic-"+x.ID+"-n", narrow
	x.Narrow = x.markup(draw(frame))
}

// fill explains a fill, shape a mark.
func (x *section) fill(f picture.Fill, text string) {
	x.Keys = append(x.Keys, key{x.markup(picture.Swatch(fmt.Sprintf("key-%s-%d", x.ID, len(x.Keys)), f)), text})
}

func (x *section) shape(s picture.Shape, text string) {
	x.Keys = append(x.Keys, key{x.markup(picture.Sample(fmt.Sprintf("key-%s-%d", x.ID, len(x.Keys)), s)), text})
}

func (x *section) markup(d picture.Drawing) template.HTML {
	svg, err := d.SVG()
	x.err = errors.Join(x.err, err)
	return svg
}

// row adds a row to the table.
func (x *section) row(cells ...string) { x.Rows = append(x.Rows, cells) }

// cols are the table's headings.
func (d *page) cols(names ...string) []string {
	head := make([]string, len(names))
	for i, name := range names {
		head[i] = d.T("report_col." + name)
	}
	return head
}
