package comms_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/checkback"
	"github.com/stormbell/stormbell/domain/comms"
	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/notice"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/domain/refusal"
	"github.com/stormbell/stormbell/domain/reply"
)

// begun is a message under the newest rules, drafted and with its list of recipients.
func begun(t *testing.T, change func(*comms.Start)) comms.State {
	t.Helper()
	in := comms.Start{
		Incident: 7, Year: 2026, Title: "Checkout down", Phase: plan.Investigation, Order: 1, Cadence: 30 * time.Minute, Patience: 10 * time.Minute, Minute: time.Minute,
		Edition: plan.Edition, Fresh: time.Hour,
		Audience: plan.AudienceRule{Name: "internal", Recipients: 3, Send: []string{plan.SendEmail}, Draft: "technical_slt", Check: "customer_liaison", Agree: []string{"legal_officer", "messaging_officer"}, Approve: "elt_approver", Release: "incident_commander"},
		Holders:  map[string]string{"technical_slt": "dev", "customer_liaison": "eva", "legal_officer": "finn", "messaging_officer": "anna", "elt_approver": "carla", "incident_commander": "ben", "business_lead": "lea"},
	}
	if change != nil {
		change(&in)
	}
	s, _ := walk(t, comms.New(in), comms.Begin{}, comms.Happened{Fact: effect.Rendered{Texts: []effect.Text{{Language: "en", Subject: "News", Body: "Payments fail."}}}},
		comms.Happened{Fact: effect.Gathered{List: "list1", Total: 3}})
	return s
}

// released takes a message up to the release.
func released(t *testing.T, s comms.State) comms.State {
	t.Helper()
	s, _ = walk(t, s, comms.Submit{Actor: by("dev")}, comms.Happened{Fact: effect.Gathered{List: "list1", Total: 3}},
		comms.Agree{Actor: by("eva")}, comms.Agree{Actor: by("finn")}, comms.Agree{Actor: by("anna")}, comms.Authorise{Actor: by("carla")})
	require.Equal(t, comms.Releasing, s.Stage)
	return s
}

func gate(t *testing.T, s comms.State, kind comms.GateKind, role string) comms.Gate {
	t.Helper()
	for _, g := range s.Gates {
		if g.Kind == kind && (role == "" || g.Role == role) {
			return g
		}
	}
	t.Fatalf("no gate %s %s", kind, role)
	return comms.Gate{}
}

func told(effects []effect.Effect, kind notice.Kind) []string {
	var people []string
	for _, e := range effects {
		if tell, is := e.(effect.Tell); is && tell.Notice.Kind == kind {
			people = append(people, tell.Person)
		}
	}
	return people
}

func write(body string) comms.Edit {
	return comms.Edit{Texts: []effect.Text{{Language: "en", Body: body}}}
}

// One character after the approval, and nothing can go out (the approval-chain test).
func TestEdit_oneCharacterAfterApproval_cannotBeReleased(t *testing.T) {
	t.Parallel()
	s := released(t, begun(t, nil))
	read := s.Hash()
	edit := write("Payments fail!")
	edit.Actor = by("finn")
	s, _ = walk(t, s, edit)
	refused(t, s, comms.Dispatch{Actor: by("ben"), Hash: read}, refusal.TooEarly)
	refused(t, s, comms.Authorise{Actor: by("carla"), Hash: read}, refusal.TooEarly)
	s, _ = walk(t, s, comms.Agree{Actor: by("finn")}, comms.Agree{Actor: by("anna")})
	refused(t, s, comms.Authorise{Actor: by("carla"), Hash: read}, refusal.Stale)
}

