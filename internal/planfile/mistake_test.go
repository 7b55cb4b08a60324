package planfile

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// mistake is one change to the built-in plan and what must be said about it.
type mistake struct {
	name     string
	old, new string
	// at is the text under the caret, after its first occurrence of the change.
	at   string
	says string
}

var mistakes = []mistake{
	// The shape of the file.
	{"unknown key", "timezone: Europe/Berlin", "timezone: Europe/Berlin\n  timezon: x", "timezon:", `company.timezon: there is no such key - did you mean "timezone"?`},
	{"unknown key at the top", "version: 1\n", "version: 1\nspeed: 60\n", "speed", `speed: there is no such key; possible are analysis_within,`},
	{"unknown key deep inside", "wait: 4m }", "wait: 4m, repaet: 2 }", "repaet", `escalation.default.steps[1].repaet: there is no such key - did you mean "repeat"?`},
	{"key written twice", "ben:   {", "anna:  {", "anna:  { name: Ben", `people.anna: is written twice; the first is on line`},
	{"missing key", "  timezone: Europe/Berlin ", "  # ", "company:", `company: timezone is missing`},
	{"missing section", "severity:\n", "severety:\n", "severety", `severety: there is no such key - did you mean "severity"?`},
	{"text instead of a group", "briefing: { patience: 15m }", "briefing: soon", "soon", "briefing: must be a group of keys, not text"},
	{"group instead of text", "name: ACME ", "name: { first: ACME } ", "name: {", "company.name: must be text, not a group of keys"},
	{"number instead of text", `conference_pin: "4711"`, `conference_pin: 4711`, "4711", `company.conference_pin: must be text; write it in quotes: "4711"`},
	{"text instead of a number", "recommend_at: 12", "recommend_at: twelve", "twelve", "severity.recommend_at: must be a whole number, not text"},
	{"text instead of true", "needed_to_start: true\n  business_lead", "needed_to_start: yes\n  business_lead", "yes", "roles.technical_slt.needed_to_start: must be true or false, not text"},
	{"text instead of a list", "emergency_mode:\n  - id: stop_campaigns", "emergency_mode: none\n\nx:\n  - id: stop_campaigns", "none", "emergency_mode: must be a list, not text"},
	{"empty value", "title: { en: Press, de: Presse }", "title:", "title:", "roles.media_officer.title: is empty; it must be a group of keys"},
	{"empty text", "name: Eva Lindner", `name: ""`, `""`, "people.eva.name: is empty; write something or remove it"},
	{"comma without quotes", `en: "Watch our internal channels, report what stands out"`, "en: Watch our internal channels, report it", "report it", "stands alone; if it belongs to the text before it, put the whole text in quotes"},
	{"alias", "briefing: { patience: 15m }", "briefing: *all", "*all", "briefing: anchors and aliases (& and *) are not used in plans"},
	{"tag", "recommend_at: 12", "recommend_at: !!int 12", "!!int", "severity.recommend_at: tags (!) are not used in plans"},
	{"other version", "version: 1\n", "version: 2\n", "2\n", "version: version 2 is not known here"},
	{"second document", "\ntriggers:", "\n---\ntriggers:", "triggers:", "a plan is one YAML document"},
	{"bad name", "  webhook: ", "  Web Hook: ", "Web Hook", `triggers.Web Hook: "Web Hook" is no name; use small letters`},

	// The company.
	{"unknown time zone", "Europe/Berlin", "Europe/Bärlin", "Europe/Bärlin", `company.timezone: there is no time zone "Europe/Bärlin"`},
	{"unknown language", "languages: [en, de]", "languages: [en, de, fr]", "fr", `company.languages[2]: there is no language "fr"; possible are de, en`},
	{"no language", "languages: [en, de]", "languages: []", "languages", "company.languages: is empty; name at least one of de and en"},
	{"no web address", "url: http://127.0.0.1:8080", "url: acme.example", "acme.example", `company.url: "acme.example" is no web address`},
	{"fallback of texts", `from: "+49 171 3920002" }`, `from: "+49 171 3920002", fallback: "https://words.acme.example" }`, `"https://words`, "channels.updates.fallback: is for calls"},
	{"address too long for texts", "url: http://127.0.0.1:8080", "url: https://incident-response.acme.example", "https://incident", "company.url: name and url together leave 32 characters of a text message"},
	{"name too long for texts", "name: ACME ", "name: Allgemeine Compagnie für Maschinen und Eisen ", "Allgemeine", "company.name: name and url together leave 9 characters"},
	{"help phone without country", `help_phone: "+49 30 23125 000"`, `help_phone: "030 23125000"`, `"030 23125000"`, `company.help_phone: "030 23125000" has no country code`},
	{"pin with letters", `"4711"`, `"47a1"`, `"47a1"`, "company.conference_pin: must be digits only"},

	// People.
	{"phone without country", `"+49 176 04069002"`, `"0176 04069002"`, `"0176`, `people.ben.phone: "0176 04069002" has no country code - write "+49 176 04069002"`},
	{"phone too short", `"+49 176 04069002"`, `"+49 176 12"`, `"+49 176 12"`, `people.ben.phone: "+49 176 12" is no telephone number`},
	{"phone is a word", `"+49 176 04069002"`, `ask reception`, `ask reception`, `"ask reception" has no country code`},
	{"premium number", `"+49 176 04069002"`, `"+49 900 1234567"`, `"+49 900`, "is a premium rate number"},
	{"number of nobody", `"+49 176 04069002"`, `"+49 800 1234567"`, `"+49 800`, "is a special number"},
	{"second phone of the list", `phone: "+49 176 04069002"`, `phone: ["+49 176 04069002", "+49 12"]`, `"+49 12"`, "people.ben.phone[1]:"},
	{"no phone at all", `,   phone: "+49 176 04069002"`, ``, "ben:", "people.ben: phone is missing"},
	{"phone of somebody else", `"+49 176 04069002"`, `"+4917604069001"`, `"+4917604069001"`, "people.ben.phone: is the number of anna already"},
	{"no e-mail address", "ben@acme.example", "ben(at)acme", "ben(at)acme", `people.ben.email: "ben(at)acme" is no e-mail address`},
	{"address of somebody else", "email: ben@acme.example", "email: ANNA@acme.example", "ANNA@", "people.ben.email: is the e-mail address of anna already"},
	{"person speaks another language", `04069002", language: en`, `04069002", language: eng`, "eng", `people.ben.language: there is no language "eng" - did you mean "en"?`},

	// Rotations.
	{"unknown person in a rotation", "people: [dev, finn]", "people: [dev, fin]", "fin]", `rotations.slt.people[1]: nobody is called "fin" - did you mean "finn"?`},
	{"turn of minutes", "slt:     { people: [dev, finn], every: 1w", "slt:     { people: [dev, finn], every: 90m", "90m", "a turn is a number of whole hours or days"},
	{"weekday that wanders", "slt:     { people: [dev, finn], every: 1w", "slt:     { people: [dev, finn], every: 3d", "Mon 09:00, start: 2026-11-02 }\n\n#", "turns of 3d do not always begin on a Mon"},
	{"start on another weekday", "start: 2026-11-02 }   #", "start: 2026-11-03 }   #", "2026-11-03", "2026-11-03 is a Tuesday, but the hand-over is on a Monday"},
	{"no date", "start: 2026-11-02 }   #", "start: 2.11.2026 }   #", "2.11.2026", `"2.11.2026" is no date; write it like 2026-11-02`},
	{"no clock time", "slt:     { people: [dev, finn], every: 1w, handoff: Mon 09:00", "slt:     { people: [dev, finn], every: 1w, handoff: Mon noon", "Mon noon", `"Mon noon" is no time of hand-over`},
	{"hours of nothing", "slt:     { people: [dev, finn],", "slt:     { people: [dev, finn], only: office hours,", "office hours", `rotations.slt.only: "office hours" are no hours of duty; write them like "Mon-Fri 09:00-17:00"`},
	{"no such day", "slt:     { people: [dev, finn],", "slt:     { people: [dev, finn], only: [Sat-Sun, Mo-Fr],", "Mo-Fr", `rotations.slt.only[1]: "Mo-Fr" are no hours of duty`},
	{"no such hour", "slt:     { people: [dev, finn],", "slt:     { people: [dev, finn], only: Mon 09:00-25:00,", "Mon 09:00-25:00", "are no hours of duty"},
	{"hours that end where they begin", "slt:     { people: [dev, finn],", "slt:     { people: [dev, finn], only: Mon 09:00-09:00,", "Mon 09:00-09:00", "end when they begin; for the whole day write the days alone"},
	{"hours that never come", "slt:     { people: [dev, finn],", "slt:     { people: [dev, finn], only: [],", "only", "rotations.slt.only: is empty; nobody would ever be on call"},

	// Roles.
	{"unknown person", "primary: ben\n", "primary: bne\n", "bne", `roles.incident_commander.primary: nobody is called "bne" - did you mean "ben"?`},
	{"unknown rotation", "rotation:slt", "rotation:stl", "rotation:stl", `there is no rotation "stl" - did you mean "slt"?`},
	{"unknown policy", "escalation: urgent\n  technical_slt", "escalation: urgend\n  technical_slt", "urgend", `there is no escalation policy "urgend" - did you mean "urgent"?`},
	{"unknown group", "group: departmental", "group: department", "department\n", `there is no group of roles "department" - did you mean "departmental"?`},
	{"role without backup", "    primary: ben\n    backup: [finn]\n", "    primary: ben\n", "incident_commander:", "roles.incident_commander: backup is missing"},
	{"own only backup", "    backup: [finn]\n    escalation: urgent\n  technical_slt", "    backup: [ben]\n    escalation: urgent\n  technical_slt", "backup: [ben]", "ben is primary and the only backup"},
	{"turn without a backup", "backup: [finn, dev]", "backup: finn", "finn", "roles.technical_slt.backup: while finn has the turn nobody else stands behind the role"},
	{"title in one language", "de: Recht }", "}", "title:", "roles.legal_officer.title: is missing in language de"},
	{"role the software relies on", "  customer_liaison:      ", "  customer_contact:      ", "roles:", "roles: the role customer_liaison is missing"},
	{"role named like a target", "  support_lead:", "  everyone:", "everyone:", "is a word of escalation policies"},

	// Escalation.
	{"unknown target", "{ to: next_backup, by: [sms, call],  wait: 5m", "{ to: next_bakup, by: [sms, call],  wait: 5m", "next_bakup", `there is no target or role "next_bakup" - did you mean "next_backup"?`},
	{"unknown channel", "by: [sms],       wait: 3m", "by: [fax],       wait: 3m", "fax", `there is no channel "fax"; possible are call, email, sms`},
	{"no unit", "wait: 4m }", "wait: 4 }", "4 }", "escalation.default.steps[1].wait: 4 has no unit; write 4s, 4m, 4h, 4d or 4w"},
	{"no length of time", "wait: 4m }", "wait: 4 minutes }", "4 minutes", `"4 minutes" is no length of time`},
	{"wait too short", "wait: 4m }", "wait: 5s }", "5s", "escalation.default.steps[1].wait: 5s makes no sense"},
	{"wait too long", "wait: 4m }", "wait: 2d }", "2d", "2d makes no sense"},
	{"policy that falls silent", "    last: { to: [everyone, business_lead], by: [sms, call], every: 10m, at_most: 1h }\n", "", "default:\n    steps", "escalation.default: last is missing"},
	{"last rule by mail", "by: [sms, call], every: 10m", "by: [email], every: 10m", "by: [email], every", "e-mail alone wakes nobody"},
	{"last rule shrinks", "every: 10m, at_most: 1h", "every: 10m, at_most: 5m", "5m }\n    lease", "5m is shorter than every (10m)"},
	{"no steps", "steps:\n      - { to: primary,     by: [sms],       wait: 3m }\n      - { to: primary,     by: [call],      wait: 3m }\n      - { to: backup,      by: [sms, call], wait: 3m }\n      - { to: next_backup, by: [sms, call], wait: 3m }", "steps: []", "steps: []", "escalation.urgent.steps: is empty"},
	{"lease of a minute", "at_most: 30m }\n    lease: 2h", "at_most: 30m }\n    lease: 1m", "1m\n  default", "an acknowledgement counts for a while"},
	{"quiet for ever", "at_most: 30m }\n    lease: 2h", "at_most: 30m }\n    quiet: [Sat]", "Sat]", "quiet hours end on the same night"},
	{"quiet nonsense", "at_most: 30m }\n    lease: 2h", "at_most: 30m }\n    quiet: [night]", "night]", "\"night\" are no hours"},
	{"endless repeat", "repeat: 2", "repeat: 99", "99", "20 times are enough"},

	// Severity.
	{"ages out of order", "from: 15m, value: 2", "from: 2h, value: 2", "1h,  value: 3", "severity.duration.over_1h.from: grades follow each other"},
	{"age counts less", "from: 1h,  value: 3", "from: 1h,  value: 2", "2 }\n  ask", "what lasts longer counts more"},
	{"first age is late", "from: 0m,  value: 1", "from: 1m,  value: 1", "1m", "the first grade applies from 0m on"},
	{"threshold out of reach", "recommend_at: 12", "recommend_at: 28", "28", "28 can never be reached; the highest score is 27"},
	{"thresholds crossed", "ask_expert_at: 8 ", "ask_expert_at: 13 ", "13 ", "13 is above recommend_at (12)"},
	{"grade of nothing", "few: 1,", "few: 0,", "0, many", "a grade counts from 1 to 100"},

	{"roll call of one", "- { to: next_backup, by: [sms, call],  wait: 5m", "- { roll_call: true, to: next_backup, by: [sms, call],  wait: 5m", "true, to", "escalation.default.steps[3].roll_call: a roll call asks several people; use it where to is everyone or all_backups"},
	{"roll call misspelt", "wait: 4m }", "wait: 4m, rollcall: true }", "rollcall", `there is no such key - did you mean "roll_call"?`},
	{"back to no step", "    last: { to: [everyone, business_lead]", "    repeat: { from: 5, times: 2 }\n    last: { to: [everyone, business_lead]", "5, times", "escalation.default.repeat.from: there is no step 5; the steps are counted from 1 to 4"},
	{"back for ever", "    last: { to: [everyone, business_lead]", "    repeat: { from: 1, times: 99 }\n    last: { to: [everyone, business_lead]", "99 }", "escalation.default.repeat.times: go back between 1 and 20 times"},
	{"back without times", "    last: { to: [everyone, business_lead]", "    repeat: { from: 1 }\n    last: { to: [everyone, business_lead]", "repeat", "escalation.default.repeat: times is missing"},

	// Emergency mode.
	{"task of nobody", "role: marketing_officer\n    expect: 20m", "role: marketing_oficer\n    expect: 20m", "marketing_oficer", `emergency_mode[0].role: there is no role "marketing_oficer" - did you mean "marketing_officer"?`},
	{"task of the lead", "role: marketing_officer\n    expect: 20m", "role: business_lead\n    expect: 20m", "business_lead\n    expect", "the business lead delegates and takes no task"},
	{"task in one language", "de: Telefonaktionen stoppen }", "}", "do:   { en: Stop calling", "emergency_mode[2].do: is missing in language de"},
	{"task without do", "    do:   { en: Stop calling campaigns,    de: Telefonaktionen stoppen }\n", "", "id: stop_calls", "emergency_mode[2]: do is missing"},
	{"task twice", "id: stop_calls", "id: stop_ads", "stop_ads\n    role: marketing_officer\n    expect: 15m", `another task is called "stop_ads" already`},
	{"watch without rest", "every: 30m\n    do:   { en: \"Watch our", "every: 10s\n    do:   { en: \"Watch our", "10s", "10s makes no sense: it is how often a watch duty reports"},

	// Audiences and cadence.
	{"unknown phase", "identification, monitoring, resolution]", "identification, monitoring, solution]", "solution]", `there is no phase with messages "solution"`},
	{"phases out of order", "[investigation, identification, monitoring", "[identification, investigation, monitoring", "phases:", "investigation comes before identification"},
	{"unknown way", "send: [email, status_page, chat]", "send: [email, statuspage, chat]", "statuspage", `did you mean "status_page"?`},
	{"no recipients", "    recipients:\n      - { email: operations@northwind.example, name: Northwind Traders, language: en }\n      - { email: it@hansekontor.example,       name: Hansekontor,       language: de }\n      - { email: leitstelle@alpenrad.example,  name: Alpenrad,          language: de }\n", "", "strategic:                          #", "audiences.strategic: recipients are missing"},
	{"recipient twice", "sales@acme.example", "SUPPORT@acme.example", "{ email: SUPPORT@", "is in the list already; nobody gets the same message twice"},
	{"gate of nobody", "check: customer_liaison\n    agree: [legal_officer, messaging_officer]\n    approve: elt_approver\n    release: incident_commander\n    recipients:                ", "check: customer_liason\n    agree: [legal_officer, messaging_officer]\n    approve: elt_approver\n    release: incident_commander\n    recipients:                ", "customer_liason\n", `audiences.internal.check: there is no role "customer_liason" - did you mean "customer_liaison"?`},
	{"own reviewer", "draft: technical_slt\n    check: customer_liaison\n    agree: [legal_officer, messaging_officer]\n    approve: elt_approver\n    release: incident_commander\n    recipients:                ", "draft: elt_approver\n    check: customer_liaison\n    agree: [legal_officer, messaging_officer]\n    approve: elt_approver\n    release: incident_commander\n    recipients:                ", "elt_approver\n    release", "elt_approver writes the draft and cannot review it as well"},
	{"cadence for nobody", "strategic: 60m", "stategic: 60m", "stategic", `cadence.updates.stategic: there is no audience "stategic" - did you mean "strategic"?`},
	{"no time to remind", "approval_valid: 1h", "remind: 40m", "30m, strategic", "30m leaves no time to be reminded 40m before"},

	// Status page.
	{"status in one language", `ask: { en: "your manager, or customer support", de: "Ihre Führungskraft oder den Kundendienst" }`, `ask: { en: "your manager" }`, "ask: { en", "status_page.ask: is missing in language de"},
	{"no domain", "domains: [acme.example]", "domains: [acme]", "acme]", `"acme" is no domain of mail addresses`},

	// Sign-in.
	{"unknown right", "analysis_within: 24h", "login:\n  oidc: { issuer: \"https://login.acme.example\", client_id: stormbell }\n  rights: { decalre: [a] }\nanalysis_within: 24h", "decalre", `login.rights.decalre: there is no right "decalre" - did you mean "declare"?`},
	{"right for no group", "analysis_within: 24h", "login:\n  oidc: { issuer: \"https://login.acme.example\", client_id: stormbell }\n  rights: { declare: [] }\nanalysis_within: 24h", "declare: []", `login.rights.declare: is empty; name at least one group`},
	{"issuer that is none", "analysis_within: 24h", "login:\n  oidc: { issuer: login.acme.example, client_id: a }\nanalysis_within: 24h", "login.acme", `login.oidc.issuer: "login.acme.example" is no issuer`},
	{"issuer without encryption", "analysis_within: 24h", "login:\n  oidc: { issuer: \"http://login.acme.example\", client_id: a }\nanalysis_within: 24h", "\"http://login", `login.oidc.issuer: must begin with https://`},
	{"login without a client", "analysis_within: 24h", "login:\n  oidc: { issuer: \"https://login.acme.example\" }\nanalysis_within: 24h", "oidc", `login.oidc: client_id is missing`},
	{"no way to sign in", "analysis_within: 24h", "login:\n  idle: 1h\nanalysis_within: 24h", "login:", `login: names no way to sign in`},
	{"password itself", "analysis_within: 24h", "login:\n  break_glass: { password: hunter2 }\nanalysis_within: 24h", "*******", `login.break_glass.password: a secret does not belong into the plan`},
	{"password that is no hash", "analysis_within: 24h", "login:\n  break_glass: { password: \"${ACCOUNT}\" }\nanalysis_within: 24h", "\"${ACCOUNT}\"", `is not the bcrypt hash of a password; make one with: stormbell break-glass`},
	{"session of a minute", "analysis_within: 24h", "login:\n  oidc: { issuer: \"https://login.acme.example\", client_id: stormbell }\n  session: 1m\nanalysis_within: 24h", "1m", `1m makes no sense: it ends every session`},

	// Messages.
	{"unknown field", "concerned: {{.Services}}", "concerned: {{.Servces}}", ".Servces", `messages.internal.investigation.en.say.services: there is no field {{.Servces}} - did you mean "Services"?`},
	{"unknown field in a subject", `"Solved: {{.Title}}"`, `"Solved: {{.Titel}}"`, ".Titel", `did you mean "Title"?`},
	{"broken template", "You will hear from us again by {{.NextUpdate}}", "You will hear from us again by {{.NextUpdate}", "You will hear from us again by {{.NextUpdate} at", "this is no valid template: bad character U+007D '}'"},
	{"field of a field", `"We want you to hear this from us."`, `"We want you to hear of {{.What.More}}."`, `"We want`, "templates know {{.Field}}, {{if}} and {{with}}; nothing else is needed (found .What.More)"},
	{"field inside with", `"We want you to hear this from us."`, `"{{with .Services}}{{.Title}}{{end}}"`, `"{{with`, "this is no valid template: can't evaluate field Title in type"},
	{"loop", `"We want you to hear this from us."`, `"{{range 1000000000}}x{{end}}"`, `"{{range`, "found {{range 1000000000}}"},
	{"condition in a line", `"Services concerned: {{.Services}}"`, `"{{with .Services}}Services concerned: {{.}}{{end}}"`, "{{with", "messages.internal.investigation.en.say.services: a line knows {{.Field}} only"},
	{"no promise", "Sie hören spätestens um {{.NextUpdate}} wieder von uns.\n\n          {{.Spokesperson}}\n    identification", "Sie hören wieder von uns.\n    identification", "|\n          Sie hören wieder", "use {{.NextUpdate}}"},
	{"promise at the end", "If you still see it, please tell our customer support.", "Next by {{.NextUpdate}}.", ".NextUpdate}}.\"\n          where", "a message of the resolution promises no next update"},
	{"body beside lines", `lead: "We want you to hear this from us."`, `body: "Until {{.NextUpdate}}."`, `"Until {{.NextUpdate}}."`, "messages.strategic.investigation.en.body: stands beside lead, say or close"},
	{"neither body nor lines", `lead: "A fix is in place, and we watch whether it holds."`, "lead: a\n      fr:\n        subject: \"b\"\n        lead: \"A fix\"", "en:\n        subject: \"The fix is being watched", "messages.internal.monitoring.en: body or say is missing"},
	{"no text for a phase", "    skip: [monitoring]\n    draft: technical_slt\n    check: customer_liaison\n    agree: [legal_officer, messaging_officer]\n    approve: elt_approver\n    release: incident_commander\n    recipients:\n      - { email: news", "    draft: technical_slt\n    check: customer_liaison\n    agree: [legal_officer, messaging_officer]\n    approve: elt_approver\n    release: incident_commander\n    recipients:\n      - { email: news", "customers:\n    title", "messages.customers: there is no text for monitoring; write messages.customers.monitoring, or let the audience skip the phase"},
	{"text for nobody", "\n  customers:\n    investigation:", "\n  custmers:\n    investigation:", "custmers", `messages.custmers: there is no audience "custmers" - did you mean "customers"?`},

	// Channels.
	{"one number for both", `"+49 171 3920002"`, `"+49 171 3920001"`, `"+49 171 3920001" }   #`, "channels.updates.from: is the number of pages"},
	{"number of a person", `"+49 171 3920001"`, `"+49 176 04069003"`, `"+49 176 04069003" }`, "channels.pages.from: is the number of carla"},
	{"unknown carrier", `pages:   { type: lab, from: "+49 171`, `pages:   { type: twillio, from: "+49 171`, "twillio", `there is no type of channel "twillio" - did you mean "twilio"?`},
	{"literal secret", `updates: { type: lab, from: "+49 171`, `updates: { type: twilio, account: "${ACCOUNT}", token: hunter2, from: "+49 171`, "*******, from", `channels.updates.token: a secret does not belong into the plan; write "${NAME}"`},
	{"variable that is not set", `email:   { type: lab, from`, `email:   { type: sendgrid, key: "${NO_SUCH}", from`, `"${NO_SUCH}"`, "channels.email.key: the environment variable NO_SUCH is not set"},
	{"file that is not there", `email:   { type: lab, from`, `email:   { type: sendgrid, key: "file:secret/sendgrid", from`, `"file:secret/sendgrid"`, "channels.email.key: the file cannot be read"},
	{"reference without braces", `email:   { type: lab, from`, `email:   { type: sendgrid, key: $KEY, from`, "****, from", `a reference to the environment is written "${NAME}"`},
	{"account without token", `updates: { type: lab, from: "+49 171`, `updates: { type: twilio, account: "${ACCOUNT}", from: "+49 171`, "updates: { type: twilio", "channels.updates: token is missing"},
	{"nothing in a second", `pages:   { type: lab,`, `pages:   { type: lab, texts_per_second: 0,`, "0, from", "channels.pages.texts_per_second: 0 makes no sense: it is how many are sent in a second"},
	{"half a call in a second", `pages:   { type: lab,`, `pages:   { type: lab, calls_per_second: 0.5,`, "0.5", "channels.pages.calls_per_second: must be a whole number"},
	{"calls by the number of texts", `updates: { type: lab,`, `updates: { type: lab, calls_per_second: 2,`, "2, from", "channels.updates.calls_per_second: is for calls, and this number calls nobody"},
	{"no sender", `"ACME Incident <incident@acme.example>" }`, `ACME Incident }`, "ACME Incident }", `"ACME Incident" is no sender`},

	// Triggers.
	{"unknown trigger", "type: grafana", "type: grafanna", "grafanna", `there is no type of trigger "grafanna" - did you mean "grafana"?`},
	{"literal token", "type: grafana", "type: grafana\n    token: hunter2", "*******", "triggers.grafana.token: a secret does not belong into the plan"},
	{"key instead of token", "type: grafana", `type: grafana` + "\n    key: \"${ACCOUNT}\"", "\"${ACCOUNT}\"", "a routing key is for type events"},
	{"short routing key", `key: "00000000000000000000000000000001"`, `key: "1"`, `***`, "a routing key has 32 letters and digits"},
	{"unknown grade", "critical: core, error: core, warning: important, info: side_product, \"\": core }\n    impact:     { critical: most, error: many, warning: many, info: few, \"\": most }\n  alertmanager", "critical: cor, error: core, warning: important, info: side_product, \"\": core }\n    impact:     { critical: most, error: many, warning: many, info: few, \"\": most }\n  alertmanager", "cor,", `triggers.events.visibility.critical: there is no grade "cor" - did you mean "core"?`},
	{"expression with a slip", `when: body.status in ["down", "up"]`, `when: boddy.status == "down"`, "boddy", "triggers.webhook.when: this expression does not work: unknown name boddy"},
	{"expression of the wrong type", `when: body.status in ["down", "up"]`, `when: '"yes"'`, `'"yes"'`, "this expression does not work: expected bool"},
	{"expression elsewhere", "type: grafana", "type: grafana\n    when: 'true'", "'true'", "expressions are for type generic"},
	{"generic without a title", "    what: body.check + \" is \" + body.status\n", "", "webhook:", "triggers.webhook: what is missing"},
}

