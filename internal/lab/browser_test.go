package lab_test

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"github.com/sendgrid/sendgrid-go/helpers/mail"
	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/internal/browser"
	"github.com/stormbell/stormbell/internal/lab"
)

// target is how large in px what is pressed must be.
const target = 24

// The lab as somebody uses it who has it open in a browser: a phone rings and is answered, speaks and
// takes a key, while in another a text is half written.
func TestThePhonesInABrowser(t *testing.T) {
	t.Parallel()
	b := browser.Start(t)
	l, address, hook := start(t, func(c *lab.Config) {
		c.Phones[0].Behaviour = lab.Ignore
		c.Speed = 20
	})
	hook.answers(map[string]string{
		"/voice": `<Gather numDigits="1" timeout="30000" action="/key"><Say language="de-DE">Hier ist ACME. Drücken Sie die 1.</Say></Gather>`,
		"/key":   `<Say language="de-DE">Danke, die Rolle ist Ihre.</Say><Pause length="30000"/>`,
	})
	text := func(to, body string) {
		_, err := sdk(t, address).Api.CreateMessage(textTo(to, body))
		require.NoError(t, err)
	}
	text(ben, "First: http://127.0.0.1/r/ONE")
	tab := b.Open(t, browser.Look{Base: address})
	require.Equal(t, http.StatusOK, tab.Goto("/lab"))
	tab.Wait("live", `document.body.dataset.state === "live"`)
	tab.Wait("the text", `document.querySelector("#phone-`+ben[1:]+` .badge")?.innerText === "1 new"`)
	require.Equal(t, "http://127.0.0.1/r/ONE", browser.Eval[string](tab, `document.querySelector("#phone-`+ben[1:]+` .open-link a").href`))
	require.Equal(t, "Ben Roth", browser.Eval[string](tab, `document.querySelector(".head p a").innerText`))
	tab.Type("Write a text from Ben Roth", "half a sen")
	tab.Wait("that it was read", `!document.querySelector("#phone-`+ben[1:]+` .badge")`)

	browser.Eval[bool](tab, `(window.spoken = [], speechSynthesis.speak = words => spoken.push(words.lang + " " + words.text), true)`)
	tab.Click("Speak calls aloud")
	call, err := sdk(t, address).Api.CreateCall(callTo(anna, hook).SetTimeout(600))
	require.NoError(t, err)
	tab.Wait("ringing", `document.querySelector("#rings").innerText.includes("Anna Vogel")`)
	tab.Check(target)
	tab.Shoot("lab/ringing")
	tab.Click("Answer")
	tab.Wait("what is said", `document.querySelector(".said p")?.innerText === "Hier ist ACME. Drücken Sie die 1."`)
	tab.Wait("a keypad", `document.querySelector(".pad")`)
	require.Equal(t, []string{"de-DE Hier ist ACME. Drücken Sie die 1."}, browser.Eval[[]string](tab, `spoken`))
	require.Equal(t, "de-DE", browser.Eval[string](tab, `document.querySelector(".said").lang`))
	tab.Click("1")
	tab.Wait("the answer to it", `document.querySelector(".said").innerText.includes("Danke, die Rolle ist Ihre.")`)
	tab.Wait("that it is spoken", `spoken.at(-1) === "de-DE Danke, die Rolle ist Ihre."`)
	require.Equal(t, "1", browser.Eval[string](tab, `document.activeElement.dataset.key`), "the key keeps the focus")
	tab.Check(target)
	tab.Shoot("lab/talking")
	tab.Click("Hang up")
	await(t, l, "over", func() bool { return onlyCall(l, anna).Status == lab.CallCompleted })
	tab.Wait("the log of calls", `/talked for .* pressed: 1/.test(document.querySelector("#phone-`+anna[1:]+` .past")?.textContent)`)
	require.Equal(t, *call.Sid, onlyCall(l, anna).SID)

	require.Equal(t, "half a sen", browser.Eval[string](tab, `document.querySelector("#reply-`+ben[1:]+`").value`), "all this has not touched what was being written")
	tab.Type("Write a text from Ben Roth", "tence")
	text(ben, "Second, meanwhile")
	tab.Wait("the second text", `document.querySelector("#thread-`+ben[1:]+`").innerText.includes("Second")`)
	require.Equal(t, "half a sentence", browser.Eval[string](tab, `document.activeElement.value`))
	tab.Type("Write a text from Ben Roth", "\r")
	await(t, l, "sent", func() bool { return len(phone(l, ben).Replies) == 1 })
	require.Equal(t, "half a sentence", phone(l, ben).Replies[0].Body)
	tab.Wait("an empty field", `document.querySelector("#reply-`+ben[1:]+`").value === ""`)
	browser.Eval[bool](tab, `(document.querySelector("#phone-`+ben[1:]+` [data-text='20']").click(), true)`)
	await(t, l, "sent at a tap", func() bool { return len(phone(l, ben).Replies) == 2 })
	require.Equal(t, "20", phone(l, ben).Replies[1].Body)

	choose(tab, "#behaviour-"+ben[1:], "off")
	await(t, l, "switched off", func() bool { return phone(l, ben).Behaviour == lab.Off })
	tab.Wait("that it shows", `document.querySelector("#phone-`+ben[1:]+` .does").dataset.does === "off"`)
	_, err = l.SetBehaviour(ben, lab.Busy)
	require.NoError(t, err)
	tab.Wait("what another has chosen", `document.querySelector("#behaviour-`+ben[1:]+`").value === "busy"`)
	choose(tab, "#fault", "500")
	await(t, l, "the fault", func() bool { return l.Carrier().Fault == lab.FaultBroken })
	require.Equal(t, lab.Carrier{Fault: lab.FaultBroken, Share: 1, Channel: lab.ChannelAll}, l.Carrier())
	tab.Click("Everything normal again")
	tab.Wait("a carrier that works", `document.querySelector("#fault").value === "none"`)
}

