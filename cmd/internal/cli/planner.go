package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/terraformer-rootly/terraformer-rootly/generator/verify"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph/secret"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/standin"
)

// A planner plans one directory against one target, as often as needed.
type planner struct {
	dir     string
	target  target
	veil    *secret.Veil // of what the plan says
	session *verify.Session
	served  *standin.Served // nil for the official provider
	known   identify
}

// planner prepares a directory for plans. Targets and state are of no account yet.
func (p *proof) planner(ctx context.Context, w World, dir string, t target, o planOptions) (*planner, error) {
	engine, err := verify.FindEngine(ctx, verify.Options{Engine: p.engine, SearchPath: w.Getenv("PATH"), Environ: w.Environ()})
	if err != nil {
		return nil, err
	}
	job := verify.Job{
		Engine: engine, Dir: dir, URL: t.url, Token: t.token, Environ: slices.Concat(w.Environ(), o.environ), Progress: o.progress, Now: w.Now,
		Backend: o.backend, VarFiles: o.varFiles, Arguments: o.arguments, States: o.states, Stored: o.stored,
		Always: o.always, Aliases: o.aliases,
	}
	pl := &planner{dir: dir, target: t, known: o.identify, veil: o.veil}
	if pl.veil == nil {
		pl.veil = newVeil()
	}
	learnVariables(pl.veil, dir, o.varFiles, job.Environ)
	if p.provider == "stand-in" {
		start := w.Serve
		if start == nil {
			start = standin.Serve
		}
		pl.served, err = start(ctx, standin.Options{URL: t.url, Token: t.token})
		if err != nil {
			return nil, fmt.Errorf("start the stand-in provider: %w", err)
		}
		job.Reattach, job.StandIn = pl.served.Reattach, pl.served.Name
	}
	if pl.session, err = verify.Open(job); err != nil {
		return nil, errors.Join(err, pl.close())
	}
	return pl, nil
}

func (p *planner) plan(ctx context.Context, stateFile string, targets []string) (*verify.Result, error) {
	result, err := p.session.Plan(ctx, stateFile, targets)
	if err != nil {
		veilError(p.veil, err)
		return nil, err
	}
	veilResult(p.veil, result)
	for _, changes := range [][]verify.Change{result.Changes, result.Drift} {
		for i := range changes {
			p.identify(ctx, &changes[i])
		}
	}
	return result, nil
}

// identify gives a change the id of its object, by whatever the code and the state call it.
func (p *planner) identify(ctx context.Context, c *verify.Change) {
	c.Import, c.ID = plainID(c.Import), plainID(c.ID)
	if p.known == nil {
		return
	}
	id := p.known(ctx, *c)
	if c.Import == c.ID {
		c.Import = id
	}
	c.ID = id
}

// close leaves the directory as it was before the planner.
func (p *planner) close() error {
	var err error
	if p.session != nil {
		err = p.session.Close()
	}
	if p.served != nil {
		p.served.Close()
	}
	return err
}

// stagedPlanner plans the staged directory, which is initialised once however often it is planned.
func (r *run) stagedPlanner(ctx context.Context, t target) (*planner, error) {
	if r.planner != nil && r.planner.dir == r.staged.Dir() && r.planner.target == t {
		return r.planner, nil
	}
	if err := r.closePlanner(); err != nil {
		return nil, err
	}
	states, err := r.part.states()
	if err != nil {
		return nil, err
	}
	r.planner, err = r.o.proof.planner(ctx, r.w, r.staged.Dir(), t, planOptions{
		states: states, veil: r.veil, identify: r.identified, always: r.o.proof.replays(), aliases: r.around.providers.aliases,
		progress: func(v verify.Progress) { r.progress.Step(v.Objects, v.Step) },
	})
	return r.planner, err
}

func (r *run) closePlanner() error {
	if r.planner == nil {
		return nil
	}
	closing := r.planner
	r.planner = nil
	return closing.close()
}
