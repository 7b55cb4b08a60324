package piece

import (
	"embed"
	"slices"
	"strings"

	"github.com/stormbell/stormbell/api/view"
	"github.com/stormbell/stormbell/api/web/sheet"
	"github.com/stormbell/stormbell/domain/checkback"
	"github.com/stormbell/stormbell/domain/comms"
)

// Markup are the templates of the pieces, for sheet.Press.Set.
//
//go:embed page
var Markup embed.FS

// Letter is a message together with the gates that somebody may act on here.
type Letter struct {
	*sheet.Sheet
	view.Message
	// Incident is what it is about.
	Incident view.Incident
	// Proof is what the reader has to show before approving, ProofLink where they sign in again.
	Proof     Proof
	ProofLink string
	// Mine are the gates that are open now for this person, or for anybody when a stand-in looks.
	Mine []view.Gate
	// Protests are the strong objections that still block.
	Protests []view.Objection
	// settler is the one who may settle objections, all of them when empty.
	settler string
	// reader is who reads; empty means a stand-in for everybody.
	reader string
}

// Proof is how a reader shows who they are before approving.
type Proof string

// The proofs.
const (
	// NoProof: it was shown already, or a stand-in acts.
	NoProof Proof = ""
	// PIN: they type the one they chose.
	PIN Proof = "pin"
	// FirstPIN: they have chosen none yet, and no company login knows them.
	FirstPIN Proof = "first_pin"
	// SignIn: they sign in again.
	SignIn Proof = "sign_in"
)

// turns are the gates that are open at a stage.
var turns = map[comms.Stage]comms.GateKind{
	comms.Drafting: comms.Draft, comms.Checking: comms.Check, comms.Reviewing: comms.Review,
	comms.Approving: comms.Approve, comms.Releasing: comms.Release, comms.Sending: comms.Distribute,
}

// LetterOf is a message as a person may act on it; no person means a stand-in for everybody.
func LetterOf(s *sheet.Sheet, i view.Incident, m view.Message, person string) Letter {
	l := Letter{Sheet: s, Message: m, Incident: i, settler: person, reader: person}
	for _, g := range m.Gates {
		open := checkback.Item{State: checkback.State(g.State)}.Open()
		if g.Kind == string(comms.Approve) && g.Person == person {
			l.settler = "" // the approver overrules by name (R104)
		}
		mine := person == "" || g.Person == person || slices.Contains(g.Deputies, person)
		announce := g.Kind == string(comms.Announce) && m.Stage == string(comms.Releasing) && person != ""
		if open && mine && (announce || comms.GateKind(g.Kind) == turns[comms.Stage(m.Stage)]) {
			l.Mine = append(l.Mine, g)
		}
	}
	for _, o := range m.Objections {
		if o.Settled == "" {
			l.Protests = append(l.Protests, o)
		}
	}
	return l
}

// MaySettle tells whether this reader may settle an objection.
func (l Letter) MaySettle(o view.Objection) bool { return l.settler == "" || l.settler == o.By }

// Same tells whether it is the message to the same audience in the same phase.
func (l Letter) Same(o Letter) bool { return l.Audience == o.Audience && l.Phase == o.Phase }

// Writing tells whether the words are still being written, Reading whether others read them.
func (l Letter) Writing() bool { return l.Stage == string(comms.Drafting) }

// Reading tells whether somebody is asked to agree or to object.
func (l Letter) Reading() bool {
	return l.Stage == string(comms.Checking) || l.Stage == string(comms.Reviewing)
}

// Approving tells whether the last word inside the group is asked for.
func (l Letter) Approving() bool { return l.Stage == string(comms.Approving) }

// Announced tells whether all this reader is asked for is to tell the incident commander.
func (l Letter) Announced() bool {
	return len(l.Mine) > 0 && !slices.ContainsFunc(l.Mine, func(g view.Gate) bool { return g.Kind != string(comms.Announce) })
}

// Sending tells whether it is on its way out.
func (l Letter) Sending() bool { return l.Stage == string(comms.Sending) }

// Releasing tells whether it waits to go out.
func (l Letter) Releasing() bool { return l.Stage == string(comms.Releasing) }

// promise stands in a draft for the time of the next message, which is filled in when it goes out.
const promise = "{next update}"

// Promises tells whether a text has a place for the time of the next message.
func (l Letter) Promises() bool {
	return slices.ContainsFunc(l.Texts, func(t view.Text) bool { return strings.Contains(t.Subject+t.Body, promise) })
}
