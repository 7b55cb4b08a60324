package notice

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// Every kind is weighed by hand: the default of Urgency is for what comes from an older build.
func TestUrgency_everyKind_isWeighed(t *testing.T) {
	t.Parallel()
	declared := parse(t, "notice.go")
	weighed := map[string]bool{}
	parsed, err := parser.ParseFile(token.NewFileSet(), "urgency.go", nil, 0)
	require.NoError(t, err)
	ast.Inspect(parsed, func(n ast.Node) bool {
		if clause, ok := n.(*ast.CaseClause); ok {
			for _, e := range clause.List {
				name := e.(*ast.Ident).Name
				require.False(t, weighed[name], "%s is weighed twice", name)
				weighed[name] = true
			}
		}
		return true
	})
	for name, value := range declared {
		require.True(t, weighed[name], "%s (%s) has no case in Urgency", name, value)
		require.NotEmpty(t, Kind(value).Urgency())
	}
	require.Len(t, weighed, len(declared))
	require.Equal(t, Duty, Kind("of another build").Urgency())
}

// parse finds the constants of type Kind.
func parse(t *testing.T, file string) map[string]string {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	require.NoError(t, err)
	kinds := map[string]string{}
	ast.Inspect(parsed, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if typ, ok := spec.Type.(*ast.Ident); ok && typ.Name == "Kind" {
			value, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			require.NoError(t, err)
			kinds[spec.Names[0].Name] = value
		}
		return true
	})
	return kinds
}

func TestUrgency_whatWakesAndWhatIsSpared(t *testing.T) {
	t.Parallel()
	for want, kinds := range map[Urgency][]Kind{
		Urgent:   {Page, Reminder},
		Duty:     {TaskAsked, NobodyAnswers, FalseAlarm, StandDown, ApprovalAsked},
		Answer:   {Taken, Noted, PassedOn, TaskDone},
		Update:   {PhaseChanged, NoteForLead},
		Courtesy: {NotUnderstood, TooLate, Unneeded, TwoOpen},
	} {
		for _, k := range kinds {
			require.Equal(t, want, k.Urgency(), k)
		}
	}
}
