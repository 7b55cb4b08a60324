package record

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func (b *book) append(t testing.TB, a Append) {
	t.Helper()
	require.NoError(t, b.Append(t.Context(), a))
}

func entry(seq int64, text string) Entry {
	return Entry{Seq: seq, At: noon, Kind: "note", Actor: "system", Text: text}
}

func TestAppend_again_changesNothing(t *testing.T) {
	each(t, func(t *testing.T, b *book) {
		b.alert(t, "s", "k", Firing)
		a := Append{
			Incident: 1, Workflow: "incident:2026-1", Run: "r1", Kind: KindIncident, Revision: 1, Snapshot: json.RawMessage(`{"n":1}`),
			Entries: []Entry{entry(1, "one"), {Seq: 2, At: noon.Add(time.Minute), Kind: "role_taken", Actor: "anna", Text: "two <b> \x00\xff", Data: json.RawMessage(`{"b": 12345678901234567890, "a":"<&>"}`)}},
			Asks:    []Ask{{ID: "a", Person: "anna", Kind: "page"}}, Phase: "detection", Severity: "severe", Score: 8, Title: "Checkout down",
		}
		b.append(t, a)
		b.append(t, a)
		a.Entries = append(a.Entries, entry(3, "three")) // a step of which only the first part was known
		b.append(t, a)
		b.append(t, Append{Incident: 1, Workflow: "incident:2026-1", Run: "r2", Kind: KindIncident, Revision: 2, Entries: []Entry{entry(1, "four")}})

		all, err := b.Timeline(t.Context(), 1, 0, 100)
		require.NoError(t, err)
		var texts []string
		for i, e := range all {
			require.EqualValues(t, i+1, e.Position)
			texts = append(texts, e.Text)
		}
		require.Equal(t, []string{"one", "two <b> \uFFFD", "three", "four"}, texts)
		require.JSONEq(t, `{"a":"<&>","b":12345678901234567890}`, string(all[1].Data))
		require.Equal(t, noon.Add(time.Minute), all[1].At)
		page, err := b.Timeline(t.Context(), 1, 1, 2)
		require.NoError(t, err)
		require.Equal(t, all[1:3], page)
		require.NoError(t, b.Verify(t.Context(), 1))

		snapshots, err := b.Snapshots(t.Context(), 1)
		require.NoError(t, err)
		require.Equal(t, []Snapshot{{Workflow: "incident:2026-1", Run: "r2", Kind: KindIncident, Revision: 2, At: noon, Body: json.RawMessage(`{"n":1}`)}}, snapshots, "no snapshot keeps the last one")
		i, err := b.Incident(t.Context(), 1)
		require.NoError(t, err)
		require.Equal(t, "Checkout down/detection/severe/8", fmt.Sprintf("%s/%s/%s/%d", i.Title, i.Phase, i.Severity, i.Score))
		phase, revision, err := b.PhaseOf(t.Context(), 1)
		require.NoError(t, err)
		require.Equal(t, "detection 1", fmt.Sprint(phase, " ", revision))
	})
}

func TestAppend_olderRevision_leavesTheStateAlone(t *testing.T) {
	each(t, func(t *testing.T, b *book) {
		b.alert(t, "s", "k", Firing)
		step := func(revision int64, phase string, ended bool) Append {
			return Append{Incident: 1, Workflow: "w", Run: "r", Kind: KindIncident, Revision: revision, Entries: []Entry{entry(revision, phase)},
				Phase: phase, Snapshot: json.RawMessage(`"` + phase + `"`), Asks: []Ask{{ID: phase, Person: "anna"}}, Ended: ended}
		}
		b.append(t, step(2, "new", false))
		b.append(t, step(1, "old", true))
		i, err := b.Incident(t.Context(), 1)
		require.NoError(t, err)
		require.Equal(t, "new", i.Phase)
		require.True(t, i.ClosedAt.IsZero())
		asks, err := b.OpenAsks(t.Context(), "anna")
		require.NoError(t, err)
		require.Len(t, asks, 1)
		require.Equal(t, "new", asks[0].ID)
		all, err := b.Timeline(t.Context(), 1, 0, 10)
		require.NoError(t, err)
		require.Len(t, all, 2, "what happened is in the timeline all the same")
	})
}

