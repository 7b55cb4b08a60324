package activities_test

import (
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"

	"github.com/stormbell/stormbell/activities"
	"github.com/stormbell/stormbell/activities/provider"
	"github.com/stormbell/stormbell/activities/slack"
	"github.com/stormbell/stormbell/activities/webhook"
	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/lab"
	"github.com/stormbell/stormbell/internal/record"
	"github.com/stormbell/stormbell/workflows/contract"
)

// outlets is a site whose lab also has the chat and the webhooks, and whose record has a clock
// that can be put forward.
type outlets struct {
	*site
	ahead atomic.Int64
	chat  activities.Chat
}

func newOutlets(t *testing.T) *outlets {
	t.Helper()
	o := &outlets{site: newSite(t)}
	var err error
	o.record, err = record.Open(t.Context(), record.Config{
		URL: "sqlite:" + filepath.Join(t.TempDir(), "record.db"),
		Now: func() time.Time { return time.Now().Add(time.Duration(o.ahead.Load())) },
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, o.record.Close()) })
	o.incident, o.year = o.open("outlets")
	o.plan.Channels.Chat.Token, o.plan.Channels.Chat.Endpoint = lab.DefaultSlackToken, o.server.URL
	for i, h := range o.plan.Hooks {
		o.plan.Hooks[i].URL, o.plan.Hooks[i].Secret, o.plan.Hooks[i].Private = plan.Secret(o.server.URL+lab.HookPath+h.Name), lab.DefaultHookSecret, true
	}
	o.chat, err = slack.New(slack.Config{Token: lab.DefaultSlackToken, Endpoint: o.server.URL, Timeout: time.Second})
	require.NoError(t, err)
	o.use(func(c *activities.Config) {
		c.Record, c.Chat, c.Webhooks = o.record, o.chat, webhook.New(webhook.Config{Timeout: time.Second})
	})
	return o
}

// said is a release for colleagues, in the chat.
func (o *outlets) said(phase plan.Phase, release int) contract.OutletInput {
	in := o.release().DistributionInput
	in.Phase, in.Release, in.Edition = phase, release, 3
	in.Texts = []effect.Text{
		{Language: "en", Subject: "Payments: " + string(phase), Body: "We <!channel> work on it. Next: {next update}. {spokesperson}"},
		{Language: "de", Subject: "Zahlungen", Body: "Wir arbeiten daran."},
	}
	return contract.OutletInput{DistributionInput: in, Outlet: contract.ChatOutlet, At: time.Now()}
}

// hooked is a release for customers, for a webhook.
func (o *outlets) hooked(phase plan.Phase, release int) contract.OutletInput {
	in := o.said(phase, release)
	in.Audience, in.Spokesperson, in.Outlet = "customers", "ben", contract.HookPrefix+"statuspage"
	return in
}

// pause is how soon Temporal would come again.
func pause(t *testing.T, err error) time.Duration {
	t.Helper()
	var app *temporal.ApplicationError
	require.ErrorAs(t, err, &app)
	require.False(t, app.NonRetryable())
	return app.NextRetryDelay()
}

func TestFindOutlets_planDecides(t *testing.T) {
	t.Parallel()
	o := newOutlets(t)
	find := func(audience string, drill bool) []string {
		a, _ := o.plan.Audience(audience)
		return must[[]string](o.site, contract.FindOutlets, contract.DistributionInput{Audience: audience, Send: a.Send, Drill: drill})
	}
	require.Equal(t, []string{"chat"}, find("internal", false))
	require.Equal(t, []string{"webhook:statuspage"}, find("customers", false))
	require.Empty(t, find("strategic", false))
	require.Equal(t, []string{"chat"}, find("internal", true), "the lab plays along in a drill")

	o.plan.Channels.Chat.Lab, o.plan.Hooks[0].Lab = false, false
	require.Empty(t, find("internal", true), "real people are not to be fooled")
	require.Empty(t, find("customers", true))
	drill := o.said(plan.Investigation, 1)
	drill.Drill = true
	require.Empty(t, must[contract.OutletResult](o.site, contract.PostChat, drill))
	drill = o.hooked(plan.Investigation, 1)
	drill.Drill = true
	require.Empty(t, must[contract.OutletResult](o.site, contract.PostHook, drill))
	require.Empty(t, o.lab.Log())
}