func choose(tab *browser.Tab, selector, value string) {
	browser.Eval[bool](tab, fmt.Sprintf(`(() => {
		const s = document.querySelector(%q); s.value = %q;
		return s.dispatchEvent(new Event("change", {bubbles: true}));
	})()`, selector, value))
}

// Every part of the page, in both languages, on wide and narrow screens, light and dark.
func TestEveryPartOfThePageIsFitForEverybody(t *testing.T) {
	t.Parallel()
	b := browser.Start(t)
	l, address, hook := start(t, func(c *lab.Config) {
		c.AlertURL = "http://127.0.0.1:1"
		c.Phones = append(c.Phones, lab.Phone{Number: "+491701000003", Person: "Dr. Maximiliane von Hohenlohe-Langenburg", Behaviour: lab.Ignore})
		for i, behaviour := range lab.Behaviours {
			c.Phones = append(c.Phones, lab.Phone{Number: fmt.Sprintf("+49170200000%d", i), Person: string(behaviour), Behaviour: behaviour})
		}
	})
	hook.answers(map[string]string{"/voice": `<Gather timeout="30000"><Say language="en-GB">Press 1.</Say></Gather>`})
	for _, p := range l.Phones() {
		if p.Behaviour == lab.Landline || p.Behaviour == lab.OptedOut {
			continue
		}
		_, err := sdk(t, address).Api.CreateMessage(textTo(p.Number, "A text with a very long address: http://127.0.0.1:18080/r/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"))
		require.NoError(t, err)
		_, err = sdk(t, address).Api.CreateCall(callTo(p.Number, hook).SetTimeout(600))
		require.NoError(t, err)
	}
	_, err := l.Reply(anna, "", "1")
	require.NoError(t, err)
	resp, err := http.PostForm(address+"/api/chat.postMessage", url.Values{"token": {lab.DefaultSlackToken}, "channel": {"#incidents"}, "text": {"*Incident 1*: see http://127.0.0.1/i/1"}})
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Len(t, l.Posts(), 1)
	m := aMail()
	m.SetReplyTo(mail.NewEmail("ACME Incident", "incident+t-n1@in.example.com"))
	_, _ = sendMail(t, address, m)
	await(t, l, "mail and calls", func() bool {
		return len(l.Inboxes()[0].Mails) == 1 && onlyCall(l, "+491701000003").Status == lab.CallRinging && onlyCall(l, ben).Listening
	})
	opened := "/lab?show=mail&box=anna@example.com&mail=" + l.Inboxes()[0].Mails[0].ID
	for _, look := range []browser.Look{
		{Base: address, Language: "de-DE,de"},
		{Base: address, Language: "de-DE,de", Dark: true, Width: 390, Height: 844},
		{Base: address, Width: 320, Height: 700, Still: true},
	} {
		tab := b.Open(t, look)
		for name, path := range map[string]string{
			"phones": "/lab", "mail": opened, "text": opened + "&view=text", "headers": opened + "&view=head", "outlets": "/lab?show=outlets", "nobody": "/lab?q=nobody",
		} {
			require.Equal(t, http.StatusOK, tab.Goto(path))
			tab.Wait("live", `document.body.dataset.state === "live"`)
			tab.Shoot(fmt.Sprintf("lab/%s-%.2s-%d", name, look.Language+"en", look.Width))
			if look.Width == 320 || name == "text" || name == "nobody" { // what axe judges is the same elsewhere
				tab.Measure(target)
			} else {
				tab.Check(target)
			}
		}
	}
}

func TestTheLanguageOfThePageIsRemembered(t *testing.T) {
	t.Parallel()
	b := browser.Start(t)
	l, address, _ := start(t)
	tab := b.Open(t, browser.Look{Base: address, Language: "de"})
	tab.Goto("/lab")
	require.Contains(t, tab.Text(), "nimmt selbst ab")
	require.NotContains(t, tab.Text(), "answers by itself")
	tab.Wait("live", `document.body.dataset.state === "live"`)
	browser.Eval[bool](tab, `(document.querySelector("[data-lang=en]").click(), true)`)
	tab.Wait("English", `document.documentElement.lang === "en" && document.body.innerText.includes("answers by itself")`)
	tab.Goto("/lab?show=mail")
	tab.Wait("English again", `document.querySelector("h2").innerText === "Mail"`)

	_, page := get(t, address+"/lab?lang=de")
	require.Contains(t, page, `<html lang="de">`, "without JavaScript the link alone does it")

	tab.Wait("live", `document.body.dataset.state === "live"`)
	l.Close()
	tab.Wait("that the lab is gone", `document.querySelector(".state").innerText.includes("reconnecting")`)
}
