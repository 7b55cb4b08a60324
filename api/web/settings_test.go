package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/record"
	"github.com/stormbell/stormbell/workflows/contract"
)

// me is the address of a person's settings.
func (s *site) me(person string) string {
	s.t.Helper()
	token, err := s.Record.Link(s.t.Context(), 0, person)
	require.NoError(s.t, err)
	return "/me/" + token
}

// refused presses a button and returns the page that says no.
func (s *site) refused(path, name string, with url.Values) string {
	s.t.Helper()
	to, sent := s.form(s.see(path), name, with)
	w := s.post(to, sent)
	require.Equal(s.t, http.StatusSeeOther, w.Code, w.Body.String())
	require.Contains(s.t, w.Header().Get("Location"), "refused=")
	return s.see(w.Header().Get("Location"))
}

// "Teams found out in the incident that people had no verified phone": whoever follows the
// invitation sees what is not proven yet, and proves it.
func TestSettings_aPersonProvesThatWeReachThem(t *testing.T) {
	t.Parallel()
	s := open(t)
	ben := s.me("ben")
	page := s.see(ben)
	require.Equal(t, 3, strings.Count(page, "Not confirmed yet"))
	require.Contains(t, page, "Text to …02")
	require.Contains(t, page, "Mail to b…@acme.example")
	require.NotContains(t, page, s.Plan().People[1].Phones[0].Number[1:], "a forwarded link shows no number")
	require.Contains(t, page, "Incident Commander")

	page = s.press(ben, "test", values("by", "call"))
	require.Contains(t, page, "We ask you now.")
	require.Contains(t, page, "We called you: 04:02 (0 min ago). Please press 1 when we do.")
	asked := s.last()
	require.Equal(t, plan.Call, asked.Command.(contract.ContactTestInput).Channel)
	s.press(ben, "test", values("by", "call"))
	require.Equal(t, asked.Workflow, s.last().Workflow, "pressed twice, it is one call")

	_, _, err := s.Record.Settle(t.Context(), contract.TestDelivery(asked.Workflow, contract.TestAsks), delivery.Outcome{State: delivery.Failed, Class: delivery.NotReached})
	require.NoError(t, err)
	require.Contains(t, s.see(ben), "Our last try did not get through: 04:02")
	s.press(ben, "test", values("by", "call"))
	require.NotEqual(t, asked.Workflow, s.last().Workflow, "whoever missed it is called again at once")

	s.Advance(t.Context(), time.Minute)
	require.NoError(t, s.Answer(t.Context(), "ben", plan.Call))
	page = s.see(ben)
	require.Contains(t, page, "Works. Your last answer: 04:03 (0 min ago).")
	require.Equal(t, 2, strings.Count(page, "Not confirmed yet"))

	require.NoError(t, s.Record.PutOptOut(t.Context(), record.OptOut{Phone: s.Plan().People[1].Phones[0].Number, Sender: s.Plan().Channels.Pages.From, Stopped: true, Item: 1}))
	require.Contains(t, s.see(ben), "Text START to &#43;49")
}

// Opening a mail proves nothing, since machines do it too; pressing its button does.
func TestSettings_aMailIsConfirmedByItsButton(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.press(s.me("ben"), "test", values("by", "email"))
	token, err := s.Record.MailLink(t.Context(), 0, "ben")
	require.NoError(t, err)
	n := contract.TestDelivery(s.last().Workflow, contract.TestAsks)
	mail := "/me/" + token + "?mail=" + n
	require.Contains(t, s.see(mail), "You opened our mail")
	require.NotContains(t, s.see("/me/"+token), "You opened our mail")
	require.Equal(t, 3, strings.Count(s.see(mail), "Not confirmed yet"))

	before := len(s.Calls())
	for _, button := range []string{"mail", "test", "card", "language", "pin"} {
		require.Contains(t, s.refused(mail, button, nil), "Nothing was done yet", "a scanner presses everything")
	}
	require.Len(t, s.Calls(), before)
	older := s.post("/me/"+token+"/mail", values("human", "yes", "mail", "another"))
	require.Contains(t, older.Header().Get("Location"), "refused=ended")

	page := s.press(mail, "mail", values("human", "yes"))
	require.Contains(t, page, "Thank you. Mails reach you.")
	require.Equal(t, 2, strings.Count(page, "Not confirmed yet"))
	require.Equal(t, contract.ContactConfirmed, s.last().Name)
	require.NotContains(t, s.see(mail), "You opened our mail", "once is enough")
}

func TestSettings_language_isThePersonsOwn(t *testing.T) {
	t.Parallel()
	s := open(t)
	require.Contains(t, s.see(s.me("ben")), `<html lang="en">`)
	page := s.press(s.me("ben"), "language", values("language", "de"))
	require.Contains(t, page, `<html lang="de">`)
	require.Contains(t, page, "Ab jetzt verwenden wir diese Sprache.")
	require.Contains(t, page, `value="de" checked`)
	require.Contains(t, s.refused(s.me("ben"), "language", values("language", "fr")), `role="alert"`)

	s = declared(t, "Checkout is down")
	require.NoError(t, s.Record.SetLanguage(t.Context(), "ben", "de"))
	require.Contains(t, s.see(s.link("ben")), `<html lang="de">`, "on every page")
}