func TestAppend_unknownIncidentOrData_failsAloneAndWhole(t *testing.T) {
	each(t, func(t *testing.T, b *book) {
		b.alert(t, "s", "k", Firing)
		together(t, 60, func(i int) {
			switch a := (Append{Incident: 1, Workflow: fmt.Sprint("w", i), Revision: 1, Entries: []Entry{entry(1, "x")}}); i % 3 {
			case 0:
				require.NoError(t, b.Append(t.Context(), a))
			case 1:
				a.Incident = 99
				require.ErrorIs(t, b.Append(t.Context(), a), ErrNotFound)
			default:
				a.Entries = append(a.Entries, Entry{Seq: 2, Data: json.RawMessage(`{} garbage`)})
				require.ErrorContains(t, b.Append(t.Context(), a), "not JSON")
			}
		})
		all, err := b.Timeline(t.Context(), 1, 0, 100)
		require.NoError(t, err)
		require.Len(t, all, 20)
		require.NoError(t, b.Verify(t.Context(), 1))
	})
}

func TestAppend_ended_closesOnlyForTheIncident(t *testing.T) {
	each(t, func(t *testing.T, b *book) {
		b.alert(t, "s", "k", Firing)
		b.finish(t, b.claim(t, 1)...)
		b.append(t, Append{Incident: 1, Workflow: "page:1", Kind: KindPage, Revision: 1, Ended: true})
		require.Equal(t, 1, b.alert(t, "s", "k", Firing).Incident)
		open, err := b.Incidents(t.Context(), Filter{OpenOnly: true})
		require.NoError(t, err)
		require.Len(t, open, 1)
		b.append(t, Append{Incident: 1, Workflow: "incident:1", Kind: KindIncident, Revision: 1, Ended: true, Entries: []Entry{entry(1, "over")}})
		i, err := b.Incident(t.Context(), 1)
		require.NoError(t, err)
		require.Equal(t, noon, i.ClosedAt)
		open, err = b.Incidents(t.Context(), Filter{OpenOnly: true})
		require.NoError(t, err)
		require.Empty(t, open)
	})
}

func TestAppend_keysFree_opensTheNextIncidentWhileTheOldGoesOn(t *testing.T) {
	each(t, func(t *testing.T, b *book) {
		b.alert(t, "s", "k", Firing)
		b.finish(t, b.claim(t, 1)...)
		for revision := range int64(2) {
			b.append(t, Append{Incident: 1, Workflow: "incident:1", Kind: KindIncident, Revision: revision + 1, KeysFree: true})
			require.Equal(t, Accepted{Incident: 2, Year: 2026, Opened: revision == 0}, b.alert(t, "s", "k", Firing))
		}
		i, err := b.Incident(t.Context(), 1)
		require.NoError(t, err)
		require.True(t, i.ClosedAt.IsZero())
	})
}

func TestIncidents_pages(t *testing.T) {
	each(t, func(t *testing.T, b *book) {
		for i := range 5 {
			b.alert(t, "s", fmt.Sprint(i), Firing)
		}
		numbers := func(f Filter) (all []int) {
			list, err := b.Incidents(t.Context(), f)
			require.NoError(t, err)
			for _, i := range list {
				all = append(all, i.Number)
			}
			return all
		}
		require.Equal(t, []int{5, 4, 3, 2, 1}, numbers(Filter{}))
		require.Equal(t, []int{3, 2}, numbers(Filter{Before: 4, Limit: 2}))
		_, err := b.Incident(t.Context(), 6)
		require.ErrorIs(t, err, ErrNotFound)
	})
}