func TestPostChat_releases_oneMessageAndItsThread(t *testing.T) {
	t.Parallel()
	o := newOutlets(t)
	refresh := contract.OutletInput{DistributionInput: contract.DistributionInput{Year: o.year, Incident: o.incident}, Outlet: contract.ChatOutlet, At: time.Now()}
	must[contract.OutletResult](o.site, contract.PostChat, refresh)
	require.Empty(t, o.lab.Posts(), "nothing was released yet")

	first := o.said(plan.Investigation, 1)
	for range 3 { // Temporal may repeat it
		require.Equal(t, delivery.Accepted, must[contract.OutletResult](o.site, contract.PostChat, first).Outcome.State)
	}
	posts := o.lab.Posts()
	require.Len(t, posts, 2)
	require.Equal(t, "*Payments: investigation*", posts[0].Blocks[0])
	require.Contains(t, strings.Join(posts[0].Blocks, "\n"), "looking for the cause\nNext update by")
	require.Equal(t, posts[0].TS, posts[1].Thread)
	require.Regexp(t, `We &lt;!channel&gt; work on it\. Next: \d\d:\d\d\. ACME`, posts[1].Blocks[1])

	o.move(o.incident, plan.Identification, 2)
	must[contract.OutletResult](o.site, contract.PostChat, refresh)
	require.Contains(t, strings.Join(o.lab.Posts()[0].Blocks, "\n"), "cause found", "a change of the phase shows at once")
	must[contract.OutletResult](o.site, contract.PostChat, o.said(plan.Identification, 1))
	posts = o.lab.Posts()
	require.Len(t, posts, 3)
	require.Equal(t, "*Payments: identification*", posts[0].Blocks[0])
	require.Equal(t, posts[0].TS, posts[2].Thread)

	late := first
	late.Release = 9
	must[contract.OutletResult](o.site, contract.PostChat, late)
	require.Equal(t, "*Payments: identification*", o.lab.Posts()[0].Blocks[0], "what was said before does not come back")
	require.Len(t, o.lab.Posts(), 3, "nor is it said late")

	o.move(o.incident, plan.Resolution, 3)
	must[contract.OutletResult](o.site, contract.PostChat, refresh)
	blocks := strings.Join(o.lab.Posts()[0].Blocks, "\n")
	require.Contains(t, blocks, "no further update is due")
	require.NotContains(t, blocks, "Next update")

	drill := o.said(plan.Resolution, 2)
	drill.Drill = true
	must[contract.OutletResult](o.site, contract.PostChat, drill)
	require.Contains(t, o.lab.Posts()[0].Text, "DRILL")
}

// dying is a chat at which the worker dies right after Slack took a message.
type dying struct {
	activities.Chat
	die *atomic.Bool
}

func (d dying) Post(ctx context.Context, m slack.Message) (provider.Result, error) {
	result, err := d.Chat.Post(ctx, m)
	if d.die.Swap(false) {
		panic("killed")
	}
	return result, err
}

func TestPostChat_killedBetweenCallAndRecord_postsOnce(t *testing.T) {
	t.Parallel()
	o := newOutlets(t)
	var die atomic.Bool
	o.use(func(c *activities.Config) { c.Chat = dying{o.chat, &die} })
	in := o.said(plan.Investigation, 1)
	for kills := range 2 { // first at the message itself, then at the update in its thread
		die.Store(true)
		_, err := try[contract.OutletResult](o.site, contract.PostChat, in)
		require.ErrorContains(t, err, "killed")
		require.Len(t, o.lab.Posts(), kills+1)
		_, err = try[contract.OutletResult](o.site, contract.PostChat, in)
		require.Equal(t, 2*time.Second, pause(t, err), "whoever died may still be at it")
		o.ahead.Add(int64(2 * time.Minute))
	}
	require.Equal(t, delivery.Accepted, must[contract.OutletResult](o.site, contract.PostChat, in).Outcome.State)
	posts := o.lab.Posts()
	require.Len(t, posts, 2)
	require.Equal(t, posts[0].TS, posts[1].Thread)
}

