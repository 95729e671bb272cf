package importer

import (
	"strings"

	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/generator/verify"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
)

// expect is what the plan has to account for.
func (p *prover) expect() verify.Expect {
	s, root, l := p.proof.Staged, p.root(), p.proof.Staged.Linked
	e := verify.Expect{
		Show: root.veil.Show, Outside: map[string]bool{}, Edited: map[string]bool{},
		Marks: p.root().Job.Settings.Secrets == "masked", Exports: p.root().Job.Settings.InParts, Before: p.before, Outputs: root.around.ByHand(),
	}
	for _, res := range l.Graph.Resources {
		if p.plans(s, res.Address) {
			e.Listed = append(e.Listed, verify.Object{
				Type: res.Address.Type, ID: string(res.ID), Address: res.Address.String(), Secrets: secretPaths(res),
			})
		}
	}
	for _, c := range s.Changes.Carried {
		e.Outside[c.Address.String()] = true
		if p.plans(s, c.Address) && !p.unread[c.Address] {
			e.Listed = append(e.Listed, verify.Object{Type: c.Address.Type, ID: string(c.ID), Address: c.Address.String()})
		}
	}
	for _, o := range l.Rejected() {
		obj := verify.Object{Type: o.Type, ID: string(o.ID)}
		e.Listed, e.Reported = append(e.Listed, obj), append(e.Reported, obj)
	}
	for _, o := range l.Share.elsewhere.objects {
		k := o.Target()
		if s.broken(l.Share.elsewhere.refs[k].Target.String()) || s.broken(l.Share.elsewhere.places[k]) {
			continue
		}
		e.Listed = append(e.Listed, verify.Object{Type: o.Type.Name, ID: string(o.ID)})
	}
	for k := range l.forget {
		e.Forget = append(e.Forget, verify.Object{Type: k.Type, ID: string(k.ID)})
	}
	for _, a := range l.forgotten {
		for _, h := range root.around.Held {
			if h.Module == "" && h.Address == a {
				e.Forget = append(e.Forget, verify.Object{Type: a.Type, ID: string(h.ID)})
			}
		}
	}
	for a, file := range root.around.Hand.Declared {
		if root.around.Hand.Files[file] {
			e.Edited[a.String()] = true
		}
	}
	return e
}

// plans reports whether the plan is to have an address.
func (c *scope) plans(s Staged, a graph.Address) bool {
	return (c.subset == nil || c.subset[a]) && !s.broken(a.String())
}

// broken reports whether an address is left out of the plan, since people's code there refers to what the code does not
// have any more, or is missing itself. Since engines refuse the whole directory for one such reference, the planned copy
// declares what is missing: see planning.Declare.
func (s Staged) broken(address string) bool {
	block, _, _ := strings.Cut(address, "[")
	if rest, ok := strings.CutPrefix(block, "module."); ok {
		name, _, _ := strings.Cut(rest, ".")
		block = "module." + name
	}
	return s.Changes.Loose.Broken[block]
}

// secretPaths are the attributes whose values must not be shown in a difference.
func secretPaths(res *graph.Resource) []cty.Path {
	var paths []cty.Path
	for _, p := range res.Exprs {
		if p.HoldsVariable() {
			paths = append(paths, p.Path)
		}
	}
	return paths
}
