package worker_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"reflect"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/activity"
	sdk "go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/stormbell/stormbell/activities"
	"github.com/stormbell/stormbell/worker"
	"github.com/stormbell/stormbell/workflows/contract"
)

// registry notes what is registered: the name on the wire, and Go's name of what is behind it.
// What is registered without a name of its own meets the nil below and panics.
type registry struct {
	sdk.Registry
	workflows, activities map[string]string
}

func (r *registry) RegisterWorkflowWithOptions(f any, o workflow.RegisterOptions) {
	r.workflows[o.Name] = goName(f)
}

func (r *registry) RegisterActivityWithOptions(f any, o activity.RegisterOptions) {
	r.activities[o.Name] = goName(f)
}

// goName is "SendText" for a function or a bound method of that name.
func goName(f any) string {
	full := runtime.FuncForPC(reflect.ValueOf(f).Pointer()).Name()
	return strings.TrimSuffix(full[strings.LastIndex(full, ".")+1:], "-fm")
}

// names reads the contract's source, so that a name added there is missed here.
func names(t *testing.T, comment string) (values []string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "../workflows/contract/names.go", nil, parser.ParseComments)
	require.NoError(t, err)
	for _, d := range file.Decls {
		group, ok := d.(*ast.GenDecl)
		if !ok || !strings.HasPrefix(group.Doc.Text(), comment) {
			continue
		}
		for _, spec := range group.Specs {
			value, err := strconv.Unquote(spec.(*ast.ValueSpec).Values[0].(*ast.BasicLit).Value)
			require.NoError(t, err)
			values = append(values, value)
		}
	}
	slices.Sort(values)
	return values
}

func TestRegister_contract_everyNameHasItsImplementation(t *testing.T) {
	t.Parallel()
	decide := &registry{workflows: map[string]string{}, activities: map[string]string{}}
	send := &registry{activities: map[string]string{}}
	a := activities.New(activities.Config{})
	worker.Workflows(decide)
	worker.Activities(decide, a)
	worker.Sends(send, a)

	require.Equal(t, names(t, "The workflow types"), slices.Sorted(maps.Keys(decide.workflows)))
	require.GreaterOrEqual(t, len(decide.workflows), 5)
	everything := slices.Concat(slices.Collect(maps.Keys(decide.activities)), slices.Collect(maps.Keys(send.activities)))
	slices.Sort(everything)
	require.Equal(t, names(t, "Activities"), everything, "each once, on one queue")
	for _, registered := range []map[string]string{decide.workflows, decide.activities, send.activities} {
		for name, implementation := range registered {
			require.Equal(t, name, implementation)
		}
	}
	// What workflows do not send to the other queue must be on their own.
	require.Equal(t, []string{
		contract.AppendRecord, contract.FindOutlets, contract.FindPeople, contract.GatherRecipients, contract.LookAtDuty, contract.RenderMessage,
	}, slices.Sorted(maps.Keys(decide.activities)))
}