func TestEdit_byReviewer_voidsLaterGatesOnly(t *testing.T) {
	t.Parallel()
	s, _ := walk(t, begun(t, nil), comms.Submit{Actor: by("dev")}, comms.Agree{Actor: by("eva")}, comms.Agree{Actor: by("anna")})
	edit := write("Payments fail. We know.")
	edit.Actor = by("finn")
	s, _ = walk(t, s, edit)
	require.Equal(t, comms.Reviewing, s.Stage)
	require.Equal(t, checkback.Done, gate(t, s, comms.Check, "").State, "the liaison checked the facts; the wording is not hers")
	require.Equal(t, 1, gate(t, s, comms.Check, "").Version, "what she read was version 1")
	require.NotEqual(t, checkback.Done, gate(t, s, comms.Review, "messaging_officer").State)

	edit = write("Half of all payments fail.")
	edit.Actor = by("dev")
	s, _ = walk(t, s, edit)
	require.Equal(t, comms.Checking, s.Stage, "the drafter's change is everybody's to read again")
}

func TestGathered_otherListAfterAgreement_voidsIt(t *testing.T) {
	t.Parallel()
	s := released(t, begun(t, nil))
	s, _ = walk(t, s, comms.Happened{Fact: effect.Gathered{List: "list2", Total: 4}})
	require.Equal(t, comms.Checking, s.Stage)
	refused(t, s, comms.Dispatch{Actor: by("ben")}, refusal.TooEarly)
}

func TestSend_withoutList_waitsForIt(t *testing.T) {
	t.Parallel()
	in := begun(t, nil)
	in.List = ""
	s, _ := walk(t, in, comms.Submit{Actor: by("dev")}, comms.Agree{Actor: by("eva")}, comms.Agree{Actor: by("finn")}, comms.Agree{Actor: by("anna")}, comms.Authorise{Actor: by("carla")}, comms.Dispatch{Actor: by("ben")})
	require.Equal(t, comms.Releasing, s.Stage, "nothing goes out before it is known who gets it")
}

func TestApproveAndObject_atOnce_oneWins(t *testing.T) {
	t.Parallel()
	at := func() comms.State {
		s, _ := walk(t, begun(t, nil), comms.Submit{Actor: by("dev")}, comms.Agree{Actor: by("eva")}, comms.Agree{Actor: by("finn")}, comms.Agree{Actor: by("anna")})
		require.Equal(t, comms.Approving, s.Stage)
		return s
	}
	approvedFirst, _ := walk(t, at(), comms.Authorise{Actor: by("carla")})
	refused(t, approvedFirst, comms.Object{Actor: by("carla"), Words: "too early"}, refusal.AlreadyDone)
	objectedFirst, _ := walk(t, at(), comms.Object{Actor: by("carla"), Words: "too early"})
	refused(t, objectedFirst, comms.Authorise{Actor: by("carla")}, refusal.Objected)
	settled, _ := walk(t, objectedFirst, comms.Settle{Actor: by("lea"), Objection: 1, How: "overruled: the facts are confirmed"}, comms.Authorise{Actor: by("carla")})
	require.Equal(t, comms.Releasing, settled.Stage)
}

func TestRelease_heldBackByCommander_waitsForSettlement(t *testing.T) {
	t.Parallel()
	s, _ := walk(t, released(t, begun(t, nil)), comms.Object{Actor: by("ben"), Words: "the cause is not confirmed"})
	refused(t, s, comms.Dispatch{Actor: by("ben")}, refusal.Objected)
}

func TestAuthorise_selfLostRoleOrSomebodyElse_isRefusedWithReason(t *testing.T) {
	t.Parallel()
	ready := func(author string) comms.State {
		edit := write("Payments fail for everybody.")
		edit.Actor = by(author)
		s, _ := walk(t, begun(t, func(in *comms.Start) { in.Audience.Draft = "elt_approver" }), edit, comms.Submit{Actor: by(author)},
			comms.Agree{Actor: by("eva")}, comms.Agree{Actor: by("finn")}, comms.Agree{Actor: by("anna")})
		return s
	}
	refused(t, ready("carla"), comms.Authorise{Actor: by("carla")}, refusal.FourEyes)
	s, _ := walk(t, ready("lea"), comms.RoleHeld{Role: "elt_approver", Person: "gus"})
	refused(t, s, comms.Authorise{Actor: by("carla")}, refusal.Forbidden)
	s, _ = walk(t, s, comms.Authorise{Actor: by("gus")})
	require.Equal(t, comms.Releasing, s.Stage)
	refused(t, s, comms.Authorise{Actor: by("carla")}, refusal.AlreadyDone)
}

