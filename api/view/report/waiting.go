package report

import (
	"time"

	"github.com/stormbell/stormbell/domain/comms"
	"github.com/stormbell/stormbell/domain/plan"
)

// Waiting is how long each text spent where.
type Waiting struct {
	Known Known     `json:"known" enum:"recorded,pending,not_applicable,not_recorded"`
	Items []Written `json:"items"`
}

// TextStage is where a text waits.
type TextStage string

// The stages, in order.
const (
	InDraft    TextStage = "draft"
	InCheck    TextStage = "check"
	InReview   TextStage = "reviews"
	InApproval TextStage = "approval"
	InRelease  TextStage = "release"
	InSending  TextStage = "sending"
)

// TextStages lists them in their order.
func TextStages() []TextStage {
	return []TextStage{InDraft, InCheck, InReview, InApproval, InRelease, InSending}
}

// TextState is how a text ended.
type TextState string

// The states of a text.
const (
	TextOpen      TextState = "open"
	TextSent      TextState = "sent"
	TextWithdrawn TextState = "withdrawn"
)

// Written is one message from its order to its end.
type Written struct {
	Audience string            `json:"audience"`
	Title    map[string]string `json:"title"`
	Phase    string            `json:"phase"`
	Order    int               `json:"order" doc:"Counts the messages to this audience in this phase"`
	State    TextState         `json:"state" enum:"open,sent,withdrawn"`
	From     time.Time         `json:"from"`
	To       time.Time         `json:"to" doc:"Its end, or now"`
	Parts    []TextPart        `json:"parts" doc:"One after another; a changed text goes back"`

	workflow string
}

// TextPart is a time that a text spent at a stage.
type TextPart struct {
	Stage TextStage `json:"stage" enum:"draft,check,reviews,approval,release,sending"`
	Took  Seconds   `json:"seconds"`
}

// In is how long a text was at a stage altogether.
func (t Written) In(stage TextStage) time.Duration {
	sum := time.Duration(0)
	for _, p := range t.Parts {
		if p.Stage == stage {
			sum += p.Took.Duration()
		}
	}
	return sum
}

func (s story) waiting() Waiting {
	w := Waiting{Items: []Written{}}
	open := map[string]*trail{}
	var trails []*trail
	orders := map[string]int{}
	for _, e := range s.Timeline {
		if e.Kind == "draft_ordered" {
			orders[e.Workflow]++
			t := &trail{rule: s.rule(e.Data["audience"]), at: e.At, text: Written{
				Audience: e.Data["audience"], Title: s.audienceTitle(e.Data["audience"]), Phase: e.Data["phase"], Order: orders[e.Workflow],
				State: TextOpen, From: e.At, Parts: []TextPart{}, workflow: e.Workflow,
			}}
			open[e.Workflow], trails = t, append(trails, t)
			continue
		}
		if t := open[e.Workflow]; t != nil {
			t.follow(e)
		}
	}
	for _, t := range trails {
		if t.text.State == TextOpen {
			t.end(s.until, s.stage(t))
		}
		w.Items = append(w.Items, t.text)
	}
	w.Known = s.known(len(w.Items) > 0)
	return w
}

// trail follows one text through its gates. The time before each act belongs to the gate that
// the act opened, whatever else was said meanwhile.
type trail struct {
	text    Written
	rule    plan.AudienceRule
	at      time.Time
	last    TextStage // the gate that was passed last
	checked bool
}

func (t *trail) follow(e Entry) {
	if t.text.State != TextOpen {
		return
	}
	switch e.Kind {
	case "draft_submitted":
		t.checked = t.rule.Check == ""
		t.spend(InDraft, e.At)
	case "agreed":
		stage := InReview
		if !t.checked {
			stage, t.checked = InCheck, true
		}
		t.spend(stage, e.At)
	case "approved":
		t.spend(InApproval, e.At)
	case "released":
		t.spend(InRelease, e.At)
	case "approval_lapsed":
		t.spend(InRelease, e.At)
		t.last = InReview
	case "sending":
		t.spend(t.next(), e.At)
		t.last = InRelease
	case "sent":
		t.end(e.At, InSending)
		t.text.State = TextSent
	case "withdrawn":
		t.end(e.At, t.next())
		t.text.State = TextWithdrawn
	}
}

// spend notes the time until an instant.
func (t *trail) spend(stage TextStage, until time.Time) {
	t.last = stage
	took := until.Sub(t.at)
	if took <= 0 {
		return
	}
	t.at = until
	if n := len(t.text.Parts); n > 0 && t.text.Parts[n-1].Stage == stage {
		took += t.text.Parts[n-1].Took.Duration()
		t.text.Parts = t.text.Parts[:n-1]
	}
	t.text.Parts = append(t.text.Parts, TextPart{stage, seconds(took)})
}

func (t *trail) end(at time.Time, stage TextStage) {
	t.spend(stage, at)
	t.text.To = later(at, t.text.From)
}

// next is the gate after the one that was passed last, as far as the audience has it.
func (t *trail) next() TextStage {
	has := map[TextStage]bool{
		InCheck: t.rule.Check != "" && !t.checked, InReview: len(t.rule.Agree) > 0, InApproval: t.rule.Approve != "", InRelease: t.rule.Release != "",
	}
	switch t.last {
	case "":
		return InDraft
	case InReview:
		return InReview // whether the others have agreed as well is not known here
	case InSending:
		return InSending
	case InDraft, InCheck, InApproval, InRelease:
	}
	passed := false
	for _, stage := range TextStages() {
		if passed && has[stage] {
			return stage
		}
		passed = passed || stage == t.last
	}
	return InSending
}

// stage is where an open text waits: its own word if the record has it, else the next gate.
func (s story) stage(t *trail) TextStage {
	loop, ok := s.Loops[t.text.workflow]
	if !ok || loop.Order != t.text.Order {
		return t.next()
	}
	switch loop.Stage {
	case comms.Drafting:
		return InDraft
	case comms.Checking:
		return InCheck
	case comms.Reviewing:
		return InReview
	case comms.Approving:
		return InApproval
	case comms.Releasing:
		return InRelease
	case comms.Sending:
		return InSending
	case comms.Sent, comms.Skipped, comms.Withdrawn:
	}
	return t.next()
}
