package pump_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/api/pump"
	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/record"
	"github.com/stormbell/stormbell/workflows/client"
	"github.com/stormbell/stormbell/workflows/contract"
)

func contact(person int, channel plan.Channel) record.Contact {
	return record.Contact{Person: folk[person], Channel: channel, Address: phone(person)}
}

// tested begins a test of a person's phone and sends the question.
func (s *site) tested(id string, c record.Contact) {
	s.t.Helper()
	_, err := s.OpenTest(s.t.Context(), id, c, false, s.now().Add(-time.Minute))
	require.NoError(s.t, err)
	n := contract.TestDelivery(id, contract.TestAsks)
	_, _, err = s.Begin(s.t.Context(), record.Delivery{N: n, Workflow: id, Step: contract.TestAsks, Person: c.Person, Channel: string(c.Channel)}, false)
	require.NoError(s.t, err)
}

func (s *site) confirmedAt(c record.Contact) time.Time {
	s.t.Helper()
	all, err := s.Contacts(s.t.Context())
	require.NoError(s.t, err)
	return all.Confirmed(c)
}

// A text answers a test only when it can answer nothing else, and proves in any case that the
// phone works.
func TestRun_textWithATestOpen_goesToThePageFirst(t *testing.T) {
	t.Parallel()
	const business = "business:2026-1"
	ask := func(s *site, workflow, kind string) {
		s.asks(workflow, 1, record.Ask{ID: "anna", Person: "anna", Role: "legal", Kind: kind})
	}
	paged := func(s *site) { ask(s, page, effect.AskPage) }
	over := func(s *site) { s.pass(time.Minute); s.asks(page, 2); s.pass(time.Minute) }
	test := func(s *site) { s.tested("test:a", contact(0, plan.SMS)); s.pass(time.Minute) }
	const thanks, quietly = "confirmed test:a quietly=false", "confirmed test:a quietly=true"
	toPage, toTask := "replied "+page+": SM1 anna sms as legal to anna: ", "replied "+business+": SM1 anna sms as legal to anna: "
	for name, c := range map[string]struct {
		given []func(*site)
		body  string
		want  []string
	}{
		"only a test":                            {[]func(*site){test}, "1", []string{thanks}},
		"words prove it as well":                 {[]func(*site){test}, "who is this?", []string{thanks}},
		"yes, which is the carrier's word":       {[]func(*site){test}, "YES", []string{thanks}},
		"stop confirms nothing":                  {[]func(*site){test}, "STOP", nil},
		"a page is open":                         {[]func(*site){paged, test}, "1", []string{quietly, toPage + `{"action":"take"}`}},
		"a page came after the test":             {[]func(*site){test, paged}, "1", []string{quietly, toPage + `{"action":"take"}`}},
		"a pass is the page's":                   {[]func(*site){test, paged}, "2", []string{quietly, toPage + `{"action":"pass"}`}},
		"a letter is the page's":                 {[]func(*site){test, paged}, "1a", []string{quietly, toPage + `{"action":"take","letter":"A"}`}},
		"minutes are the page's":                 {[]func(*site){test, paged}, "1 20", []string{quietly, toPage + `{"action":"take","minutes":20}`}},
		"a late answer to a page":                {[]func(*site){test, paged, over}, "1", []string{quietly, toPage + `{"action":"take"}`}},
		"a page that was over before":            {[]func(*site){paged, over, test}, "1", []string{thanks}},
		"a late letter of before":                {[]func(*site){paged, over, test}, "1a", []string{quietly, toPage + `{"action":"take","letter":"A"}`}},
		"a task takes no 1":                      {[]func(*site){func(s *site) { ask(s, business, effect.AskTask) }, test}, "1", []string{thanks}},
		"a task takes a 4":                       {[]func(*site){func(s *site) { ask(s, business, effect.AskTask) }, test}, "4", []string{quietly, toTask + `{"action":"done"}`}},
		"no test at all":                         {[]func(*site){paged}, "1", []string{toPage + `{"action":"take"}`}},
		"a test of the day before":               {[]func(*site){test, func(s *site) { s.pass(24 * time.Hour) }}, "1", nil},
		"a test of another number of hers":       {[]func(*site){func(s *site) { s.tested("test:a", record.Contact{Person: "anna", Channel: plan.SMS, Address: "+4931"}) }}, "1", nil},
		"a test of somebody else":                {[]func(*site){func(s *site) { s.tested("test:a", contact(1, plan.SMS)) }}, "1", nil},
		"her call is tested, and she is texting": {[]func(*site){func(s *site) { s.tested("test:a", contact(0, plan.Call)) }}, "1", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			s.incident()
			for _, given := range c.given {
				given(s)
			}
			s.accept(text("SM1", 0, c.body))
			s.pump("a")
			s.drained()
			if len(c.want) == 0 {
				require.Empty(t, s.lines("confirmed"))
			} else {
				require.Equal(t, c.want, s.lines(""))
			}
			require.Equal(t, c.body != "STOP", !s.confirmedAt(contact(0, plan.SMS)).IsZero(), "any text from a phone proves it")
			require.Zero(t, s.confirmedAt(contact(0, plan.Call)))
		})
	}
}

