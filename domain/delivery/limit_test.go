package delivery

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/notice"
	"github.com/stormbell/stormbell/domain/plan"
)

var night = time.Date(2026, 11, 5, 3, 0, 0, 0, time.UTC)

// past is a person's last hours.
type past []Sent

// sent adds n sends so many minutes ago.
func (p past) sent(n int, c plan.Channel, u notice.Urgency, minutesAgo int) past {
	p = slices.Clip(p) // several may go on from one past
	for range n {
		p = append(p, Sent{Page: "another", Channel: c, Urgency: u, At: night.Add(-time.Duration(minutesAgo) * time.Minute), Outcome: Outcome{State: Accepted}})
	}
	return p
}

// so gives the last send another outcome and page.
func (p past) so(page string, o Outcome) past {
	p[len(p)-1].Page, p[len(p)-1].Outcome = page, o
	return p
}

func TestLimit_pages_spreadButAlwaysGo(t *testing.T) {
	t.Parallel()
	phone := []plan.Channel{plan.SMS, plan.Call, plan.Email}
	for name, c := range map[string]struct {
		channel plan.Channel
		others  []plan.Channel
		past    past
		want    Verdict
	}{
		"nothing before":             {plan.SMS, phone, nil, Go},
		"the fifth text":             {plan.SMS, phone, past{}.sent(4, plan.SMS, notice.Urgent, 1), Go},
		"the sixth text":             {plan.SMS, phone, past{}.sent(5, plan.SMS, notice.Urgent, 1), Elsewhere},
		"texts of any kind count":    {plan.SMS, phone, past{}.sent(2, plan.SMS, notice.Answer, 1).sent(3, plan.SMS, notice.Courtesy, 14), Elsewhere},
		"a quarter of an hour later": {plan.SMS, phone, past{}.sent(5, plan.SMS, notice.Urgent, 15), Go},
		"the twelfth in an hour":     {plan.SMS, phone, past{}.sent(11, plan.SMS, notice.Urgent, 59), Elsewhere},
		"the 22nd in three hours":    {plan.SMS, phone, past{}.sent(21, plan.SMS, notice.Urgent, 179), Elsewhere},
		"three hours later":          {plan.SMS, phone, past{}.sent(21, plan.SMS, notice.Urgent, 180), Go},
		"the fourth call":            {plan.Call, phone, past{}.sent(3, plan.Call, notice.Urgent, 1), Elsewhere},
		"the eighth in an hour":      {plan.Call, phone, past{}.sent(7, plan.Call, notice.Urgent, 59), Elsewhere},
		"the 16th in three hours":    {plan.Call, phone, past{}.sent(15, plan.Call, notice.Urgent, 179), Elsewhere},
		"both are used up":           {plan.SMS, phone, past{}.sent(5, plan.SMS, notice.Urgent, 1).sent(3, plan.Call, notice.Urgent, 1), Go},
		"both, by phone":             {plan.Call, phone, past{}.sent(5, plan.SMS, notice.Urgent, 1).sent(3, plan.Call, notice.Urgent, 1), Go},
		"mail alone wakes nobody":    {plan.SMS, []plan.Channel{plan.Email}, past{}.sent(9, plan.SMS, notice.Urgent, 1), Go},
		"a phone that takes no text": {plan.Call, []plan.Channel{plan.Email}, past{}.sent(9, plan.Call, notice.Urgent, 1), Go},
		"mail has no limit":          {plan.Email, phone, past{}.sent(99, plan.Email, notice.Urgent, 1), Go},
		"what never left us does not count": {plan.SMS, phone,
			past{}.sent(5, plan.SMS, notice.Urgent, 1).so("another", Outcome{State: Failed, Class: RateLimited}), Go},
		"what failed at the carrier does": {plan.SMS, phone,
			past{}.sent(5, plan.SMS, notice.Urgent, 1).so("another", Outcome{State: Failed, Class: Temporary, ProviderID: "SM1"}), Elsewhere},
		"the call of this very page has failed": {plan.SMS, phone,
			past{}.sent(5, plan.SMS, notice.Urgent, 1).sent(1, plan.Call, notice.Urgent, 0).so("this", Outcome{State: Failed, Class: NotProcessed}), Go},
		"a call is under way":                 {plan.SMS, phone, past{}.sent(5, plan.SMS, notice.Urgent, 1).sent(1, plan.Call, notice.Urgent, 2), Go},
		"a call whose end was never heard of": {plan.SMS, phone, past{}.sent(5, plan.SMS, notice.Urgent, 1).sent(1, plan.Call, notice.Urgent, 3), Elsewhere},
		"the call of another page has failed": {plan.SMS, phone,
			past{}.sent(5, plan.SMS, notice.Urgent, 1).sent(1, plan.Call, notice.Urgent, 0).so("another", Outcome{State: Failed, Class: NotReached}), Elsewhere},
	} {
		try := Try{Page: "this", Channel: c.channel, Urgency: notice.Urgent, At: night, Others: c.others, Minute: time.Minute}
		require.Equal(t, c.want, Limit(try, c.past), name)
	}
}