func TestSettings_pin(t *testing.T) {
	t.Parallel()
	s := open(t)
	ben := s.me("ben")
	set := func(current, pin, again string) url.Values {
		return values("current", current, "pin", pin, "again", again)
	}
	require.Contains(t, s.refused(ben, "pin", set("", "1234", "1234")), "is not 1234, 0000 or the like")
	require.Contains(t, s.refused(ben, "pin", set("", "2749", "2748")), "The two new PINs differ")
	require.Contains(t, s.press(ben, "pin", set("", "2749", "2749")), "The PIN is saved.")
	require.Contains(t, s.see(ben), "Replace the PIN")
	for range 5 {
		page := s.refused(ben, "pin", set("0001", "8305", "8305"))
		require.Contains(t, page, "That was not your PIN.")
		require.NotContains(t, page, "8305")
	}
	w := s.post(ben+"/pin", set("2749", "8305", "8305"))
	require.Contains(t, w.Header().Get("Location"), "refused=pin_locked")
	require.Contains(t, s.see(ben), "The PIN is locked")
	require.NoError(t, s.Record.ClearPIN(t.Context(), "ben"))
	s.press(ben, "pin", set("", "8305", "8305"))
}

func TestSettings_card_isFetchedAndNoted(t *testing.T) {
	t.Parallel()
	s := open(t)
	ben := s.me("ben")
	require.Contains(t, s.see(ben), "Emergency Bypass")
	to, sent := s.form(s.see(ben), "card", nil)
	w := s.post(to, sent)
	require.Equal(t, http.StatusSeeOther, w.Code)
	card := s.get(w.Header().Get("Location"), "en")
	require.Equal(t, "text/vcard; charset=utf-8", card.Header().Get("Content-Type"))
	require.Contains(t, card.Header().Get("Content-Disposition"), "contact.vcf")
	require.Contains(t, card.Body.String(), "FN:ACME incident response")
	require.Contains(t, card.Body.String(), s.Plan().Channels.Pages.From)
	require.Contains(t, card.Body.String(), s.Plan().Channels.Updates.From)
	chosen, err := s.Record.Preferences(t.Context())
	require.NoError(t, err)
	require.Equal(t, s.Now().UTC(), chosen["ben"].CardAt)
}

// The rules of every page: seeing changes nothing, both languages are whole, nothing is asked
// of a browser but to show it, and it stays small.
func TestSettings_keepThePagesRules(t *testing.T) {
	t.Parallel()
	s := open(t)
	missing := regexp.MustCompile(`\[[a-z_]+\.?[a-z_ ]*\]|<no value>|%!|ZgotmplZ`)
	look := func() {
		for _, person := range []string{"ben", "carla"} { // one speaks English, one German
			w := s.get(s.me(person), "fr")
			body := w.Body.String()
			require.Equal(t, http.StatusOK, w.Code)
			require.NotRegexp(t, missing, body)
			require.NotContains(t, body, "<script")
			require.NotContains(t, body, "style=")
			require.LessOrEqual(t, len(body)+4<<10, 20<<10)
			require.Equal(t, "no-referrer", w.Header().Get("Referrer-Policy"))
			require.Equal(t, "no-store", w.Header().Get("Cache-Control"))
			require.Contains(t, w.Header().Get("Content-Security-Policy"), "default-src 'none'")
		}
	}
	look()
	for _, by := range []string{"sms", "call", "email"} {
		s.press(s.me("ben"), "test", values("by", by))
		s.press(s.me("carla"), "test", values("by", by))
	}
	look()
	ben := s.me("ben")
	calls := len(s.Calls())
	for range 20 {
		s.get(ben+"?mail=x", "en")
		s.get(ben+"/contact.vcf", "en")
		w := httptest.NewRecorder()
		s.handler.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodHead, ben, nil))
		require.Equal(t, http.StatusOK, w.Code)
		require.Equal(t, http.StatusNotFound, s.get(ben+"/test?by=sms", "en").Code, "an act is a POST or nothing")
	}
	require.Len(t, s.Calls(), calls)
	chosen, err := s.Record.Preferences(t.Context())
	require.NoError(t, err)
	require.Empty(t, chosen)

	require.Contains(t, s.post(ben+"/test", values("by", "fax")).Header().Get("Location"), "refused=invalid")
	require.Contains(t, s.post(ben+"/nonsense", nil).Header().Get("Location"), "refused=not_found")
}

func TestSettings_anotherAddress_isNobodys(t *testing.T) {
	t.Parallel()
	s := declared(t, "Checkout is down")
	ofIncident := strings.TrimPrefix(s.link("ben"), "/r/")
	forReplies, err := s.Record.ReplyToken(t.Context(), 0, "ben")
	require.NoError(t, err)
	revoked := strings.TrimPrefix(s.me("ben"), "/me/")
	require.NoError(t, s.Record.RevokeLink(t.Context(), 0, "ben"))
	for why, token := range map[string]string{"an incident's": ofIncident, "an answer's": forReplies, "revoked": revoked, "made up": "0000000000000000"} {
		require.Equal(t, http.StatusGone, s.get("/me/"+token, "en").Code, why)
		require.Equal(t, http.StatusGone, s.get("/me/"+token+"/contact.vcf", "en").Code, why)
		require.Equal(t, http.StatusGone, s.post("/me/"+token+"/language", values("language", "de")).Code, why)
	}
	require.Equal(t, http.StatusGone, s.get("/r/"+strings.TrimPrefix(s.me("anna"), "/me/"), "en").Code, "and the settings' address opens no incident")
}
