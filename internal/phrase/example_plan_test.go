package phrase_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/notice"
	"github.com/stormbell/stormbell/internal/phrase"
	"github.com/stormbell/stormbell/internal/planfile"
)

// Whoever starts from the built-in plan gets texts that say the whole of every task and role:
// in German the verb comes last, and half a title is nobody's.
func TestExample_tasksAndRoles_areSaidWhole(t *testing.T) {
	t.Parallel()
	p, err := planfile.Parse("example", planfile.Example(), planfile.Options{Lenient: true})
	require.NoError(t, err)
	words := phrase.New(p)
	const link = "https://i.acme.example/r/9DGKS7JF7ZF3ZGM6"
	for _, lang := range p.Company.Languages {
		to := phrase.To{Name: "Anna Vogel", Language: lang, Link: link}
		for _, task := range p.Emergency {
			for kind, want := range map[notice.Kind]string{notice.TaskAsked: task.Do[lang], notice.UndoAsked: task.Undo[lang]} {
				if want == "" || task.Every > 0 {
					continue
				}
				n := notice.Notice{Kind: kind, Incident: 7, Role: task.Role, Subject: task.ID, Title: "Checkout down, customers affected"}
				require.Contains(t, words.SMS(n, to), want)
			}
		}
		for _, role := range p.Roles {
			n := notice.Notice{Kind: notice.Page, Incident: 7, Role: role.Name, Title: "Checkout down, customers affected", Judge: role.Name == "technical_slt"}
			require.Contains(t, words.SMS(n, to), role.Title[lang])
			require.Contains(t, words.Speech(n, to).Story, role.Title[lang])
		}
	}
}
