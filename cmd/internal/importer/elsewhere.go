package importer

import (
	"path/filepath"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
	"github.com/terraformer-rootly/terraformer-rootly/state/tfstate"
)

// has reports whether an object is managed elsewhere.
func (e *elsewhere) has(t graph.Target) bool {
	_, referable := e.refs[t]
	_, hidden := e.places[t]
	return referable || hidden
}

// setAsideManaged removes what other code of the root modules manages, and notes how to refer to it.
func (l *Live) setAsideManaged(roots []*Root) {
	slugged := map[graph.Target]bool{}
	l.elsewhere = map[*Root]*elsewhere{}
	for _, r := range roots {
		l.elsewhere[r] = &elsewhere{refs: map[graph.Target]graph.Ref{}, places: map[graph.Target]string{}}
		for t := range r.around.slugged {
			slugged[t] = true
		}
	}
	for _, r := range roots {
		r.around.slugged = slugged
	}
	l.read.Objects = l.unmanaged(roots, l.read.Objects)
	for _, r := range roots[1:] {
		for target, ref := range l.elsewhere[r].refs {
			for _, other := range roots[1:] {
				if other != r {
					l.elsewhere[other].places[target] = ref.Target.String() + " of " + filepath.Base(r.Name)
				}
			}
		}
	}
}

// unmanaged returns the objects that are to be written, and sets the others aside.
func (l *Live) unmanaged(roots []*Root, objects []*rootly.Object) []*rootly.Object {
	for _, r := range roots {
		known, places, at := r.Dir.Addresses(), r.around.Places(), l.elsewhere[r]
		kept := objects[:0:0]
		for _, o := range objects {
			k := o.Target()
			if !at.find(r.around, k, known[k], places[k]) {
				kept = append(kept, o)
				continue
			}
			at.objects, l.others = append(at.objects, o), append(l.others, o)
		}
		objects = kept
	}
	return objects
}

// find notes where an object is managed, and returns false if that is nowhere. Ours is its address in code of earlier runs.
func (e *elsewhere) find(s *surroundings, target graph.Target, ours graph.Address, places []tfstate.Held) bool {
	if file, declared := s.Hand.Declared[ours]; !ours.IsZero() && declared && !s.Hand.Files[file] {
		e.refs[target] = graph.Ref{Target: ours, Attr: "id"}
		return true
	}
	for _, p := range places {
		_, byHand := s.Hand.Declared[p.Address]
		at, own := p.Instance()
		switch {
		case p.Module != "", s.Leaves(p), byHand && s.slugged[target] && !(own && at == ours):
			e.places[target] = p.String()
			return true
		case byHand && !(own && at == ours):
			ref := graph.Ref{Target: p.Address, Attr: "id"}
			if p.Key != "" {
				ref.Index = "[" + strings.NewReplacer("${", "$${", "%{", "%%{").Replace(p.Key) + "]"
			}
			e.refs[target] = ref
			return true
		}
	}
	return false
}
