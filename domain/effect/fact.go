package effect

import (
	"time"

	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/domain/reply"
)

// Fact is what the world answered, or what time did.
type Fact interface{ fact() }

// Tick says that the aggregate's next due instant has come.
type Tick struct{}

// PeopleFound answers FindPeople.
type PeopleFound struct {
	Role string
	Rung int
	// Candidates for the role: its primary, then its backups in order.
	Candidates []string
	// Others are the holders of the other roles asked for.
	Others map[string]string
	// QuietUntil is the end of the quiet hours it is now; zero outside of them.
	QuietUntil time.Time
}

// Reported is a provider's word on one attempt.
type Reported struct {
	ID      string           `json:"id"`
	Outcome delivery.Outcome `json:"outcome"`
}

// Replied is what a person typed or pressed.
type Replied struct {
	// ID makes a repeated report harmless.
	ID     string      `json:"id"`
	Person string      `json:"person"`
	Via    string      `json:"via"`
	Ask    string      `json:"ask,omitempty"`
	Role   string      `json:"role,omitempty"`
	Reply  reply.Reply `json:"reply"`
	// About is what the call was about in which keys were pressed; see notice.Kind.
	About string `json:"about,omitempty"`
	// Choose says that the reply fits several open requests: the person is asked which one.
	Choose bool `json:"choose,omitempty"`
	// Automatic says that a machine wrote the words, because its owner is away: it is not answered.
	Automatic bool `json:"automatic,omitempty"`
}

// PageEnded answers OpenPage.
type PageEnded struct {
	Role    string    `json:"role"`
	K       int       `json:"k"`
	Holder  string    `json:"holder,omitempty"`
	Via     string    `json:"via,omitempty"`
	At      time.Time `json:"at"`
	Minutes int       `json:"minutes,omitempty"`
	// Called says that the page has asked the holder to be on the call, Joined that they are.
	Called bool `json:"called,omitempty"`
	Joined bool `json:"joined,omitempty"`
}

// BusinessEnded answers StartBusiness.
type BusinessEnded struct{ Cancelled bool }

// MessageEnded answers OpenMessage.
type MessageEnded struct {
	Audience   string     `json:"audience"`
	Phase      plan.Phase `json:"phase"`
	Order      int        `json:"order"`
	Outcome    string     `json:"outcome"`
	Reason     string     `json:"reason,omitempty"`
	By         string     `json:"by,omitempty"`
	SentAt     time.Time  `json:"sent_at,omitzero"`
	NextUpdate time.Time  `json:"next_update,omitzero"`
	// Carries are the elements that were sent, each with a name of what it said.
	Carries map[string]string `json:"carries,omitempty"`
	// Said names the whole of what was sent.
	Said string `json:"said,omitempty"`
}

// Rendered answers Render.
type Rendered struct {
	Texts []Text
	// Carries are the elements in the texts, each with a name of what it says.
	Carries map[string]string
	// Facts are those facts in the texts that a status page shows by themselves.
	Facts map[string]string
}

// Gathered answers Gather.
type Gathered struct {
	// List names exactly these recipients.
	List  string `json:"list"`
	Total int    `json:"total"`
	// By counts them by the way each is reached: email, sms, chat.
	By map[string]int `json:"by,omitempty"`
}

// Distributed answers Distribute.
type Distributed struct {
	Sent    int `json:"sent"`
	Failed  int `json:"failed"`
	Unknown int `json:"unknown"`
	// Superseded says that the phase moved on before everything was out.
	Superseded bool `json:"superseded,omitempty"`
	// Troubles are the ways that did not work besides single recipients: chat, or webhook:NAME.
	Troubles []string `json:"troubles,omitempty"`
}

// Held is how a holding text went; it answers a Distribute that holds.
type Held struct {
	Audience string
	Distributed
}

// Any tells whether there is anything to say of a distribution.
func (d Distributed) Any() bool {
	return d.Sent+d.Failed+d.Unknown+len(d.Troubles) > 0 || d.Superseded
}

func (Tick) fact()          {}
func (PeopleFound) fact()   {}
func (Reported) fact()      {}
func (Replied) fact()       {}
func (PageEnded) fact()     {}
func (BusinessEnded) fact() {}
func (MessageEnded) fact()  {}
func (Rendered) fact()      {}
func (Gathered) fact()      {}
func (Moved) fact()         {}
func (Distributed) fact()   {}
func (Held) fact()          {}
