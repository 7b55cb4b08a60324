package escalation_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/actor"
	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/escalation"
	"github.com/stormbell/stormbell/domain/notice"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/domain/refusal"
	"github.com/stormbell/stormbell/domain/reply"
)

const minute = time.Minute

// all reaches everybody behind the role by text.
var all = plan.Step{To: plan.TargetEveryone, By: []plan.Channel{plan.SMS}, Wait: 3 * minute}

// complaint is something users of paging systems suffer, played against our ladder.
type complaint struct {
	name string
	// policy stands instead of the usual ladder.
	policy  *plan.Policy
	people  []string
	suffer  func(*climber)
	reached []string
	// told is what each person hears in the end, besides the attempts themselves.
	told map[string][]notice.Kind
}

func (c *climber) reply(person string, action reply.Action) {
	c.do(escalation.Happened{Fact: effect.Replied{Person: person, Via: "sms", Reply: reply.Reply{Action: action}}})
}

func (c *climber) fails(person, channel string, class delivery.Class) {
	for _, a := range c.state.Attempts {
		if a.Person == person && string(a.Channel) == channel {
			c.do(escalation.Happened{Fact: effect.Reported{ID: a.ID, Outcome: delivery.Outcome{State: delivery.Failed, Class: class}}})
		}
	}
}

func (c *climber) times(n int, f func()) {
	for range n {
		f()
	}
}

