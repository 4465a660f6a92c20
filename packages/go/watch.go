package nexuslite

import (
	"context"
	"fmt"

	"github.com/nexuslite/nexuslite-go/internal/capi"
)

// watch lets a context stop a call.
type watch struct {
	// token is given to the call; 0 for a context that never ends.
	token uintptr
	// stop is nil where there is nothing to look at.
	stop func() bool
	// kept says that the token outlives the call.
	kept bool
}

// watching begins to look at the context; an error when that has ended already.
func watching(ctx context.Context) (watch, error) {
	if err := ctx.Err(); err != nil {
		return watch{}, ended(err)
	}
	if ctx.Done() == nil {
		return watch{}, nil
	}
	made, err := capi.NewCancel()
	if err != nil {
		return watch{}, toError(err)
	}
	return looking(ctx, made.Handle), nil
}

// looking fires the token when the context ends.
func looking(ctx context.Context, token uintptr) watch {
	if ctx.Done() == nil {
		return watch{token: token}
	}
	return watch{token: token, stop: context.AfterFunc(ctx, func() { capi.FireCancel(token) })}
}

// away looks away.
func (w watch) away() {
	if w.stop != nil {
		w.stop()
	}
}

// end looks away, and lets go of the token unless somebody keeps it.
func (w watch) end() {
	w.away()
	if w.token != 0 && !w.kept {
		capi.FreeCancel(w.token)
	}
}

// ended is the error of a call that a context did not let begin.
func ended(why error) error {
	return fmt.Errorf("nexuslite: the call did not begin: %w", why)
}
