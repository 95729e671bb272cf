package importer

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/managed"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/prooffile"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/selection"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/snapshot"
	"github.com/terraformer-rootly/terraformer-rootly/generator/plans"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
	"github.com/terraformer-rootly/terraformer-rootly/state"
	"github.com/terraformer-rootly/terraformer-rootly/state/ignore"
	"github.com/terraformer-rootly/terraformer-rootly/state/tfstate"
)

// Again is how a run treats what earlier runs and people left in the directory.
type Again struct {
	Into   string
	Forget bool
	Rename bool
}

// surroundings are what the directory contains apart from what this run writes.
type surroundings struct {
	managed.Module
	slugged map[graph.Target]bool // what the state knows by a slug, or will

	providers configurations

	outside map[graph.Target]graph.Ref // managed elsewhere, and how to refer to it
	hidden  map[graph.Target]string    // managed where no reference leads, and where
	aside   []*rootly.Object           // what is managed elsewhere
	ignore  ignore.File
	left    map[graph.Target]bool // what a filter or the ignore file leaves out; nil until asked for
	ignored []graph.Target        // what the ignore file leaves out
	before  []plans.Change        // what the directory planned before
	planned bool                  // whether before was asked for
}

// lookAround reads what people wrote in the directory and what its state holds.
func (r *fetched) lookAround(ctx context.Context) error {
	s := &surroundings{}
	r.around = s
	var err error
	if s.Hand, err = r.Dir.Handwritten(); err != nil {
		return err
	}
	if s.ignore, err = selection.ReadIgnore(r.Dir.Path()); err != nil {
		return err
	}
	r.RenderOptions.Closed = map[string]bool{}
	for name := range s.Hand.Files {
		r.RenderOptions.Closed[name] = true
	}
	if r.o.Users == "locals" && !s.Hand.MayDeclare("users") {
		r.o.Users = "literal" // the name is taken
	}
	if r.state != nil {
		s.Held, s.Known = r.state.Held, true
	} else {
		err = s.ReadState(ctx, r.W, r.o.Proof.Engine, r.Dir.Path())
	}
	if err != nil && (r.o.Again.Into != "" || r.o.Again.Forget || ctx.Err() != nil) {
		return err // otherwise it changes nothing but which import blocks are still wanted
	}
	if err := r.chooseConfiguration(); err != nil {
		return err
	}
	if s.Will, err = r.willManage(ctx); err != nil {
		return err
	}
	r.identify()
	return nil
}

// chooseConfiguration decides which configuration of the provider the generated code has. What a split is asked for is
// for those of its root modules that have it.
func (r *directory) chooseConfiguration() error {
	s := r.around
	err := s.ReadConfigurations(r.Dir.Path(), r.o.ProviderAlias, r.Dir.Addresses())
	if r.o.InParts && len(s.Providers.Aliases) == 0 {
		err = s.ReadConfigurations(r.Dir.Path(), "", r.Dir.Addresses())
	}
	if err != nil {
		return err
	}
	s.providers.answered = []string{s.Ours}
	r.RenderOptions.Local, r.RenderOptions.Provider = s.Providers.Local, s.Providers.Written(s.Ours)
	return nil
}

// willManage asks about the directory of a run.
func (r *directory) willManage(ctx context.Context) ([]tfstate.Held, error) {
	q := managed.Inquiry{W: r.W, Proof: &r.o.Proof, Dir: r.Dir.Path(), Live: r.liveTarget, Around: &r.around.Module, Note: r.Progress.Note}
	q.Wanted = func(typ string) bool {
		return r.o.References == "follow" || slices.ContainsFunc(r.types, func(t *catalogue.Type) bool { return t.Name == typ })
	}
	return q.Ask(ctx)
}

// setAsideManaged removes from the run what other code of the directory manages, and notes how to refer to it.
func (r *gathered) setAsideManaged() {
	r.around.outside, r.around.hidden = map[graph.Target]graph.Ref{}, map[graph.Target]string{}
	r.live.Objects = r.unmanaged(r.live.Objects)
}

// unmanaged returns the objects that this run has to write, and sets the others aside.
func (r *gathered) unmanaged(objects []*rootly.Object) []*rootly.Object {
	s := r.around
	known, places := r.Dir.Addresses(), s.Places()
	kept := objects[:0:0]
	for _, o := range objects {
		k := graph.Target{Type: o.Type.Name, ID: o.ID}
		if !r.around.managedElsewhere(k, known[k], places[k]) {
			kept = append(kept, o)
			continue
		}
		s.aside, r.others = append(s.aside, o), append(r.others, o)
	}
	return kept
}

// managedElsewhere decides for one object. Ours is its address in code of earlier runs.
func (s *surroundings) managedElsewhere(k graph.Target, ours graph.Address, places []tfstate.Held) bool {
	target := k
	if file, declared := s.Hand.Declared[ours]; !ours.IsZero() && declared && !s.Hand.Files[file] {
		s.outside[target] = graph.Ref{Target: ours, Attr: "id"}
		return true
	}
	for _, p := range places {
		_, byHand := s.Hand.Declared[p.Address]
		at, own := p.Instance()
		switch {
		case p.Module != "", s.Leaves(p), byHand && s.slugged[target] && !(own && at == ours):
			s.hidden[target] = p.String()
			return true
		case byHand && !(own && at == ours):
			ref := graph.Ref{Target: p.Address, Attr: "id"}
			if p.Key != "" {
				ref.Index = "[" + strings.NewReplacer("${", "$${", "%{", "%%{").Replace(p.Key) + "]"
			}
			s.outside[target] = ref
			return true
		}
	}
	return false
}

