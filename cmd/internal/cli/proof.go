package cli

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/generator/repair"
	"github.com/terraformer-rootly/terraformer-rootly/generator/verify"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph/secret"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
	"github.com/terraformer-rootly/terraformer-rootly/state"
)

// proof is how the code is proven.
type proof struct {
	against  string
	off      bool
	engine   string
	provider string
	noRepair bool
	subset   int
}

// replays reports whether the proof needs a recording of what was fetched.
func (p *proof) replays() bool { return !p.off && p.against == "replay" }

// A target is the API that a proof asks.
type target struct {
	url, token string
}

// planOptions are what differs from one plan to the next.
type planOptions struct {
	targets   []string // addresses to restrict the plan to; empty: everything
	stateFile string   // to plan against; empty: the directory's own
	backend   bool     // plan against the state that the directory's backend keeps
	varFiles  []string
	environ   []string          // beyond the world's
	arguments bool              // those of TF_CLI_ARGS that give values to variables count
	states    map[string][]byte // what terraform_remote_state data sources of these names read; empty: what the code says
	stored    bool              // take what the state has as it is, and read only what is to be imported
	identify  identify
	always    bool         // the target is asked whatever the code says, for the default configuration of the provider
	aliases   []string     // and for those of these names
	veil      *secret.Veil // that learns what is secret in the plan; nil: one for this plan alone
	progress  func(verify.Progress)
}

// identify finds the id of the object of a change, which may be known by its slug. Nil knows none.
type identify func(ctx context.Context, c verify.Change) string

// plan runs the engine in a directory against a target, once, unless the provider crashes: then the error
// names the object at which it did.
func (p *proof) plan(ctx context.Context, w World, dir string, t target, o planOptions) (result *verify.Result, err error) {
	planner, err := p.planner(ctx, w, dir, t, o)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, planner.close()) }()
	result, err = planner.plan(ctx, o.stateFile, o.targets)
	var crash *verify.CrashError
	if errors.As(err, &crash) {
		return nil, planner.blame(ctx, o.stateFile, crash)
	}
	return result, err
}

// plainID is the id of an object in what the provider imports it by, which may be a path.
func plainID(id string) string { return id[strings.LastIndexByte(id, '/')+1:] }

// verify plans the staged directory and judges the plan.
func (r *run) verify(ctx context.Context) error {
	if r.unplanned() {
		return nil
	}
	r.progress.Stage("verify", len(r.graph.Resources))
	if err := r.recordCarried(ctx); err != nil {
		return err
	}
	if err := r.readConfigurations(); err != nil {
		return err
	}
	r.chooseSubset()
	r.leaveOutDependents()
	r.announceCost()
	t, stop, err := r.target(ctx)
	if err != nil {
		return err
	}
	defer stop()
	if err := r.prove(ctx, t); err != nil {
		return err
	}
	r.progress.Done(r.report.Proof.Plan)
	return nil
}

// unplanned reports whether there is to be no plan, and tells why.
func (r *run) unplanned() bool {
	p := &r.report.Proof
	switch {
	case r.o.proof.off:
		p.State, p.Reason = report.ProofSkipped, "--no-verify"
	case r.o.secrets == "blank" && r.report.Secrets > 0:
		p.State, p.Reason = report.ProofUnavailable, withoutValues(r.report.Secrets)
		p.Hint = "fill them in as " + r.report.SecretsFile + " shows, then: " + program + " verify " + r.o.dir
	default:
		return false
	}
	return true
}

func withoutValues(variables int) string {
	return report.Plural(variables, "variable") + " without a value, as --secrets blank wants it"
}

// prove plans the staged directory against a target until the plan is clean or cannot be mended.
func (r *run) prove(ctx context.Context, t target) (err error) {
	defer r.lap("verify", r.w.Now())
	defer func() { err = errors.Join(err, r.closePlanner()) }()
	p := &r.report.Proof
	p.Against = map[bool]string{true: "recording", false: "live"}[r.o.proof.replays()]
	result, err := r.planAndMend(ctx, t)
	if err != nil {
		return r.unproven(ctx, err)
	}
	note(p, r.veil, result, r.verdict)
	r.noteEntered(p)
	for _, text := range slices.Concat(r.served.unanswered(), r.nothingProven()) {
		p.State = report.ProofDiffers
		p.Differences = append(p.Differences, report.Difference{Action: "error", Message: text})
	}
	return nil
}

// nothingProven says so where the plan accepted none of the objects: what reads none of them proves nothing.
func (r *run) nothingProven() []string {
	removed := slices.IndexFunc(r.report.Repairs, func(d report.Repair) bool { return d.How == string(repair.Remove) })
	if removed < 0 || len(r.verdict.Objects) > 0 {
		return nil
	}
	return []string{"not one object could be planned, such as " + r.report.Repairs[removed].Address + ": " + r.report.Repairs[removed].Cause}
}

