package importer

import (
	"bytes"
	"context"
	"errors"
	"slices"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/connect"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/planning"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/generator"
	"github.com/terraformer-rootly/terraformer-rootly/generator/engines"
	"github.com/terraformer-rootly/terraformer-rootly/generator/repair"
	"github.com/terraformer-rootly/terraformer-rootly/generator/verify"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
	"github.com/terraformer-rootly/terraformer-rootly/state/ignore"
)

// verify plans the staged directory and judges the plan.
func (r *Run) verify(ctx context.Context) error {
	if r.Unplanned() {
		return nil
	}
	r.Progress.Stage("verify", len(r.Graph.Resources)+len(r.Changes.Carried))
	prove := func(_ int, t connect.Target) error { return r.prove(ctx, t) }
	if err := r.Verify(ctx, []*Run{r}, prove); err != nil {
		return err
	}
	r.Progress.Done(r.Report.Proof.Plan)
	return nil
}

// Verify plans the staged directories of some runs one after the other: this one, or those of its parts. They share one
// API, to be passed to prove.
func (r *Run) Verify(ctx context.Context, of []*Run, prove func(i int, t connect.Target) error) error {
	requests := 0
	for _, p := range of {
		if err := p.prepare(ctx); err != nil {
			return err
		}
		requests += p.Requests(p.subset)
	}
	if !r.o.Proof.Replays() {
		r.Progress.Stage("cost", 0)
		r.Progress.Done(planning.PlanCost(requests, r.Client.Stats().Limit))
	}
	t, stop, err := r.target(ctx, of)
	if err != nil {
		return err
	}
	defer stop()
	for i := range of {
		if err := prove(i, t); err != nil {
			return err
		}
	}
	return nil
}

// Requests is about how many requests a plan makes: of some of the resources, or of everything.
func (r *staged) Requests(subset map[graph.Address]bool) int {
	n := 0
	for _, res := range r.Graph.Resources {
		if subset == nil || subset[res.Address] {
			n += planning.RequestsToRead(res.Address.Type)
		}
	}
	for _, c := range r.Changes.Carried {
		if subset == nil || subset[c.Address] {
			n += planning.RequestsToRead(c.Address.Type)
		}
	}
	for _, d := range r.Graph.Data {
		if d.Address.Type != generator.StateType {
			n++
		}
	}
	return n
}

// prepare settles what the plan covers.
func (r *planned) prepare(ctx context.Context) error {
	if err := r.recordCarried(ctx); err != nil {
		return err
	}
	r.readConfigurations()
	r.chooseSubset()
	r.leaveOutDependents()
	return nil
}

// Unplanned reports whether there is to be no plan, and adds the reason to the report.
func (r *job) Unplanned() bool {
	p := &r.Report.Proof
	switch {
	case r.o.Proof.Off:
		p.State, p.Reason = report.ProofSkipped, "--no-verify"
	case r.o.Secrets == "blank" && r.Report.Secrets > 0:
		p.State, p.Reason = report.ProofUnavailable, WithoutValues(r.Report.Secrets)
		p.Hint = "fill them in as " + r.Report.SecretsFile + " shows, then: " + world.Program + " verify " + r.o.Dir
	default:
		return false
	}
	return true
}

// WithoutValues says why code with variables for secrets cannot be planned.
func WithoutValues(variables int) string {
	return report.Plural(variables, "variable") + " without a value, because of --secrets blank"
}

// prove plans the staged directory against a target until the plan is clean or cannot be repaired.
func (r *proof) prove(ctx context.Context, t connect.Target) (err error) {
	defer r.Lap("verify", r.W.Now())
	defer func() { err = errors.Join(err, r.closePlanner()) }()
	p := &r.Report.Proof
	p.Against = map[bool]string{true: "recording", false: "live"}[r.o.Proof.Replays()]
	result, err := r.planAndRepair(ctx, t)
	if err != nil {
		return r.unproven(ctx, err)
	}
	planning.Note(p, r.veil, result, r.Verdict)
	r.noteEntered(p)
	for _, text := range slices.Concat(r.served.Unanswered(), r.nothingProven()) {
		p.State = report.ProofDiffers
		p.Differences = append(p.Differences, report.Difference{Action: "error", Message: text})
	}
	return nil
}

// nothingProven says so where the plan accepted none of the objects: what reads none of them proves nothing.
func (r *proof) nothingProven() []string {
	removed := slices.IndexFunc(r.Report.Repairs, func(d report.Repair) bool { return d.How == string(repair.Remove) })
	if removed < 0 || len(r.Verdict.Objects) > 0 {
		return nil
	}
	return []string{"no object could be planned, for example " + r.Report.Repairs[removed].Address + ": " + r.Report.Repairs[removed].Cause}
}

// noteEntered counts the objects that the plan has in the state and the state has not: it is made
// against the state that there will be.
func (r *proof) noteEntered(p *report.Proof) {
	if r.state == nil {
		return
	}
	held := r.around.HeldAt()
	for _, o := range r.Verdict.Objects {
		if o.Managed && len(held[graph.Target{Type: o.Type, ID: graph.ID(o.ID)}]) == 0 {
			p.AddedToState++
		}
	}
	if p.AddedToState > 0 {
		p.ImportAs = r.o.ImportAs.ImportAs
	}
}

