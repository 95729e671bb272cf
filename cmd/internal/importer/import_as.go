package importer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/planning"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/generator/engines"
	"github.com/terraformer-rootly/terraformer-rootly/generator/pulumi"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
	"github.com/terraformer-rootly/terraformer-rootly/state"
	"github.com/terraformer-rootly/terraformer-rootly/state/disk"
	"github.com/terraformer-rootly/terraformer-rootly/state/legacy"
	"github.com/terraformer-rootly/terraformer-rootly/state/tfstate"
)

// ImportAs is how Terraform gets to know the objects.
type ImportAs struct{ ImportAs string }

// The ways in which objects get into the state.
const (
	AsBlocks = "blocks" // import blocks beside the code
	AsState  = "state"  // entries in the state
	AsBoth   = "both"   // blocks, then state
	AsScript = "script" // a shell script that imports one by one
	AsPulumi = "pulumi" // a file that Pulumi imports
	AsNone   = "none"   // nothing does that
)

const scriptName = "import.sh"

// writesState reports whether the state itself is extended.
func (a *ImportAs) writesState() bool { return a.ImportAs == AsState || a.ImportAs == AsBoth }

// writesBlocks reports whether the code ends with import blocks.
func (a *ImportAs) writesBlocks() bool {
	return a.ImportAs == "" || a.ImportAs == AsBlocks || a.ImportAs == AsBoth
}

// blocks is the choice of resources with import blocks for the generator.
func (a *ImportAs) blocks() func(*graph.Resource) bool {
	if a.writesBlocks() {
		return nil
	}
	return func(*graph.Resource) bool { return false }
}

// A stateRun is the state that a run finds and the one that it leaves.
type stateRun struct {
	engine  engines.Engine
	job     engines.Job
	present []byte // empty where there is none
	held    []tfstate.Held
	moves   map[graph.Address]graph.Address // by moved blocks of earlier runs, which may not be applied yet
	private planning.PrivateState           // that the proof plans against
}

// openState reads the state that the directory has by now, since the addresses in it win.
func (r *directory) openState(ctx context.Context) error {
	if r.o.ImportAs.ImportAs == AsBlocks || r.o.ImportAs.ImportAs == "" {
		return nil
	}
	s := &stateRun{}
	var err error
	s.engine, err = planning.FindEngine(ctx, r.W, r.o.Engine, r.Dir.Path())
	var missing *engines.UnavailableError
	switch {
	case errors.As(err, &missing) && r.o.writesState():
		return exit.WithHint(err, "only terraform or tofu can add objects to a state; --import-as blocks does not need them until you plan")
	case errors.As(err, &missing):
		return nil // the proof will say so
	case err != nil:
		return err
	}
	s.job = engines.Job{Engine: s.engine, Dir: r.Dir.Path(), Environ: r.W.Environ()}
	if r.o.writesState() {
		if err := freeState(s.job.Dir); err != nil {
			return err
		}
	}
	if s.present, err = s.pull(ctx, r.W); err != nil {
		return fmt.Errorf("state of %s: %w", r.o.Dir, err)
	}
	if s.held, err = tfstate.Objects(s.present); err != nil {
		return fmt.Errorf("state of %s: %w", r.o.Dir, err)
	}
	if err := s.move(); err != nil {
		return err
	}
	moved, _, err := r.Dir.Leavers()
	if err != nil {
		return err
	}
	s.moves = map[graph.Address]graph.Address{}
	for _, m := range moved {
		s.moves[m[0]] = m[1]
	}
	r.state = s
	return nil
}

// freeState refuses links in the place of what an engine writes to extend a state: it would write through them.
func freeState(dir string) error {
	for _, name := range []string{planning.StateName, planning.StateName + ".backup"} {
		if err := disk.Dir(dir).Free(name); err != nil {
			return err
		}
	}
	return disk.Dir(dir).Real(".terraform")
}

// pull reads the state where the directory's code says that it is.
func (s *stateRun) pull(ctx context.Context, w world.World) ([]byte, error) {
	elsewhere, err := engines.KeepsStateElsewhere(s.job.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if name := w.Getenv("TF_WORKSPACE"); name != "" && name != "default" {
		return nil, exit.WithHint(fmt.Errorf("TF_WORKSPACE=%s cannot be passed on to the engine", name),
			fmt.Sprintf("unset it and choose the workspace with: %s workspace select %s", s.engine.Name, name))
	}
	if elsewhere {
		return engines.PullState(ctx, s.job)
	}
	content, err := disk.ReadFile(filepath.Join(s.job.Dir, planning.StateName), disk.MostCode)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return content, err
}

// move takes account of the moved blocks that came with an upgraded state: the engine follows them
// before it looks at anything else.
func (s *stateRun) move() error {
	path := filepath.Join(s.job.Dir, state.MovesFile)
	content, err := disk.ReadFile(path, disk.MostCode)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the moved blocks: %w", err)
	}
	moves, err := legacy.ReadBlocks(path, content)
	if err != nil {
		return err
	}
	to := map[graph.Address]graph.Address{}
	for _, m := range moves {
		to[m.From] = m.To
	}
	for i, h := range s.held {
		if next, ok := to[h.Address]; ok && h.Module == "" {
			s.held[i].Address = next
		}
	}
	return nil
}

