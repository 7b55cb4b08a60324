package business_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/actor"
	"github.com/stormbell/stormbell/domain/business"
	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/holding"
	"github.com/stormbell/stormbell/domain/notice"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/domain/refusal"
	"github.com/stormbell/stormbell/domain/reply"
)

// gather begins a business incident by today's rules; the roles are held before it.
func gather(t *testing.T, roles holding.Roles) *desk {
	r := rules(1)
	r.Edition = plan.Edition
	r.Briefing.Patience = 15 * time.Minute
	r.Roles = append(r.Roles, plan.RoleRule{Name: plan.TechnicalLiaison})
	for i := range r.Roles {
		r.Roles[i].Policy = "urgent"
	}
	r.Policies = []plan.Policy{{Name: "urgent", Edition: plan.Edition, Lease: time.Hour, Steps: []plan.Step{{To: plan.TargetPrimary, Wait: 3 * time.Minute}}}}
	d := &desk{t: t, now: t0, s: business.New(business.Start{Number: 7, Year: 2026, Rules: r, Title: "Checkout down", Since: t0, Phase: plan.Investigation, Roles: roles})}
	d.do(business.Begin{})
	return d
}

func technical() holding.Roles {
	return holding.Roles{}.Hold(plan.IncidentCommander, "ben", "system", t0).Hold(plan.TechnicalSLT, "dev", "sms", t0)
}

// skipped lists who must not be asked on the latest page of a role, and how many pages there were.
func (d *desk) skipped(role string) (skip []string, pages int) {
	for _, e := range d.effects {
		if p, ok := e.(effect.OpenPage); ok && p.Role == role {
			skip, pages = p.Skip, pages+1
		}
	}
	return skip, pages
}

// R36: the briefing begins when everybody needed is on the call; a text sent from bed is not enough.
func TestPresence_roleTakenButNobodyOnTheCall_briefingWaits(t *testing.T) {
	t.Parallel()
	d := gather(t, technical())
	require.Equal(t, []notice.Kind{notice.JoinAsked}, d.told("dev"), "who was there before is asked to come over (R31)")
	d.take(plan.BusinessLead, "eva")
	d.take(plan.CustomerLiaison, "carla")
	require.Equal(t, business.Gathering, d.s.Stage)
	d.refuse(business.Brief{Actor: actor.Actor{Person: "eva"}, Answers: []business.BriefReply{{Question: business.StartTime, Text: "2:51"}}}, refusal.TooEarly)

	d.do(business.Attend{Actor: actor.Actor{Person: "eva", Via: actor.Web}, Role: plan.BusinessLead}) // a button
	d.reply("dev", reply.Reply{Action: reply.Done})                                                   // a text
	require.Equal(t, business.Gathering, d.s.Stage)
	d.do(business.Happened{Fact: effect.Replied{Person: "carla", Via: "call", About: string(notice.Bridge), Reply: reply.Reply{Action: reply.Take}}}) // a key
	require.Equal(t, business.Briefed, d.s.Stage)
	require.Contains(t, d.told("dev"), notice.Present)
}

func TestPresence_threePressedOnThePage_isThereAtOnce(t *testing.T) {
	t.Parallel()
	d := gather(t, technical())
	r, _ := d.s.Roles.Of(plan.BusinessLead)
	d.do(business.Happened{Fact: effect.PageEnded{Role: plan.BusinessLead, K: r.K, Holder: "eva", Via: "call", Called: true, Joined: true}})
	require.True(t, d.s.Roles.IsPresent(plan.BusinessLead))
	require.Empty(t, d.told("eva"))
}

// Whoever took a role and does not come is asked again, and then the backups are paged.
func TestPresence_holderNeverComes_isAskedAndThenTheBackupIsPaged(t *testing.T) {
	t.Parallel()
	d := gather(t, technical())
	d.take(plan.BusinessLead, "eva")
	d.reply("dev", reply.Reply{Action: reply.Done})
	d.wait() // 5 minutes
	require.Equal(t, 5*time.Minute, d.now.Sub(t0))
	require.Equal(t, []notice.Kind{notice.JoinAsked}, d.told("eva"))
	d.wait()
	require.Equal(t, 10*time.Minute, d.now.Sub(t0))
	require.Equal(t, []notice.Kind{notice.JoinAsked, notice.RoleLost}, d.told("eva"))
	skip, pages := d.skipped(plan.BusinessLead)
	require.Equal(t, []string{"eva"}, skip)
	require.Equal(t, 2, pages)
	require.Empty(t, d.s.Roles.Holder(plan.BusinessLead))
}

// R40: whoever leads hears who is there, and may say so for them; others may not.
func TestPresence_confirmedForOthers(t *testing.T) {
	t.Parallel()
	d := gather(t, technical())
	d.take(plan.BusinessLead, "eva")
	d.take(plan.CustomerLiaison, "carla")
	d.refuse(business.Attend{Actor: actor.Actor{Person: "carla"}, Role: plan.BusinessLead}, refusal.Forbidden)
	d.refuse(business.Attend{Actor: actor.Actor{Person: "eva"}, Role: plan.LegalOfficer}, refusal.NotFound)
	for _, role := range []string{plan.BusinessLead, plan.CustomerLiaison, plan.TechnicalSLT} {
		d.do(business.Attend{Actor: actor.Actor{Person: "eva"}, Role: role})
	}
	require.Equal(t, business.Briefed, d.s.Stage)
}

