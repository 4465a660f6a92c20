package nexuslite

import (
	"context"
	"log/slog"

	"github.com/nexuslite/nexuslite-go/internal/capi"
)

// levels are those of the library, from an error to a trace.
var levels = [...]slog.Level{slog.LevelError, slog.LevelWarn, slog.LevelInfo, slog.LevelDebug, slog.LevelDebug - 4}

// SetLogger has what the library says of its databases brought to logger, at the levels that it is enabled for now;
// nil ends it. There is one for the whole program.
//
// The library says little: that a validator only warned, that indexes were built again. It is heard by the goroutine
// that calls a database next, after its call.
func SetLogger(logger *slog.Logger) error {
	if err := capi.CheckABI(); err != nil {
		return toError(err)
	}
	wanted := 0
	if logger != nil {
		for i, level := range levels {
			if logger.Enabled(context.Background(), level) {
				wanted = i + 1
			}
		}
	}
	var hear func(capi.Message)
	if wanted > 0 {
		hear = func(said capi.Message) {
			level := levels[min(max(said.Level, 1), len(levels))-1]
			logger.LogAttrs(context.Background(), level, said.Text, slog.String("target", said.Target))
		}
	}
	if err := capi.Listen(hear, wanted); err != nil {
		return toError(err)
	}
	return nil
}
