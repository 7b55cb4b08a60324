package record

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const (
	annasMail  = "anna@acme.example"
	annasPhone = "+4917604069001"
)

func (b *book) subscribed(t *testing.T, incident int) (addresses []string) {
	t.Helper()
	all, err := b.Subscribers(t.Context(), incident)
	require.NoError(t, err)
	for _, s := range all {
		addresses = append(addresses, s.Address)
	}
	return addresses
}

// Who did not agree gets nothing, and who agreed late must ask again.
func TestSubscribe_countsOnceConfirmed(t *testing.T) {
	each(t, func(t *testing.T, b *book) {
		wish := Subscriber{Channel: "email", Address: annasMail, Language: "de", Service: "checkout"}
		s, send, err := b.Subscribe(t.Context(), wish)
		require.NoError(t, err)
		require.True(t, send)
		require.NotEmpty(t, s.ID)
		wish.ID = s.ID
		require.Equal(t, Subscription{Subscriber: wish, Token: s.Token, AskedAt: noon}, s)
		require.Empty(t, b.subscribed(t, 0))

		b.pass(ConfirmWithin)
		_, _, err = b.ConfirmSubscription(t.Context(), s.Token)
		require.ErrorIs(t, err, ErrExpired)
		again, send, err := b.Subscribe(t.Context(), wish)
		require.NoError(t, err)
		require.True(t, send)
		_, _, err = b.ConfirmSubscription(t.Context(), s.Token)
		require.ErrorIs(t, err, ErrNotFound, "the old wish is forgotten")

		for range 2 {
			confirmed, lifted, err := b.ConfirmSubscription(t.Context(), again.Token)
			require.NoError(t, err)
			require.Empty(t, lifted)
			require.Equal(t, b.clock(), confirmed.ConfirmedAt)
		}
		all, err := b.Subscribers(t.Context(), 7)
		require.NoError(t, err)
		wish.ID = again.ID
		require.Equal(t, []Subscriber{wish}, all)
		b.pass(2 * ConfirmWithin)
		_, _, err = b.ConfirmSubscription(t.Context(), again.Token)
		require.NoError(t, err, "a second click, days later")
		require.NoError(t, b.EndSubscription(t.Context(), again.ID))
		require.Empty(t, b.subscribed(t, 7))
		require.ErrorIs(t, b.EndSubscription(t.Context(), again.ID), ErrNotFound)
	})
}

// Whatever is asked for, and however often, a mailbox gets three questions a day.
func TestSubscribe_asksAnAddressOnlySoOften(t *testing.T) {
	each(t, func(t *testing.T, b *book) {
		sent := 0
		for i := range 100 {
			address := annasMail
			if i%2 == 0 {
				address = "Anna@ACME.example"
			}
			s, send, err := b.Subscribe(t.Context(), Subscriber{Channel: "email", Address: address, Language: "de", Service: fmt.Sprint("service ", i)})
			require.NoError(t, err)
			require.Equal(t, send, s.Token != "", "what is not asked is not kept")
			if send {
				sent++
			}
			b.pass(3 * time.Minute)
		}
		require.Equal(t, mostAsked, sent)
		_, send, err := b.Subscribe(t.Context(), Subscriber{Channel: "email", Address: "ben@acme.example"})
		require.NoError(t, err)
		require.True(t, send, "others are asked")
		b.pass(ConfirmWithin)
		_, send, err = b.Subscribe(t.Context(), Subscriber{Channel: "email", Address: annasMail})
		require.NoError(t, err)
		require.True(t, send, "tomorrow again")
	})
}

// Asking in somebody's name changes nothing of what they have.
func TestSubscribe_byAStranger_changesNothingConfirmed(t *testing.T) {
	each(t, func(t *testing.T, b *book) {
		mine := Subscriber{Channel: "email", Address: annasMail, Language: "de", Person: "anna"}
		_, err := b.Join(t.Context(), mine)
		require.NoError(t, err)
		b.pass(time.Hour)
		_, _, err = b.Subscribe(t.Context(), Subscriber{Channel: "email", Address: annasMail, Language: "en"})
		require.NoError(t, err)
		all, err := b.Subscribers(t.Context(), 0)
		require.NoError(t, err)
		mine.ID = all[0].ID
		require.Equal(t, []Subscriber{mine}, all)
	})
}