// options is an environment with one variable and no files.
func options() Options {
	return Options{Env: func(name string) (string, bool) { return "AC123", name == "ACCOUNT" }, Dir: "nowhere"}
}

func TestCheck_oneMistake_namesItsPlace(t *testing.T) {
	t.Parallel()
	for _, m := range mistakes {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			source := string(Example())
			require.True(t, strings.Contains(source, m.old), "the built-in plan has changed: %s", m.old) //nolint:testifylint // the whole plan is too long to print
			place := strings.Index(source, m.old)
			source = strings.Replace(source, m.old, m.new, 1)

			_, found := Check("plan.yaml", []byte(source), options())
			require.Error(t, found.Err())
			var hit Problem
			for _, p := range found.Problems {
				if strings.Contains(p.Path+": "+p.Message, m.says) {
					hit = p
				}
			}
			require.NotZero(t, hit.Line, "not said: %s\n%s", m.says, found.Render(false))
			require.Equal(t, Error, hit.Severity)
			require.Contains(t, hit.Picture, "^")

			if strings.HasPrefix(m.at, "**") { // a secret: look under the mask
				require.Contains(t, hit.Picture, m.at)
				require.NotContains(t, found.Render(false), "hunter2")
				return
			}
			line, column := position(source, m.at, place)
			require.Equal(t, [2]int{line, column}, [2]int{hit.Line, hit.Column}, found.Render(false))
		})
	}
}

// position finds the occurrence of a text that is nearest to a place.
func position(source, text string, place int) (line, column int) {
	best, from := -1, 0
	for {
		i := strings.Index(source[from:], text)
		if i < 0 {
			break
		}
		if i += from; best < 0 || abs(i-place) < abs(best-place) {
			best = i
		}
		from = i + 1
	}
	if best < 0 {
		return 0, 0
	}
	before := source[:best]
	return strings.Count(before, "\n") + 1, utf8.RuneCountInString(before[strings.LastIndex(before, "\n")+1:]) + 1
}

func abs(n int) int { return max(n, -n) }
