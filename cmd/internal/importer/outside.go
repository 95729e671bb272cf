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
func (l *Live) setAsideBuiltIn() {
	l.lookups = map[graph.Target]*graph.DataSource{}
	how := l.Job.Settings.System
	if how == "import" {
		return
	}
	var builtIn []*rootly.Object
	for _, o := range l.read.Objects {
		if rootly.BuiltIn(o) != "" {
			builtIn = append(builtIn, o)
		}
	}
	if how == "data" {
		maps.Copy(l.lookups, rootly.Lookups(builtIn, l.read.Objects, l.Job.Schema))
	}
	l.read.Objects = slices.DeleteFunc(l.read.Objects, func(o *rootly.Object) bool {
		why := rootly.BuiltIn(o)
		_, found := l.lookups[o.Target()]
		if why == "" || how == "data" && !found {
			return false
		}
		l.others = append(l.others, o)
		l.builtIn = append(l.builtIn, rootly.Rejected{
			Type: o.Type.Name, ID: o.ID, Title: o.Title(), Reason: why, Fix: "--system import imports it",
		})
		return true
	})
}

// follow reads what selected objects refer to, when --references asks for more than the plain id.
func (l *Live) follow(ctx context.Context, roots []*Root) error {
	how := l.Job.Settings.References
	if how == "literal" {
		return nil
	}
	pool := &pool{objects: map[graph.Target]*rootly.Object{}, asked: map[string]bool{}, complete: map[string]bool{}}
	pool.add(l.filtered)
	for {
		missing := graph.Missing(l.decoded.Resources, rules)
		if err := l.fill(ctx, roots, pool, missing); err != nil {
			return err
		}
		found := l.unmanaged(roots, pool.take(missing))
		if len(found) == 0 {
			return nil
		}
		if how == "data" {
			maps.Copy(l.lookups, rootly.Lookups(found, pool.all, l.Job.Schema))
			l.others = append(l.others, pool.all...)
			l.recording.Listed(pool.complete)
			return nil
		}
		if err := l.decode(found); err != nil {
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
		p.objects[o.Target()] = o
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
func (l *Live) fill(ctx context.Context, roots []*Root, p *pool, missing []graph.Target) error {
	var types []*catalogue.Type
	for _, t := range missing {
		if p.asked[t.Type] || l.read.Complete[t.Type] {
			continue
		}
		p.asked[t.Type] = true
		types = append(types, catalogue.Lookup(t.Type))
	}
	if len(types) == 0 {
		return nil
	}
	live, err := rootly.Fetch(ctx, l.Job.Client, rootly.FetchOptions{Types: types, Progress: l.Job.Watch.Progress.Count})
	if err != nil {
		return err
	}
	l.read.Skipped = append(l.read.Skipped, live.Skipped...)
	l.identify(roots, live.Objects)
	p.add(live.Objects)
	maps.Copy(p.complete, live.Complete)
	return nil
}
