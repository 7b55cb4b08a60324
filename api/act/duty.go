package act

import (
	"context"
	"time"
)

// dutyPatience bounds the word that duty has changed.
const dutyPatience = 5 * time.Second

// DutyChanged lets people hear at once what an override changes for them, instead of a few
// minutes later. Nobody waits for it.
func (d *Desk) DutyChanged(ctx context.Context) {
	go func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), dutyPatience)
		defer cancel()
		_ = d.Commands.DutyChanged(ctx) // the next look finds it all the same
	}()
}
