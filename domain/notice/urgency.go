package notice

// Urgency says how much a notice weighs against the peace of its receiver and against other
// notices that wait for the same sender.
type Urgency string

// The urgencies, the heaviest first.
const (
	// Urgent wakes somebody: it goes before everything else and is never held back, but looks
	// for a way that was not used up yet.
	Urgent Urgency = "urgent"
	// Duty asks for work, or ends a request; it is never held back.
	Duty Urgency = "duty"
	// Answer confirms what its receiver has just done.
	Answer Urgency = "answer"
	// Update is good to know.
	Update Urgency = "update"
	// Courtesy explains a reply that changed nothing. Two machines could keep each other busy
	// with these for ever.
	Courtesy Urgency = "courtesy"
)

// Urgency weighs a kind of notice. What nobody has weighed is never held back.
func (k Kind) Urgency() Urgency {
	switch k {
	case Page, Reminder, RollCall:
		return Urgent
	case TaskAsked, Lapsed, WatchDue, UndoAsked, RecommendAsked, DeclareAsked, BriefAsked,
		DraftAsked, CheckAsked, ReviewAsked, ApprovalAsked, ReleaseAsked, AnnounceAsked, DistributeAsked, PromiseHanded,
		NobodyAnswers, HelpWanted, UnsureSent, PromiseDue, PromiseBroken, AnalysisDue,
		StillThere, RoleLost, Bridge, Appointed, JoinAsked, ProxyAsked, StayOn, HandOver, ContactTest, Invitation, OnDuty, GapAhead, GlassBroken,
		StandDown, FalseAlarm:
		return Duty
	case Taken, Noted, PassedOn, TaskDone, StillYours, Present, Confirmed:
		return Answer
	case PhaseChanged, Withdrawn, MessageComing, MessageOut, NoteForLead, OffDuty:
		return Update
	case NotUnderstood, TooLate, Unneeded, TwoOpen, NotePassed:
		return Courtesy
	}
	return Duty
}