func TestApproval_tooOld_isReadAgain(t *testing.T) {
	t.Parallel()
	s := released(t, begun(t, nil))
	due, _ := s.Next()
	require.False(t, due.After(t0.Add(time.Hour)))
	_, _, err := comms.Decide(s, comms.Dispatch{Actor: by("ben")}, t0.Add(time.Hour))
	var r *refusal.Error
	require.ErrorAs(t, err, &r)
	require.Equal(t, refusal.Lapsed, r.Code, "also when the clock has not struck yet")

	s, effects, err := comms.Decide(s, comms.Happened{Fact: effect.Tick{}}, t0.Add(time.Hour))
	require.NoError(t, err)
	require.Equal(t, comms.Approving, s.Stage)
	require.Equal(t, []string{"carla"}, told(effects, notice.ApprovalAsked))
}

// tick lets time pass until the next check-back, and answers who is behind the roles.
func tick(t *testing.T, s comms.State, now time.Time, behind map[string][]string) (comms.State, []effect.Effect, time.Time) {
	t.Helper()
	due, _ := s.Next()
	require.True(t, due.After(now) || due.Equal(now))
	s, all, err := comms.Decide(s, comms.Happened{Fact: effect.Tick{}}, due)
	require.NoError(t, err)
	for _, e := range all {
		if find, is := e.(effect.FindPeople); is {
			var more []effect.Effect
			s, more, err = comms.Decide(s, comms.Happened{Fact: effect.PeopleFound{Rung: find.Rung, Role: find.Role, Candidates: behind[find.Role]}}, due)
			require.NoError(t, err)
			all = append(all, more...)
		}
	}
	return s, all, due
}

func TestSilence_reminderThenDeputy_whoDecides(t *testing.T) {
	t.Parallel()
	s, _ := walk(t, begun(t, nil), comms.Submit{Actor: by("dev")}, comms.Agree{Actor: by("eva")}, comms.Agree{Actor: by("finn")}, comms.Agree{Actor: by("anna")})
	behind := map[string][]string{"elt_approver": {"carla", "dev", "gus"}}
	s, effects, now := tick(t, s, t0, behind)
	require.Equal(t, []string{"carla"}, told(effects, notice.ApprovalAsked), "a reminder first")
	refused(t, s, comms.Authorise{Actor: by("gus")}, refusal.Forbidden)
	s, effects, _ = tick(t, s, now, behind)
	require.Equal(t, []string{"carla", "gus"}, told(effects, notice.ApprovalAsked), "then the deputy who did not write the text")
	require.Equal(t, []string{"lea"}, told(effects, notice.HelpWanted))
	require.Contains(t, s.Asks(), effect.Ask{ID: "approve:elt_approver@gus", Person: "gus", Role: "elt_approver", Kind: "approve", Subject: "internal"})
	s, _ = walk(t, s, comms.Authorise{Actor: by("gus")})
	require.Equal(t, comms.Releasing, s.Stage)
}

func TestApproved_liaisonTellsCommander_releaseEndsThat(t *testing.T) {
	t.Parallel()
	s, _ := walk(t, begun(t, nil), comms.Submit{Actor: by("dev")}, comms.Agree{Actor: by("eva")}, comms.Agree{Actor: by("finn")})
	s, effects := walk(t, s, comms.Agree{Actor: by("anna")})
	require.Equal(t, []string{"eva"}, told(effects, notice.MessageComing), "R106")
	s, effects = walk(t, s, comms.Authorise{Actor: by("carla")})
	require.Equal(t, []string{"eva"}, told(effects, notice.AnnounceAsked), "R108")
	require.Equal(t, []string{"ben"}, told(effects, notice.ReleaseAsked))
	announced, _ := walk(t, s, comms.Happened{Fact: effect.Replied{Person: "eva", Reply: reply.Reply{Action: reply.Done}}})
	require.Equal(t, checkback.Done, gate(t, announced, comms.Announce, "").State)
	require.Equal(t, comms.Releasing, announced.Stage, "a text lets nothing out")
	s, _ = walk(t, s, comms.Dispatch{Actor: by("ben")})
	require.Equal(t, checkback.Dropped, gate(t, s, comms.Announce, "").State)
	s, effects = walk(t, s, comms.Happened{Fact: effect.Distributed{Sent: 3}})
	require.Equal(t, comms.Sent, s.Stage)
	require.Equal(t, []string{"lea"}, told(effects, notice.MessageOut), "R109, R110")
}

