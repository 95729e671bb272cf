package planning

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/connect"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/generator/engines"
	"github.com/terraformer-rootly/terraformer-rootly/generator/engines/roots"
	"github.com/terraformer-rootly/terraformer-rootly/generator/plans"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph/secret"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/standin"
)

// Planner prepares a directory for plans. Targets and state are not used yet.
func (p *Proof) Planner(ctx context.Context, w world.World, dir string, t connect.Target, o Options) (*Planner, error) {
	engine, err := FindEngine(ctx, w, p.Engine, dir)
	if err != nil {
		return nil, err
	}
	pl := &Planner{Dir: dir, Target: t, known: o.Identify, veil: o.Veil, report: o.Progress, now: w.Now, shardSize: cmp.Or(w.ShardSize, shardSize), limited: w.Getenv("GOMEMLIMIT") != ""}
	if t.Client != nil {
		if t, pl.unserve, err = throughProxy(ctx, t); err != nil {
			return nil, fmt.Errorf("stand between the provider and Rootly: %w", err)
		}
	}
	job := engines.Job{
		Engine: engine, Dir: dir, Final: o.Final, Environ: slices.Concat(w.Environ(), o.Environ), Progress: o.Progress, Now: w.Now,
		Backend: o.Backend, VarFiles: p.VarFiles, Arguments: o.Arguments,
		API:   engines.API{URL: t.URL, Token: t.Token},
		Scope: engines.Scope{States: o.States, Declared: o.Declared, Stored: o.Stored, ByStream: o.ByStream},
	}
	if o.Always {
		job.API.Configurations = []string{roots.Provider}
		if len(o.Configurations) > 0 {
			job.API.Configurations = o.Configurations
		}
	}
	if pl.veil == nil {
		pl.veil = NewVeil()
	}
	LearnVariables(pl.veil, dir, p.VarFiles, job.Environ)
	filled, err := o.fill(ctx, job)
	if err != nil {
		return nil, errors.Join(err, pl.Close())
	}
	for name, value := range filled {
		job.Environ = append(job.Environ, engines.VariablePrefix+name+"="+value)
		pl.veil.Remember(value)
	}
	if pl.unserve != nil && !o.Always {
		if job.API.Named, err = namedHosts(dir, cmp.Or(o.Final, dir), pl.Target.URL, job.Environ, p.VarFiles); err != nil {
			return nil, errors.Join(err, pl.Close())
		}
	}
	if p.Provider == "stand-in" {
		start := w.Serve
		if start == nil {
			start = standin.Serve
		}
		pl.served, err = start(ctx, standin.Options{URL: t.URL, Token: t.Token})
		if err != nil {
			return nil, errors.Join(fmt.Errorf("start the stand-in provider: %w", err), pl.Close())
		}
		job.Attached = engines.Attached{Reattach: pl.served.Reattach, StandIn: pl.served.Name}
	}
	if pl.Session, err = engines.Open(job); err != nil {
		return nil, errors.Join(err, pl.Close())
	}
	return pl, nil
}

// fill finds values for the variables of a job that have none.
func (o Options) fill(ctx context.Context, job engines.Job) (map[string]string, error) {
	if o.Fill == nil {
		return nil, nil
	}
	missing, err := engines.MissingVariables(job)
	if err != nil || len(missing) == 0 {
		return nil, err
	}
	return o.Fill(ctx, missing), ctx.Err()
}

// Proof is how the code is proven.
type Proof struct {
	Against  string // replay, whole (the same in a single plan) or live
	Off      bool
	Engine   string
	Provider string
	NoRepair bool
	Subset   int
	VarFiles []string // with values of variables, as FindValues found them
}

// Replays reports whether the proof needs a recording of what was fetched.
func (p *Proof) Replays() bool { return !p.Off && p.Against != "live" }

// InShards reports whether so many resources are to be planned in parts, which is faster.
func (p *Proof) InShards(w world.World, resources int) bool {
	return p.Replays() && p.Against != "whole" && p.isLarge(w, resources)
}

// Options are what differs from one plan to the next.
type Options struct {
	Final     string            // where the code is going to be, if the directory is removed after the plan
	Objects   int               // how many the directory has, for [Proof.PlanLarge]
	Targets   []string          // addresses to restrict the plan to; empty: everything
	StateFile string            // to plan against; empty: the directory's own
	Backend   bool              // plan against the state that the directory's backend keeps
	Environ   []string          // beyond the world's
	Arguments bool              // those of TF_CLI_ARGS that give values to variables count
	States    map[string][]byte // what terraform_remote_state data sources of these names read; empty: what the code says
	ByStream  bool              // do not look into a plan that only imports objects as they are, by the engine's messages
	Declared  []byte            // code to plan along with that of the directory
	Stored    bool              // take what the state has as it is, and read only what is to be imported

	// Identify finds the id of the object of a change, which may be known by its slug. Nil takes what the plan says.
	Identify func(context.Context, plans.Change) string

	// Fill gives variables values that have none; those that it does not know stay without. Nil: none.
	Fill func(ctx context.Context, missing []string) map[string]string

	Always         bool         // the target is asked whatever the code says,
	Configurations []string     // for these configurations of the provider; empty: the default one
	Veil           *secret.Veil // that learns what is secret in the plan; nil: one for this plan alone
	Progress       func(engines.Progress)
}

// Plan runs the engine in a directory against a target, once, unless the provider crashes: then the error
// names the object at which it did.
func (p *Proof) Plan(ctx context.Context, w world.World, dir string, t connect.Target, o Options) (result *engines.Result, err error) {
	planner, err := p.Planner(ctx, w, dir, t, o)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, planner.Close()) }()
	result, err = planner.Plan(ctx, o.StateFile, o.Targets)
	var crash *engines.CrashError
	if errors.As(err, &crash) {
		return nil, planner.blame(ctx, o.StateFile, crash)
	}
	return result, err
}