// R42: who cannot join names a proxy, whose presence counts, and who may do the work.
func TestProxy(t *testing.T) {
	t.Parallel()
	d := gather(t, technical())
	d.take(plan.BusinessLead, "eva")
	d.take(plan.CustomerLiaison, "carla")
	d.refuse(business.NameProxy{Actor: actor.Actor{Person: "dev"}, Role: plan.CustomerLiaison, Person: "anna"}, refusal.Forbidden)
	d.refuse(business.NameProxy{Actor: actor.Actor{Person: "carla"}, Role: plan.CustomerLiaison, Person: "carla"}, refusal.Invalid)
	d.do(business.NameProxy{Actor: actor.Actor{Person: "carla"}, Role: plan.CustomerLiaison, Person: "anna"})
	require.Equal(t, []notice.Kind{notice.ProxyAsked}, d.told("anna"))
	require.Equal(t, "carla", d.s.Roles.Holder(plan.CustomerLiaison), "who holds the role keeps it")
	d.reply("anna", reply.Reply{Action: reply.Done})
	d.reply("dev", reply.Reply{Action: reply.Done})
	d.reply("eva", reply.Reply{Action: reply.Done})
	require.Equal(t, business.Briefed, d.s.Stage)
}

// A proxy who does not come is asked again as what they are; it is the holder who loses the
// role, and hears so.
func TestProxy_neverComes_theHolderHearsThatTheRoleIsLost(t *testing.T) {
	t.Parallel()
	d := gather(t, technical())
	d.reply("dev", reply.Reply{Action: reply.Done})
	d.take(plan.CustomerLiaison, "carla")
	d.do(business.NameProxy{Actor: by("carla"), Role: plan.CustomerLiaison, Person: "anna"})
	d.wait()
	d.wait()
	require.Equal(t, []notice.Kind{notice.ProxyAsked, notice.ProxyAsked}, d.told("anna"))
	require.Equal(t, []notice.Kind{notice.RoleLost}, d.told("carla"))
	skip, _ := d.skipped(plan.CustomerLiaison)
	require.Equal(t, []string{"carla"}, skip)
}

// A proxy's work is a sign of life of the role.
func TestProxy_signOfLifeCounts(t *testing.T) {
	t.Parallel()
	d := gather(t, technical())
	d.take(plan.CustomerLiaison, "carla")
	d.do(business.NameProxy{Actor: by("carla"), Role: plan.CustomerLiaison, Person: "anna"})
	d.now = t0.Add(50 * time.Minute)
	d.reply("anna", reply.Reply{Action: reply.Done})
	held, _ := d.s.Roles.Of(plan.CustomerLiaison)
	require.Equal(t, d.now.Add(time.Hour), held.Lease.Due)
}

// R32-R34: the liaison of the engineers' call leaves it only when the backup is there, and the
// overlap is measured.
func TestHandover(t *testing.T) {
	t.Parallel()
	d := gather(t, technical().Hold(plan.CustomerLiaison, "carla", "api", t0))
	require.Equal(t, []notice.Kind{notice.StayOn}, d.told("carla"))
	skip, _ := d.skipped(plan.TechnicalLiaison)
	require.Equal(t, []string{"carla"}, skip)
	d.take(plan.BusinessLead, "eva")
	for _, person := range []string{"eva", "dev"} {
		d.reply(person, reply.Reply{Action: reply.Done})
	}
	d.refuse(business.HandOver{Actor: actor.Actor{Person: "carla"}}, refusal.TooEarly)
	d.take(plan.TechnicalLiaison, "anna")
	d.refuse(business.HandOver{Actor: actor.Actor{Person: "carla"}}, refusal.TooEarly)

	d.now = t0.Add(2 * time.Minute)
	d.reply("anna", reply.Reply{Action: reply.Done})
	require.Contains(t, d.told("carla"), notice.HandOver)
	require.Equal(t, business.Gathering, d.s.Stage)

	d.now = t0.Add(3*time.Minute + 30*time.Second)
	d.do(business.Happened{Fact: effect.Replied{Person: "carla", Via: "sms", Ask: effect.AskHandOver, Reply: reply.Reply{Action: reply.Done}}})
	require.Equal(t, 90*time.Second, d.s.Handover.Overlap())
	require.Equal(t, []notice.Kind{notice.StayOn, notice.HandOver, notice.JoinAsked}, d.told("carla"))
	require.Equal(t, business.Gathering, d.s.Stage, "she has left one call and is not on the other")
	d.reply("carla", reply.Reply{Action: reply.Done})
	require.Equal(t, business.Briefed, d.s.Stage)
}

