package importer

import (
	"context"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/entries"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
)

// commitWithState moves the files in and extends the state, in steps between which every plan is
// clean: code with import blocks for what the state lacks, the state, code without those blocks.
func (r *Run) commitWithState(ctx context.Context) error {
	content, added, err := r.state.Future(entries.Resources(r.Graph, r.Schema), r.ids, r.around.Alias())
	if err != nil {
		return err
	}
	if len(added) == 0 {
		return r.MoveIn()
	}
	if err := r.state.Unmoved(ctx, r.W, r.o.Dir); err != nil {
		return err
	}
	told := r.Changes
	if !r.o.WritesBlocks() {
		missing := make(map[graph.Address]bool, len(added))
		for _, a := range added {
			missing[a] = true
		}
		err := r.restage(func(res *graph.Resource) bool { return missing[res.Address] })
		if err != nil {
			return err
		}
	}
	if err := r.MoveIn(); err != nil {
		return err
	}
	if err := r.state.Push(ctx, content); err != nil {
		return err
	}
	if !r.o.WritesBlocks() {
		if err := r.reopen(); err != nil {
			return err
		}
		if err := r.restage(r.o.Blocks()); err != nil {
			return err
		}
		if err := r.MoveIn(); err != nil {
			return err
		}
	}
	r.Changes = told
	return nil
}

// restage renders and stages again with other import blocks.
func (r *staged) restage(blocks func(*graph.Resource) bool) error {
	r.RenderOptions.Import = blocks
	if err := r.Render(); err != nil {
		return err
	}
	return r.Stage()
}

// reopen looks at the directory as the last commit left it.
func (r *directory) reopen() error {
	if err := r.Dir.Close(); err != nil {
		return err
	}
	r.Dir = nil
	return r.openDirectory()
}
