package planning

import (
	"context"
	"strings"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/connect"
	"github.com/terraformer-rootly/terraformer-rootly/generator/engines"
	"github.com/terraformer-rootly/terraformer-rootly/generator/plans"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph/secret"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/standin"
)

// A Planner plans one directory against one target, as often as needed.
type Planner struct {
	Dir       string
	Target    connect.Target
	veil      *secret.Veil // of what the plan says
	Session   *engines.Session
	served    *standin.Served                            // nil for the official provider
	known     func(context.Context, plans.Change) string // the id of the object of a change; nil: as the plan says
	report    func(engines.Progress)
	now       func() time.Time
	shardSize int
	limited   bool         // by the user, who set how much memory to take
	sharded   *shardedPlan // nil: nothing was planned in shards
	unserve   func()       // ends the proxy; nil: there is none
}

// Plan plans the directory, limited to targets where there are some.
func (p *Planner) Plan(ctx context.Context, stateFile string, targets []string) (*engines.Result, error) {
	result, err := p.Session.Plan(ctx, stateFile, targets)
	if err != nil {
		veilError(p.veil, err)
		return nil, err
	}
	p.finish(ctx, result)
	return result, nil
}

// finish masks what a plan says, and finds out which objects it is about.
func (p *Planner) finish(ctx context.Context, result *engines.Result) {
	VeilResult(p.veil, result)
	for _, changes := range [][]plans.Change{result.Changes, result.Drift} {
		for i := range changes {
			p.identify(ctx, &changes[i])
		}
	}
}

// identify gives a change the id of its object, by whatever the code and the state call it.
func (p *Planner) identify(ctx context.Context, c *plans.Change) {
	c.Import, c.ID = PlainID(c.Import), PlainID(c.ID)
	if p.known == nil {
		return
	}
	id := p.known(ctx, *c)
	if c.Import == c.ID {
		c.Import = id
	}
	c.ID = id
}

// Close leaves the directory as it was before the planner.
func (p *Planner) Close() error {
	var err error
	if p.Session != nil {
		err = p.Session.Close()
	}
	if p.served != nil {
		p.served.Close()
	}
	if p.unserve != nil {
		p.unserve()
	}
	return err
}

// FirstError is the first error that the engine reported.
func FirstError(r *engines.Result) string {
	for _, d := range r.Diagnostics {
		if d.IsError() {
			return d.String()
		}
	}
	return "the engine gave no reason"
}

// PlainID is the id of an object in what the provider imports it by, which may be a path.
func PlainID(id string) string { return id[strings.LastIndexByte(id, '/')+1:] }
