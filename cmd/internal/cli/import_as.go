package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/terraformer-rootly/terraformer-rootly/generator/verify"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
	"github.com/terraformer-rootly/terraformer-rootly/state"
	"github.com/terraformer-rootly/terraformer-rootly/state/disk"
	"github.com/terraformer-rootly/terraformer-rootly/state/legacy"
	"github.com/terraformer-rootly/terraformer-rootly/state/tfstate"
)

// importAs is how Terraform gets to know the objects.
type importAs struct{ importAs string }

const (
	asBlocks = "blocks" // import blocks beside the code
	asState  = "state"  // entries in the state
	asBoth   = "both"
	asScript = "script" // a shell script that imports one by one
	asNone   = "none"
)

const scriptName = "import.sh"

const stateName = "terraform.tfstate"

// writesState reports whether the state itself is extended.
func (a *importAs) writesState() bool { return a.importAs == asState || a.importAs == asBoth }

// writesBlocks reports whether the code ends with import blocks.
func (a *importAs) writesBlocks() bool {
	return a.importAs == "" || a.importAs == asBlocks || a.importAs == asBoth
}

// blocks is the choice of resources with import blocks for the generator.
func (a *importAs) blocks() func(*graph.Resource) bool {
	if a.writesBlocks() {
		return nil
	}
	return func(*graph.Resource) bool { return false }
}

// A stateRun is the state that a run finds and the one that it leaves.
type stateRun struct {
	engine  verify.Engine
	job     verify.Job
	present []byte // empty where there is none
	held    []tfstate.Held
	moves   map[graph.Address]graph.Address // by moved blocks of earlier runs, which may not be applied yet
	private string                          // directory for the state that the proof plans against; empty until it is needed
}

// openState reads the state that the directory has by now, since the addresses in it win.
func (r *run) openState(ctx context.Context) error {
	if r.o.importAs.importAs == asBlocks || r.o.importAs.importAs == "" {
		return nil
	}
	s := &stateRun{}
	var err error
	s.engine, err = verify.FindEngine(ctx, verify.Options{Engine: r.o.engine, SearchPath: r.w.Getenv("PATH"), Environ: r.w.Environ()})
	var missing *verify.UnavailableError
	switch {
	case errors.As(err, &missing) && r.o.writesState():
		return advised(err, "only terraform or tofu can put objects into a state; --import-as blocks needs neither until you plan")
	case errors.As(err, &missing):
		return nil // the proof will say so
	case err != nil:
		return err
	}
	s.job = verify.Job{Engine: s.engine, Dir: r.dir.Path(), Environ: r.w.Environ()}
	if r.o.writesState() {
		if err := freeState(s.job.Dir); err != nil {
			return err
		}
	}
	if s.present, err = s.pull(ctx, r.w); err != nil {
		return fmt.Errorf("state of %s: %w", r.o.dir, err)
	}
	if s.held, err = tfstate.Objects(s.present); err != nil {
		return fmt.Errorf("state of %s: %w", r.o.dir, err)
	}
	if err := s.move(); err != nil {
		return err
	}
	moved, _, err := r.dir.Leavers()
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
	for _, name := range []string{stateName, stateName + ".backup"} {
		if err := disk.Dir(dir).Free(name); err != nil {
			return err
		}
	}
	return disk.Dir(dir).Real(".terraform")
}

