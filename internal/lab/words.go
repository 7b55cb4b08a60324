package lab

import (
	"fmt"
	"strconv"
	"strings"
)

// language is what the page speaks.
type language string

// The languages of the page.
const (
	english language = "en"
	german  language = "de"
)

// languageFor takes the wish that is named, or else the first of the browser's that the page speaks.
func languageFor(wish, accepted string) language {
	for tag := range strings.SplitSeq(wish+","+accepted, ",") {
		tag = strings.ToLower(strings.TrimSpace(tag))
		for _, l := range []language{english, german} {
			if strings.HasPrefix(tag, string(l)) {
				return l
			}
		}
	}
	return english
}

// say finds words in a language; arguments go where their verbs are.
func (l language) say(key string, args ...any) (string, error) {
	both, ok := words[key]
	if !ok {
		return "", fmt.Errorf("the phone lab's page has no words for %q", key)
	}
	text := both.en
	if l == german {
		text = both.de
	}
	if len(args) == 0 {
		return text, nil
	}
	return fmt.Sprintf(text, args...), nil
}

// count says how many there are of something: its words end in _one and _many.
func (l language) count(key string, n int) (string, error) {
	if n == 1 {
		return l.say(key + "_one")
	}
	return l.say(key+"_many", n)
}

// decimal writes a number with the language's point.
func (l language) decimal(n float64) string {
	text := strconv.FormatFloat(n, 'f', -1, 64)
	if l == german {
		return strings.Replace(text, ".", ",", 1)
	}
	return text
}