func TestMode_followsOpenIncidents(t *testing.T) {
	each(t, func(t *testing.T, b *book) {
		mode := func() Mode {
			m, err := b.Mode(t.Context())
			require.NoError(t, err)
			return m
		}
		revision := int64(0)
		set := func(incident int, mode string, ended bool) {
			revision++
			b.pass(time.Minute)
			b.append(t, Append{Incident: incident, Workflow: fmt.Sprint("w", incident), Kind: KindIncident, Revision: revision, Mode: mode, Ended: ended})
		}
		after := func(minutes int) time.Time { return noon.Add(time.Duration(minutes) * time.Minute) }
		require.Equal(t, Mode{Mode: ModeNormal}, mode())
		for i := range 3 {
			b.alert(t, "s", fmt.Sprint(i), Firing)
		}
		set(1, ModeNormal, false)
		require.Equal(t, Mode{Mode: ModeNormal}, mode(), "it never was in another")
		set(1, ModeEmergency, false)
		set(2, ModeEmergency, false)
		set(1, ModeEmergency, false)
		require.Equal(t, Mode{Mode: ModeEmergency, Since: after(2), Incidents: []int{1, 2}}, mode())
		set(1, ModeRestoring, false)
		require.Equal(t, Mode{Mode: ModeEmergency, Since: after(3), Incidents: []int{2}}, mode())
		set(2, "", true)
		require.Equal(t, Mode{Mode: ModeRestoring, Since: after(5), Incidents: []int{1}}, mode())
		set(1, ModeNormal, false)
		require.Equal(t, Mode{Mode: ModeNormal, Since: after(7)}, mode())
	})
}

func TestVerify_everyTampering_namesThePosition(t *testing.T) {
	cases := []struct {
		name, query string
		at          int64
		why         string
	}{
		{"sentence", "UPDATE timeline SET sentence = 'nothing happened' WHERE incident = $1 AND position = 3", 3, "does not fit"},
		{"data", `UPDATE timeline SET data = '{"a":2}' WHERE incident = $1 AND position = 2`, 2, "does not fit"},
		{"actor", "UPDATE timeline SET actor = 'ben' WHERE incident = $1 AND position = 5", 5, "does not fit"},
		{"time", "UPDATE timeline SET at = at + 1 WHERE incident = $1 AND position = 1", 1, "does not fit"},
		{"hash", "UPDATE timeline SET hash = 'f00' WHERE incident = $1 AND position = 4", 4, "does not fit"},
		{"other's entry", "UPDATE timeline SET workflow = 'x' WHERE incident = $1 AND position = 3", 3, "does not fit"},
		{"removed", "DELETE FROM timeline WHERE incident = $1 AND position = 2", 2, "is missing"},
		{"last removed", "DELETE FROM timeline WHERE incident = $1 AND position = 5", 5, "is missing"},
		{"all removed", "DELETE FROM timeline WHERE incident = $1", 1, "is missing"},
		{"added", "INSERT INTO timeline SELECT incident, 6, workflow, 'x', seq, at, kind, actor, sentence, data, hash FROM timeline WHERE incident = $1 AND position = 5", 6, "does not fit"},
		{"end forgotten", "UPDATE incidents SET head = 4 WHERE number = $1", 5, "was added"},
		{"end changed", "UPDATE incidents SET head_hash = 'f00' WHERE number = $1", 5, "is not the end"},
	}
	each(t, func(t *testing.T, b *book) {
		for _, c := range cases {
			n := b.alert(t, "s", c.name, Firing).Incident
			for seq := range int64(5) {
				e := entry(seq, fmt.Sprint("entry ", seq))
				e.Data = json.RawMessage(`{"a":1}`)
				b.append(t, Append{Incident: n, Workflow: c.name, Run: "r", Revision: seq, Entries: []Entry{e}})
			}
			require.NoError(t, b.Verify(t.Context(), n))
			b.exec(t, c.query, n)
			var broken *BrokenChainError
			require.ErrorAs(t, b.Verify(t.Context(), n), &broken, c.name)
			require.Equal(t, BrokenChainError{Incident: n, Position: c.at, Why: broken.Why}, *broken, c.name)
			require.ErrorContains(t, broken, c.why, c.name)
			require.ErrorAs(t, b.Export(t.Context(), n, &bytes.Buffer{}), &broken, c.name)
		}
	})
}

