package carrier

import (
	"github.com/gin-gonic/gin"

	"github.com/stormbell/stormbell/api/pump"
	"github.com/stormbell/stormbell/domain/notice"
	"github.com/stormbell/stormbell/domain/reply"
	"github.com/stormbell/stormbell/internal/callscript"
	"github.com/stormbell/stormbell/internal/phrase"
	"github.com/stormbell/stormbell/internal/record"
)

// bridged takes what was pressed in a call that connects with the conference. A key is needed,
// so that no mailbox ever joins; who presses it is there, and the incident hears of that.
func (h *Hooks) bridged(c *gin.Context, in TwilioCallback, talk conversation, kind notice.Kind) error {
	again := h.PublicURL + c.Request.URL.RequestURI()
	switch action := reply.ParseKeys(in.Digits).Action; {
	case h.Plan().Company.ConferenceNumber() == "" || action == reply.Repeat: // or the plan has lost it since
		return h.say(c, talk, kind, func(s phrase.Speech) (string, error) { return callscript.Menu(s, again) })
	case action == reply.Take || action == reply.Connect:
		if err := h.accept(c, record.ItemKey, in.CallSid+":"+in.Digits, pump.Keys{N: in.N, To: in.To, Digits: in.Digits}); err != nil {
			return err
		}
		return h.say(c, talk, kind, h.connect)
	default:
		return h.wrong(c, in, talk, kind, again)
	}
}

// alive takes the sign of life of whoever holds a role.
func (h *Hooks) alive(c *gin.Context, in TwilioCallback, talk conversation) error {
	again := h.PublicURL + c.Request.URL.RequestURI()
	switch reply.ParseKeys(in.Digits).Action {
	case reply.Repeat:
		return h.say(c, talk, notice.StillThere, func(s phrase.Speech) (string, error) { return callscript.Menu(s, again) })
	case reply.Take:
		if err := h.accept(c, record.ItemKey, in.CallSid+":"+in.Digits, pump.Keys{N: in.N, To: in.To, Digits: in.Digits}); err != nil {
			return err
		}
		return h.say(c, talk, notice.StillYours, callscript.Confirm)
	default:
		return h.wrong(c, in, talk, notice.StillThere, again)
	}
}

// wrong says that a key means nothing here, and asks again.
func (h *Hooks) wrong(c *gin.Context, in TwilioCallback, talk conversation, asked notice.Kind, again string) error {
	return h.say(c, talk, asked, func(s phrase.Speech) (string, error) {
		return callscript.WrongKey(s, talk.words.WrongKey(in.Digits, talk.notice(asked), talk.to()), again)
	})
}

// connect joins the caller to the conference of the plan.
func (h *Hooks) connect(s phrase.Speech) (string, error) {
	company := h.Plan().Company
	return callscript.Connect(s, callscript.Bridge{Number: company.ConferenceNumber(), PIN: company.ConferencePIN})
}