// words are everything the page itself says. What carriers, mails and texts say stays as it came.
var words = map[string]struct{ en, de string }{
	"title":      {"Phone lab", "Telefonlabor"},
	"promise":    {"Every text, call and mail lands here instead of with people.", "Jede SMS, jeder Anruf und jede E-Mail landet hier statt bei Menschen."},
	"noscript":   {"To press keys and to reply, this page needs JavaScript. The same can be done through %s.", "Zum Tastendrücken und Antworten braucht diese Seite JavaScript. Dasselbe geht über %s."},
	"live":       {"live", "live"},
	"away":       {"reconnecting …", "Verbindung wird gesucht …"},
	"connecting": {"connecting …", "verbindet …"},
	"sound":      {"Speak calls aloud", "Anrufe vorlesen"},
	"parts":      {"Parts of the phone lab", "Teile des Telefonlabors"},
	"languages":  {"Language", "Sprache"},
	"phones":     {"Phones", "Telefone"},
	"mail":       {"Mail", "E-Mail"},
	"outlets":    {"Chat and webhooks", "Chat und Webhooks"},
	"new_one":    {"1 new", "1 neu"},
	"new_many":   {"%d new", "%d neu"},
	"find":       {"Find a person", "Person suchen"},
	"find_hint":  {"part of a name, number or address", "Teil von Name, Nummer oder Adresse"},
	"clear":      {"Clear the screens", "Anzeigen leeren"},
	"normal":     {"Everything normal again", "Alles wieder normal"},
	"gone":       {"The phone lab does not answer. Is it still running?", "Das Telefonlabor antwortet nicht. Läuft es noch?"},
	"refused":    {"That did not work.", "Das ging nicht."},
	"rings_now":  {"Rings now:", "Jetzt klingelt:"},
	"more_shown": {"%d more: find them by a part of the name, number or address.", "%d weitere: Sie finden sie über einen Teil von Name, Nummer oder Adresse."},

	"begin":        {"Three steps to begin", "Drei Schritte für den Anfang"},
	"begin_1":      {"Let something happen: send an alert.", "Lassen Sie etwas geschehen: Senden Sie einen Alarm."},
	"begin_alert":  {"Send the example alert", "Beispielalarm senden"},
	"begin_curl":   {"Post one to the address of Stormbell:", "Senden Sie ihn an die Adresse von Stormbell:"},
	"begin_2":      {"A phone gets a text. Answer with 1 to take it, or open the link in it.", "Ein Telefon bekommt eine SMS. Antworten Sie mit 1, um zu übernehmen, oder öffnen Sie den Link darin."},
	"begin_3":      {"Next time, let that phone be “battery empty” or “voicemail” and watch who is called instead.", "Stellen Sie das Telefon beim nächsten Mal auf „Akku leer“ oder „Mailbox nimmt ab“ und sehen Sie, wer stattdessen angerufen wird."},
	"begin_sent":   {"The alert is on its way. Look at the phones.", "Der Alarm ist unterwegs. Sehen Sie auf die Telefone."},
	"outside":      {"Time and faults", "Zeit und Störungen"},
	"speed_real":   {"Time runs as on the wall.", "Die Zeit läuft wie auf der Uhr."},
	"speed":        {"1 minute takes %s s.", "1 Minute dauert %s s."},
	"speed_how":    {"The speed is chosen at the start: %s makes a minute last a second.", "Das Tempo wird beim Start gewählt: Mit %s dauert eine Minute eine Sekunde."},
	"carrier":      {"The carriers", "Die Anbieter"},
	"fault":        {"Fault", "Störung"},
	"channel":      {"Channel", "Kanal"},
	"share":        {"Percent of requests", "Prozent der Anfragen"},
	"lag":          {"Lists lag by (ms)", "Listen hinken nach (ms)"},
	"callbacks":    {"Their call-backs", "Ihre Rückmeldungen"},
	"duplicate":    {"come twice", "kommen doppelt"},
	"reorder":      {"the last one first", "die letzte zuerst"},
	"drop":         {"Percent lost", "Prozent verloren"},
	"delay":        {"Late by (ms)", "Verspätet um (ms)"},
	"all_well":     {"All carriers work.", "Alle Anbieter arbeiten."},
	"all_hit":      {"%s: every request %s.", "%s: Jede Anfrage %s."},
	"some_hit":     {"%s, in %s %% of the requests: each of them %s.", "%s, bei %s %% der Anfragen: Jede davon %s."},
	"more_faults":  {"More faults were set through the API.", "Weitere Störungen wurden über die API gesetzt."},
	"limited":      {"At most %s requests a second are taken.", "Höchstens %s Anfragen je Sekunde werden angenommen."},
	"channel_all":  {"All channels", "Alle Kanäle"},
	"channel_sms":  {"Texts", "SMS"},
	"channel_chat": {"Chat", "Chat"},

	"channel_voice":   {"Calls", "Anrufe"},
	"channel_email":   {"Mail", "E-Mail"},
	"channel_webhook": {"Webhooks", "Webhooks"},

	"fault_none":               {"none", "keine"},
	"fault_429":                {"too many requests (429)", "zu viele Anfragen (429)"},
	"fault_401":                {"wrong credentials (401)", "falsche Zugangsdaten (401)"},
	"fault_500":                {"internal error (500)", "innerer Fehler (500)"},
	"fault_503":                {"not available (503)", "nicht verfügbar (503)"},
	"fault_reset_after_accept": {"accepted, then cut off", "angenommen, dann abgerissen"},
	"fault_error_after_accept": {"accepted, then an error", "angenommen, dann ein Fehler"},
	"fault_timeout":            {"accepted, then silence", "angenommen, dann Stille"},
	"fault_undelivered":        {"accepted, never delivered", "angenommen, nie zugestellt"},
	"fault_bad_callback":       {"call-back address refused (21609)", "Rückmeldeadresse abgelehnt (21609)"},
	"hit_none":                 {"is taken", "wird angenommen"},
	"hit_429":                  {"is refused as too many, and nothing is sent", "wird als zu viel abgelehnt, gesendet wird nichts"},
	"hit_401":                  {"is refused for wrong credentials, and nothing is sent", "wird wegen falscher Zugangsdaten abgelehnt, gesendet wird nichts"},
	"hit_500":                  {"fails inside the carrier, and nothing is sent", "scheitert beim Anbieter, gesendet wird nichts"},
	"hit_503":                  {"is turned away, and nothing is sent", "wird abgewiesen, gesendet wird nichts"},
	"hit_reset_after_accept":   {"is sent, but the line breaks before the answer", "wird gesendet, doch die Leitung reißt vor der Antwort"},
	"hit_error_after_accept":   {"is sent, but answered with an error", "wird gesendet, aber mit einem Fehler beantwortet"},
	"hit_timeout":              {"is sent, but never answered", "wird gesendet, aber nie beantwortet"},
	"hit_undelivered":          {"is taken and reported as undelivered later", "wird angenommen und später als nicht zugestellt gemeldet"},
	"hit_bad_callback":         {"that asks for reports is refused", "mit Wunsch nach Rückmeldung wird abgelehnt"},

	"no_phones":    {"No phone yet. One appears when somebody is called or gets a text.", "Noch kein Telefon. Eines erscheint, sobald jemand angerufen wird oder eine SMS bekommt."},
	"no_match":     {"Nobody is found by “%s”.", "Zu „%s“ wurde niemand gefunden."},
	"new_on":       {"New texts:", "Neue SMS:"},
	"unknown":      {"Unknown", "Unbekannt"},
	"phone_of":     {"Phone of %s", "Telefon von %s"},
	"this_phone":   {"What this phone does", "Was dieses Telefon tut"},
	"texts_of":     {"Texts of %s", "SMS von %s"},
	"no_text":      {"No text yet.", "Noch keine SMS."},
	"open_link":    {"Open the page in this text", "Seite aus dieser SMS öffnen"},
	"quick":        {"Answer at a tap", "Mit einem Tippen antworten"},
	"quick_1":      {"I take it", "Übernehme"},
	"quick_2":      {"Backup", "Vertretung"},
	"quick_4":      {"Done", "Erledigt"},
	"quick_20":     {"Minutes", "Minuten"},
	"reply":        {"Write a text", "SMS schreiben"},
	"reply_to":     {"Write a text from %s", "SMS von %s schreiben"},
	"reply_wait":   {"Nobody has written yet", "Noch hat niemand geschrieben"},
	"send":         {"Send", "Senden"},
	"to":           {"to %s", "an %s"},
	"sent_mine":    {"sent", "gesendet"},
	"on_its_way":   {"on its way", "unterwegs"},
	"delivered":    {"delivered", "zugestellt"},
	"not_received": {"not delivered (%d)", "nicht zugestellt (%d)"},

	"does_answer":    {"answers by itself", "nimmt selbst ab"},
	"does_ignore":    {"rings until you answer", "klingelt, bis Sie abnehmen"},
	"does_voicemail": {"voicemail answers", "Mailbox nimmt ab"},
	"does_busy":      {"is busy", "ist besetzt"},
	"does_off":       {"battery empty", "Akku leer"},
	"does_landline":  {"landline, no texts", "Festnetz, keine SMS"},
	"does_opted_out": {"has opted out of texts", "hat SMS abbestellt"},
	"does_screening": {"asks who is calling", "fragt, wer anruft"},

	"call_ringing":   {"Incoming call", "Eingehender Anruf"},
	"call_coming":    {"Somebody is calling …", "Jemand ruft an …"},
	"call_dialing":   {"Calling …", "Ruft an …"},
	"call_talking":   {"On the phone", "Im Gespräch"},
	"call_screened":  {"The phone asks who is calling", "Das Telefon fragt, wer anruft"},
	"call_voicemail": {"The voicemail listens", "Die Mailbox hört zu"},
	"call_listening": {"waits for a key", "wartet auf eine Taste"},
	"call_pressed":   {"pressed: %s", "gedrückt: %s"},
	"call_said":      {"What is said", "Was gesagt wird"},
	"answer":         {"Answer", "Abnehmen"},
	"decline":        {"Decline", "Ablehnen"},
	"hang_up":        {"Hang up", "Auflegen"},
	"keypad":         {"Keypad", "Tastenfeld"},
	"call_back":      {"Call back", "Zurückrufen"},
	"calls_one":      {"1 call so far", "Bisher 1 Anruf"},
	"calls_many":     {"%d calls so far", "Bisher %d Anrufe"},
	"was_talk":       {"talked for %s", "Gespräch von %s"},
	"was_voicemail":  {"voicemail, %s", "Mailbox, %s"},
	"was_missed":     {"missed", "verpasst"},
	"was_busy":       {"busy or declined", "besetzt oder abgelehnt"},
	"was_failed":     {"failed", "gescheitert"},
	"was_canceled":   {"the caller gave up", "Anrufer hat aufgegeben"},
	"was_inbound":    {"called %s", "hat %s angerufen"},

	"mailboxes":   {"Mailboxes", "Postfächer"},
	"no_boxes":    {"No mailbox yet. One appears with its first mail.", "Noch kein Postfach. Eines erscheint mit seiner ersten E-Mail."},
	"mails_of":    {"Mails to %s", "E-Mails an %s"},
	"no_mail":     {"No mail yet.", "Noch keine E-Mail."},
	"choose_mail": {"Choose a mail to read it here.", "Wählen Sie eine E-Mail, um sie hier zu lesen."},
	"unread":      {"new", "neu"},
	"from":        {"from", "von"},
	"views":       {"Ways to look at the mail", "Ansichten der E-Mail"},
	"view_html":   {"Formatted", "Formatiert"},
	"view_text":   {"Plain text", "Nur Text"},
	"view_head":   {"Headers", "Kopfzeilen"},
	"the_mail":    {"The mail", "Die E-Mail"},
	"answered":    {"You answered:", "Sie haben geantwortet:"},
	"mail_reply":  {"Reply to this mail", "Auf diese E-Mail antworten"},

	"chat":         {"Chat", "Chat"},
	"no_post":      {"No message yet.", "Noch keine Nachricht."},
	"in_thread":    {"in the thread", "im Faden"},
	"edits_one":    {"changed once", "einmal geändert"},
	"edits_many":   {"changed %d times", "%d-mal geändert"},
	"webhooks":     {"Webhooks", "Webhooks"},
	"no_event":     {"No event yet.", "Noch kein Ereignis."},
	"signed":       {"well signed", "richtig signiert"},
	"came_many":    {"came %d times", "kam %d-mal"},
	"came_one":     {"came once", "kam einmal"},
	"newest_first": {"Newest first", "Neueste zuerst"},
}