var complaints = []complaint{
	{
		name:   "an empty step burns its whole delay",
		people: nil,
		suffer: func(c *climber) { c.wait() },
		// Nobody is behind the role, so the first four steps are left out in the first second.
		reached: []string{"sms lea 0s"},
		told:    map[string][]notice.Kind{"lea": {notice.NobodyAnswers}},
	},
	{
		name:   "nobody is on call now, somebody comes on duty later",
		people: nil,
		suffer: func(c *climber) {
			c.wait()
			c.candidates = []string{"anna"}
			c.wait()
		},
		reached: []string{"sms lea 0s", "call anna 8m0s"},
		told:    map[string][]notice.Kind{"lea": {notice.NobodyAnswers}},
	},
	{
		name:   "a person removed from the role goes on being paged",
		people: []string{"anna", "bob", "cid", "dora"},
		suffer: func(c *climber) {
			c.times(3, c.wait) // bob, the backup, has been reached
			c.candidates = []string{"anna", "cid", "dora"}
			c.wait()
		},
		// The next backup is cid: he moved up into the place of bob, who was asked.
		reached: []string{"sms anna 0s", "call anna 3m0s", "call anna 6m0s", "sms bob 9m0s", "call bob 9m0s", "sms cid 12m0s"},
	},
	{
		name:   "the only person is removed in the middle of the page",
		people: []string{"anna"},
		suffer: func(c *climber) {
			c.candidates = nil
			c.wait()
			c.do(escalation.StandDown{})
		},
		reached: []string{"sms anna 0s", "sms lea 3m0s"},
		told:    map[string][]notice.Kind{"anna": {notice.StandDown}, "lea": {notice.StandDown}},
	},
	{
		name: "one person in two places of the ladder is reached twice at once",
		policy: &plan.Policy{Edition: plan.Edition, Steps: []plan.Step{all}, Last: plan.LastRule{
			To: []plan.Target{plan.TargetPrimary, plan.TargetEveryone, plan.TargetAllBackups, "business_lead"}, By: []plan.Channel{plan.Call},
			Every: 5 * minute, AtMost: 5 * minute,
		}},
		people:  []string{"lea", "bob"},
		suffer:  func(c *climber) { c.wait() },
		reached: []string{"sms lea 0s", "sms bob 0s", "call lea 3m0s", "call bob 3m0s"},
		told:    map[string][]notice.Kind{"lea": {notice.NobodyAnswers}},
	},
	{
		name:   "two people acknowledge at once",
		people: []string{"anna", "bob"},
		suffer: func(c *climber) {
			c.times(3, c.wait)
			c.reply("bob", reply.Take)
			c.reply("anna", reply.Take)
		},
		reached: []string{"sms anna 0s", "call anna 3m0s", "call anna 6m0s", "sms bob 9m0s", "call bob 9m0s"},
		told:    map[string][]notice.Kind{"bob": {notice.Taken}, "anna": {notice.TooLate, notice.TooLate}},
	},
	{
		name:   "the backup took it, and the primary finds calls in the morning and nothing else",
		people: []string{"anna", "bob"},
		suffer: func(c *climber) {
			c.times(3, c.wait)
			c.reply("bob", reply.Take)
		},
		reached: []string{"sms anna 0s", "call anna 3m0s", "call anna 6m0s", "sms bob 9m0s", "call bob 9m0s"},
		told:    map[string][]notice.Kind{"bob": {notice.Taken}, "anna": {notice.TooLate}},
	},
	{
		name:   "STOP to the pager mutes the page",
		people: []string{"anna", "bob"},
		suffer: func(c *climber) {
			c.now = t0.Add(10 * time.Second)
			c.do(escalation.Happened{Fact: effect.Replied{Person: "anna", Via: "sms", Reply: reply.Reply{Carrier: reply.Stop}}})
		},
		reached: []string{"sms anna 0s", "call anna 10s"},
	},
	{
		name:   "a duty that may wait rings at three in the morning",
		people: []string{"anna"},
		suffer: func(c *climber) {
			c.quiet = t0.Add(4 * time.Hour)
			c.state = escalation.New(c.state.Page, nil)
			c.reached = nil
			c.do(escalation.Begin{})
			c.fails("anna", "email", delivery.Permanent)
			c.wait()
			c.wait()
		},
		reached: []string{"email anna 0s", "sms anna 4h0m0s", "call anna 4h3m0s"},
	},
	{
		name:   "free words to the pager get lost",
		people: []string{"anna"},
		suffer: func(c *climber) {
			c.do(escalation.Happened{Fact: effect.Replied{Person: "anna", Via: "sms", Reply: reply.Reply{Note: "on the plane until 5"}}})
		},
		reached: []string{"sms anna 0s"},
		told:    map[string][]notice.Kind{"lea": {notice.NoteForLead}, "anna": {notice.NotePassed}},
	},
	{
		name:   "whoever wants to talk has to find the number",
		people: []string{"anna", "bob"},
		suffer: func(c *climber) {
			c.reply("anna", reply.Connect)
		},
		reached: []string{"sms anna 0s"},
		told:    map[string][]notice.Kind{"anna": {notice.Taken, notice.Bridge}},
	},
	{
		name:   "those who own the plan never learn that a page reached nobody",
		people: nil,
		suffer: func(c *climber) {
			c.state = escalation.New(c.state.Page, nil)
			c.state.Page.Owners = []string{"olga"}
			c.reached, c.told = nil, nil
			c.do(escalation.Begin{})
			c.wait()
		},
		reached: []string{"sms lea 0s"},
		told:    map[string][]notice.Kind{"lea": {notice.NobodyAnswers}, "olga": {notice.NobodyAnswers}},
	},
	{
		name:   "whoever acknowledged goes on being called",
		people: []string{"anna", "bob"},
		suffer: func(c *climber) {
			c.reply("anna", reply.Take)
			c.now = c.now.Add(time.Hour)
			c.do(escalation.Happened{Fact: effect.Tick{}})
			c.fails("anna", "sms", delivery.Temporary)
		},
		reached: []string{"sms anna 0s"},
		told:    map[string][]notice.Kind{"anna": {notice.Taken}},
	},
	{
		name:   "an old acknowledgement wakes a page that is long over",
		people: []string{"anna", "bob"},
		suffer: func(c *climber) {
			c.do(escalation.StandDown{})
			c.now = c.now.Add(120 * 24 * time.Hour)
			c.reply("anna", reply.Take)
			c.reply("anna", reply.Pass)
			c.do(escalation.Happened{Fact: effect.Tick{}})
		},
		reached: []string{"sms anna 0s"},
		told:    map[string][]notice.Kind{"anna": {notice.StandDown, notice.Unneeded, notice.Unneeded}},
	},
	{
		name:   "after an outage every overdue step goes out in one burst",
		people: []string{"anna", "bob", "cid"},
		suffer: func(c *climber) {
			c.now = t0.Add(13 * minute) // steps 1 to 3 are over, step 4 would end at 15 minutes
			c.do(escalation.Happened{Fact: effect.Tick{}})
			c.do(escalation.Happened{Fact: effect.Tick{}})
		},
		reached: []string{"sms anna 0s", "sms bob 13m0s"},
	},
	{
		name:   "after an outage in the last rule the missed rounds go out in one burst",
		people: []string{"anna"},
		suffer: func(c *climber) {
			c.times(4, c.wait)
			c.now = c.now.Add(24 * time.Hour)
			c.times(3, func() { c.do(escalation.Happened{Fact: effect.Tick{}}) })
		},
		reached: []string{"sms anna 0s", "call anna 3m0s", "call anna 6m0s", "sms lea 9m0s", "call anna 12m0s", "call anna 24h12m0s"},
		told:    map[string][]notice.Kind{"lea": {notice.NobodyAnswers}},
	},
	{
		name:   "saying no changes nothing until the step is over",
		people: []string{"anna", "bob"},
		suffer: func(c *climber) {
			c.now = t0.Add(20 * time.Second)
			c.reply("anna", reply.Pass)
		},
		reached: []string{"sms anna 0s", "sms bob 20s", "call bob 20s"},
		told:    map[string][]notice.Kind{"anna": {notice.PassedOn}},
	},
	{
		name:   "whoever said no is called because the text had failed",
		policy: &plan.Policy{Edition: plan.Edition, Steps: []plan.Step{all}, Last: ladder.Last},
		people: []string{"anna", "bob"},
		suffer: func(c *climber) {
			c.reply("anna", reply.Pass)
			c.fails("anna", "sms", delivery.Temporary)
			c.fails("bob", "sms", delivery.Temporary)
		},
		reached: []string{"sms anna 0s", "sms bob 0s", "call bob 0s"},
		told:    map[string][]notice.Kind{"anna": {notice.PassedOn}},
	},
	{
		name:   "whoever said no, is woken again and says no again hears nothing",
		people: []string{"anna"},
		suffer: func(c *climber) {
			c.reply("anna", reply.Pass)
			c.times(1, c.wait)
			c.reply("anna", reply.Pass)
			c.wait()
			c.do(escalation.StandDown{FalseAlarm: true})
		},
		reached: []string{"sms anna 0s", "sms lea 0s", "call anna 3m0s", "call anna 8m0s"},
		told:    map[string][]notice.Kind{"anna": {notice.PassedOn, notice.PassedOn, notice.FalseAlarm}, "lea": {notice.NobodyAnswers, notice.FalseAlarm}},
	},
	{
		name:   "when it is over, people who were reached are not told, or others are",
		people: []string{"anna", "bob", "cid"},
		suffer: func(c *climber) {
			c.times(3, c.wait)
			c.do(escalation.StandDown{})
			c.do(escalation.StandDown{})
		},
		reached: []string{"sms anna 0s", "call anna 3m0s", "call anna 6m0s", "sms bob 9m0s", "call bob 9m0s"},
		told:    map[string][]notice.Kind{"anna": {notice.StandDown}, "bob": {notice.StandDown}},
	},
}

