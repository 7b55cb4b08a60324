package view

import (
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/workflows/contract"
)

// workflow is where Temporal's UI shows a workflow, or "".
func (v *Views) workflow(id string) string {
	if v.TemporalUI == "" {
		return ""
	}
	return v.TemporalUI + "/" + id
}

// link leads from every part of an incident to the workflow that it comes from.
func (v *Views) link(c *Case, i *Incident) {
	if c.Business != nil {
		i.Links.Business = v.workflow(contract.BusinessID(c.Row.Year, c.Row.Number))
	}
	for n, r := range i.Roles {
		if held, came := c.Roles().Of(r.Role); came && held.K > 0 {
			i.Roles[n].Temporal = v.workflow(c.pageID(held))
		}
	}
	for n, m := range i.Messages {
		if m.Order > 0 {
			i.Messages[n].Temporal = v.workflow(contract.MessageID(c.Row.Year, c.Row.Number, plan.Phase(m.Phase), m.Audience))
		}
	}
}