// pull reads the state where the directory's code says that it is.
func (s *stateRun) pull(ctx context.Context, w World) ([]byte, error) {
	elsewhere, err := verify.KeepsStateElsewhere(s.job.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if name := w.Getenv("TF_WORKSPACE"); name != "" && name != "default" {
		return nil, advised(fmt.Errorf("TF_WORKSPACE=%s cannot be passed on to the engine", name),
			fmt.Sprintf("unset it and choose the workspace with: %s workspace select %s", s.engine.Name, name))
	}
	if elsewhere {
		return verify.PullState(ctx, s.job)
	}
	content, err := disk.ReadFile(filepath.Join(s.job.Dir, stateName), disk.MostCode)
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
func (s *stateRun) future(resources []tfstate.Resource, ids rootly.IDs) (content []byte, added []graph.Address, err error) {
	o := tfstate.Options{Provider: tfstate.TerraformProvider, IDs: ids.Of}
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
func (r *run) proofState() (string, error) {
	if r.state == nil {
		return "", nil
	}
	content, _, err := r.state.future(r.stateResources(), r.ids)
	if err != nil {
		return "", err
	}
	if r.state.private == "" {
		if r.state.private, err = os.MkdirTemp("", "rootly-plan-*"); err != nil {
			return "", fmt.Errorf("make a private directory for the state: %w", err)
		}
	}
	path := filepath.Join(r.state.private, stateName)
	if err := disk.Dir(r.state.private).Write(stateName, content, 0o600); err != nil {
		return "", fmt.Errorf("write the state to prove: %w", err)
	}
	return path, nil
}

// closeState removes what the proof needed.
func (r *run) closeState() {
	if r.state != nil && r.state.private != "" {
		dir, name := disk.Of(r.state.private)
		_ = dir.RemoveAll(name)
	}
}

// heldNames are the addresses at which the state holds objects by themselves in the root module.
func (r *run) heldNames() map[state.Key]graph.Address {
	names := map[state.Key]graph.Address{}
	if r.state == nil {
		return names
	}
	for _, h := range r.state.held {
		if h.Plain() {
			names[state.Key{Type: h.Address.Type, ID: h.ID}] = r.state.follow(h.Address)
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
func (r *run) heldByOthers(here map[state.Key]bool) []graph.Address {
	var list []graph.Address
	if r.state == nil {
		return nil
	}
	for _, h := range r.state.held {
		if h.Module == "" && !here[state.Key{Type: h.Address.Type, ID: h.ID}] {
			list = append(list, h.Address)
		}
	}
	return list
}

// script is the file that imports one by one.
func (r *run) script() []state.File {
	if r.o.importAs.importAs != asScript {
		return nil
	}
	var list []tfstate.Resource
	for _, res := range r.graph.Resources {
		list = append(list, tfstate.Resource{Address: res.Address, ID: res.ImportID()})
	}
	return []state.File{{Name: scriptName, Content: tfstate.Script(list), Mode: 0o755}}
}

// commitWithState moves the files in and extends the state, in steps between which every plan is
// clean: code with import blocks for what the state lacks, the state, code without those blocks.
func (r *run) commitWithState(ctx context.Context) error {
	content, added, err := r.state.future(r.stateResources(), r.ids)
	if err != nil {
		return err
	}
	if len(added) == 0 {
		return r.moveIn()
	}
	if err := r.unmoved(ctx); err != nil {
		return err
	}
	told := r.changes
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
	if err := r.moveIn(); err != nil {
		return err
	}
	if err := verify.PushState(ctx, r.state.job, content); err != nil {
		return fmt.Errorf("extend the state; the code has import blocks until that works: %w", err)
	}
	if !r.o.writesBlocks() {
		if err := r.reopen(); err != nil {
			return err
		}
		if err := r.restage(r.o.blocks()); err != nil {
			return err
		}
		if err := r.moveIn(); err != nil {
			return err
		}
	}
	r.changes = told
	return nil
}

// restage renders and stages again with other import blocks.
func (r *run) restage(blocks func(*graph.Resource) bool) error {
	r.renderOptions.Import = blocks
	if err := r.render(); err != nil {
		return err
	}
	return r.stage()
}

// reopen looks at the directory as the last commit left it.
func (r *run) reopen() error {
	if err := r.dir.Close(); err != nil {
		return err
	}
	r.dir = nil
	return r.openDirectory()
}

// unmoved makes sure that the state is still the one that the run began with.
func (r *run) unmoved(ctx context.Context) error {
	now, err := r.state.pull(ctx, r.w)
	if err != nil {
		return err
	}
	if bytes.Equal(now, r.state.present) {
		return nil
	}
	return advised(fmt.Errorf("the state of %s moved while the run went on", r.o.dir), "nothing was written; run the command again")
}
