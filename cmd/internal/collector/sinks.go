package collector

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/intake"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/state/auditcopy"
)

// A World is what a collector has from its caller.
type World struct {
	Out    io.Writer // for the sink "-"
	Report report.Handler
	Now    func() time.Time
}

// Sinks are where events go.
type Sinks struct {
	To            []intake.Sink
	Cursor        string // file; empty: next to the first sink that is a file
	RetryRejected bool   // see [auditcopy.Options]
}

// cursorPath is the file of the cursor.
func (s *Sinks) cursorPath() string {
	if s.Cursor != "" {
		return s.Cursor
	}
	for _, to := range s.To {
		path := auditcopy.Path(to.To)
		switch stat, err := os.Stat(path); {
		case path == "":
		case err == nil && stat.IsDir(), err != nil && filepath.Ext(path) == "":
			return filepath.Join(path, ".cursor.json")
		default:
			return path + ".cursor.json"
		}
	}
	return "rootly-audit.cursor.json"
}

// open opens all sinks, or none.
func (s *Sinks) open(ctx context.Context, w World) ([]*auditcopy.Sink, func() error, error) {
	var opened []*auditcopy.Sink
	done := func() error {
		var err error
		for _, sink := range opened {
			err = errors.Join(err, sink.Close())
		}
		return err
	}
	for _, to := range s.To {
		o := to.Options
		o.State, o.Stdout, o.RetryRejected = s.cursorPath()+".queues", w.Out, s.RetryRejected
		sink, err := auditcopy.Open(ctx, to.To, o)
		if err != nil {
			return nil, nil, errors.Join(err, done())
		}
		opened = append(opened, sink)
	}
	return opened, done, nil
}
