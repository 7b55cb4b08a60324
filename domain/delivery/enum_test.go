package delivery

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

var (
	states  = []State{Intended, Attempting, Unknown, Accepted, Delivered, Answered, Failed}
	classes = []Class{
		None, Temporary, Permanent, OptedOut, Filtered, NotReached, NotProcessed, Ambiguous, Account, RateLimited,
	}
	actions = []Action{Done, Wait, RetrySame, LookUp, OtherChannel, LeaveChannel, TellOperator}
)

// The tables below are only as exhaustive as these lists, so the lists are held against the source.
func TestEnumLists_againstSource_areComplete(t *testing.T) {
	t.Parallel()
	require.ElementsMatch(t, declared(t, "state.go", "State"), words(states))
	require.ElementsMatch(t, declared(t, "state.go", "Class"), words(classes))
	require.ElementsMatch(t, declared(t, "next.go", "Action"), words(actions))
}

func declared(t *testing.T, file, typeName string) (values []string) {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	require.NoError(t, err)
	ast.Inspect(parsed, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if name, ok := spec.Type.(*ast.Ident); ok && name.Name == typeName {
			for _, v := range spec.Values {
				value, err := strconv.Unquote(v.(*ast.BasicLit).Value)
				require.NoError(t, err)
				values = append(values, value)
			}
		}
		return true
	})
	require.NotEmpty(t, values)
	return values
}

func words[T ~string](list []T) (all []string) {
	for _, v := range list {
		all = append(all, string(v))
	}
	slices.Sort(all)
	return all
}
