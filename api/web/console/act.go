package console

import (
	"context"
	"fmt"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/stormbell/stormbell/api/act"
	"github.com/stormbell/stormbell/api/visitor"
	"github.com/stormbell/stormbell/api/web/deed"
	"github.com/stormbell/stormbell/domain/actor"
	"github.com/stormbell/stormbell/domain/refusal"
)

// needs are the rights for deeds that the domain lets everybody do who has any part in an incident.
var needs = map[string]actor.Right{"page": actor.Page, "assess": actor.Declare, "resend": actor.Release}

// perform carries out what was posted to an incident.
func (k *Console) perform(ctx context.Context, name string, p *page, v visitor.Visitor, f deed.Form) error {
	right, guarded := needs[name]
	if guarded && !p.May(string(right)) || name == "note" && !p.Acts() {
		return refusal.New(refusal.Forbidden, "this takes the right to %s", right)
	}
	a := act.Act{Incident: p.All.Number, Who: v.Who(actor.Web)}
	if err := deed.Do(ctx, k.Desk, name, a, f); err != nil || name != "page" || f.Text("reason") == "" {
		return err
	}
	// Why somebody is rung at night is for the timeline.
	a.Request = f.Request("why")
	return k.Desk.Note(ctx, a, fmt.Sprintf("%s is called: %s", f.Text("role"), f.Text("reason")))
}

// postIncident opens an incident by hand.
func (k *Console) postIncident(c *gin.Context) {
	v := k.visitor(c)
	f, err := deed.Read(c.Writer, c.Request)
	if err == nil && !v.May(actor.Declare) {
		err = refusal.New(refusal.Forbidden, "this takes the right to declare")
	}
	number := 0
	if err == nil {
		number, _, err = k.Desk.Open(c.Request.Context(), act.Act{Who: v.Who(actor.Web), Request: f.Request("open")}, act.Opening{
			Title: f.Text("title"), Visibility: f.Text("visibility"), Impact: f.Text("impact"), ExpectedMinutes: f.Number("minutes"), Drill: f.Get("drill") != "",
		})
	}
	if o := deed.Ended(c, k.Logger, "open", f, err); o.Refused != nil {
		k.drawList(c, o)
		return
	}
	c.Redirect(http.StatusSeeOther, fmt.Sprintf("/i/%d", number))
}
