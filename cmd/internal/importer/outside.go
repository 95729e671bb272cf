package importer

import (
	"context"
	"maps"
	"slices"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
)

// This file is about objects outside the selection: those that Rootly made itself, and those that selected ones refer to.

// setAsideBuiltIn takes the objects that Rootly made out of the run when --system says so. As data
// sources they can still be referred to; those that no data source finds stay resources.
func (r *gathered) setAsideBuiltIn() {
	r.lookups = map[graph.Target]*graph.DataSource{}
	if r.o.System == "import" {
		return
	}
	var builtIn []*rootly.Object
	for _, o := range r.live.Objects {
		if rootly.BuiltIn(o) != "" {
			builtIn = append(builtIn, o)
		}
	}
	if r.o.System == "data" {
		maps.Copy(r.lookups, rootly.Lookups(builtIn, r.live.Objects, r.Schema))
	}
	r.live.Objects = slices.DeleteFunc(r.live.Objects, func(o *rootly.Object) bool {
		why := rootly.BuiltIn(o)
		_, found := r.lookups[graph.Target{Type: o.Type.Name, ID: o.ID}]
		if why == "" || r.o.System == "data" && !found {
			return false
		}
		r.others = append(r.others, o)
		r.skipped = append(r.skipped, rootly.Rejected{
			Type: o.Type.Name, ID: o.ID, Title: o.Title(), Reason: why, Fix: "--system import imports it",
		})
		return true
	})
}

// follow reads what selected objects refer to, when --references asks for more than the plain id.
func (r *gathered) follow(ctx context.Context) error {
	if r.o.References == "literal" {
		return nil
	}
	pool := &pool{objects: map[graph.Target]*rootly.Object{}, asked: map[string]bool{}, complete: map[string]bool{}}
	pool.add(r.filtered)
	for {
		missing := graph.Missing(r.decoded.Resources, rules)
		if err := r.fill(ctx, pool, missing); err != nil {
			return err
		}
		found := r.unmanaged(pool.take(missing))
		if len(found) == 0 {
			return nil
		}
		if r.o.References == "data" {
			maps.Copy(r.lookups, rootly.Lookups(found, pool.all, r.Schema))
			r.others = append(r.others, pool.all...)
			r.replay.Listed(pool.complete)
			return nil
		}
		if err := r.decode(found); err != nil {
			return err
		}
	}
}

// A pool holds the objects of types that were not selected but are referred to.
type pool struct {
	all     []*rootly.Object
	objects map[graph.Target]*rootly.Object
	asked   map[string]bool
	ids     rootly.IDs

	complete map[string]bool // types of which it has every object
}

func (p *pool) add(objects []*rootly.Object) {
	for _, o := range objects {
		p.all = append(p.all, o)
		p.objects[graph.Target{Type: o.Type.Name, ID: o.ID}] = o
	}
	p.ids.Add(objects)
}

// take returns the objects that are missing, each once.
func (p *pool) take(missing []graph.Target) []*rootly.Object {
	var found []*rootly.Object
	for _, t := range missing {
		t.ID = p.ids.Of(t.Type, t.ID)
		if o := p.objects[t]; o != nil {
			found = append(found, o)
			delete(p.objects, t)
		}
	}
	return found
}

// fill fetches the types of what is missing. Whole collections cost fewer requests than single
// objects, and show whether a name is unique.
func (r *fetched) fill(ctx context.Context, p *pool, missing []graph.Target) error {
	var types []*catalogue.Type
	for _, t := range missing {
		if p.asked[t.Type] || r.live.Complete[t.Type] {
			continue
		}
		p.asked[t.Type] = true
		types = append(types, catalogue.Lookup(t.Type))
	}
	if len(types) == 0 {
		return nil
	}
	live, err := rootly.Fetch(ctx, r.Client, rootly.FetchOptions{Types: types, Progress: r.Progress.Count})
	if err != nil {
		return err
	}
	r.live.Skipped = append(r.live.Skipped, live.Skipped...)
	r.ids.Add(live.Objects)
	r.identify()
	p.add(live.Objects)
	maps.Copy(p.complete, live.Complete)
	return nil
}
