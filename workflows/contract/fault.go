package contract

import (
	"errors"

	"go.temporal.io/sdk/temporal"

	"github.com/stormbell/stormbell/domain/refusal"
)

// refused is the type of every application error that carries a refusal.
const refused = "refused"

// Refuse turns a refusal of the domain into an error that crosses the wire whole and that
// Temporal does not retry.
func Refuse(err error) error {
	var r *refusal.Error
	if !errors.As(err, &r) {
		return err
	}
	return temporal.NewApplicationErrorWithOptions(r.Detail, refused, temporal.ApplicationErrorOptions{
		NonRetryable: true, Category: temporal.ApplicationErrorCategoryBenign, Details: []any{r},
	})
}

// Refusal finds the domain's refusal in an error that came back over the wire.
func Refusal(err error) (*refusal.Error, bool) {
	var local *refusal.Error
	if errors.As(err, &local) {
		return local, true
	}
	var app *temporal.ApplicationError
	if !errors.As(err, &app) || app.Type() != refused {
		return nil, false
	}
	var r *refusal.Error
	err = app.Details(&r)
	return r, err == nil && r != nil
}
