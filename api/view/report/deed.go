package report

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/stormbell/stormbell/domain/board"
	"github.com/stormbell/stormbell/domain/comms"
)

// Deed is a decision, with what is needed to say it in any language.
type Deed struct {
	At time.Time `json:"at"`
	// Kind is the timeline's word, such as declared or message_skipped.
	Kind string  `json:"kind" example:"declared"`
	Who  Someone `json:"who" doc:"Absent fields mean Stormbell itself"`
	// Whom is who was appointed or named.
	Whom     Someone           `json:"whom"`
	Role     string            `json:"role,omitempty"`
	Audience string            `json:"audience,omitempty"`
	Title    map[string]string `json:"title,omitempty" doc:"The audience's name, by language"`
	Phase    string            `json:"phase,omitempty"`
	Task     string            `json:"task,omitempty"`
	What     map[string]string `json:"what,omitempty" doc:"The task, by language"`
	Mode     string            `json:"mode,omitempty"`
	// No is set when a recommendation was not to declare yet.
	No      bool   `json:"no,omitempty" doc:"It was decided not to"`
	StandIn bool   `json:"stand_in,omitempty" doc:"Somebody acted for this person"`
	Words   string `json:"words,omitempty" doc:"The reason, as it was written"`
}

// Remark is what somebody wrote down.
type Remark struct {
	At   time.Time `json:"at"`
	Who  Someone   `json:"who"`
	Kind string    `json:"kind" enum:"note,reply,task,recommendation" doc:"Where it was written"`
	Text string    `json:"text"`
}

// deedKinds are the entries of the timeline that say that somebody decided something.
func deedKinds() []string {
	return []string{
		"incident_opened", "assessed", "recommended", "declared", "updates_started", "phase_changed", "briefing_confirmed", "mode_changed",
		"role_taken", "proxy_named", "task_added", "task_dropped", "approved", "objected", "objection_settled", "released", "message_skipped", "resolved", "cancelled",
	}
}

func (s story) deeds() ([]Deed, []Remark) {
	deeds, remarks := []Deed{}, []Remark{}
	kinds := deedKinds()
	for _, e := range s.Timeline {
		if r, ok := s.remark(e); ok {
			remarks = append(remarks, r)
		}
		// Whoever took a role because they were paged decided nothing for others.
		if !slices.Contains(kinds, e.Kind) || e.Kind == "role_taken" && (pageOf(e) || e.Actor == "system") {
			continue
		}
		deeds = append(deeds, s.deed(e))
	}
	return deeds, remarks
}

func (s story) deed(e Entry) Deed {
	d := Deed{
		At: e.At, Kind: e.Kind, Who: s.actor(e.Actor, e.At), Role: e.Data["role"], Audience: e.Data["audience"], Phase: cmp.Or(e.Data["to"], e.Data["phase"]),
		Task: e.Data["task"], Mode: e.Data["mode"], No: e.Data["declare"] == "false", StandIn: e.Data["stand_in"] == "true",
		Words: cmp.Or(e.Data["reason"], e.Data["note"]),
	}
	if d.Role != "" && e.Data["person"] != "" {
		d.Whom = s.someone(e.Data["person"], d.Role)
	}
	if d.Audience != "" {
		d.Title = s.audienceTitle(d.Audience)
	}
	if d.Task != "" {
		d.What = s.what(s.taskOf(d.Task))
	}
	switch e.Kind {
	case "message_skipped":
		if i := slices.IndexFunc(s.board().Cells, func(c board.Cell) bool { return c.Audience == d.Audience && string(c.Phase) == d.Phase }); i >= 0 {
			d.Words = s.board().Cells[i].Reason
		}
	case "objected", "objection_settled":
		d.Words = s.objection(e)
	}
	return d
}

// taskOf is a task that perhaps nobody was asked for.
func (s story) taskOf(id string) given {
	t := given{id: id, of: id}
	if s.Business != nil {
		for _, x := range s.Business.Tasks {
			if x.ID == id {
				t.kind, t.of = x.Kind, x.Of
			}
		}
	}
	return t
}

// objection are the words of an objection, or how it was settled.
func (s story) objection(e Entry) string {
	loop := s.Loops[e.Workflow]
	if e.Kind == "objected" {
		i := slices.IndexFunc(loop.Objections, func(o comms.Objection) bool { return o.By == e.Actor && o.At.Sub(e.At).Abs() < time.Second })
		if i >= 0 {
			return loop.Objections[i].Words
		}
		return ""
	}
	for _, o := range loop.Objections {
		if how, ok := strings.CutPrefix(o.Settled, e.Actor+": "); ok && strings.HasSuffix(e.Text, how) {
			return how
		}
	}
	return ""
}

// remark is what an entry holds of people's own words.
func (s story) remark(e Entry) (Remark, bool) {
	r := Remark{At: e.At, Who: s.actor(e.Actor, e.At), Text: e.Data["note"]}
	switch e.Kind {
	case "note":
		r.Kind, r.Text = "note", e.Text
	case "reply_note", "late_reply":
		r.Kind = "reply"
	case "task_done":
		r.Kind = "task"
	case "task_blocked":
		r.Kind, r.Text = "task", e.Data["reason"]
	case "recommended":
		r.Kind = "recommendation"
	default:
		return r, false
	}
	return r, strings.TrimSpace(r.Text) != ""
}
