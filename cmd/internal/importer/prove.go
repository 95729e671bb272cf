package importer

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/planning"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/generator/engines"
	"github.com/terraformer-rootly/terraformer-rootly/generator/plans"
	"github.com/terraformer-rootly/terraformer-rootly/generator/repair"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
)

// Unplanned reports whether there is to be no plan of the staged directory, with the reason.
func (s Staged) Unplanned() (p report.Proof, off bool) {
	o, variables := s.root().Job.Settings, s.Linked.variables()
	switch {
	case o.Proof.Off:
		p.State, p.Reason = report.ProofSkipped, "--no-verify"
	case o.Secrets == "blank" && variables > 0:
		p.State, p.Reason = report.ProofUnavailable, WithoutValues(variables)
		p.Hint = "fill them in as " + s.Linked.valuesFile() + " shows, then: " + world.Program + " verify " + o.Dir
	default:
		return p, false
	}
	return p, true
}

// WithoutValues says why code with variables for secrets cannot be planned.
func WithoutValues(variables int) string {
	return report.Plural(variables, "variable") + " without a value, because of --secrets blank"
}

// Prove plans a staged directory until the plan is clean or the code cannot be repaired.
func Prove(ctx context.Context, s Staged, recording *Recording) (proof Proof, err error) {
	root, quiet := s.root(), s.root().Watch
	root.Watch = root.Job.Watch // each proof is shown, also that of a part
	defer func() { root.Watch = quiet }()
	defer root.Watch.Time("verify")()
	p := &prover{proof: Proof{Staged: s}, recording: recording, scope: s.scope(recording.unread[root])}
	p.proof.Facts.LeftOut = slices.Sorted(maps.Keys(p.others))
	p.proof.Facts.Against = map[bool]string{true: "recording", false: "live"}[root.Job.Settings.Proof.Replays()]
	defer func() { err = errors.Join(err, p.closePlanner()) }()
	result, err := p.planAndRepair(ctx)
	if err != nil {
		return p.proof, unproven(ctx, err)
	}
	facts := &p.proof.Facts
	planning.Note(facts, root.veil, result, p.proof.Verdict)
	p.proof.noteEntered()
	for _, text := range slices.Concat(recording.unanswered(), p.proof.nothingProven()) {
		facts.State = report.ProofDiffers
		facts.Differences = append(facts.Differences, report.Difference{Action: "error", Message: text})
	}
	return p.proof, nil
}

// A prover makes one proof.
type prover struct {
	proof     Proof // as far as it has come
	recording *Recording
	scope

	declared []byte            // what the planner declares in addition to the code
	planner  *planning.Planner // of the staged directory, while it lasts
	whole    bool              // the staged directory cannot be planned in shards

	before      []plans.Change // what the directory planned before
	askedBefore bool
}

func (p *prover) root() *Root { return p.proof.Staged.root() }

// nothingProven says so where the plan accepted none of the objects: what reads none of them proves nothing.
func (p Proof) nothingProven() []string {
	removed := slices.IndexFunc(p.repairs, func(d report.Repair) bool { return d.How == string(repair.Remove) })
	if removed < 0 || len(p.Verdict.Objects) > 0 {
		return nil
	}
	return []string{"no object could be planned, for example " + p.repairs[removed].Address + ": " + p.repairs[removed].Cause}
}

// noteEntered counts the objects that the plan has in the state and the state has not: it is made
// against the state that there will be.
func (p *Proof) noteEntered() {
	root, facts := p.Staged.root(), &p.Facts
	if root.state == nil {
		return
	}
	held := root.around.HeldAt()
	for _, o := range p.Verdict.Objects {
		if o.Managed && len(held[graph.Target{Type: o.Type, ID: graph.ID(o.ID)}]) == 0 {
			facts.AddedToState++
		}
	}
	if facts.AddedToState > 0 {
		facts.ImportAs = root.Job.Settings.ImportAs.ImportAs
	}
}

// unproven is the error for code that nothing could prove. It may be right all the same, but it is
// not written unless that is asked for.
func unproven(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var missing *engines.UnavailableError
	if errors.As(err, &missing) {
		return exit.WithHint(missing, missing.Hint()+"; --no-verify writes the code without a proof")
	}
	return err
}

// stagedPlanner plans the staged directory, which is initialised once however often it is planned.
func (p *prover) stagedPlanner(ctx context.Context) (*planning.Planner, error) {
	s, root := p.proof.Staged, p.root()
	declared := planning.Declare(s.Changes.Loose.Refs, root.Job.Schema, root.Layout.Provider)
	if p.planner != nil && p.planner.Dir == s.Path() && bytes.Equal(p.declared, declared) {
		return p.planner, nil
	}
	if err := p.closePlanner(); err != nil {
		return nil, err
	}
	o := p.planOptions()
	o.Final, o.Declared, o.ByStream = root.Dir.Path(), declared, true
	o.Progress = func(v engines.Progress) { root.Watch.Progress.Step(v.Objects, v.Step) }
	p.declared = declared
	var err error
	p.planner, err = p.root().Job.Settings.Proof.Planner(ctx, root.Job.World, s.Path(), p.recording.target, o)
	return p.planner, err
}

// planOptions are those of every plan of the root module.
func (p *prover) planOptions() planning.Options {
	return planning.Options{
		States: p.proof.Staged.Linked.Share.Neighbours.States, Veil: p.root().veil, Identify: p.identified,
		Always: p.root().Job.Settings.Proof.Replays(), Configurations: p.answered,
	}
}

// identified is the id of the object that a plan of this root module is about.
func (p *prover) identified(_ context.Context, c plans.Change) string {
	if !p.reads(p.root().around.Configuration(c.Address)) {
		return c.ID
	}
	return string(p.proof.Staged.Linked.Share.Live.IDs.Of(c.Type, graph.ID(c.ID)))
}

func (p *prover) closePlanner() error {
	if p.planner == nil {
		return nil
	}
	closing := p.planner
	p.planner = nil
	return closing.Close()
}

// planBefore plans the directory as it is, once, since what code by hand would change already is no
// difference of this run. It reports whether there is anything new to judge by.
func (p *prover) planBefore(ctx context.Context, stateFile string) (bool, error) {
	root := p.root()
	if p.askedBefore || !root.around.ByHand() {
		return false, nil
	}
	p.askedBefore = true
	o := p.planOptions()
	o.StateFile = stateFile
	if len(p.others) > 0 {
		o.Targets = append(p.otherTargets(root, false), nowhere)
	}
	result, err := p.root().Job.Settings.Proof.Plan(ctx, root.Job.World, root.Dir.Path(), p.recording.target, o)
	if err != nil {
		return false, ctx.Err() // a directory that could not be planned before accepts nothing
	}
	ours := map[string]bool{}
	for _, res := range p.proof.Staged.Linked.Graph.Resources {
		ours[res.Address.String()] = true
	}
	for _, c := range p.proof.Staged.Changes.Carried {
		ours[c.Address.String()] = true
	}
	for _, c := range result.Changes {
		if c.Action != plans.NoOp && !ours[c.Address] {
			p.before = append(p.before, c)
		}
	}
	return len(p.before) > 0, nil
}
