package world

import (
	"context"
	"io"
	"os"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/generator/engines/guard"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/api"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/standin"
)

// A World is what a command may touch, so that tests can give it another.
type World struct {
	In       io.Reader
	Out, Err io.Writer
	Getenv   func(string) string
	Environ  func() []string
	Now      func() time.Time // in the zone in which people are shown times

	// Handler prints what commands report. Zero: as text for people.
	Handler report.Handler

	// Guard ends the engines with this process. Zero: they may outlive it.
	Guard *guard.Guard
	// Sleep waits; it returns the context's error when that ends first. Zero: as long as it takes. For tests that cannot wait.
	Sleep func(context.Context, time.Duration) error

	// Serve starts the stand-in provider. Zero: standin.Serve. For tests that need one that misbehaves.
	Serve func(context.Context, standin.Options) (*standin.Served, error)

	// ShardSize is about how many resources are planned at a time. Zero: what was measured to be fastest. For tests that
	// cannot have thousands of objects.
	ShardSize int
}

// Report returns what prints messages.
func (w World) Report() report.Handler {
	if w.Handler != nil {
		return w.Handler
	}
	return w.Reporting(report.Options{}).Handler
}

// Reporting is the world with messages printed in another way, on its own streams.
func (w World) Reporting(o report.Options) World {
	o.Out, o.Err, o.Getenv, o.Now = w.Out, w.Err, w.Getenv, w.Now
	w.Handler = report.New(o)
	return w
}

// Pause waits for as long as the world says.
func (w World) Pause(ctx context.Context, d time.Duration) error {
	if w.Sleep != nil {
		return w.Sleep(ctx, d)
	}
	return api.Sleep(ctx, d)
}

// System is the real world.
func System() World {
	return World{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Getenv: os.Getenv, Environ: os.Environ, Now: time.Now}
}
