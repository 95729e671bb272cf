package importer

import (
	"context"
	"fmt"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/planning"
	"github.com/terraformer-rootly/terraformer-rootly/generator/engines"
	"github.com/terraformer-rootly/terraformer-rootly/providers/schema"
)

// haveEngine makes sure, before anything is asked of the API, that there is something to plan with.
func (r *job) haveEngine(ctx context.Context) error {
	if r.o.Proof.Off {
		return nil
	}
	_, err := planning.FindEngine(ctx, r.W, r.o.Proof.Engine, r.o.Dir)
	return r.unproven(ctx, err)
}

// InstalledSchema replaces the built-in schema by that of the provider which a directory was initialised with, if it is of
// another version. What is new in it is imported by the general rules; what it no longer has is left out and reported.
// It does not contain defaults, so values equal to a known default are written.
func (r *directory) InstalledSchema(ctx context.Context, dir string) error {
	if r.o.Proof.Off || r.o.Proof.Provider != "official" {
		return nil
	}
	p, err := engines.Installed(dir)
	if err != nil || p.Version == "" || p.Version == schema.SnapshotVersion {
		return err
	}
	engine, err := planning.FindEngine(ctx, r.W, r.o.Proof.Engine, dir)
	if err != nil {
		return nil // the proof will say so
	}
	data, err := engines.Schema(ctx, engine, dir, p, r.W.Environ())
	if err != nil {
		return fmt.Errorf("ask provider %s for its schema: %w", p.Version, err)
	}
	r.Schema, err = schema.Parse(data, p.Version)
	return err
}