func TestByHand_responderReports_thenItIsSent(t *testing.T) {
	t.Parallel()
	hand := func(in *comms.Start) {
		in.Audience.Send, in.Audience.Distribute, in.Holders["social_officer"] = []string{plan.SendEmail, plan.SendByHand}, "social_officer", "sue"
	}
	s, effects := walk(t, released(t, begun(t, hand)), comms.Dispatch{Actor: by("ben")})
	require.Equal(t, []string{"sue"}, told(effects, notice.DistributeAsked))
	refused(t, s, comms.Deliver{Actor: by("ben")}, refusal.Forbidden)
	half, _ := walk(t, s, comms.Estimate{Actor: by("sue"), Minutes: 10}, comms.Happened{Fact: effect.Distributed{Sent: 3}})
	require.Equal(t, comms.Sending, half.Stage, "our part is done, theirs is not")
	done, _ := walk(t, half, comms.Deliver{Actor: by("sue"), Note: "posted"})
	require.Equal(t, comms.Sent, done.Stage)
	moved, effects := walk(t, half, comms.Withdraw{Reason: "the incident moved on"})
	require.Equal(t, comms.Sent, moved.Stage, "what was mailed is out")
	require.Equal(t, []string{"sue"}, told(effects, notice.Withdrawn))
}

func TestSubmit_sameWordsAgain_isRefused(t *testing.T) {
	t.Parallel()
	said := comms.Gist([]effect.Text{{Language: "en", Body: "Payments  FAIL."}})
	s := begun(t, func(in *comms.Start) { in.Said = said })
	refused(t, s, comms.Submit{Actor: by("dev")}, refusal.NothingNew)
	edit := write("Payments fail. Bank transfer works.")
	edit.Actor = by("dev")
	s, _ = walk(t, s, edit, comms.Submit{Actor: by("dev")})
	require.Equal(t, comms.Checking, s.Stage)
}

func TestSize_andLearn_fillOnlyWhatNobodyTouched(t *testing.T) {
	t.Parallel()
	renders := func(effects []effect.Effect) []effect.Render {
		var all []effect.Render
		for _, e := range effects {
			if r, is := e.(effect.Render); is {
				all = append(all, r)
			}
		}
		return all
	}
	s, effects := walk(t, begun(t, nil), comms.Size{Actor: by("dev"), Answers: map[comms.SizingQuestion]string{comms.Expectations: "two hours"}})
	require.Equal(t, "two hours", renders(effects)[0].Facts["expected"])
	refused(t, s, comms.Size{Actor: by("dev"), Answers: map[comms.SizingQuestion]string{"colour": "red"}}, refusal.NotFound)
	s, effects = walk(t, s, comms.Learn{Facts: map[string]string{"cause": "a full disk"}})
	require.Equal(t, "a full disk", renders(effects)[0].Facts["cause"])
	require.Equal(t, "two hours", renders(effects)[0].Facts["expected"])
	edit := write("In my words.")
	edit.Actor = by("dev")
	s, _ = walk(t, s, edit)
	s, effects = walk(t, s, comms.Learn{Facts: map[string]string{"cause": "a full log"}}, comms.Happened{Fact: effect.Rendered{Texts: []effect.Text{{Language: "en", Body: "template"}}}})
	require.Empty(t, renders(effects))
	require.Equal(t, "In my words.", s.Texts[0].Body)
}

