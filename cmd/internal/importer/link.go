package importer

import (
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/selection"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph/fold"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
)

// Link makes references of ids, and settles what becomes of the addresses that are no longer used.
func Link(share Share) (Linked, error) {
	l, err := link(Linked{Share: share.withoutPartial()}, share.mayFold())
	if err != nil {
		return l, err
	}
	if share.Root.Layout.Release {
		l.Share.Resources = nil // nothing is linked again
	}
	share.Root.Watch.Progress.Done(report.Plural(len(l.Graph.Resources), "resource"))
	return l, nil
}

// Relink links what is in the share by now, after resources or neighbours changed.
func (l Linked) Relink() (Linked, error) { return link(l, nil) }

// link links what a share has by now. MayFold says what may become part of a fold; with nil, folds only lose members.
func link(l Linked, mayFold func(*graph.Resource) bool) (Linked, error) {
	l, err := linkOnce(l)
	l.unfold = maps.Clone(l.unfold)
	if l.unfold == nil {
		l.unfold = map[graph.Target]bool{}
	}
	l.folds = nil
	for err == nil && (mayFold != nil || slices.ContainsFunc(l.Graph.Resources, func(res *graph.Resource) bool { return isInstance(res.Address) })) {
		if l, err = readdress(l, fold.Gather(l.Graph, l.foldOptions(mayFold))); err != nil {
			break
		}
		folds, misfits := fold.Make(l.Graph)
		if len(misfits) == 0 {
			l.folds = folds
			break
		}
		for _, res := range misfits {
			l.unfold[res.Target()] = true
		}
	}
	return l, err
}

// linkOnce links resources at the addresses that they have.
func linkOnce(l Linked) (Linked, error) {
	for {
		l.Graph = graph.Link(l.Share.Resources, linkOptions(l))
		l.hidden = l.hide()
		leaking := l.leaking()
		if len(leaking) == 0 {
			return findRemoved(l)
		}
		l = l.without(leaking)
	}
}

// without takes resources out of what is linked next.
func (l Linked) without(taken map[graph.Address]rootly.Rejected) Linked {
	l.Share.Resources = slices.DeleteFunc(slices.Clone(l.Share.Resources), func(res *graph.Resource) bool {
		why, out := taken[res.Address]
		if out {
			why.Type, why.ID, why.Title = res.Address.Type, res.ID, res.Title
			l.Skipped = append(slices.Clip(l.Skipped), why)
		}
		return out
	})
	return l
}

// elsewhere lists the live objects that are known, but have no code.
func (l Linked) elsewhere() map[graph.Target]bool {
	lives := l.Share.Elsewhere()
	maps.Copy(lives, targets(l.Skipped))
	return lives
}

// Rejected lists the live objects that have no code, whatever the reason.
func (l Linked) Rejected() []rootly.Rejected { return slices.Concat(l.Share.Rejected, l.Skipped) }

func linkOptions(l Linked) graph.LinkOptions {
	share, root := l.Share, l.Share.Root
	o := graph.LinkOptions{Rules: rules, Users: share.Live.users, Explain: explain(l), Outside: share.elsewhere.refs, Slugged: root.around.slugged}
	if root.around.Hand.MayDeclare(literalIDs) {
		o.GatherDead = literalIDs
	}
	keeps := share.keeps()
	o.Known = func(types []string, id graph.ID) bool {
		return slices.ContainsFunc(types, func(t string) bool { return keeps(graph.Target{Type: t, ID: id}) })
	}
	o.Lookup = func(resourceType string, id graph.ID) *graph.DataSource {
		return share.Live.lookups[graph.Target{Type: resourceType, ID: id}]
	}
	if n := share.Neighbours; n.Lookups != nil {
		o.Outside, o.Sources = maps.Clone(o.Outside), n.Lookups
		if o.Outside == nil {
			o.Outside = map[graph.Target]graph.Ref{}
		}
		maps.Copy(o.Outside, n.Refs)
	}
	switch root.users {
	case "locals":
		o.UserExpr = func(u graph.User, _ bool) (graph.Expr, *graph.DataSource) { return userRef(u), nil }
	case "data":
		sources := rootly.UserSources(share.Live.users)
		o.UserExpr = func(u graph.User, numeric bool) (graph.Expr, *graph.DataSource) {
			d := sources[u.ID]
			if d == nil {
				return userRef(u), nil
			}
			return graph.Ref{Target: d.Address, Attr: "id", Numeric: numeric}, d
		}
	}
	return o
}

// literalIDs is the map of ids that lead nowhere.
const literalIDs = "literal_ids"

// userRef reads the map of users. The language makes text of its numbers where text is wanted.
func userRef(u graph.User) graph.Expr {
	return graph.EntryRef{Map: "users", Key: u.Email, Numeric: true}
}

// explain returns what says why an id leads nowhere.
func explain(l Linked) func(types []string, id graph.ID) string {
	live := l.Share.Live
	keeps, doubts := l.Share.keeps(), live.doubts()
	leftOut := sync.OnceValue(func() map[graph.Target]bool { // listed, but not selected, or Terraform cannot have it
		out := l.Share.deselected()
		maps.Copy(out, targets(l.Rejected()))
		return out
	})
	some := func(types []string, id graph.ID, is func(graph.Target) bool) bool {
		return slices.ContainsFunc(types, func(t string) bool { return is(graph.Target{Type: t, ID: id}) })
	}
	return func(types []string, id graph.ID) string {
		for _, t := range types {
			if place := l.Share.elsewhere.places[graph.Target{Type: t, ID: id}]; place != "" {
				return "id of " + place + ", which this code cannot refer to"
			}
		}
		if len(types) == 0 {
			return "id of an object that this import does not have"
		}
		word := selection.Short(types[0])
		if len(types) > 1 {
			word = "object"
		}
		article := "a "
		if strings.ContainsRune("aeio", rune(word[0])) {
			article = "an "
		}
		switch {
		case some(types, id, func(t graph.Target) bool { return !live.Complete(t.Type) && keeps(t) }):
			return "id of " + article + word + " that this run did not read; earlier code keeps its reference"
		case some(types, id, func(t graph.Target) bool { return leftOut()[t] || l.crashed[t] != "" }):
			return "id of " + article + word + " that this import leaves out"
		case some(types, id, func(t graph.Target) bool {
			return !live.Complete(t.Type) || live.read.Partial != "" || doubts[t] != ""
		}):
			return "id of " + article + word + " that this import does not have"
		}
		return "no such " + word + " exists any more"
	}
}
