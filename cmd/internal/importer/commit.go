package importer

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/entries"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/prooffile"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/state"
)

// Commit moves the files in, unless the proof failed or nothing is to be written.
func Commit(ctx context.Context, p Proof, s *report.Summary) error {
	root := p.Staged.root()
	defer root.Watch.Time("commit")()
	switch o := root.Job.Settings; {
	case o.DryRun || s.Proof.State == report.ProofDiffers:
		return nil
	case root.state != nil && o.WritesState():
		return commitWithState(ctx, p, s)
	}
	return p.MoveIn(s)
}

// MoveIn moves the staged files in, with the proof.
func (p Proof) MoveIn(s *report.Summary) error {
	root := p.Staged.root()
	if s.Proof.State == report.ProofClean {
		content, err := prooffile.Next(root.Name, s, p.Verdict.Objects, p.Staged.Linked.Rejected())
		if err != nil {
			return err
		}
		if err := root.stage.Put(state.File{Name: prooffile.Name, Content: content}); err != nil {
			return err
		}
	}
	if err := p.Staged.keepSettings(); err != nil {
		return err
	}
	return p.Staged.MoveIn()
}

// MoveIn moves the staged files in as they are.
func (s Staged) MoveIn() error {
	root := s.root()
	if err := root.stage.Commit(); err != nil {
		return fmt.Errorf("write %s: %w", filepath.Clean(root.Name), err)
	}
	root.stage = nil
	return nil
}

// commitWithState moves the files in and extends the state, in steps between which every plan is
// clean: code with import blocks for what the state lacks, the state, code without those blocks.
func commitWithState(ctx context.Context, p Proof, s *report.Summary) error {
	root, o, linked := p.Staged.root(), p.Staged.root().Job.Settings, p.Staged.Linked
	content, added, err := root.state.Future(entries.Resources(linked.Graph, root.Job.Schema), linked.Share.Live.IDs, root.around.Alias())
	if err != nil {
		return err
	}
	if len(added) == 0 {
		return p.MoveIn(s)
	}
	if err := root.state.Unmoved(ctx, root.Job.World, root.Name); err != nil {
		return err
	}
	if o.WritesBlocks() {
		if err := p.MoveIn(s); err != nil {
			return err
		}
		return root.state.Push(ctx, content)
	}
	missing := make(map[graph.Address]bool, len(added))
	for _, a := range added {
		missing[a] = true
	}
	if err := moveInWith(p, s, func(res *graph.Resource) bool { return missing[res.Address] }); err != nil {
		return err
	}
	if err := root.state.Push(ctx, content); err != nil {
		return err
	}
	if err := root.reopen(ctx); err != nil {
		return err
	}
	return moveInWith(p, s, o.Blocks())
}

// moveInWith renders and stages again with other import blocks, and moves that in.
func moveInWith(p Proof, s *report.Summary, blocks func(*graph.Resource) bool) error {
	layout := p.Staged.root().Layout
	layout.Import = blocks
	files, err := Render(p.Staged.Linked, layout)
	if err != nil {
		return err
	}
	if p.Staged, err = Stage(p.Staged.Linked, files); err != nil {
		return err
	}
	return p.MoveIn(s)
}

// reopen looks at the directory as the last commit left it.
func (r *Root) reopen(ctx context.Context) error {
	if err := r.Dir.Close(); err != nil {
		return err
	}
	r.Dir = nil
	return r.openDirectory(ctx)
}
