package lab

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// element is a verb of TwiML, or a noun in it.
type element struct {
	name     string
	attr     map[string]string
	text     string // all text in it, also what its children say
	children []*element
}

// maxDepth is more than any TwiML needs.
const maxDepth = 8

// parseTwiML reads a document. Its error is Twilio's 12100.
func parseTwiML(body []byte) (*element, error) {
	decoder := xml.NewDecoder(bytes.NewReader(body))
	root := &element{}
	open := []*element{root}
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("read TwiML: %w", err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			if len(open) > maxDepth {
				return nil, errors.New("the TwiML is nested too deeply")
			}
			e := &element{name: t.Name.Local, attr: map[string]string{}}
			for _, a := range t.Attr {
				e.attr[a.Name.Local] = a.Value
			}
			parent := open[len(open)-1]
			parent.children = append(parent.children, e)
			open = append(open, e)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			for _, e := range open[1:] {
				e.text += string(t)
			}
		}
	}
	if len(root.children) != 1 || root.children[0].name != "Response" {
		return nil, errors.New("TwiML is one Response element")
	}
	return root.children[0], nil
}

// words is the text with its white space as speech and texts have it.
func (e *element) words() string { return strings.Join(strings.Fields(e.text), " ") }

// seconds is an attribute that counts seconds.
func (e *element) seconds(name string, otherwise time.Duration) time.Duration {
	if n, err := strconv.Atoi(e.attr[name]); err == nil && n >= 0 {
		return time.Duration(n) * time.Second
	}
	return otherwise
}

// number is an attribute that counts.
func (e *element) number(name string, otherwise int) int {
	if n, err := strconv.Atoi(e.attr[name]); err == nil && n >= 0 {
		return n
	}
	return otherwise
}

// messages are the texts a document answers with.
func (e *element) messages() []string {
	var texts []string
	for _, verb := range e.children {
		if verb.name != "Message" && verb.name != "Sms" {
			continue
		}
		text := verb.text
		for _, noun := range verb.children {
			if noun.name == "Body" {
				text = noun.text
			}
		}
		if text = strings.TrimSpace(text); text != "" {
			texts = append(texts, text)
		}
	}
	return texts
}