// sampleShare is how many requests the comparison of lists with single answers may add: one in so
// many. It keeps the cost of a run near the least that it can be.
const sampleShare = 25

// sample reads a few objects again by themselves: the plan is made against what the lists said,
// and the provider would ask for single objects.
func (r *fetched) sample(ctx context.Context) error {
	if !r.o.Proof.Replays() {
		return nil
	}
	n := max(1, int(r.Client.Stats().Requests)/sampleShare)
	picked := rootly.Sample(r.live.Objects, n)
	found, err := rootly.Reread(ctx, r.Client, picked)
	if err != nil {
		return err
	}
	r.Report.Proof.Sampled = len(picked)
	for _, d := range found {
		r.Report.Proof.Differences = append(r.Report.Proof.Differences, report.Difference{
			Address: d.Type + " " + string(d.ID), Action: "disagrees", Path: d.Attribute,
			Message: "the API has another value for the single object than in its list; two objects may have this id: leave it out with " + ignore.Name +
				", or plan with what the API has for the single object (--verify live)",
		})
	}
	return nil
}

// target is the API that the plans of some runs ask: a recording, or the live one.
func (r *Run) target(ctx context.Context, of []*Run) (connect.Target, func(), error) {
	if !r.o.Proof.Replays() {
		return r.liveTarget, func() {}, nil
	}
	for _, p := range of {
		if p != r {
			r.replay.Objects = append(r.replay.Objects, p.replay.Objects...)
			p.replay = planning.Recording{}
		}
	}
	record := r.replay
	r.replay = planning.Recording{}
	var err error
	if r.served, err = record.Serve(ctx, r.Client); err != nil {
		return connect.Target{}, nil, err
	}
	for _, p := range of {
		p.served = r.served
	}
	return r.served.Target, r.served.Stop, nil
}

// unproven is the error for code that nothing could prove. It may be right all the same, but it is
// not written unless that is asked for.
func (r *job) unproven(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var missing *engines.UnavailableError
	if errors.As(err, &missing) {
		return withoutProof(missing)
	}
	return err
}

// withoutProof adds the way out to an error that keeps code from being proven.
func withoutProof(missing *engines.UnavailableError) error {
	return exit.WithHint(missing, missing.Hint()+"; --no-verify writes the code without a proof")
}

// expect is what the plan has to account for.
func (r *planned) expect() verify.Expect {
	e := verify.Expect{Show: r.veil.Show}
	for _, res := range r.Graph.Resources {
		if r.subset != nil && !r.subset[res.Address] || r.broken(res.Address.String()) {
			continue
		}
		e.Listed = append(e.Listed, verify.Object{
			Type: res.Address.Type, ID: string(res.ID), Address: res.Address.String(), Secrets: secretPaths(res),
		})
	}
	e.Outside = map[string]bool{}
	for _, c := range r.Changes.Carried {
		e.Outside[c.Address.String()] = true
		if r.subset != nil && !r.subset[c.Address] || r.unread[c.Address] || r.broken(c.Address.String()) {
			continue
		}
		e.Listed = append(e.Listed, verify.Object{Type: c.Address.Type, ID: string(c.ID), Address: c.Address.String()})
	}
	for _, o := range r.Rejected() {
		obj := verify.Object{Type: o.Type, ID: string(o.ID)}
		e.Listed, e.Reported = append(e.Listed, obj), append(e.Reported, obj)
	}
	e.Marks, e.Exports = r.o.Secrets == "masked", r.neighbours != Neighbours(alone{})
	r.expectOthers(&e)
	return e
}

// stagedPlanner plans the staged directory, which is initialised once however often it is planned.
func (r *proof) stagedPlanner(ctx context.Context, t connect.Target) (*planning.Planner, error) {
	declared := planning.Declare(r.Changes.Loose.Refs, r.Schema, r.RenderOptions.Provider)
	if r.planner != nil && r.planner.Dir == r.Staged.Dir() && r.planner.Target == t && bytes.Equal(r.declared, declared) {
		return r.planner, nil
	}
	if err := r.closePlanner(); err != nil {
		return nil, err
	}
	states, err := r.neighbours.States()
	if err != nil {
		return nil, err
	}
	r.declared = declared
	r.planner, err = r.o.Proof.Planner(ctx, r.W, r.Staged.Dir(), t, planning.Options{
		Final: r.Dir.Path(), States: states, Declared: declared, Veil: r.veil, Identify: r.identified, Always: r.o.Proof.Replays(), ByStream: true, Configurations: r.around.providers.answered,
		Progress: func(v engines.Progress) { r.Progress.Step(v.Objects, v.Step) },
	})
	return r.planner, err
}

func (r *proof) closePlanner() error {
	if r.planner == nil {
		return nil
	}
	closing := r.planner
	r.planner = nil
	return closing.Close()
}