// The chain must be checkable by anybody with the exported file and nothing of ours.
func TestExport_checkedByAStranger(t *testing.T) {
	each(t, func(t *testing.T, b *book) {
		b.alert(t, "s", "k", Firing)
		for step := range int64(4) {
			a := Append{Incident: 1, Workflow: "w", Run: "r", Revision: step + 1}
			for i := range int64(300) { // together more than one piece of reading
				e := entry(step*300+i, `Ünï <i> "q" & \`)
				if i%2 == 0 {
					e.Data = json.RawMessage(`{"z":[1.50,null],"a":{"d":1,"c":"<"}}`)
				}
				a.Entries = append(a.Entries, e)
			}
			b.append(t, a)
		}
		var file bytes.Buffer
		require.NoError(t, b.Export(t.Context(), 1, &file))
		head, lines := "", 0
		for in := bufio.NewScanner(&file); in.Scan(); {
			line := map[string]any{}
			d := json.NewDecoder(bytes.NewReader(in.Bytes()))
			d.UseNumber()
			require.NoError(t, d.Decode(&line))
			if line["head"] != nil {
				require.Equal(t, head, line["head"])
				require.Equal(t, 1200, lines)
				require.Equal(t, json.Number("1200"), line["entries"])
				require.False(t, in.Scan(), "it is the last line")
				return
			}
			lines++
			claimed := line["hash"]
			delete(line, "hash")
			var text bytes.Buffer
			e := json.NewEncoder(&text)
			e.SetEscapeHTML(false)
			require.NoError(t, e.Encode(line))
			sum := sha256.Sum256(append([]byte(head), bytes.TrimSpace(text.Bytes())...))
			head = hex.EncodeToString(sum[:])
			require.Equal(t, head, claimed)
		}
		t.Fatal("there was no last line")
	})
}

func TestVerify_whileOthersAppend_isSound(t *testing.T) {
	each(t, func(t *testing.T, b *book) {
		b.alert(t, "s", "k", Firing)
		other := &book{config: b.config, at: noon}
		other.open(t)
		defer other.Close()
		together(t, 10, func(i int) {
			for seq := range int64(8) {
				require.NoError(t, []*book{b, other}[i%2].Append(t.Context(), Append{Incident: 1, Workflow: fmt.Sprint("w", i), Revision: seq + 1, Entries: []Entry{entry(seq, "x")}}))
				require.NoError(t, b.Verify(t.Context(), 1))
			}
		})
		all, err := b.Timeline(t.Context(), 1, 0, 1000)
		require.NoError(t, err)
		require.Len(t, all, 80)
	})
}

func TestWatch_hearsItsIncident(t *testing.T) {
	each(t, func(t *testing.T, b *book) {
		every, stopEvery := b.Watch(0)
		one, stopOne := b.Watch(1)
		defer stopEvery()
		b.alert(t, "s", "a", Firing)
		<-every
		<-one
		b.alert(t, "s", "b", Firing)
		<-every
		require.Empty(t, one, "incident 2 is not its business")
		b.append(t, Append{Incident: 1, Workflow: "w", Revision: 1})
		<-every
		<-one
		require.ErrorIs(t, b.Append(t.Context(), Append{Incident: 99}), ErrNotFound)
		require.Empty(t, every, "nothing was committed")
		stopOne()
		b.append(t, Append{Incident: 1, Workflow: "w", Revision: 2})
		<-every
		require.Empty(t, one)
	})
}