// Of many pages at the same moment one goes by the other way. Those behind it do not wait for
// that call to end, whether it is decided, placed or ringing by then.
func TestLimit_manyAtOnce_oneCallAndNobodyWaits(t *testing.T) {
	t.Parallel()
	elsewhere := Outcome{State: Failed, Class: RateLimited, Code: CodeElsewhere}
	attempting := Outcome{State: Attempting}
	five := past{}.sent(5, plan.SMS, notice.Urgent, 1)
	for name, c := range map[string]struct {
		past past
		want Verdict
	}{
		"the sixth, while five are being sent": {past{}.sent(4, plan.SMS, notice.Urgent, 0).sent(1, plan.SMS, notice.Urgent, 0).so("fifth", attempting), Elsewhere},
		"the seventh, while the sixth decides": {five.sent(1, plan.SMS, notice.Urgent, 0).so("sixth", attempting), Go},
		"while the sixth is on its way":        {five.sent(1, plan.SMS, notice.Urgent, 0).so("sixth", elsewhere), Go},
		"while it rings": {five.sent(1, plan.SMS, notice.Urgent, 0).so("sixth", elsewhere).
			sent(1, plan.Call, notice.Urgent, 0).so("sixth", attempting), Go},
		"when that call is over": {five.sent(1, plan.SMS, notice.Urgent, 1).so("sixth", elsewhere).
			sent(1, plan.Call, notice.Urgent, 1).so("sixth", Outcome{Failed, NotReached, "busy", "CA1"}), Elsewhere},
		"when that call was never made": {past{}.sent(5, plan.SMS, notice.Urgent, 3).sent(1, plan.SMS, notice.Urgent, 3).so("sixth", elsewhere), Elsewhere},
	} {
		try := Try{Page: "this", Channel: plan.SMS, Urgency: notice.Urgent, At: night, Others: []plan.Channel{plan.Call}, Minute: time.Minute}
		require.Equal(t, c.want, Limit(try, c.past), name)
	}
}

// Whatever somebody was sent before: a page goes out at once by this way or by the other one.
func TestLimit_page_isNeverSilent(t *testing.T) {
	t.Parallel()
	others := []plan.Channel{plan.SMS, plan.Call, plan.Email}
	for texts := range 25 {
		for calls := range 20 {
			p := past{}.sent(texts, plan.SMS, notice.Urgent, 1).sent(calls, plan.Call, notice.Urgent, 1)
			try := Try{Page: "this", Channel: plan.SMS, Urgency: notice.Urgent, At: night, Others: others, Minute: time.Minute}
			if Limit(try, p) == Elsewhere {
				p = p.sent(1, plan.SMS, notice.Urgent, 0).so("this", Outcome{State: Failed, Class: RateLimited, Code: CodeElsewhere})
				try.Channel = plan.Call
			}
			require.Equal(t, Go, Limit(try, p), "%d texts, %d calls", texts, calls)
		}
	}
}

func TestLimit_whatIsNoPage_isSparedTheOnePhone(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		channel plan.Channel
		urgency notice.Urgency
		past    past
		want    Verdict
	}{
		"work is never held back":            {plan.SMS, notice.Duty, past{}.sent(99, plan.SMS, notice.Duty, 1), Go},
		"the fifth answer":                   {plan.SMS, notice.Answer, past{}.sent(4, plan.SMS, notice.Answer, 1), Go},
		"the sixth answer goes by mail":      {plan.SMS, notice.Answer, past{}.sent(5, plan.SMS, notice.Answer, 1), Elsewhere},
		"and by mail it goes":                {plan.Email, notice.Answer, past{}.sent(99, plan.SMS, notice.Answer, 1), Go},
		"pages are no answers":               {plan.SMS, notice.Answer, past{}.sent(99, plan.SMS, notice.Urgent, 1), Go},
		"an update in three minutes":         {plan.SMS, notice.Update, past{}.sent(1, plan.SMS, notice.Update, 2), Elsewhere},
		"an update after three":              {plan.SMS, notice.Update, past{}.sent(1, plan.SMS, notice.Update, 3), Go},
		"the fourth in twenty":               {plan.SMS, notice.Update, past{}.sent(3, plan.SMS, notice.Update, 19), Elsewhere},
		"the ninth in two hours":             {plan.SMS, notice.Update, past{}.sent(8, plan.SMS, notice.Update, 119), Elsewhere},
		"an update by mail":                  {plan.Email, notice.Update, past{}.sent(9, plan.SMS, notice.Update, 1), Go},
		"the fifth courtesy of an hour":      {plan.SMS, notice.Courtesy, past{}.sent(4, plan.SMS, notice.Courtesy, 1), Go},
		"the sixth":                          {plan.SMS, notice.Courtesy, past{}.sent(5, plan.SMS, notice.Courtesy, 59), Enough},
		"nor does it bounce to mail":         {plan.Email, notice.Courtesy, past{}.sent(3, plan.SMS, notice.Courtesy, 9).sent(2, plan.Email, notice.Courtesy, 1), Enough},
		"an hour later":                      {plan.SMS, notice.Courtesy, past{}.sent(5, plan.SMS, notice.Courtesy, 60), Go},
		"what nobody has weighed":            {plan.SMS, "", past{}.sent(99, plan.SMS, "", 1), Go},
		"answers do not use up the courtesy": {plan.SMS, notice.Courtesy, past{}.sent(99, plan.SMS, notice.Answer, 1), Go},
	} {
		try := Try{Page: "this", Channel: c.channel, Urgency: c.urgency, At: night, Others: []plan.Channel{plan.SMS, plan.Call, plan.Email}, Minute: time.Minute}
		require.Equal(t, c.want, Limit(try, c.past), name)
	}
}

// In a plan that runs faster, so do the limits.
func TestLimit_fastPlan_countsItsOwnMinutes(t *testing.T) {
	t.Parallel()
	try := Try{Channel: plan.SMS, Urgency: notice.Urgent, At: night, Others: []plan.Channel{plan.Call}, Minute: time.Second}
	require.Equal(t, Go, Limit(try, past{}.sent(5, plan.SMS, notice.Urgent, 1)))
	try.Minute = time.Minute
	require.Equal(t, Elsewhere, Limit(try, past{}.sent(5, plan.SMS, notice.Urgent, 1)))
}