func TestWithdraw_atEveryStage_nothingGoesOutAfterwards(t *testing.T) {
	t.Parallel()
	steps := []comms.Command{
		comms.Submit{Actor: by("dev")}, comms.Agree{Actor: by("eva")}, comms.Agree{Actor: by("finn")}, comms.Agree{Actor: by("anna")},
		comms.Authorise{Actor: by("carla")},
	}
	s := begun(t, nil)
	for i := 0; ; i++ {
		gone, effects := walk(t, s, comms.Withdraw{Reason: "the incident moved on"})
		require.Equal(t, comms.Withdrawn, gone.Stage)
		require.NotEmpty(t, told(effects, notice.Withdrawn))
		refused(t, gone, comms.Dispatch{Actor: by("ben")}, refusal.Ended)
		refused(t, gone, comms.Authorise{Actor: by("carla")}, refusal.Ended)
		if i == len(steps) {
			return
		}
		s, _ = walk(t, s, steps[i])
	}
}

// A link that came in a text shows who holds the phone, not who approves.
func TestAuthorise_withoutAProof_isRefusedSinceEdition4(t *testing.T) {
	t.Parallel()
	approving := func(edition int) comms.State {
		s, _ := walk(t, begun(t, func(in *comms.Start) { in.Edition = edition }), comms.Submit{Actor: by("dev")},
			comms.Agree{Actor: by("eva")}, comms.Agree{Actor: by("finn")}, comms.Agree{Actor: by("anna")})
		require.Equal(t, comms.Approving, s.Stage)
		return s
	}
	unproved := by("carla")
	unproved.Proved = false
	refused(t, approving(4), comms.Authorise{Actor: unproved}, refusal.Unproven)
	s, _ := walk(t, approving(3), comms.Authorise{Actor: unproved})
	require.Equal(t, comms.Releasing, s.Stage)
	unproved.StandIn = true
	s, _ = walk(t, approving(4), comms.Authorise{Actor: unproved})
	require.Equal(t, comms.Releasing, s.Stage)
}

// The approver thinks again: for a minute, alone, and while nothing is out.
func TestTakeBack_withinAMinute_theApproverIsAskedAnew(t *testing.T) {
	t.Parallel()
	s := released(t, begun(t, nil))
	require.Equal(t, t0.Add(time.Minute), s.TakeBackUntil())
	refused(t, s, comms.TakeBack{Actor: by("finn")}, refusal.Forbidden)
	_, _, err := comms.Decide(s, comms.TakeBack{Actor: by("carla")}, t0.Add(time.Minute))
	require.ErrorContains(t, err, "for a minute")

	back, effects := walk(t, s, comms.TakeBack{Actor: by("carla")})
	require.Equal(t, comms.Approving, back.Stage)
	require.Equal(t, checkback.Asked, gate(t, back, comms.Approve, "").State)
	require.Empty(t, told(effects, notice.ApprovalAsked), "who has it in hand needs no text about it")
	refused(t, back, comms.Dispatch{Actor: by("ben")}, refusal.TooEarly)
	refused(t, back, comms.TakeBack{Actor: by("carla")}, refusal.TooEarly)

	s, _ = walk(t, back, comms.Authorise{Actor: by("carla")}, comms.Dispatch{Actor: by("ben")})
	require.Zero(t, s.TakeBackUntil())
	refused(t, s, comms.TakeBack{Actor: by("carla")}, refusal.Ended)
}

// What the template said stays beside what people made of it.
func TestEdit_keepsWhatTheTemplateSaid(t *testing.T) {
	t.Parallel()
	s := begun(t, nil)
	template := s.Texts
	first, second := write("Payments fail again."), write("All payments fail.")
	first.Actor, second.Actor = by("dev"), by("dev")
	require.Empty(t, s.Template)
	s, _ = walk(t, s, first, second)
	require.Equal(t, template, s.Template)
	require.Equal(t, "All payments fail.", s.Texts[0].Body)
}
