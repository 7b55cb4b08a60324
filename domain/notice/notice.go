// Package notice is the closed set of things Stormbell tells one person, as facts
// without words: who is meant by which role, since when, until when. The words, in each
// language and for each channel, are internal/phrase's work. It must not import anything
// but the standard library.
package notice

import "time"

// Kind names what is told. Each has its words in every language for every channel it is used on.
type Kind string

// The kinds of notices. Urgency weighs each of them.
const (
	// Page asks somebody to take a role.
	Page Kind = "page"
	// Reminder asks again, before the backup is called.
	Reminder Kind = "reminder"
	// Taken thanks for taking a role and asks how many minutes the first task needs.
	Taken Kind = "taken"
	// Appointed tells somebody that Mention gave them a role.
	Appointed Kind = "appointed"
	// Noted confirms minutes, a promise until At.
	Noted Kind = "noted"
	// PassedOn confirms that the next person is asked.
	PassedOn Kind = "passed_on"
	// TooLate says who (Mention) has the role since Since.
	TooLate Kind = "too_late"
	// NotUnderstood lists the codes.
	NotUnderstood Kind = "not_understood"
	// Unneeded says that nothing is open for this person.
	Unneeded Kind = "unneeded"
	// TwoOpen lists the open requests by letter.
	TwoOpen Kind = "two_open"
	// RollCall asks somebody for a sign of life although Mention has the role since Since (R40).
	RollCall Kind = "roll_call"
	// NotePassed thanks for words that were handed on to Mention, the lead.
	NotePassed Kind = "note_passed"
	// StillThere asks the holder of a role for a sign of life until At; StillYours thanks for it.
	StillThere Kind = "still_there"
	StillYours Kind = "still_yours"
	// RoleLost says that the role is given to somebody else, because no sign of life came.
	RoleLost Kind = "role_lost"
	// Bridge connects somebody who asked for it with the conference.
	Bridge Kind = "bridge"
	// JoinAsked asks the holder of a role to be on the call now (R36, R39).
	JoinAsked Kind = "join_asked"
	// Present confirms that the receiver is counted as being on the call.
	Present Kind = "present"
	// ProxyAsked asks somebody to be on the call for Mention, who cannot join (R42).
	ProxyAsked Kind = "proxy_asked"
	// StayOn asks a liaison to stay on the engineers' call until the backup is there, HandOver
	// says that Mention is there and that it is time to hand over (R32, R33).
	StayOn   Kind = "stay_on"
	HandOver Kind = "hand_over"
	// NobodyAnswers tells the lead and the owners that a page reached nobody (Role).
	NobodyAnswers Kind = "nobody_answers"
	// StandDown ends a page because the incident is over or the role is no longer needed.
	StandDown Kind = "stand_down"
	// FalseAlarm ends everything: the incident was cancelled.
	FalseAlarm Kind = "false_alarm"

	// TaskAsked asks a role's holder for a task (Subject is the task's id) and for minutes.
	TaskAsked Kind = "task_asked"
	// Lapsed says that an estimate is over (At) and asks for done or more minutes.
	Lapsed Kind = "lapsed"
	// TaskDone confirms a finished task; Count more are open.
	TaskDone Kind = "task_done"
	// WatchDue asks for the regular report of a watch duty.
	WatchDue Kind = "watch_due"
	// UndoAsked asks to restore what was halted (Subject).
	UndoAsked Kind = "undo_asked"

	// RecommendAsked asks the Technical SLT to compare criteria with facts (R25).
	RecommendAsked Kind = "recommend_asked"
	// DeclareAsked tells the incident commander that declaring is recommended (R27).
	DeclareAsked Kind = "declare_asked"
	// BriefAsked asks the liaison for open briefing answers (R72); Count of them.
	BriefAsked Kind = "brief_asked"

	// DraftAsked, CheckAsked, ReviewAsked, ApprovalAsked and ReleaseAsked ask for the next
	// step of a message (Subject is the audience, Phase its phase).
	DraftAsked    Kind = "draft_asked"
	CheckAsked    Kind = "check_asked"
	ReviewAsked   Kind = "review_asked"
	ApprovalAsked Kind = "approval_asked"
	ReleaseAsked  Kind = "release_asked"
	// MessageComing warns the liaison that a message will soon wait for the incident commander
	// (R106); AnnounceAsked asks the liaison to tell the incident commander now (R108).
	MessageComing Kind = "message_coming"
	AnnounceAsked Kind = "announce_asked"
	// DistributeAsked asks a responder to send a released message by hand (R110).
	DistributeAsked Kind = "distribute_asked"
	// MessageOut tells the lead that a message is out, to Count, and promises the next for At.
	MessageOut Kind = "message_out"
	// Withdrawn says that a message of an old phase is not needed any more.
	Withdrawn Kind = "withdrawn"
	// PhaseChanged tells role holders that the incident moved on (R89).
	PhaseChanged Kind = "phase_changed"
	// PromiseDue warns that the next update is promised for At; PromiseBroken that it is late.
	PromiseDue    Kind = "promise_due"
	PromiseBroken Kind = "promise_broken"
	// PromiseHanded asks the backup of the promise's owner (Mention) to keep it until At.
	PromiseHanded Kind = "promise_handed"
	// UnsureSent tells the lead that Count recipients could not be proven reached.
	UnsureSent Kind = "unsure_sent"
	// AnalysisDue reminds of the Preliminary Analysis, due At (R118).
	AnalysisDue Kind = "analysis_due"
	// HelpWanted tells the lead that Mention cannot do Subject (a red line on the console).
	HelpWanted Kind = "help_wanted"
	// NoteForLead hands free text of Mention on to the lead; the text is in Title.
	NoteForLead Kind = "note_for_lead"

	// ContactTest asks a person to answer, so that we know that a phone or an address works;
	// Invitation does so for the first time and says what this is about; Confirmed gives thanks.
	ContactTest Kind = "contact_test"
	Invitation  Kind = "invitation"
	Confirmed   Kind = "confirmed"

	// OnDuty tells somebody that they are on call from now until At, after Mention; then comes
	// Next. OffDuty thanks whoever was until then: Mention has it now. Count more roles are
	// handed over alike.
	OnDuty  Kind = "on_duty"
	OffDuty Kind = "off_duty"
	// GapAhead warns that nobody is primary for a role from At until Until; Mention, a backup,
	// would be asked. There are Count more such times.
	GapAhead Kind = "gap_ahead"

	// GlassBroken tells the owners that somebody signed in at Since with the password for the
	// night on which the company's login is down.
	GlassBroken Kind = "glass_broken"
)

