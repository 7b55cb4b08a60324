package apitest

import (
	"bytes"
	"encoding/json"

	"github.com/stormbell/stormbell/domain/business"
	"github.com/stormbell/stormbell/domain/comms"
	"github.com/stormbell/stormbell/domain/escalation"
	"github.com/stormbell/stormbell/domain/incident"
	"github.com/stormbell/stormbell/workflows/contract"
)

// decoder reads the one command that a wire name stands for.
type decoder func([]byte) (any, error)

func as[C any]() decoder {
	return func(raw []byte) (any, error) {
		var c C
		d := json.NewDecoder(bytes.NewReader(raw))
		d.DisallowUnknownFields()
		err := d.Decode(&c)
		return c, err
	}
}

// The commands that each workflow takes, by wire name.
var (
	incidentWire = map[string]decoder{
		contract.OpenIncident: as[incident.Open](), contract.Assess: as[incident.Assess](), contract.Recommend: as[incident.Recommend](),
		contract.Declare: as[incident.Declare](), contract.ChangePhase: as[incident.ChangePhase](), contract.Resolve: as[incident.Resolve](),
		contract.Cancel: as[incident.Cancel](), contract.PageRole: as[incident.PageRole](), contract.Appoint: as[incident.Appoint](),
		contract.AddNote: as[incident.AddNote](), contract.StillHere: as[incident.StillHere](), contract.StartUpdates: as[incident.StartUpdates](),
		contract.SetScope: as[incident.SetScope](), contract.SkipMessage: as[incident.SkipMessage](), contract.OrderMessage: as[incident.OrderMessage](),
	}
	businessWire = map[string]decoder{
		contract.Brief: as[business.Brief](), contract.ConfirmBriefing: as[business.ConfirmBriefing](),
		contract.EstimateTask: as[business.EstimateTask](), contract.FinishTask: as[business.FinishTask](),
		contract.BlockTask: as[business.BlockTask](), contract.DropTask: as[business.DropTask](), contract.AddTask: as[business.AddTask](),
		contract.PageRole: as[business.PageRole](), contract.Appoint: as[business.Appoint](), contract.Attend: as[business.Attend](),
		contract.NameProxy: as[business.NameProxy](), contract.HandOver: as[business.HandOver](), contract.StillHere: as[business.StillHere](),
		contract.SkipMessage: as[business.SkipMessage](), contract.OrderMessage: as[business.OrderMessage](),
		contract.SetScope: as[business.SetScope](),
	}
	pageWire = map[string]decoder{
		contract.AcceptPage: as[escalation.Accept](), contract.DeclinePage: as[escalation.Decline](),
	}
	messageWire = map[string]decoder{
		contract.EditDraft: as[comms.Edit](), contract.SubmitDraft: as[comms.Submit](), contract.AgreeToDraft: as[comms.Agree](),
		contract.ObjectToDraft: as[comms.Object](), contract.SettleObjection: as[comms.Settle](), contract.ApproveDraft: as[comms.Authorise](),
		contract.ReleaseDraft: as[comms.Dispatch](), contract.TakeBackDraft: as[comms.TakeBack](), contract.EstimateReview: as[comms.Estimate](),
		contract.SizeMessage: as[comms.Size](), contract.DeliverMessage: as[comms.Deliver](),
	}
)
