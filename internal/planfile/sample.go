package planfile

import "github.com/stormbell/stormbell/domain/plan"

// sampleFacts fills every template field with an example, to try templates out. An unknown
// language leaves every field empty, like a briefing nobody has answered yet.
func sampleFacts(language string) map[string]string {
	facts := map[string]string{}
	for _, f := range plan.TemplateFields() {
		facts[f.Name] = samples[language][f.Name]
	}
	return facts
}

var samples = map[string]map[string]string{
	"en": {
		"Company": "ACME", "Number": "7", "Title": "Checkout down", "Start": "02:51",
		"What": "Many payments are refused.", "Impact": "About 40 percent of payments fail.",
		"Services": "Checkout", "Recognise": "The page says: please try again.",
		"WorstCase": "Nobody can pay.", "NextNews": "03:30",
		"SayToCustomers": "We know about it and work on it.", "Cause": "A faulty release.",
		"Fix": "The release is taken back.", "Workaround": "Paying by invoice works.",
		"Dont": "Restart tills.", "Applied": "03:40", "Expected": "About half an hour.",
		"Perspective": "Six of ten payments work as always.", "Spokesperson": "Alexandra Featherstonehaugh",
		"NextUpdate": "03:59", "Link": "https://i.example.com/status",
	},
	"de": {
		"Company": "ACME", "Number": "7", "Title": "Kasse gestört", "Start": "02:51",
		"What": "Viele Zahlungen werden abgelehnt.", "Impact": "Etwa 40 Prozent der Zahlungen scheitern.",
		"Services": "Kasse", "Recognise": "Die Seite zeigt: bitte erneut versuchen.",
		"WorstCase": "Niemand kann bezahlen.", "NextNews": "03:30",
		"SayToCustomers": "Wir wissen davon und arbeiten daran.", "Cause": "Eine fehlerhafte neue Version.",
		"Fix": "Die Version wird zurückgenommen.", "Workaround": "Zahlung auf Rechnung geht.",
		"Dont": "Kassen neu starten.", "Applied": "03:40", "Expected": "Etwa eine halbe Stunde.",
		"Perspective": "Sechs von zehn Zahlungen gelingen wie immer.", "Spokesperson": "Dr. Annemarie Oberhuber-Wittenstein",
		"NextUpdate": "03:59", "Link": "https://i.example.com/status",
	},
}
