package planfile

import (
	"errors"
	"net/url"
	"regexp"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/file"

	"github.com/stormbell/stormbell/domain/plan"
)

type triggerShape struct {
	spot
	Type text `yaml:"type,need"`
	// Key is the routing key of type events, which may be written out; Token is for the others.
	Key        secret     `yaml:"key"`
	Token      secret     `yaml:"token"`
	Visibility dict[text] `yaml:"visibility"`
	Impact     dict[text] `yaml:"impact"`

	When        text `yaml:"when"`
	DedupKey    text `yaml:"dedup_key"`
	What        text `yaml:"what"`
	Severity    text `yaml:"severity"`
	ResolveWhen text `yaml:"resolve_when"`
}

// The types of triggers with special rules.
const (
	typeEvents  = "events"
	typeGeneric = "generic"
)

var triggerTypes = []string{"alertmanager", "cloudevents", typeEvents, typeGeneric, "grafana", "pagerduty"}

func (b *builder) triggers() {
	keys := map[plan.Secret]string{}
	for _, e := range b.file.Triggers.entries {
		b.identifier(e.key)
		f := e.value
		b.known(f.Type, "type of trigger", triggerTypes)
		t := plan.Trigger{
			Name: e.key.value, Type: f.Type.value, Key: b.triggerKey(f),
			Visibility: b.wordGrades(f.Visibility, b.plan.Severity.Visibility),
			Impact:     b.wordGrades(f.Impact, b.plan.Severity.Impact),
			When:       f.When.value, DedupKey: f.DedupKey.value, What: f.What.value,
			Severity: f.Severity.value, ResolveWhen: f.ResolveWhen.value,
		}
		b.mapping(f)
		if t.Type == typeEvents && t.Key != "" {
			if other, taken := keys[t.Key]; taken {
				b.fail(f.Key.spot, "is the key of %s already", other)
			}
			keys[t.Key] = t.Name
		}
		b.plan.Triggers = append(b.plan.Triggers, t)
	}
	if b.file.Triggers.given() && len(b.file.Triggers.entries) == 0 {
		b.fail(b.file.Triggers.spot, "is empty; without a trigger no alert comes in")
	}
}

var routingKey = regexp.MustCompile(`^[A-Za-z0-9]{32}$`)

func (b *builder) triggerKey(f triggerShape) plan.Secret {
	if f.Type.value != typeEvents {
		if f.Key.given() {
			b.fail(f.Key.spot, "a routing key is for type events; write token: \"${NAME}\"")
		}
		if f.given() && f.Type.good && !f.Token.given() && !b.onLoopback() {
			b.warn(f.spot, "without a token it takes alerts on the loopback only")
		}
		return b.reveal(f.Token)
	}
	if f.Token.given() {
		b.fail(f.Token.spot, "type events is known by its routing key; write key")
	}
	switch {
	case !f.Key.given():
		b.fail(f.spot, "key is missing; it is the routing key of 32 letters and digits that the sender gives")
	case f.Key.good && !routingKey.MatchString(f.Key.value):
		b.fail(f.Key.spot, "a routing key has 32 letters and digits")
	case f.Key.good:
		return plan.Secret(f.Key.value)
	}
	return ""
}

func (b *builder) onLoopback() bool {
	u, err := url.Parse(b.plan.Company.URL)
	return err == nil && (u.Host == "" || local(u))
}

// wordGrades maps the sender's words to grades. What the sender did not grade gets the worst
// grade: an alert somebody sent here must not be quietly ignored.
func (b *builder) wordGrades(d dict[text], grades []plan.Grade) map[string]string {
	var names []string
	var worst plan.Grade
	for _, g := range grades {
		names = append(names, g.Name)
		if g.Value > worst.Value {
			worst = g
		}
	}
	all := map[string]string{"": worst.Name}
	for _, e := range d.entries {
		if b.known(e.value, "grade", names) {
			all[strings.ToLower(e.key.value)] = e.value.value
		}
	}
	return all
}

// environment is what the expressions of a generic trigger see.
type environment struct {
	Body    any               `expr:"body"`
	Headers map[string]string `expr:"headers"`
}

// mapping checks the expressions of a generic trigger, and that no other has any.
func (b *builder) mapping(f triggerShape) {
	for _, x := range []struct {
		name  string
		text  text
		yesNo bool
		need  bool
	}{
		{"when", f.When, true, false},
		{"dedup_key", f.DedupKey, false, true},
		{"what", f.What, false, true},
		{"severity", f.Severity, false, false},
		{"resolve_when", f.ResolveWhen, true, false},
	} {
		switch {
		case f.Type.value != typeGeneric:
			if x.text.given() {
				b.fail(x.text.spot, "expressions are for type generic; %s is read as its sender writes it", f.Type.value)
			}
			continue
		case x.need && !x.text.given():
			b.fail(f.spot, "%s is missing; it is an expression such as 'body.id'", x.name)
		}
		if !x.text.good {
			continue
		}
		options := []expr.Option{expr.Env(environment{})}
		if x.yesNo {
			options = append(options, expr.AsBool())
		}
		if _, err := expr.Compile(x.text.value, options...); err != nil {
			b.expression(x.text, err)
		}
	}
}

func (b *builder) expression(t text, err error) {
	message := err.Error()
	if e := (*file.Error)(nil); errors.As(err, &e) {
		message = e.Message
	}
	first, _, _ := strings.Cut(message, "\n")
	b.fail(t.spot, "this expression does not work: %s; it may use body and headers", first)
}
