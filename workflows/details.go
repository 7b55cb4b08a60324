package workflows

import (
	"fmt"
	"strings"
	"time"

	"github.com/stormbell/stormbell/domain/board"
	"github.com/stormbell/stormbell/domain/business"
	"github.com/stormbell/stormbell/domain/comms"
	"github.com/stormbell/stormbell/domain/escalation"
	"github.com/stormbell/stormbell/domain/holding"
	"github.com/stormbell/stormbell/domain/incident"
)

// The details are what the Temporal UI shows of a running workflow: where it stands, who
// holds what, and what comes next at what time. People appear by id only.

func clock(t time.Time) string { return t.UTC().Format("15:04:05 MST") }

func nextLine(b *strings.Builder, due time.Time, why string) {
	if !due.IsZero() {
		fmt.Fprintf(b, "\n**Next at %s:** %s\n", clock(due), why)
	}
}

func rolesTable(b *strings.Builder, roles holding.Roles) {
	if len(roles) == 0 {
		return
	}
	b.WriteString("\n| role | state | person | since | on the call |\n|---|---|---|---|---|\n")
	for _, r := range roles {
		there := ""
		if !r.PresentAt.IsZero() {
			there = strings.TrimSpace(clock(r.PresentAt) + " " + r.Proxy)
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s | %s |\n", r.Name, r.State, r.Person, clock(r.Since), there)
	}
}

func incidentDetails(s incident.State) string {
	var b strings.Builder
	fmt.Fprintf(&b, "### Incident %d\n**%s**, %s, score %d (%s), %d alerts\n", s.Number, s.Phase, s.Severity, s.Score.Score, s.Score.Verdict, len(s.Alerts))
	if d := s.Declared; d != nil {
		fmt.Fprintf(&b, "\nDeclared by %s at %s\n", d.By, clock(d.At))
	}
	rolesTable(&b, s.Roles)
	due, why := s.Next()
	nextLine(&b, due, why)
	return b.String()
}

func businessDetails(s business.State) string {
	var b strings.Builder
	fmt.Fprintf(&b, "### Business incident %d\n**%s**, mode **%s**, phase %s\n", s.Number, s.Stage, s.Mode, s.Phase)
	rolesTable(&b, s.Roles)
	if h := s.Handover; h != nil {
		fmt.Fprintf(&b, "\n**Engineers' call:** %s hands over to %s, overlap %s\n", h.From, h.To, h.Overlap())
	}
	if len(s.Tasks) > 0 {
		b.WriteString("\n| task | state | person | due |\n|---|---|---|---|\n")
		for _, t := range s.Tasks {
			due := ""
			if !t.Due.IsZero() {
				due = clock(t.Due)
			}
			fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", t.ID, t.State, t.Person, due)
		}
	}
	boardLines(&b, s.Board)
	due, why := s.Next()
	nextLine(&b, due, why)
	return b.String()
}

// boardLines is what every audience is owed.
func boardLines(b *strings.Builder, owed board.Board) {
	if len(owed.Cells) == 0 {
		return
	}
	b.WriteString("\n| message | phase | state |\n|---|---|---|\n")
	for _, c := range owed.Cells {
		if c.State != board.NotOwed {
			fmt.Fprintf(b, "| %s | %s | %s |\n", c.Audience, c.Phase, c.State)
		}
	}
}

func pageDetails(s escalation.State) string {
	var b strings.Builder
	fmt.Fprintf(&b, "### Page for %s\n**%s**", s.Page.Role, s.Stage)
	if s.Holder != "" {
		fmt.Fprintf(&b, " by %s (%s) at %s", s.Holder, s.Via, clock(s.HeldAt))
	}
	b.WriteString("\n\n| person | channel | at | outcome |\n|---|---|---|---|\n")
	for _, a := range s.Attempts {
		fmt.Fprintf(&b, "| %s | %s | %s | %s %s %s |\n", a.Person, a.Channel, clock(a.At), a.Outcome.State, a.Outcome.Class, a.Outcome.Code)
	}
	due, why := s.Next()
	nextLine(&b, due, why)
	return b.String()
}

func messageDetails(s comms.State) string {
	var b strings.Builder
	fmt.Fprintf(&b, "### Message to %s, %s\n**%s**, version %d, text %s\n\n| gate | person | state |\n|---|---|---|\n", s.Audience.Name, s.Phase, s.Stage, s.Version, s.Hash())
	for _, g := range s.Gates {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", g.ID, g.Person, g.State)
	}
	due, why := s.Next()
	nextLine(&b, due, why)
	return b.String()
}
