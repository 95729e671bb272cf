package rootly

import (
	"sort"

	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/schema"
)

// Lookups makes data sources for objects that do not become resources. Others must contain every live object of the
// same types, since a data source takes the first match: an object can only be looked up by a value that is unique
// among them. Objects without a data source or a unique value are missing from the result.
func Lookups(objects, others []*Object, s *schema.Provider) map[graph.Target]*graph.DataSource {
	taken := map[graph.Address]bool{}
	count := map[uniqueKey]int{}
	for _, o := range others {
		for _, name := range lookupNames {
			if v := text(o.Node.Attributes, name); v != "" {
				count[uniqueKey{o.Type.API, o.Parent, name, v}]++
			}
		}
	}
	found := map[graph.Target]*graph.DataSource{}
	for _, o := range objects {
		config, ok := lookupConfig(o, sourceSchema(o, s), count)
		if !ok {
			continue
		}
		d := &graph.DataSource{Address: sourceAddress(o, taken), Config: config, Note: BuiltIn(o)}
		found[graph.Target{Type: o.Type.Name, ID: o.ID}] = d
	}
	return found
}

type uniqueKey struct {
	api    string
	parent graph.ID
	name   string
	value  string
}

// lookupNames are the arguments that data sources search by, the most reliable first.
var lookupNames = []string{"slug", "name", "kind", "value", "form", "email"}

func sourceSchema(o *Object, s *schema.Provider) *schema.Block {
	if d := s.DataSources[o.Type.DataSource]; d != nil {
		return d.Block
	}
	return nil
}

func lookupConfig(o *Object, b *schema.Block, count map[uniqueKey]int) (cty.Value, bool) {
	if b == nil {
		return cty.NilVal, false
	}
	config := map[string]cty.Value{}
	for _, a := range b.Attributes {
		if a.Mode != schema.Required {
			continue
		}
		switch v := text(o.Node.Attributes, a.Name); {
		case a.Name == o.Type.ParentAttr && o.Parent != "":
			config[a.Name] = cty.StringVal(string(o.Parent))
		case v != "":
			config[a.Name] = cty.StringVal(v)
		default:
			return cty.NilVal, false
		}
	}
	for _, name := range lookupNames {
		a, v := b.Attribute(name), text(o.Node.Attributes, name)
		if a == nil || v == "" || a.Mode == schema.Computed || count[uniqueKey{o.Type.API, o.Parent, name, v}] != 1 {
			continue
		}
		config[name] = cty.StringVal(v)
		if isDisabled(o, b) {
			config["enabled"] = cty.False
		}
		return cty.ObjectVal(config), true
	}
	return cty.NilVal, false
}

// isDisabled reports whether a data source needs enabled = false to find the object: those that have
// the argument search enabled objects by default.
func isDisabled(o *Object, b *schema.Block) bool {
	enabled, said := o.Node.Attributes["enabled"].(bool)
	a := b.Attribute("enabled")
	return said && !enabled && a != nil && a.Type == cty.Bool && a.Mode != schema.Computed
}

func sourceAddress(o *Object, taken map[graph.Address]bool) graph.Address {
	return graph.Free(graph.Address{Data: true, Type: o.Type.DataSource}, o.Title(), o.ID, taken)
}

// UserSources makes a data source for every user whose email is unique.
func UserSources(users map[graph.ID]graph.User) map[graph.ID]*graph.DataSource {
	emails := map[string]int{}
	ids := make([]graph.ID, 0, len(users))
	for id, u := range users {
		emails[u.Email]++
		ids = append(ids, id)
	}
	sort.Slice(ids, func(i, j int) bool { return ids[i] < ids[j] })
	taken := map[graph.Address]bool{}
	sources := map[graph.ID]*graph.DataSource{}
	for _, id := range ids {
		u := users[id]
		if emails[u.Email] > 1 {
			continue
		}
		sources[id] = &graph.DataSource{
			Address: graph.Free(graph.Address{Data: true, Type: "rootly_user"}, u.Email, id, taken),
			Config:  cty.ObjectVal(map[string]cty.Value{"email": cty.StringVal(u.Email)}),
		}
	}
	return sources
}