func TestPostChat_faults_comeAgainWithoutDoubles(t *testing.T) {
	t.Parallel()
	for fault, posted := range map[lab.Fault]int{
		lab.FaultThrottled: 0, lab.FaultUnavailable: 0, lab.FaultBroken: 0,
		lab.FaultResetAfterAccept: 1, lab.FaultErrorAfterAccept: 1, lab.FaultTimeout: 1,
	} {
		t.Run(string(fault), func(t *testing.T) {
			t.Parallel()
			o := newOutlets(t)
			o.fault(fault)
			in := o.said(plan.Investigation, 1)
			_, err := try[contract.OutletResult](o.site, contract.PostChat, in)
			wait := pause(t, err)
			if fault == lab.FaultThrottled {
				require.Equal(t, time.Second, wait)
			}
			require.Len(t, o.lab.Posts(), posted)
			o.fault(lab.FaultNone)
			require.Equal(t, delivery.Accepted, must[contract.OutletResult](o.site, contract.PostChat, in).Outcome.State)
			require.Len(t, o.lab.Posts(), 2)
		})
	}
	o := newOutlets(t)
	o.fault(lab.FaultUnauthorized)
	result := must[contract.OutletResult](o.site, contract.PostChat, o.said(plan.Investigation, 1))
	require.Equal(t, delivery.TellOperator, delivery.Next(result.Outcome), "nobody can wait for that")
	o.fault(lab.FaultNone)
	must[contract.OutletResult](o.site, contract.PostChat, o.said(plan.Investigation, 2))
	require.Len(t, o.lab.Posts(), 2, "somebody mended the account")
}

func TestPostHook_release_isToldOnceAndSigned(t *testing.T) {
	t.Parallel()
	o := newOutlets(t)
	in := o.hooked(plan.Investigation, 1)
	for range 3 {
		require.Equal(t, delivery.Delivered, must[contract.OutletResult](o.site, contract.PostHook, in).Outcome.State)
	}
	told := o.lab.Hooked()
	require.Len(t, told, 1)
	require.Equal(t, 1, told[0].Times)
	require.Equal(t, "application/json", told[0].Media)
	var page struct {
		Incident struct {
			Name, Status, Body string
			IncidentUpdates    []struct{ ID string } `json:"incident_updates"`
		}
	}
	require.NoError(t, json.Unmarshal(told[0].Body, &page))
	require.Equal(t, "Payments: investigation", page.Incident.Name)
	require.Equal(t, "investigating", page.Incident.Status)
	require.Regexp(t, `Next: \d\d:\d\d\. ACME$`, page.Incident.Body, "the company speaks, not a person")
	require.Equal(t, told[0].ID, page.Incident.IncidentUpdates[0].ID)
}

func TestPostHook_cloudEvent_hasTheReleasedWordsAlone(t *testing.T) {
	t.Parallel()
	o := newOutlets(t)
	o.plan.Hooks[0].Format = plan.FormatCloudEvents
	in := o.hooked(plan.Identification, 2)
	in.Title = "title of an alert"
	must[contract.OutletResult](o.site, contract.PostHook, in)
	told := o.lab.Hooked()[0]
	require.Equal(t, "application/cloudevents+json", told.Media)
	for _, p := range o.plan.People {
		require.NotContains(t, string(told.Body), p.Name)
	}
	require.NotContains(t, string(told.Body), in.Title)
	var event map[string]any
	require.NoError(t, json.Unmarshal(told.Body, &event))
	require.Equal(t, "1.0", event["specversion"])
	require.Equal(t, told.ID, event["id"])
	require.Equal(t, "com.stormbell.message.released.v1", event["type"])
	require.Equal(t, "incidents/1", event["subject"])
	data := event["data"].(map[string]any)
	require.Equal(t, "customers", data["audience"])
	require.Equal(t, "identification", data["phase"])
	require.Len(t, data["texts"], 2)
	require.NotEmpty(t, data["next_update"])
}