func TestSubscribers_ofAnIncident(t *testing.T) {
	each(t, func(t *testing.T, b *book) {
		for _, s := range []Subscriber{
			{Channel: "email", Address: "all@acme.example"},
			{Channel: "sms", Address: annasPhone, Incident: 7},
			{Channel: "chat", Address: "C024BE91L", Incident: 8},
		} {
			_, err := b.Join(t.Context(), s)
			require.NoError(t, err)
			b.pass(time.Second)
		}
		require.Equal(t, []string{"all@acme.example"}, b.subscribed(t, 0))
		require.Equal(t, []string{"all@acme.example", annasPhone}, b.subscribed(t, 7))
		require.Equal(t, []string{"all@acme.example", "C024BE91L"}, b.subscribed(t, 8))
		n, err := b.CountSubscribers(t.Context())
		require.NoError(t, err)
		require.Equal(t, map[string]int{"email": 1, "sms": 1, "chat": 1}, n)
	})
}

func TestSuppressed_namesTheGravestReason(t *testing.T) {
	each(t, func(t *testing.T, b *book) {
		_, err := b.Join(t.Context(), Subscriber{Channel: "email", Address: annasMail})
		require.NoError(t, err)
		why := func(incident int) string {
			t.Helper()
			all, err := b.Suppressed(t.Context(), incident, "email", []string{"ANNA@acme.example", "ben@acme.example"})
			require.NoError(t, err)
			require.NotContains(t, all, "ben@acme.example")
			require.Equal(t, all["ANNA@acme.example"] == "", len(b.subscribed(t, incident)) == 1)
			return all["ANNA@acme.example"]
		}
		stop := func(reason string, incident int) {
			require.NoError(t, b.Suppress(t.Context(), "email", annasMail, reason, incident, b.clock()))
		}
		require.Empty(t, why(7))
		stop(StoppedIncident, 7)
		require.Equal(t, StoppedIncident, why(7))
		require.Empty(t, why(8))
		stop(Unsubscribed, 0)
		require.Equal(t, Unsubscribed, why(8))
		stop(Bounced, 0)
		require.Equal(t, Bounced, why(7))
		phone, err := b.Suppressed(t.Context(), 7, "sms", []string{annasMail})
		require.NoError(t, err)
		require.Empty(t, phone, "another channel")

		to := DestinationOf("email", annasMail)
		require.NoError(t, b.Unblock(t.Context(), to, 0, Bounced))
		require.Equal(t, Unsubscribed, why(8))
		require.NoError(t, b.Unblock(t.Context(), to, 0, Unsubscribed, StoppedIncident))
		require.Empty(t, why(7))
		b.pass(time.Hour)
		stop(Unsubscribed, 0)
		n, err := b.CountSubscribers(t.Context())
		require.NoError(t, err)
		require.Empty(t, n)
		again, err := b.Join(t.Context(), Subscriber{Channel: "email", Address: annasMail})
		require.NoError(t, err)
		require.Empty(t, again.Reason())
		require.Empty(t, why(7), "who joins again wants updates again")
	})
}

// A fresh confirmation proves that the address works, and says what it undoes. STOP is the
// carrier's, and what was stopped after the asking was meant.
func TestConfirmSubscription_liftsWhatStoodInTheWay(t *testing.T) {
	each(t, func(t *testing.T, b *book) {
		stop := func(reason string) Suppression {
			b.pass(time.Minute)
			require.NoError(t, b.Suppress(t.Context(), "sms", annasPhone, reason, 0, b.clock()))
			return Suppression{Reason: reason, At: b.clock()}
		}
		unsubscribed, stopped := stop(Unsubscribed), stop(Stopped)
		b.pass(time.Minute)
		bounced := stop(Bounced)
		b.pass(time.Minute)
		s, _, err := b.Subscribe(t.Context(), Subscriber{Channel: "sms", Address: annasPhone})
		require.NoError(t, err)
		s, lifted, err := b.ConfirmSubscription(t.Context(), s.Token)
		require.NoError(t, err)
		require.Equal(t, []Suppression{bounced, unsubscribed}, lifted)
		require.Equal(t, []Suppression{stopped}, s.Stopped)
		require.Equal(t, Stopped, s.Reason())

		stop(Unsubscribed)
		s, lifted, err = b.ConfirmSubscription(t.Context(), s.Token)
		require.NoError(t, err)
		require.Empty(t, lifted)
		require.Len(t, s.Stopped, 2)
	})
}

