package intake

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/vm"

	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/record"
)

// environment is what a trigger's expressions see: the decoded body, and the headers by their
// names in small letters. Credentials are not among them.
type environment struct {
	Body    any               `expr:"body"`
	Headers map[string]string `expr:"headers"`
}

// generic reads any JSON by the expressions of the plan.
func (in *intake) generic(t plan.Trigger, r *http.Request, body []byte) ([]record.Alert, error) {
	env := environment{Headers: map[string]string{}}
	if err := json.Unmarshal(body, &env.Body); err != nil {
		return nil, fmt.Errorf("the body is not JSON: %w", err)
	}
	for name := range r.Header {
		if name != "Authorization" && name != "Cookie" {
			env.Headers[strings.ToLower(name)] = r.Header.Get(name)
		}
	}
	if t.When != "" {
		wanted, err := in.evaluate(t.When, env)
		if err != nil {
			return nil, fmt.Errorf("when: %w", err)
		}
		if wanted != true {
			return nil, nil
		}
	}
	a := record.Alert{Status: record.Firing}
	var err error
	if a.Key, err = in.text(t.DedupKey, env); err != nil || a.Key == "" {
		return nil, errors.Join(errors.New("dedup_key: it gives no text"), err)
	}
	// From here on the key is known, so what else is broken makes this alert unreadable, not another one.
	title, errTitle := in.text(t.What, env)
	severity, errSeverity := in.text(t.Severity, env)
	a.Title, a.Severity, a.Unreadable = title, severity, errTitle != nil || title == ""
	if errSeverity != nil {
		a.Severity = ""
	}
	if t.ResolveWhen != "" {
		if over, err := in.evaluate(t.ResolveWhen, env); err == nil && over == true {
			a.Status = record.Resolved
		}
	}
	return []record.Alert{a}, nil
}

// text evaluates an expression that answers a text or a number.
func (in *intake) text(expression string, env environment) (string, error) {
	if expression == "" {
		return "", nil
	}
	v, err := in.evaluate(expression, env)
	if err != nil {
		return "", err
	}
	switch v := v.(type) {
	case string:
		return v, nil
	case int:
		return strconv.Itoa(v), nil
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), nil
	case nil:
		return "", nil
	}
	return "", fmt.Errorf("it answers a %T instead of a text", v)
}

// evaluate runs an expression that the plan's check has compiled before.
func (in *intake) evaluate(expression string, env environment) (any, error) {
	program, known := in.programs.Load(expression)
	if !known {
		compiled, err := expr.Compile(expression, expr.Env(environment{}))
		if err != nil {
			return nil, errors.New("the expression does not compile; check the plan")
		}
		program, _ = in.programs.LoadOrStore(expression, compiled)
	}
	v, err := expr.Run(program.(*vm.Program), env)
	if err != nil {
		return nil, errors.New("the expression does not fit this body")
	}
	return v, nil
}