func TestPostHook_faults_comeAgainUnderTheSameID(t *testing.T) {
	t.Parallel()
	for fault, times := range map[lab.Fault]int{
		lab.FaultThrottled: 1, lab.FaultUnauthorized: 1, lab.FaultBroken: 1, lab.FaultUnavailable: 1,
		lab.FaultResetAfterAccept: 2, lab.FaultErrorAfterAccept: 2,
	} {
		t.Run(string(fault), func(t *testing.T) {
			t.Parallel()
			o := newOutlets(t)
			o.fault(fault)
			in := o.hooked(plan.Investigation, 1)
			_, err := try[contract.OutletResult](o.site, contract.PostHook, in)
			pause(t, err)
			o.fault(lab.FaultNone)
			require.Equal(t, delivery.Delivered, must[contract.OutletResult](o.site, contract.PostHook, in).Outcome.State)
			require.Len(t, o.lab.Hooked(), 1, "the same event, however often it came")
			require.Equal(t, times, o.lab.Hooked()[0].Times)
		})
	}
}

// A receiver that was away hears the newest release, and the one before it never afterwards.
func TestPostHook_newerRelease_silencesTheOlder(t *testing.T) {
	t.Parallel()
	o := newOutlets(t)
	old := o.hooked(plan.Investigation, 1)
	o.fault(lab.FaultUnavailable)
	_, err := try[contract.OutletResult](o.site, contract.PostHook, old)
	require.Error(t, err)
	o.fault(lab.FaultNone)
	newer := o.hooked(plan.Identification, 1)
	newer.At = old.At.Add(time.Minute)
	require.Equal(t, delivery.Delivered, must[contract.OutletResult](o.site, contract.PostHook, newer).Outcome.State)
	result := must[contract.OutletResult](o.site, contract.PostHook, old)
	require.Equal(t, delivery.Outcome{State: delivery.Failed, Class: delivery.RateLimited, Code: "superseded"}, result.Outcome)
	require.Len(t, o.lab.Hooked(), 1)

	// Somebody may still want it told.
	first := delivery.ID(contract.OutletID(old.Year, old.Incident, old.Phase, old.Audience, old.Release, old.Outlet))
	again := contract.OutletInput{DistributionInput: contract.DistributionInput{Incident: o.incident}, Outlet: old.Outlet, Event: first, Once: "k1"}
	for range 2 {
		require.Equal(t, delivery.Delivered, must[contract.OutletResult](o.site, contract.PostHook, again).Outcome.State)
	}
	require.Len(t, o.lab.Hooked(), 2)
	require.Equal(t, first, o.lab.Hooked()[1].ID, "the receiver knows it by its own id")
	all, err := o.record.HookDeliveries(t.Context(), "statuspage", 10)
	require.NoError(t, err)
	require.Len(t, all, 3)
}

func TestPostHook_privateOrMissing_isRefusedForGood(t *testing.T) {
	t.Parallel()
	o := newOutlets(t)
	o.plan.Hooks[0].Private = false
	o.plan.Hooks[0].URL = "https://169.254.169.254/latest/meta-data"
	result := must[contract.OutletResult](o.site, contract.PostHook, o.hooked(plan.Investigation, 1))
	require.Equal(t, delivery.Outcome{State: delivery.Failed, Class: delivery.Permanent, Code: webhook.CodePrivate}, result.Outcome)
	gone := o.hooked(plan.Investigation, 2)
	gone.Outlet = contract.HookPrefix + "nobody"
	require.Equal(t, "not_in_plan", must[contract.OutletResult](o.site, contract.PostHook, gone).Outcome.Code)
}

func TestPostHook_ledgerAway_comesAgain(t *testing.T) {
	t.Parallel()
	o := newOutlets(t)
	require.NoError(t, o.record.Close())
	_, err := try[contract.OutletResult](o.site, contract.PostHook, o.hooked(plan.Investigation, 1))
	require.Error(t, err)
	require.Empty(t, o.lab.Hooked(), "nothing leaves without its row")
	require.NotErrorIs(t, err, errors.ErrUnsupported)
}
