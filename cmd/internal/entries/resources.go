package entries

import (
	"slices"
	"sort"

	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
	"github.com/terraformer-rootly/terraformer-rootly/providers/schema"
	"github.com/terraformer-rootly/terraformer-rootly/state/tfstate"
)

// Resources are the objects of a graph as the state has them.
func Resources(g *graph.Graph, provider *schema.Provider) []tfstate.Resource {
	direct := map[graph.Address][]graph.Address{}
	for _, res := range g.Resources {
		direct[res.Address] = References(res)
	}
	reached := map[graph.Address]map[graph.Address]bool{}
	list := make([]tfstate.Resource, 0, len(g.Resources))
	for _, res := range g.Resources {
		entry := tfstate.Resource{Address: res.Address, ID: res.ID, Dependencies: sorted(reach(res.Address, direct, reached))}
		if s := provider.Resources[res.Address.Type]; s != nil {
			entry.SchemaVersion = int(s.Version)
			entry.Attributes = readNeeds(res, s.Block)
		}
		list = append(list, entry)
	}
	return list
}

// LookAgain makes Terraform read blocks that the provider only reads if the state has some, for states that have some
// or will have after this run. With import blocks, another state may have none.
func (a *ImportAs) LookAgain(resources []*graph.Resource, held map[graph.Target][]tfstate.Held) {
	if a.ImportAs == AsBoth {
		return
	}
	for _, res := range resources {
		row := catalogue.Lookup(res.Address.Type)
		places := held[graph.Target{Type: row.Name, ID: res.ID}]
		res.Ignore = slices.DeleteFunc(slices.Clone(res.Ignore), func(i graph.Ignore) bool {
			if !slices.Contains(row.ReadIfInState, i.Path) {
				return false
			}
			if len(places) > 0 {
				return slices.Contains(places[0].Filled, i.Path)
			}
			v, ok := argument(res, i.Path)
			return a.WritesState() && ok && v.LengthInt() > 0
		})
	}
}

// readNeeds are the attributes that the state must have so that the provider can read the rest. None of them can be a
// secret.
func readNeeds(res *graph.Resource, block *schema.Block) map[string]cty.Value {
	attributes := map[string]cty.Value{}
	row := catalogue.Lookup(res.Address.Type)
	if row.Read[row.ParentAttr] == catalogue.ReadNever { // the provider reads the object below its parent
		if v, ok := argument(res, row.ParentAttr); ok {
			attributes[row.ParentAttr] = v
		}
	}
	for _, name := range row.ReadIfInState {
		if v, ok := argument(res, name); ok && v.LengthInt() > 0 {
			attributes[name] = complete(v, block.Nested(name))
		}
	}
	return attributes
}

func argument(res *graph.Resource, name string) (cty.Value, bool) {
	if !res.Config.Type().HasAttribute(name) {
		return cty.NilVal, false
	}
	v := res.Config.GetAttr(name)
	return v, !v.IsNull() && v.IsWhollyKnown()
}

// complete gives the objects of a list of blocks every attribute in the schema.
func complete(blocks cty.Value, nested *schema.Nested) cty.Value {
	var list []cty.Value
	for it := blocks.ElementIterator(); it.Next(); {
		_, element := it.Element()
		object := map[string]cty.Value{}
		for _, a := range nested.Block.Attributes {
			object[a.Name] = cty.NullVal(a.Type)
			if element.Type().HasAttribute(a.Name) {
				object[a.Name] = element.GetAttr(a.Name)
			}
		}
		list = append(list, cty.ObjectVal(object))
	}
	return cty.TupleVal(list)
}

// References are the resources that a resource's code refers to.
func References(res *graph.Resource) []graph.Address {
	var list []graph.Address
	for _, p := range res.Exprs {
		for ref := range p.Refs() {
			if !ref.Target.Data {
				list = append(list, ref.Target)
			}
		}
	}
	return list
}

// reach is everything that a resource depends on, directly or not, as the engines record it. The graph has no cycles.
func reach(from graph.Address, direct map[graph.Address][]graph.Address, known map[graph.Address]map[graph.Address]bool) map[graph.Address]bool {
	if found := known[from]; found != nil {
		return found
	}
	found := map[graph.Address]bool{}
	known[from] = found
	for _, next := range direct[from] {
		found[next] = true
		for far := range reach(next, direct, known) {
			found[far] = true
		}
	}
	return found
}

func sorted(set map[graph.Address]bool) []graph.Address {
	list := make([]graph.Address, 0, len(set))
	for a := range set {
		list = append(list, a)
	}
	sort.Slice(list, func(i, j int) bool { return list[i].String() < list[j].String() })
	return list
}
