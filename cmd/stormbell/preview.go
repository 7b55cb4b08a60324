package main

import (
	"fmt"
	"io"

	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/planfile"
)

// previewing are the flags that show a plan's messages as their readers would get them.
type previewing struct {
	Preview  bool   `help:"Also show every message with sample facts, as mail and as short text."`
	Audience string `help:"Show only this audience's." placeholder:"NAME"`
	Phase    string `help:"Show only this phase's, or holding." placeholder:"NAME"`
	Language string `help:"Show only this language's." placeholder:"CODE"`
	Service  string `help:"Show what an incident of this service or failure mode would send." placeholder:"NAME"`
}

// messages prints the messages, and what could be better about them.
func (v previewing) messages(out io.Writer, p plan.Plan) error {
	all, err := planfile.Previews(p, planfile.Shown{Audience: v.Audience, Phase: v.Phase, Language: v.Language, Service: v.Service})
	if err != nil {
		return err
	}
	for _, x := range all {
		if _, err := fmt.Fprintf(out, "\n%s", x.Render()); err != nil {
			return err
		}
	}
	return nil
}