// noteEntered counts the objects that the plan has in the state and the state has not: it is made
// against the state that there will be.
func (r *run) noteEntered(p *report.Proof) {
	if r.state == nil {
		return
	}
	held := r.around.heldAt()
	for _, o := range r.verdict.Objects {
		if o.Managed && len(held[state.Key{Type: o.Type, ID: graph.ID(o.ID)}]) == 0 {
			p.Entered++
		}
	}
	if p.Entered > 0 {
		p.ImportAs = r.o.importAs.importAs
	}
}

// sampleShare is how many requests the comparison of lists with single answers may add: one in so
// many. It keeps the cost of a run near the least that it can be.
const sampleShare = 25

// sample reads a few objects again by themselves: the plan is made against what the lists said,
// and the provider would ask for single objects.
func (r *run) sample(ctx context.Context) error {
	if !r.o.proof.replays() {
		return nil
	}
	n := max(1, int(r.client.Stats().Requests)/sampleShare)
	picked := rootly.Sample(r.live.Objects, n)
	found, err := rootly.Reread(ctx, r.client, picked)
	if err != nil {
		return err
	}
	r.report.Proof.Sampled = len(picked)
	for _, d := range found {
		r.report.Proof.Differences = append(r.report.Proof.Differences, report.Difference{
			Address: d.Type + " " + string(d.ID), Action: "disagrees", Path: d.Attribute,
			Message: "a single answer of the API differs from its list: plan with --verify live",
		})
	}
	return nil
}

// target is the API that the plan asks: a recording, or the live one.
func (r *run) target(ctx context.Context) (target, func(), error) {
	if !r.o.proof.replays() {
		return r.liveTarget, func() {}, nil
	}
	record := r.replay
	r.replay = recording{}
	var err error
	if r.served, err = record.serve(ctx, r.client); err != nil {
		return target{}, nil, err
	}
	return r.served.target, r.served.stop, nil
}

// unproven is the error for code that nothing could prove. It may be right all the same, but it is
// not written unless that is asked for.
func (r *run) unproven(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var missing *verify.UnavailableError
	if errors.As(err, &missing) {
		return withoutProof(missing)
	}
	return err
}

// withoutProof adds the way out to an error that keeps code from being proven.
func withoutProof(missing *verify.UnavailableError) error {
	return advised(missing, missing.Hint()+"; --no-verify writes the code unproven")
}

// expect is what the plan has to account for.
func (r *run) expect() verify.Expect {
	e := verify.Expect{Show: r.veil.Show}
	for _, res := range r.graph.Resources {
		if r.subset != nil && !r.subset[res.Address] {
			continue
		}
		e.Listed = append(e.Listed, verify.Object{
			Type: res.Address.Type, ID: string(res.ID), Address: res.Address.String(), Secrets: secretPaths(res),
		})
	}
	for _, c := range r.changes.Carried {
		if r.subset != nil && !r.subset[c.Address] || r.unread[c.Address] {
			continue
		}
		e.Listed = append(e.Listed, verify.Object{Type: c.Address.Type, ID: string(c.ID), Address: c.Address.String()})
	}
	for _, o := range r.rejected() {
		obj := verify.Object{Type: o.Type, ID: string(o.ID)}
		e.Listed, e.Reported = append(e.Listed, obj), append(e.Reported, obj)
	}
	e.Marks, e.Exports = r.o.secrets == "masked", r.part != nil
	r.expectBeside(&e)
	return e
}

// note writes what the plan said into the report.
func note(p *report.Proof, veil *secret.Veil, result *verify.Result, v verify.Verdict) {
	p.State = report.ProofClean
	if !v.Clean || len(p.Differences) > 0 {
		p.State = report.ProofDiffers
	}
	p.Plan, p.Engine, p.Provider = v.Summary(), result.Engine.String(), result.Provider.String()
	p.StandIn = result.Provider.StandIn != ""
	p.Imported, p.Managed, p.Reported, p.Seconds = v.Imported, v.Managed, v.Reported, result.Duration.Seconds()
	for _, d := range v.Differences {
		p.Differences = append(p.Differences, report.Difference{
			Address: d.Address, Action: string(d.Action), Path: veil.Path(d.Attribute()), Before: d.Before, After: d.After,
		})
	}
	for _, d := range v.Errors {
		p.Differences = append(p.Differences, report.Difference{Address: d.Address, Action: "error", Message: d.String()})
	}
	for _, m := range v.Missing {
		p.Differences = append(p.Differences, report.Difference{Address: m.Address, Action: "missing", Message: "not in the plan"})
	}
	for _, c := range v.Unexpected {
		message := "in the plan, but not asked for"
		if other := v.Twice[c.Address]; other != "" {
			message = "the same object as " + other + ": one object must not have two addresses"
		}
		p.Differences = append(p.Differences, report.Difference{Address: c.Address, Action: string(c.Action), Message: message})
	}
	if v.Incomplete != "" {
		p.Differences = append(p.Differences, report.Difference{Action: "incomplete", Message: v.Incomplete})
	}
}
