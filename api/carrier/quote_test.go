package carrier

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/reply"
)

// How the usual programs quote, in both languages.
func TestAboveQuote_usualPrograms_endWhereTheQuoteBegins(t *testing.T) {
	t.Parallel()
	const us = "ACME Incident <incident+7kq2mx9rtb4d0000-abcdefghijklmnopqrstuvwxyz@in.acme.example>"
	for name, below := range map[string]string{
		"Gmail":                      "\n\nOn Thu, Nov 12, 2026 at 3:10 AM " + us + " wrote:\n\n> Anna,\n>\n> You are",
		"Gmail, broken":              "\n\nOn Thu, Nov 12, 2026 at 3:10 AM ACME Incident <\nincident@in.acme.example> wrote:\n\n> Anna,",
		"Gmail, directly below":      "\nOn Thu, Nov 12, 2026 at 3:10 AM " + us + " wrote:\n> Anna,",
		"Gmail, German":              "\n\n" + us + " schrieb am\nDo., 12. Nov. 2026, 03:10:\n\n> Guten Tag",
		"Gmail, German, one line":    "\n\nAm Do., 12. Nov. 2026 um 03:10 Uhr schrieb " + us + ":\n\n> Guten Tag",
		"Apple Mail":                 "\n\n> On 12. Nov 2026, at 03:10, ACME Incident <incident@in.acme.example> wrote:\n>\n> Anna,",
		"Apple Mail, German":         "\n\nAm 12.11.2026 um 03:10 schrieb ACME Incident <incident@in.acme.example>:\n\nGuten Tag",
		"iPhone":                     "\n\nSent from my iPhone\n\n> On 12. Nov 2026",
		"iPhone, German":             "\n\nVon meinem iPhone gesendet\n\n> Am 12.11.2026",
		"Outlook":                    "\n\n________________________________\nFrom: ACME Incident <incident@acme.example>\nSent: Thursday",
		"Outlook, German":            "\n\nVon: ACME Incident <incident@acme.example>\nGesendet: Donnerstag, 12. November 2026 03:10\nAn: Anna",
		"Outlook, bold":              "\n\n*Von:* ACME Incident <incident@acme.example>\n*Gesendet:* Donnerstag",
		"Outlook, old":               "\n\n-----Original Message-----\nFrom: ACME",
		"Outlook, old, German":       "\n\n-----Ursprüngliche Nachricht-----\nVon: ACME",
		"Outlook for phones":         "\n\nGet Outlook for iOS<https://aka.ms/o0ukef>\n________________________________",
		"Outlook for phones, German": "\n\nOutlook für iOS beziehen\n________",
		"GMX":                        "\n \n\nGesendet: Donnerstag, 12. November 2026 um 03:10\nVon: \"ACME Incident\" <incident@acme.example>",
		"Thunderbird":                "\n\nAm 12.11.26 um 03:10 schrieb ACME Incident:\n> Guten Tag",
		"Android, Samsung":           "\n\nVon meinem Galaxy gesendet\n\n-------- Ursprüngliche Nachricht --------\nVon: ACME",
		"plain signature":            "\n\n-- \nAnna Vogel\n+49 151 1",
		"nothing":                    "",
		"blank lines":                "\r\n\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, said := range []string{"1", "1 20", "On my way.\nCall me later", "übernehme"} {
				require.Equal(t, said, aboveQuote(said+below))
				require.Equal(t, said, aboveQuote("\r\n\u200b \n"+said+strings.ReplaceAll(below, "\n", "\r\n")))
			}
			if below != "" {
				require.Empty(t, aboveQuote(below), "what stands below the quote is not looked for")
			}
		})
	}
}

// What people write is not taken for a quote.
func TestAboveQuote_words_stay(t *testing.T) {
	t.Parallel()
	for _, said := range []string{
		"On the plane until 5:\ncall Ben", "Am Flughafen bis 5", "From 5 on I can", "Von mir aus", "I wrote to Ben", "Ben schrieb mir", "1 - but -- later", "a@b.example is my other address",
	} {
		require.Equal(t, said, aboveQuote(said))
	}
}

func TestTextOf_HTMLOfUsualPrograms_readsAboveTheQuote(t *testing.T) {
	t.Parallel()
	for name, markup := range map[string]string{
		"Gmail":                 `<div dir="ltr">1</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">On Thu wrote:<br></div><blockquote>2</blockquote></div>`,
		"Outlook":               `<html xmlns:o="urn:x"><head><meta><style><!-- p.MsoNormal {margin:0} --></style></head><body><div class="WordSection1"><p class="MsoNormal"><span>1<o:p></o:p></span></p><p>&nbsp;</p></div><div id="divRplyFwdMsg"><b>From:</b> ACME</div></body></html>`,
		"Outlook without marks": `<p class=MsoNormal>1<o:p></o:p></p><div style='border-top:solid'><p><b>Von:</b> ACME Incident &lt;incident@acme.example&gt;<br><b>Gesendet:</b> Donnerstag</p></div>`,
		"Apple":                 `<html><body>1<div><br><blockquote type="cite"><div>On 12. Nov</div></blockquote></div></body></html>`,
		"script and comment":    `<!-- 4 --><script>2</script><title>3</title>1`,
		"not closed":            `<p>1<blockquote>2`,
	} {
		require.Equal(t, "1", saidIn(" \r\n", markup), name)
	}
	require.Equal(t, "a b & c\n\nd", saidIn("", "<p>a  <b>b</b> &amp; c</p><p>d</p>"))
	require.Len(t, []rune(saidIn(strings.Repeat("ü", 5000), "")), maxSaid)
	require.Equal(t, "text", saidIn("text", "<p>markup</p>"), "the plain text is what was meant")
}

// Whatever a mail says, its quote answers nothing: our own words name the codes.
func FuzzAboveQuote(f *testing.F) {
	f.Add("1", 0)
	f.Add("On the way", 3)
	quotes := []string{
		"\n> You can also reply with 1", "\n\nFrom: ACME\n1", "\n-----Original Message-----\n1",
		"\n\nOn Thu, 12 Nov 2026, ACME <incident@acme.example> wrote:\n1", "\n\nAm 12.11.26 um 03:10 schrieb ACME:\n1",
	}
	f.Fuzz(func(t *testing.T, said string, n int) {
		above := aboveQuote(said + quotes[uint(n)%uint(len(quotes))])
		if strings.TrimSpace(said) == "" && above != "" {
			t.Fatalf("a quote alone says %q", above)
		}
		if r := reply.Parse(above); r.Action != reply.None && reply.Parse(aboveQuote(said)).Action != r.Action {
			t.Fatalf("%q answers %+v because of its quote", said, r)
		}
	})
}
