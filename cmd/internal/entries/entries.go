// Package entries gets imported objects into a Terraform state.
//
//	ImportAs.ReadState ──► the state that there is ──► State.Future ──► the state with all objects of a graph ──► State.Push
//
// An entry has the id of an object and what the provider must find in order to read the rest. Not here: import blocks,
// which generator writes, or when files and state are written, which package importer decides.
package entries

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

// ImportAs is the choice of how objects get into the state.
type ImportAs struct{ ImportAs string }

// The ways in which objects get into the state.
const (
	AsBlocks = "blocks" // import blocks next to the code
	AsState  = "state"  // entries in the state
	AsBoth   = "both"   // blocks, then state
	AsScript = "script" // a shell script that imports one by one
	AsPulumi = "pulumi" // a file that Pulumi imports
	AsNone   = "none"   // they do not
)

const scriptName = "import.sh"

// WritesState reports whether the state itself is extended.
func (a *ImportAs) WritesState() bool { return a.ImportAs == AsState || a.ImportAs == AsBoth }

// WritesBlocks reports whether the code ends with import blocks.
func (a *ImportAs) WritesBlocks() bool {
	return a.ImportAs == "" || a.ImportAs == AsBlocks || a.ImportAs == AsBoth
}

// Blocks selects the resources with import blocks, for the generator.
func (a *ImportAs) Blocks() func(*graph.Resource) bool {
	if a.WritesBlocks() {
		return nil
	}
	return func(*graph.Resource) bool { return false }
}

// A State is the state before a run and after it.
type State struct {
	Held []tfstate.Held // the objects in it

	job     engines.Job
	present []byte                          // empty if there is none
	moves   map[graph.Address]graph.Address // by moved blocks of earlier runs, which may not be applied yet
	private planning.PrivateState           // that the proof plans against
}

// A Place is where the code is.
type Place struct {
	Dir    *state.Directory
	Name   string // of the directory, as the user gave it
	Engine string // to use; empty: the one on the PATH
}

// ReadState reads the present state of a directory's code, since its addresses take precedence. It returns nothing if
// import blocks are used, or if no engine is found and none is needed yet.
func (a *ImportAs) ReadState(ctx context.Context, w world.World, p Place) (*State, error) {
	if a.ImportAs == AsBlocks || a.ImportAs == "" {
		return nil, nil
	}
	found, err := planning.FindEngine(ctx, w, p.Engine, p.Dir.Path())
	var missing *engines.UnavailableError
	switch {
	case errors.As(err, &missing) && a.WritesState():
		return nil, exit.WithHint(err, "only terraform or tofu can add objects to a state; --import-as blocks does not need them until you plan")
	case errors.As(err, &missing):
		return nil, nil // the proof will report it
	case err != nil:
		return nil, err
	}
	s := &State{job: engines.Job{Engine: found, Dir: p.Dir.Path(), Environ: w.Environ()}}
	if a.WritesState() {
		if err := freeState(s.job.Dir); err != nil {
			return nil, err
		}
	}
	if s.present, err = s.pull(ctx, w); err == nil {
		s.Held, err = tfstate.Objects(s.present)
	}
	if err != nil {
		return nil, fmt.Errorf("state of %s: %w", p.Name, err)
	}
	if err := s.move(); err != nil {
		return nil, err
	}
	moved, _, err := p.Dir.Removed()
	if err != nil {
		return nil, err
	}
	s.moves = map[graph.Address]graph.Address{}
	for _, m := range moved {
		s.moves[m[0]] = m[1]
	}
	return s, nil
}

// freeState refuses links in place of the files that an engine writes to extend a state: it would follow them.
func freeState(dir string) error {
	for _, name := range []string{planning.StateName, planning.StateName + ".backup"} {
		if err := disk.Dir(dir).Free(name); err != nil {
			return err
		}
	}
	return disk.Dir(dir).Real(".terraform")
}