func TestHandover_neverHandedOver_isAskedAgainAndTheLeadIsTold(t *testing.T) {
	t.Parallel()
	d := gather(t, technical().Hold(plan.CustomerLiaison, "carla", "api", t0))
	d.take(plan.BusinessLead, "eva")
	d.reply("eva", reply.Reply{Action: reply.Done})
	d.take(plan.TechnicalLiaison, "anna")
	d.reply("anna", reply.Reply{Action: reply.Done})
	for range 4 {
		d.wait()
	}
	require.Contains(t, d.told("eva"), notice.HelpWanted)
}

// A liaison who gives the role up leaves nothing behind for the next one.
func TestHandover_anotherLiaison_hasNothingToHandOver(t *testing.T) {
	t.Parallel()
	d := gather(t, technical().Hold(plan.CustomerLiaison, "carla", "api", t0))
	d.take(plan.BusinessLead, "eva")
	d.do(business.Appoint{Actor: actor.Actor{Person: "ben"}, Role: plan.CustomerLiaison, Person: "anna"})
	for _, person := range []string{"eva", "dev", "anna"} {
		d.reply(person, reply.Reply{Action: reply.Done})
	}
	require.Equal(t, business.Briefed, d.s.Stage)
}

// The complaint: "Acknowledged and forgotten" (GA #3378, OC #1792).
func TestLease_nothingHeardForLong_isAskedAndThenTheBackupIsPaged(t *testing.T) {
	t.Parallel()
	d := gather(t, technical())
	d.do(business.PageRole{Actor: by("ben"), Role: plan.LegalOfficer})
	d.take(plan.LegalOfficer, "lena")
	d.now = t0.Add(30 * time.Minute)
	d.reply("lena", reply.Reply{Note: "reading the contract"})
	d.now = t0.Add(90 * time.Minute)
	d.do(business.Happened{Fact: effect.Tick{}})
	require.Contains(t, d.told("lena"), notice.StillThere)
	d.reply("lena", reply.Reply{Action: reply.Take})
	require.Contains(t, d.told("lena"), notice.StillYours)
	require.Equal(t, "lena", d.s.Roles.Holder(plan.LegalOfficer))

	d.now = d.now.Add(time.Hour)
	d.do(business.Happened{Fact: effect.Tick{}})
	d.now = d.now.Add(3 * time.Minute)
	d.do(business.Happened{Fact: effect.Tick{}})
	require.Empty(t, d.s.Roles.Holder(plan.LegalOfficer))
	skip, _ := d.skipped(plan.LegalOfficer)
	require.Equal(t, []string{"lena"}, skip)
}

// Words reach the lead, and whoever wrote them hears so.
func TestReply_freeWords_reachTheLeadAndAreAnswered(t *testing.T) {
	t.Parallel()
	d := gather(t, technical())
	d.take(plan.BusinessLead, "eva")
	d.reply("anna", reply.Reply{Note: "on the plane until 5"})
	require.Equal(t, []notice.Kind{notice.NotePassed}, d.told("anna"))
	require.Contains(t, d.told("eva"), notice.NoteForLead)
}

// An answer that overtakes the end of its page waits for the name of who has the role.
func TestReply_fasterThanTheEndOfThePage_waitsForTheName(t *testing.T) {
	t.Parallel()
	d := gather(t, technical())
	d.do(business.Happened{Fact: effect.Replied{Person: "anna", Via: "sms", Role: plan.BusinessLead, Reply: reply.Reply{Action: reply.Take}}})
	require.Empty(t, d.told("anna"))
	d.take(plan.BusinessLead, "eva")
	require.Equal(t, []notice.Kind{notice.TooLate}, d.told("anna"))
}

// R37: one command reaches primary and backup side by side.
func TestPageRole_both(t *testing.T) {
	t.Parallel()
	d := gather(t, technical())
	d.do(business.PageRole{Actor: actor.Actor{Person: "ben"}, Role: plan.LegalOfficer, Both: true})
	for _, e := range d.effects {
		if p, ok := e.(effect.OpenPage); ok && p.Role == plan.LegalOfficer {
			require.Equal(t, plan.TargetBoth, p.Policy.Steps[0].To)
			require.Equal(t, plan.TargetPrimary, p.Policy.Steps[1].To, "the ladder follows")
		}
	}
}

// Whoever is given a role hears of it, and whoever takes it for themselves need not.
func TestAppoint_theOneWhoGetsTheRoleHears(t *testing.T) {
	t.Parallel()
	d := gather(t, technical())
	d.do(business.Appoint{Actor: by("ben"), Role: plan.LegalOfficer, Person: "lena"})
	require.Equal(t, []notice.Kind{notice.Appointed}, d.told("lena"))
	d.do(business.Appoint{Actor: by("ben"), Role: plan.BusinessLead, Person: "eva"})
	require.Equal(t, []notice.Kind{notice.JoinAsked}, d.told("eva"), "who is needed on the call is asked to join instead")
	d.do(business.Appoint{Actor: by("ben"), Role: plan.MarketingOfficer, Person: "ben"})
	require.Empty(t, d.told("ben"))
}