// What is tried again because the engine was away comes to the same end.
func TestRun_answerToATest_engineGone_isNotLost(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.tested("test:a", contact(0, plan.SMS))
	s.breaks(down)
	s.accept(text("SM1", 0, "1"))
	s.pump("a")
	s.until("it was tried", func() bool { return s.tries() == 1 })
	s.breaks(nil)
	s.pass(later)
	s.drained()
	require.Equal(t, []string{"confirmed test:a quietly=false"}, s.lines(""))
	require.Equal(t, delivery.Answered, s.stateOf(contract.TestDelivery("test:a", contract.TestAsks)))
	test, found, err := s.TestOf(t.Context(), contact(0, plan.SMS), time.Time{})
	require.NoError(t, err)
	require.True(t, found)
	require.Equal(t, s.now(), test.ConfirmedAt)

	s.accept(text("SM2", 0, "1"))
	s.drained()
	require.Len(t, s.lines(""), 1, "once more is no news, and no answer to anything else")
}

func TestRun_keys_confirmThePhoneThatWasCalled(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.incident()
	s.asks(page, 1, record.Ask{ID: "anna", Person: "anna", Role: "legal", Kind: effect.AskPage})
	press := func(key, n string, to int) {
		s.accept(item(record.ItemKey, key, pump.Keys{N: n, To: phone(to), Role: "legal", Digits: "1"}))
		s.drained()
	}
	s.pump("a")
	s.sent("n1", page, "anna", plan.Call)
	press("CA1", "n1", 3)
	require.Zero(t, s.confirmedAt(contact(0, plan.Call)), "not by a number that is hers no more")
	s.tested("test:c", contact(0, plan.Call))
	press("CA2", "n1", 0)
	require.Equal(t, s.now(), s.confirmedAt(contact(0, plan.Call)))
	require.Zero(t, s.confirmedAt(contact(0, plan.SMS)))
	taken := func(id string) string {
		return "replied " + page + ": " + id + ` anna call as legal to : {"action":"take"}`
	}
	require.Equal(t, []string{taken("CA1"), "confirmed test:c quietly=true", taken("CA2")}, s.lines(""), "a page's call proves it too")

	s.tested("test:d", contact(1, plan.Call))
	press("CA3", contract.TestDelivery("test:d", contract.TestAsks), 1)
	require.Equal(t, "confirmed test:d quietly=false", s.lines("")[3])
	require.Len(t, s.lines(""), 4, "a test's own call answers nothing else")
	require.Equal(t, s.now(), s.confirmedAt(contact(1, plan.Call)))
}

// "A phone shared by two people": a text from it proves it for both.
func TestRun_sharedPhone_isConfirmedForBoth(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.breaks(func(line string) error {
		if line == "confirmed test:ben quietly=false" { // its day is over
			return client.ErrNotRunning
		}
		return nil
	})
	const shared = "+4930" // everybody's but Anna's
	for _, person := range folk[1:3] {
		s.tested("test:"+person, record.Contact{Person: person, Channel: plan.SMS, Address: shared})
	}
	s.accept(item(record.ItemReply, "SM1", pump.Text{From: shared, Body: "1"}))
	s.pump("a")
	s.drained()
	require.Equal(t, []string{"confirmed test:carla quietly=false"}, s.lines(""))
	for _, person := range folk[1:] {
		require.NotZero(t, s.confirmedAt(record.Contact{Person: person, Channel: plan.SMS, Address: shared}), person)
	}
}
