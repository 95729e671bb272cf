package importer

import (
	"context"
	"errors"
	"fmt"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/connect"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/entries"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/planning"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/selection"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/generator"
	"github.com/terraformer-rootly/terraformer-rootly/providers/schema"
)

// Settings are the flags of import.
type Settings struct {
	connect.Connection
	selection.Selection
	planning.Proof
	entries.ImportAs
	Again

	Fold          bool
	AcceptDeleted bool

	Dir        string
	Layout     string
	Output     string
	Detail     string
	Positions  string // "omit", or keep
	References string
	Users      string
	System     string

	ProviderAlias string // the configuration of the provider that the code has; empty: the obvious one
	InParts       bool   // whether the code goes to several root modules

	Secrets string
	Force   bool
	DryRun  bool
}

// Import turns the live organisation into proven code.
func Import(ctx context.Context, w world.World, o *Settings) error {
	run, err := NewRun(ctx, w, o)
	if err != nil {
		return err
	}
	defer run.Close()

	if err := run.Fetch(ctx); err != nil { // API to live objects
		return err
	}
	if err := run.Link(ctx); err != nil { // live objects to a graph with references
		return err
	}
	if err := run.Render(); err != nil { // graph to files in memory
		return err
	}
	if err := run.Stage(); err != nil { // files to a private copy of the directory
		return err
	}
	if err := run.verify(ctx); err != nil { // the plan of that copy
		return err
	}
	run.Sum()
	if err := run.Commit(ctx); err != nil { // proven files to the directory
		return err
	}
	return run.Print()
}

// renderOptions translates the flags that say what files look like.
func (o *Settings) renderOptions() generator.Options {
	r := generator.Options{Blank: o.Secrets == "blank", Import: o.ImportAs.Blocks()}
	r.Release = o.Proof.Off && o.ImportAs.ImportAs == entries.AsBlocks // nothing after the files needs the values
	switch o.Layout {
	case "by-object":
		r.Layout = generator.ByObject
	case "single":
		r.Layout = generator.Single
	}
	if o.Output == "json" {
		r.Syntax = generator.JSON
	}
	return r
}

// NewRun prepares what the stages share.
func NewRun(ctx context.Context, w world.World, o *Settings) (*Run, error) {
	if o.Dir == "" {
		return nil, exit.Usage(errors.New("-o is empty"), "give the directory to write to")
	}
	if o.Proof.Subset < 0 {
		return nil, exit.Usage(fmt.Errorf("--verify-sample %d is negative", o.Proof.Subset), "0 plans all resources")
	}
	if err := o.Proof.FindValues(o.Dir); err != nil {
		return nil, err
	}
	types, explicit, err := o.Types()
	if err != nil {
		return nil, err
	}
	filters, err := o.Parse()
	if err != nil {
		return nil, err
	}
	if err := selection.CheckSelected(filters, types); err != nil {
		return nil, err
	}
	if twice := selection.Twice(types); twice != "" {
		w.Report().Note(twice)
	}
	s, err := schema.Snapshot()
	if err != nil {
		return nil, err
	}
	r := &Run{}
	r.job = job{
		W: w, o: o, types: types, explicit: explicit, filters: filters, started: w.Now(), veil: planning.NewVeil(),
		Report: &report.Summary{Directory: o.Dir, DryRun: o.DryRun, StageSeconds: map[string]float64{}},
	}
	r.Schema, r.RenderOptions, r.neighbours = s, o.renderOptions(), alone{}
	r.Progress = w.Report().Progress(r.requests)
	if r.Client, r.liveTarget, r.disconnect, err = o.Open(w, r.Progress.Note); err != nil {
		return nil, err
	}
	if err := r.haveEngine(ctx); err != nil {
		r.Close()
		return nil, err
	}
	if err := r.openDirectory(); err != nil {
		r.Close()
		return nil, err
	}
	if err := r.haveFolds(ctx); err != nil {
		r.Close()
		return nil, err
	}
	if r.state, err = o.ImportAs.ReadState(ctx, w, entries.Place{Dir: r.Dir, Name: o.Dir, Engine: o.Engine}); err != nil {
		r.Close()
		return nil, err
	}
	if err := r.lookAround(ctx); err != nil {
		r.Close()
		return nil, err
	}
	if err := r.InstalledSchema(ctx, r.o.Dir); err != nil {
		r.Close()
		return nil, err
	}
	return r, nil
}

// Unplanned sets the flags that a command which makes no plan does not have.
func (o *Settings) Unplanned() {
	o.Proof.Off, o.Proof.Provider, o.Proof.Against = true, "official", "replay"
	o.Secrets, o.ImportAs.ImportAs = "blank", entries.AsNone
}