func TestUnsubscribeTokens_areStableAndOnePerAddress(t *testing.T) {
	each(t, func(t *testing.T, b *book) {
		var addresses []string
		for i := range 1200 {
			addresses = append(addresses, fmt.Sprintf("person%d@acme.example", i))
		}
		all, err := b.UnsubscribeTokens(t.Context(), 7, "email", append(addresses, "PERSON1@acme.example"))
		require.NoError(t, err)
		require.Equal(t, all["person1@acme.example"], all["PERSON1@acme.example"])
		different := map[string]bool{}
		for _, a := range addresses {
			require.Regexp(t, "^[0-9A-HJKMNP-TV-Z]{16}-7$", all[a])
			different[all[a]] = true
		}
		require.Len(t, different, 1200)
		one, err := b.UnsubscribeToken(t.Context(), "email", "person5@acme.example", 0)
		require.NoError(t, err)
		require.Equal(t, all["person5@acme.example"], one+"-7")

		l, err := b.ByUnsubscribeToken(t.Context(), one+"-7")
		require.NoError(t, err)
		require.Equal(t, UpdatesLink{Destination: DestinationOf("email", "person5@acme.example"), Channel: "email", Incident: 7}, l)
		l, err = b.ByUnsubscribeToken(t.Context(), one)
		require.NoError(t, err)
		require.Zero(t, l.Incident)
		for _, wrong := range []string{"", "-7", one + "-", one + "-0", one + "--7", one + "-x", one + "-99999999999999", "0000000000000000"} {
			_, err = b.ByUnsubscribeToken(t.Context(), wrong)
			require.ErrorIs(t, err, ErrNotFound, wrong)
		}
	})
}

func TestSubscriptions_areListedWithWhatStopsThem(t *testing.T) {
	each(t, func(t *testing.T, b *book) {
		for i := range 3 {
			_, err := b.Join(t.Context(), Subscriber{Channel: "email", Address: fmt.Sprintf("p%d@acme.example", i)})
			require.NoError(t, err)
		}
		require.NoError(t, b.Suppress(t.Context(), "email", "p1@acme.example", Complained, 0, noon))
		first, err := b.Subscriptions(t.Context(), "", 2)
		require.NoError(t, err)
		require.Len(t, first, 2)
		rest, err := b.Subscriptions(t.Context(), first[1].ID, 2)
		require.NoError(t, err)
		reasons := map[string]string{}
		for _, s := range append(first, rest...) {
			reasons[s.Address] = s.Reason()
		}
		require.Equal(t, map[string]string{"p0@acme.example": "", "p1@acme.example": Complained, "p2@acme.example": ""}, reasons)
	})
}

func TestMaintenance_isShownUntilItEnds(t *testing.T) {
	each(t, func(t *testing.T, b *book) {
		notices, stop := b.Watch(0)
		defer stop()
		late := Maintenance{Titles: map[string]string{"en": "Later"}, From: noon.Add(3 * time.Hour), Until: noon.Add(4 * time.Hour), CreatedBy: "anna"}
		soon := Maintenance{Titles: map[string]string{"en": "New <disks>", "de": "Neue Platten"}, Services: []string{"checkout"}, From: noon.Add(time.Hour), Until: noon.Add(2 * time.Hour)}
		late, err := b.Maintain(t.Context(), "", late)
		require.NoError(t, err)
		soon, err = b.Maintain(t.Context(), "k", soon)
		require.NoError(t, err)
		_, err = b.Maintain(t.Context(), "k", soon)
		require.NoError(t, err, "the same again")
		<-notices
		all, err := b.Maintenance(t.Context(), noon)
		require.NoError(t, err)
		require.Equal(t, []Maintenance{soon, late}, all)
		all, err = b.Maintenance(t.Context(), noon.Add(2*time.Hour))
		require.NoError(t, err)
		require.Equal(t, []Maintenance{late}, all)
		require.NoError(t, b.CancelMaintenance(t.Context(), late.ID))
		require.ErrorIs(t, b.CancelMaintenance(t.Context(), late.ID), ErrNotFound)
	})
}

// An address that was given for one incident is not kept for ever.
func TestSubscribe_forgetsWhatIsLongOver(t *testing.T) {
	each(t, func(t *testing.T, b *book) {
		b.alert(t, "s", "a", Firing)
		_, err := b.Join(t.Context(), Subscriber{Channel: "email", Address: annasMail, Incident: 1})
		require.NoError(t, err)
		require.NoError(t, b.CloseIncident(t.Context(), 1, noon))
		for _, left := range []int{1, 0} {
			b.pass(keepAfter - time.Hour)
			_, _, err = b.Subscribe(t.Context(), Subscriber{Channel: "email", Address: "ben@acme.example"})
			require.NoError(t, err)
			require.Equal(t, left, b.count(t, "SELECT COUNT(*) FROM subscriptions WHERE address = $1", annasMail))
		}
	})
}
