package slack

import (
	"encoding/json"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	api "github.com/slack-go/slack"
	"github.com/stretchr/testify/require"
)

// posted is what a message becomes on the wire.
func posted(t *testing.T, m Message) url.Values {
	t.Helper()
	_, values, err := api.UnsafeApplyMsgOptions("token", m.Channel, "https://slack.example/", m.content()...)
	require.NoError(t, err)
	return values
}

func TestClean_nothingIsACommand(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"a < b & c > d":                   "a &lt; b &amp; c &gt; d",
		"<!channel> <@U1> <https://x|ok>": "&lt;!channel&gt; &lt;@U1&gt; &lt;https://x|ok&gt;",
		"&lt;!here&gt;":                   "&amp;lt;!here&amp;gt;",
		"@here @Channel @EVERYONE":        "@\u200bhere @\u200bChannel @\u200bEVERYONE",
		"@\u200bhere":                     "@\u200bhere",
		"a\u202eb\x00c\u2028d":            "ab c d",
		"a\nb":                            "a b",
		"bad \xff utf":                    "bad utf",
	} {
		require.Equal(t, want, clean(text, false), "%q", text)
	}
	require.Equal(t, "a\nb\n&lt;!here&gt;", clean(" a\r\nb\n<!here> ", true))
}

func TestFit_neverCutsAnEscape(t *testing.T) {
	t.Parallel()
	for limit := 3; limit < 40; limit++ {
		short, cut := fit(clean(strings.Repeat("<&>", 10), false), limit)
		require.True(t, cut)
		require.LessOrEqual(t, utf8.RuneCountInString(short), limit)
		require.Regexp(t, `^(?:&(?:lt|gt|amp);)*…?(?: …)?$`, short)
	}
}

var (
	// escaped are the only & there may be.
	escaped = regexp.MustCompile(`&(?:amp|lt|gt);`)
	shout   = regexp.MustCompile(`(?i)@(?:here|channel|everyone)`)
)

func FuzzMessage_noTextBecomesACommand(f *testing.F) {
	for _, seed := range []string{"<!channel>", "<@U123|x>", "&lt;!here&gt;", "@here", "@\u200dchannel", "|>|<http://x", "*bold* _it_ `code`", "\x00\xff", strings.Repeat("&", 4000), "@\u00adeveryone"} {
		f.Add(seed, seed)
	}
	f.Fuzz(func(t *testing.T, title, body string) {
		m := Message{N: "n", Channel: "C1", Title: title, Body: body, Facts: []string{title, body}, Link: "https://i.acme.example/" + title, LinkText: title, More: "more"}
		values := posted(t, m)
		raw, err := json.Marshal(m.blocks())
		require.NoError(t, err)
		var blocks []struct {
			Text     *struct{ Text string }
			Elements []struct{ Text string }
		}
		require.NoError(t, json.Unmarshal(raw, &blocks))
		texts := []string{values.Get("text")}
		for i, b := range blocks {
			if b.Text != nil {
				require.LessOrEqual(t, utf8.RuneCountInString(b.Text.Text), maxSection)
				texts = append(texts, b.Text.Text)
			}
			for j, e := range b.Elements {
				if i == len(blocks)-1 && j == len(b.Elements)-1 { // our own link: one, and nothing else
					require.Regexp(t, `^<https://i\.acme\.example/[^<>|]*\|[^<>|]*>$`, e.Text)
					continue
				}
				texts = append(texts, e.Text)
			}
		}
		for _, text := range texts {
			require.NotContains(t, text, "<")
			require.NotContains(t, text, ">")
			require.NotContains(t, escaped.ReplaceAllString(text, ""), "&")
			require.NotRegexp(t, shout, text)
			require.True(t, utf8.ValidString(text))
		}
		require.Equal(t, "none", values.Get("parse"))
	})
}
