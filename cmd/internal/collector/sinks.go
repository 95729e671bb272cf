package collector

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
	"github.com/terraformer-rootly/terraformer-rootly/state/auditcopy"
)

// A World is what a collector has from its caller.
type World struct {
	Out       io.Writer // for the sink "-"
	Err       io.Writer // for notes
	Now       func() time.Time
	UserAgent string
}

// Sinks are where events go.
type Sinks struct {
	To         []string // as [auditcopy.Open] takes them
	Format     audit.Format
	Compress   string // see [auditcopy.Options]
	Cursor     string // file; empty: next to the first sink that is a file
	Batch      string // see [auditcopy.Options]
	Header     string // that carries the credential; default Authorization
	Credential string // of endpoints; empty: none
	Insecure   bool   // see [auditcopy.Options]
}

// cursorPath is the file of the cursor.
func (s *Sinks) cursorPath() string {
	if s.Cursor != "" {
		return s.Cursor
	}
	for _, to := range s.To {
		path := auditcopy.Path(to)
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
	d := &deliverer{client: endpointClient(), header: http.CanonicalHeaderKey(s.Header), credential: s.Credential, agent: w.UserAgent, attempts: 4}
	o := auditcopy.Options{
		Format: s.Format, Compress: s.Compress, State: s.cursorPath() + ".queues",
		Stdout: w.Out, Deliver: d.deliver, Batch: s.Batch, Insecure: s.Insecure,
	}
	for _, to := range s.To {
		sink, err := auditcopy.Open(ctx, to, o)
		if err != nil {
			return nil, nil, errors.Join(err, done())
		}
		opened = append(opened, sink)
	}
	return opened, done, nil
}
