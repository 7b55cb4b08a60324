package carrier

import (
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/stormbell/stormbell/api/pump"
	"github.com/stormbell/stormbell/domain/notice"
	"github.com/stormbell/stormbell/domain/reply"
	"github.com/stormbell/stormbell/internal/callscript"
	"github.com/stormbell/stormbell/internal/phrase"
	"github.com/stormbell/stormbell/internal/record"
	"github.com/stormbell/stormbell/workflows/contract"
)

// ofTest tells whether the call tests a phone and is about no incident.
func (t conversation) ofTest() bool {
	return strings.HasPrefix(t.delivery.Workflow, contract.TestPrefix)
}

// tested takes what was pressed in the test of a phone. Nothing is decided by it, so that the
// thanks need not wait.
func (h *Hooks) tested(c *gin.Context, in TwilioCallback, talk conversation) error {
	again := h.PublicURL + c.Request.URL.RequestURI()
	speech := func(kind notice.Kind) phrase.Speech {
		return talk.words.Speech(notice.Notice{Kind: kind, Drill: true}, talk.to())
	}
	asked := speech(notice.ContactTest)
	var out string
	var err error
	switch reply.ParseKeys(in.Digits).Action {
	case reply.Take:
		item := pump.Keys{N: in.N, To: in.To, Digits: in.Digits}
		if err := h.accept(c, record.ItemKey, in.CallSid+":"+in.Digits, item); err != nil {
			return err
		}
		out, err = callscript.Confirm(speech(notice.Confirmed))
	case reply.Repeat:
		out, err = callscript.Menu(asked, again)
	case reply.None, reply.Pass, reply.Connect, reply.Done:
		sorry := talk.words.WrongKey(in.Digits, notice.Notice{Kind: notice.ContactTest, Drill: true}, talk.to())
		out, err = callscript.WrongKey(asked, sorry, again)
	}
	if err != nil {
		return err
	}
	twiml(c, out)
	return nil
}