func TestDecide_whatUsersSuffer(t *testing.T) {
	t.Parallel()
	for _, x := range complaints {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			policy := ladder
			if x.policy != nil {
				policy = *x.policy
			}
			c := climb(t, policy, x.people...)
			x.suffer(c)
			require.Equal(t, x.reached, c.reached)
			told := map[string][]notice.Kind{}
			for _, tell := range c.told {
				told[tell.Person] = append(told[tell.Person], tell.Notice.Kind)
			}
			if x.told == nil {
				x.told = map[string][]notice.Kind{}
			}
			require.Equal(t, x.told, told)
		})
	}
}

// Pressing a button answers with the truth: who has the role, since when.
func TestAccept_bothAtOnce_theSecondIsRefusedWithTheName(t *testing.T) {
	t.Parallel()
	c := begin(t, "anna", "bob")
	c.do(escalation.Accept{Actor: actor.Actor{Person: "bob", Via: actor.Web}})
	before := c.state
	_, effects, err := escalation.Decide(c.state, escalation.Accept{Actor: actor.Actor{Person: "anna", Via: actor.Web}}, c.now)
	var refused *refusal.Error
	require.ErrorAs(t, err, &refused)
	require.Equal(t, refusal.RoleTaken, refused.Code)
	require.ErrorContains(t, err, "bob took legal_officer")
	require.Empty(t, effects)
	require.Equal(t, before, c.state)
}

// A page that began under the first edition of the rules keeps them, or its history would
// not replay: there the next backup is the next place in the list.
func TestDecide_firstEdition_keepsItsRules(t *testing.T) {
	t.Parallel()
	c := begin(t, "anna", "bob", "cid", "dora")
	c.state.Page.Policy.Edition = 0
	c.times(3, c.wait)
	c.candidates = []string{"anna", "cid", "dora"}
	c.wait()
	require.Equal(t, "sms dora 12m0s", c.reached[len(c.reached)-1])
}