// reserveOthers lists the addresses that code by hand or the state has for something else.
func (r *directory) reserveOthers(here map[graph.Target]bool) []graph.Address {
	s := r.around
	ours := map[graph.Address]bool{}
	for _, a := range r.Dir.Addresses() {
		ours[a] = true
	}
	var list []graph.Address
	for a, file := range s.Hand.Declared {
		if !ours[a] || !s.Hand.Files[file] {
			list = append(list, a)
		}
	}
	for _, h := range s.Held {
		if h.Module == "" && !here[graph.Target{Type: h.Address.Type, ID: h.ID}] {
			list = append(list, h.Address)
		}
	}
	return list
}

func (s *surroundings) isElsewhere(t graph.Target) bool {
	_, outside := s.outside[t]
	_, hidden := s.hidden[t]
	return outside || hidden
}

// unheld leaves out the import blocks of what the state already has.
func (r *directory) unheld(blocks func(*graph.Resource) bool) func(*graph.Resource) bool {
	held, _ := r.around.heldAddresses()
	return func(res *graph.Resource) bool {
		if _, ok := held[graph.Target{Type: res.Address.Type, ID: res.ID}]; ok {
			return false
		}
		return blocks == nil || blocks(res)
	}
}

// addOthers adds to a run what others write.
func (r *linked) addOthers(run *state.Run) {
	run.Held, run.Forget = map[graph.Target]bool{}, map[graph.Target]bool{}
	for _, h := range r.around.Held {
		if _, own := h.Instance(); own {
			run.Held[graph.Target{Type: h.Address.Type, ID: h.ID}] = true
		}
	}
	for k := range r.forget {
		run.Forget[k] = true
	}
	for _, k := range r.held {
		run.Live[k] = true
	}
	for _, t := range r.around.ignored {
		run.Live[t] = true
	}
	known := r.Dir.Addresses()
	for _, o := range r.around.aside {
		k := graph.Target{Type: o.Type.Name, ID: o.ID}
		run.Live[k] = true
		if _, byHand := r.around.Hand.Declared[known[k]]; !byHand {
			run.Forget[k] = true // its code is elsewhere by now
		}
	}
}

// sumAgain reports what happened to what was there before. The plan decides which edited resources differ; without a
// plan, the code does.
func (r *Run) sumAgain() report.Rerun {
	s := report.Rerun{Elsewhere: len(r.around.aside), Ignored: len(r.around.ignored)}
	seen := map[string]bool{}
	note := func(list *[]string, address string) {
		if !seen[address] {
			seen[address] = true
			*list = append(*list, address)
		}
	}
	outside := map[string]bool{}
	for _, c := range r.Changes.Carried {
		outside[c.Address.String()] = true
	}
	for _, d := range r.Verdict.Accepted {
		switch {
		case r.around.edited(d.Address):
			note(&s.Differing, d.Address)
		case outside[d.Address]:
			note(&s.Outside, d.Address)
		default:
			note(&s.Before, d.Address)
		}
	}
	if r.Report.Proof.State != report.ProofClean && r.Report.Proof.State != report.ProofDiffers {
		for _, o := range r.Changes.Differing {
			note(&s.Differing, o.Address.String())
		}
	}
	for _, o := range r.Changes.Left {
		note(&s.Left, o.Address.String())
	}
	for _, o := range r.Changes.Gone {
		switch {
		case r.around.isElsewhere(o.Key()): // counted as managed elsewhere
		case r.forget[o.Key()]:
			note(&s.Forgotten, o.Address.String())
		default:
			note(&s.Deleted, o.Address.String())
		}
	}
	known := r.Dir.Addresses()
	for _, res := range r.Graph.Resources {
		if was := known[graph.Target{Type: res.Address.Type, ID: res.ID}]; !was.IsZero() && was != res.Address {
			s.Moved = append(s.Moved, report.Moved{From: was.String(), To: res.Address.String()})
		}
	}
	return s
}

// adviseGone adds a hint if the plan fails at an object that was deleted in Rootly: for some types, the provider treats
// a 404 as a failure and does not remove the object from the state. No block in the code helps, since engines read an
// object before they forget it.
func adviseGone(differences []report.Difference, gone []string) {
	for i, d := range differences {
		if d.Action == "error" && slices.Contains(gone, d.Address) {
			differences[i].Message = fmt.Sprintf("it was deleted in Rootly, which the provider reports as a failure; remove it from the state with: state rm '%s' (%s)", d.Address, d.Message)
		}
	}
}

// edited reports whether an address stands in a file of an earlier run that a person edited.
func (s *surroundings) edited(address string) bool {
	for a, file := range s.Hand.Declared {
		if a.String() == address {
			return s.Hand.Files[file]
		}
	}
	return false
}

// removedFiles counts the files that leave. The proof is written anew after it was counted out.
func (r *staged) removedFiles() int {
	n := 0
	for _, name := range r.Changes.Remove {
		renewed := name == prooffile.Name && r.Report.Proof.State == report.ProofClean || name == snapshot.SnapshotName && r.snapshot || name == snapshot.SettingsName && !r.snapshot
		if !renewed {
			n++
		}
	}
	return n
}
