package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/stormbell/stormbell/cmd/internal/station"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/lab"
)

// off is the --lab that uses real carriers.
const off = "off"

// phoneLab is the lab and its listener; nil when it is off.
type phoneLab struct {
	*lab.Lab
	server *http.Server
	addr   string
}

// startLab opens the lab with the phones and inboxes of everybody in the plan.
func startLab(ctx context.Context, f flags, source station.Source, logger *slog.Logger) (*phoneLab, error) {
	if f.Lab == off {
		return nil, nil
	}
	p, err := source.Read()
	if err != nil {
		return nil, err
	}
	c := lab.Config{
		Speed: f.Speed, Logger: logger, Senders: []string{p.Channels.Pages.From, p.Channels.Updates.From},
		VoiceURL: "http://" + f.Listen + "/hooks/twilio/call", VoiceFallbackURL: "http://" + f.Listen + "/hooks/twilio/fallback.xml",
		InboundURL: "http://" + f.Listen + "/hooks/twilio/reply", MailEventsURL: "http://" + f.Listen + "/hooks/sendgrid/events",
		AlertURL:       "http://" + f.Listen + "/in/alertmanager",
		MailRepliesURL: "http://" + f.Listen + "/hooks/sendgrid/inbound/" + lab.DefaultInboundKey,
	}
	for _, person := range p.People {
		for _, phone := range person.Phones {
			behaviour := lab.Answer
			if phone.NoText {
				behaviour = lab.Landline
			}
			c.Phones = append(c.Phones, lab.Phone{Number: phone.Number, Person: person.Name, Language: person.Language, Behaviour: behaviour})
		}
		c.Inboxes = append(c.Inboxes, person.Email)
	}
	phones, err := lab.New(c)
	if err != nil {
		return nil, fmt.Errorf("open the phone lab: %w", err)
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", f.Lab)
	if err != nil {
		return nil, fmt.Errorf("open the phone lab: %w", err)
	}
	l := &phoneLab{Lab: phones, addr: listener.Addr().String(), server: &http.Server{Handler: phones.Handler(), ReadHeaderTimeout: 5 * time.Second}}
	go func() {
		if err := l.server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			logger.ErrorContext(ctx, "the phone lab stopped", "reason", err)
		}
	}()
	return l, nil
}

func (l *phoneLab) url() string {
	if l == nil {
		return ""
	}
	return "http://" + l.addr
}

func (l *phoneLab) stop() {
	if l == nil {
		return
	}
	_ = l.server.Close()
	l.Close()
}

// channels puts the lab in place of every carrier, so that no plan can reach a real phone
// from here.
func (l *phoneLab) channels(c plan.Channels) plan.Channels {
	number := func(t plan.Twilio) plan.Twilio {
		if !t.Lab { // what a real carrier bears is nothing to the lab
			t.TextsPerSecond, t.CallsPerSecond = 0, 0
		}
		return plan.Twilio{
			Lab: true, Account: lab.DefaultAccountSID, Token: lab.DefaultAuthToken, From: t.From, Endpoint: l.url(),
			TextsPerSecond: t.TextsPerSecond, CallsPerSecond: t.CallsPerSecond,
		}
	}
	c.Pages, c.Updates = number(c.Pages), number(c.Updates)
	if c.Chat.Has() {
		c.Chat = plan.Slack{Lab: true, Token: lab.DefaultSlackToken, Channel: c.Chat.Channel, Endpoint: l.url()}
	}
	c.Mail.Key, c.Mail.Endpoint, c.Mail.EventKey = lab.DefaultSendGridKey, l.url(), l.MailVerificationKey()
	_, domain, _ := strings.Cut(c.Mail.FromEmail, "@")
	c.Mail.Inbound = plan.Inbound{
		Address: cmp.Or(c.Mail.Inbound.Address, "incident@in."+domain), Key: lab.DefaultInboundKey, PublicKey: l.MailVerificationKey(),
	}
	return c
}

// webhooks lets the lab receive what other systems would be told.
func (l *phoneLab) webhooks(all []plan.Hook) (ours []plan.Hook) {
	for _, h := range all {
		h.Lab, h.Private = true, true
		h.URL, h.Secret = plan.Secret(l.url()+lab.HookPath+h.Name), lab.DefaultHookSecret
		ours = append(ours, h)
	}
	return ours
}
