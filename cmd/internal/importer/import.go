package importer

import (
	"context"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/connect"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/entries"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/planning"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/selection"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/generator"
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

// Again is how a run treats what earlier runs and people left in the directory.
type Again struct {
	Into   string
	Forget bool
	Rename bool
}

// Import turns the live organisation into proven code.
func Import(ctx context.Context, w world.World, o *Settings) error {
	root, err := Open(ctx, w, o)
	if err != nil {
		return err
	}
	defer root.Close()

	live, err := Fetch(ctx, root) // API to objects
	if err != nil {
		return err
	}
	linked, err := Link(Whole(live, root)) // objects to a graph with references
	if err != nil {
		return err
	}
	files, err := Render(linked, root.Layout) // graph to files in memory
	if err != nil {
		return err
	}
	staged, err := Stage(linked, files) // files to a private copy of the directory
	if err != nil {
		return err
	}
	proof, err := verified(ctx, staged) // the plan of that copy
	if err != nil {
		return err
	}
	summary := Summarize(proof)
	if err := Commit(ctx, proof, summary); err != nil { // proven files to the directory
		return err
	}
	return Print(live, summary)
}

// verified is the proof of what is staged, or the reason why there is none.
func verified(ctx context.Context, staged Staged) (Proof, error) {
	if facts, off := staged.Unplanned(); off {
		return Proof{Staged: staged, Facts: facts}, nil
	}
	staged.root().Watch.Progress.Stage("verify", len(staged.Linked.Graph.Resources)+len(staged.Changes.Carried))
	recording, err := Record(ctx, staged)
	if err != nil {
		return Proof{}, err
	}
	defer recording.Close()
	proof, err := Prove(ctx, staged, recording)
	if err == nil {
		staged.root().Watch.Progress.Done(proof.Facts.Plan)
	}
	return proof, err
}

// renderOptions translates the flags that say what files look like.
func (o *Settings) renderOptions() generator.Options {
	r := generator.Options{Blank: o.Secrets == "blank", Import: o.ImportAs.Blocks()}
	r.Release = o.Proof.Off && !o.InParts && o.ImportAs.ImportAs == entries.AsBlocks // nothing after the files needs the values
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

// Unplanned sets the flags that a command which makes no plan does not have.
func (o *Settings) Unplanned() {
	o.Proof.Off, o.Proof.Provider, o.Proof.Against = true, "official", "replay"
	o.Secrets, o.ImportAs.ImportAs = "blank", entries.AsNone
}
