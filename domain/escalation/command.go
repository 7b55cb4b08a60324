package escalation

import (
	"github.com/stormbell/stormbell/domain/actor"
	"github.com/stormbell/stormbell/domain/effect"
)

// Command is what can be asked of a page. The set is closed.
type Command interface{ command() }

// Begin climbs the first rung.
type Begin struct{}

// Accept takes the role. Person may differ from the actor when a stand-in acts.
type Accept struct {
	Actor   actor.Actor `json:"actor"`
	Minutes int         `json:"minutes,omitempty"`
}

// Decline passes the page on to the next person.
type Decline struct {
	Actor  actor.Actor `json:"actor"`
	Reason string      `json:"reason,omitempty"`
}

// StandDown ends the page without a holder.
type StandDown struct {
	FalseAlarm bool `json:"false_alarm,omitempty"`
}

// Happened carries a fact from the world.
type Happened struct{ Fact effect.Fact }

func (Begin) command()     {}
func (Accept) command()    {}
func (Decline) command()   {}
func (StandDown) command() {}
func (Happened) command()  {}