// Asks tells whether a text of this kind is answered with a code, which may need a letter.
func (k Kind) Asks() bool {
	switch k {
	case Page, Reminder, RollCall, StillThere, JoinAsked, ProxyAsked, HandOver, TaskAsked, Lapsed, UndoAsked,
		DraftAsked, CheckAsked, ReviewAsked, ApprovalAsked, ReleaseAsked, AnnounceAsked, DistributeAsked:
		return true
	default:
		return false
	}
}

// Notice is one thing to tell one person.
type Notice struct {
	Kind     Kind   `json:"kind"`
	Incident int    `json:"incident"`
	Title    string `json:"title,omitempty"`
	// Role is the role the receiver is addressed in, or that the notice is about.
	Role string `json:"role,omitempty"`
	// Subject is a task id or an audience, by Kind.
	Subject string `json:"subject,omitempty"`
	Phase   string `json:"phase,omitempty"`
	// Mention is the id of another person the text names.
	Mention string `json:"mention,omitempty"`
	// Minutes are the receiver's own minutes, as replied.
	Minutes int `json:"minutes,omitempty"`
	// At is a time in the future (due), Since one in the past.
	At    time.Time `json:"at,omitzero"`
	Since time.Time `json:"since,omitzero"`
	Count int       `json:"count,omitempty"`
	// Next is the id of the person who follows, Until the end of what begins At.
	Next  string    `json:"next,omitempty"`
	Until time.Time `json:"until,omitzero"`
	// Letter, when several requests are open on one phone, is part of the reply: 1B.
	Letter string `json:"letter,omitempty"`
	// Judge says that the role is asked to judge whether the business must act (R23).
	Judge bool `json:"judge,omitempty"`
	Drill bool `json:"drill,omitempty"`
}