// future is the state with all objects of the run, and what that adds to the present one.
func (s *stateRun) future(resources []tfstate.Resource, ids rootly.IDs, alias string) (content []byte, added []graph.Address, err error) {
	o := tfstate.Options{Provider: tfstate.TerraformProvider, IDs: ids.Of, Alias: alias}
	if s.engine.Name == "tofu" {
		o.Provider = tfstate.TofuProvider
	}
	if len(bytes.TrimSpace(s.present)) > 0 {
		return tfstate.Extend(s.present, resources, o)
	}
	for _, r := range resources {
		added = append(added, r.Address)
	}
	content, err = tfstate.New(resources, o)
	return content, added, err
}

// proofState writes the state that the proof plans against to a private place, and returns its
// path: the one that the run leaves, or, for scripts and none, the one that people will make.
func (r *planned) proofState() (string, error) {
	if r.state == nil {
		return "", nil
	}
	content, _, err := r.state.future(r.stateResources(), r.ids, r.around.Alias())
	if err != nil {
		return "", err
	}
	return r.state.private.Write(content)
}

// heldNames are the addresses at which the state holds objects by themselves in the root module.
func (r *directory) heldNames() map[graph.Target]graph.Address {
	names := map[graph.Target]graph.Address{}
	if r.state == nil {
		return names
	}
	for _, h := range r.state.held {
		if h.Plain() {
			names[graph.Target{Type: h.Address.Type, ID: h.ID}] = r.state.follow(h.Address)
		}
	}
	return names
}

// follow returns where moved blocks of earlier runs take what the state has at an address: an object
// that was given a new one shall keep it until that is applied.
func (s *stateRun) follow(a graph.Address) graph.Address {
	for range s.moves { // no chain is longer, and a ring ends
		next, ok := s.moves[a]
		if !ok {
			break
		}
		a = next
	}
	return a
}

// heldByOthers are the addresses in the state of objects that this run does not have.
func (r *directory) heldByOthers(here map[graph.Target]bool) []graph.Address {
	var list []graph.Address
	if r.state == nil {
		return nil
	}
	for _, h := range r.state.held {
		if h.Module == "" && !here[graph.Target{Type: h.Address.Type, ID: h.ID}] {
			list = append(list, h.Address)
		}
	}
	return list
}

// scriptOf is the file that imports one by one, or by Pulumi, where objects get into the state so.
func (r *staged) scriptOf(how string, g *graph.Graph) ([]state.File, error) {
	if how == AsPulumi {
		content, leftOut, err := pulumi.File(g.Resources, func(typ string) []string { return catalogue.Lookup(typ).Parents })
		r.Report.Next = pulumiNext(r.o.Dir, leftOut)
		return []state.File{{Name: pulumi.FileName, Content: content}}, err
	}
	if how != AsScript {
		return nil, nil
	}
	var list []tfstate.Resource
	for _, res := range g.Resources {
		list = append(list, tfstate.Resource{Address: res.Address, ID: res.ImportID()})
	}
	return []state.File{{Name: scriptName, Content: tfstate.Script(list), Mode: 0o755}}, nil
}

// pulumiNext is what Pulumi's users do with the file, and what it lacks.
func pulumiNext(dir string, leftOut map[string]int) []string {
	next := []string{"pulumi import --file " + filepath.Join(dir, pulumi.FileName)}
	for _, typ := range slices.Sorted(maps.Keys(leftOut)) {
		next = append(next, fmt.Sprintf("# not in %s, since Pulumi's provider %s lacks the type: %d %s", pulumi.FileName, pulumi.Version, leftOut[typ], typ))
	}
	return next
}

// commitWithState moves the files in and extends the state, in steps between which every plan is
// clean: code with import blocks for what the state lacks, the state, code without those blocks.
func (r *Run) commitWithState(ctx context.Context) error {
	content, added, err := r.state.future(r.stateResources(), r.ids, r.around.Alias())
	if err != nil {
		return err
	}
	if len(added) == 0 {
		return r.MoveIn()
	}
	if err := r.unmoved(ctx); err != nil {
		return err
	}
	told := r.Changes
	if !r.o.writesBlocks() {
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
	if err := engines.PushState(ctx, r.state.job, content); err != nil {
		return fmt.Errorf("add objects to the state; until that works, the code has import blocks: %w", err)
	}
	if !r.o.writesBlocks() {
		if err := r.reopen(); err != nil {
			return err
		}
		if err := r.restage(r.o.blocks()); err != nil {
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

// unmoved makes sure that the state is still the one that the run began with.
func (r *directory) unmoved(ctx context.Context) error {
	now, err := r.state.pull(ctx, r.W)
	if err != nil {
		return err
	}
	if bytes.Equal(now, r.state.present) {
		return nil
	}
	return exit.WithHint(fmt.Errorf("the state of %s changed during the run", r.o.Dir), "nothing was written; run the command again")
}