// pull reads the state from where the directory's code keeps it.
func (s *State) pull(ctx context.Context, w world.World) ([]byte, error) {
	elsewhere, err := engines.KeepsStateElsewhere(s.job.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if name := w.Getenv("TF_WORKSPACE"); name != "" && name != "default" {
		return nil, exit.WithHint(fmt.Errorf("TF_WORKSPACE=%s cannot be passed on to the engine", name),
			fmt.Sprintf("unset it and choose the workspace with: %s workspace select %s", s.job.Engine.Name, name))
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

// move applies the moved blocks that came with an upgraded state: the engine follows them before anything else.
func (s *State) move() error {
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
	for i, h := range s.Held {
		if next, ok := to[h.Address]; ok && h.Module == "" {
			s.Held[i].Address = next
		}
	}
	return nil
}

// Close removes what was written for the proof.
func (s *State) Close() { s.private.Close() }

// Future is the state with all objects of the run, and what that adds to the present one.
func (s *State) Future(resources []tfstate.Resource, ids rootly.IDs, alias string) (content []byte, added []graph.Address, err error) {
	o := tfstate.Options{Provider: tfstate.TerraformProvider, IDs: ids.Of, Alias: alias}
	if s.job.Engine.Name == "tofu" {
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

// Private writes the state that the proof plans against to a private place, and returns its path. It is the state after
// the run or, for scripts and none, the state that people will make.
func (s *State) Private(resources []tfstate.Resource, ids rootly.IDs, alias string) (string, error) {
	content, _, err := s.Future(resources, ids, alias)
	if err != nil {
		return "", err
	}
	return s.private.Write(content)
}

// Names are the addresses of single objects in the root module.
func (s *State) Names() map[graph.Target]graph.Address {
	names := map[graph.Target]graph.Address{}
	for _, h := range s.Held {
		if h.Plain() {
			names[graph.Target{Type: h.Address.Type, ID: h.ID}] = s.follow(h.Address)
		}
	}
	return names
}

// follow returns the address to which moved blocks of earlier runs lead: an object with a new address keeps it until
// the block is applied.
func (s *State) follow(a graph.Address) graph.Address {
	for range s.moves { // no chain is longer, and a cycle ends
		next, ok := s.moves[a]
		if !ok {
			break
		}
		a = next
	}
	return a
}

// Script is the file for importing one by one, or with Pulumi, if that is the choice. It also returns the next step
// with Pulumi's file.
func (a *ImportAs) Script(g *graph.Graph, dir string) (files []state.File, next []string, err error) {
	switch a.ImportAs {
	case AsPulumi:
		content, leftOut, err := pulumi.File(g.Resources, func(typ string) []string { return catalogue.Lookup(typ).Parents })
		return []state.File{{Name: pulumi.FileName, Content: content}}, pulumiNext(dir, leftOut), err
	case AsScript:
		var list []tfstate.Resource
		for _, res := range g.Resources {
			list = append(list, tfstate.Resource{Address: res.Address, ID: res.ImportID()})
		}
		return []state.File{{Name: scriptName, Content: tfstate.Script(list), Mode: 0o755}}, nil, nil
	}
	return nil, nil, nil
}

// pulumiNext says what to do with Pulumi's file, and what it lacks.
func pulumiNext(dir string, leftOut map[string]int) []string {
	next := []string{"pulumi import --file " + filepath.Join(dir, pulumi.FileName)}
	for _, typ := range slices.Sorted(maps.Keys(leftOut)) {
		next = append(next, fmt.Sprintf("# not in %s, since Pulumi's provider %s lacks the type: %d %s", pulumi.FileName, pulumi.Version, leftOut[typ], typ))
	}
	return next
}

// Push adds content to the state, which has to be the one that was read: see [State.Unmoved].
func (s *State) Push(ctx context.Context, content []byte) error {
	if err := engines.PushState(ctx, s.job, content); err != nil {
		return fmt.Errorf("add objects to the state; until that works, the code has import blocks: %w", err)
	}
	return nil
}

// Unmoved makes sure that the state is still the one that was read.
func (s *State) Unmoved(ctx context.Context, w world.World, dir string) error {
	now, err := s.pull(ctx, w)
	if err != nil {
		return err
	}
	if bytes.Equal(now, s.present) {
		return nil
	}
	return exit.WithHint(fmt.Errorf("the state of %s changed during the run", dir), "nothing was written; run the command again")
}
