package fold

import (
	"fmt"
	"sort"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
)

// A Fold is a set of resources that the code has as one block with for_each over a map in locals. Each of them has the
// address of the block, and a key.
type Fold struct {
	Members []*graph.Resource // by key
	Local   string            // name of the map

	// Template is the block. Where the members differ, it reads the map.
	Template *graph.Resource

	// Entries is the map: an object of objects, by key and by column, with the expressions that replace literals, and
	// the comments.
	Entries cty.Value
	Exprs   []graph.Placed
	Notes   []graph.Note
}

// Make makes the folds of a linked graph from the keys of the resources. It returns the resources that do not fit into
// their fold, which must lose their keys; none if all fit.
func Make(g *graph.Graph) (folds []*Fold, misfits []*graph.Resource) {
	f := &folding{g: g, forms: map[*graph.Resource]*form{}}
	groups := map[graph.Address][]*graph.Resource{}
	var order []graph.Address
	for _, r := range g.Resources {
		if r.Address.Key == "" {
			continue
		}
		block := r.Address.Block()
		if groups[block] == nil {
			order = append(order, block)
		}
		groups[block] = append(groups[block], r)
	}
	for _, block := range order {
		members := groups[block]
		if fit := f.alike(members, maxColumns); len(fit) < len(members) {
			misfits = append(misfits, without(members, fit)...)
			continue
		}
		folds = append(folds, f.fold(block, members))
	}
	return folds, misfits
}

// fold makes one block of similar members.
func (f *folding) fold(block graph.Address, members []*graph.Resource) *Fold {
	members = append([]*graph.Resource(nil), members...)
	sort.Slice(members, func(i, j int) bool { return members[i].Address.Key < members[j].Address.Key })
	first := members[0]
	paths, _ := f.differing(members)
	columns := columnNames(paths, func(p string) cty.Path { return f.pathOf(members, p) })
	out := &Fold{Members: members, Local: Local(block)}
	out.Template = &graph.Resource{
		Address: block, ID: first.ID, Parent: first.Parent, Group: first.Group, Ignore: first.Ignore, Protect: first.Protect,
		Config: union(members, func(r *graph.Resource) cty.Value { return r.Config }),
	}
	differs := map[string]bool{}
	for _, p := range paths {
		differs[p] = true
		out.Template.Exprs = append(out.Template.Exprs, graph.Placed{Path: f.pathOf(members, p), Expr: graph.EachRef{Attr: columns[p]}})
	}
	for p, l := range f.form(first).leaves {
		if differs[p] {
			continue
		}
		for _, e := range l.exprs {
			e.Path = append(l.path.Copy(), e.Path...)
			out.Template.Exprs = append(out.Template.Exprs, e)
		}
	}
	sortExprs(out.Template.Exprs)
	f.fill(out, paths, columns)
	return out
}

// fill makes the map of a fold, with the comments that are not on all members.
func (f *folding) fill(out *Fold, paths []string, columns map[string]string) {
	entries := map[string]cty.Value{}
	for _, r := range out.Members {
		key, row := r.Address.Key, map[string]cty.Value{}
		for _, p := range paths {
			l := f.form(r).leaf(p)
			row[columns[p]] = l.value
			at := cty.GetAttrPath(key).GetAttr(columns[p])
			for _, e := range l.exprs {
				e.Path = append(at.Copy(), e.Path...)
				out.Exprs = append(out.Exprs, e)
			}
		}
		entries[key] = cty.ObjectVal(row)
		for _, n := range r.Notes {
			f.note(out, key, n, columns)
		}
	}
	out.Entries = cty.ObjectVal(entries)
	sortExprs(out.Exprs)
}

// note puts a comment into the block if every member has it, otherwise into the map.
func (f *folding) note(out *Fold, key string, n graph.Note, columns map[string]string) {
	if everywhere(out.Members, n) && columns[columnOf(n.Path)] == "" {
		if key == out.Members[0].Address.Key {
			out.Template.Notes = append(out.Template.Notes, n)
		}
		return
	}
	at := cty.GetAttrPath(key)
	if c := columns[columnOf(n.Path)]; c != "" {
		at = at.GetAttr(c)
	} else if len(n.Path) > 0 {
		n.Text = graph.PathString(n.Path) + ": " + n.Text
	}
	out.Notes = append(out.Notes, graph.Note{Path: at, Text: n.Text})
}

// columnOf is the path of the leaf that contains a path.
func columnOf(p cty.Path) string {
	for len(p) > 0 {
		if _, index := p[len(p)-1].(cty.IndexStep); !index {
			break
		}
		p = p[:len(p)-1]
	}
	return graph.PathString(p)
}

func everywhere(members []*graph.Resource, n graph.Note) bool {
	for _, r := range members {
		found := false
		for _, other := range r.Notes {
			found = found || other.Text == n.Text && graph.PathString(other.Path) == graph.PathString(n.Path)
		}
		if !found {
			return false
		}
	}
	return true
}

// pathOf finds the path at which members differ.
func (f *folding) pathOf(members []*graph.Resource, path string) cty.Path {
	for _, r := range members {
		if l, ok := f.form(r).leaves[path]; ok {
			return l.path
		}
	}
	return nil
}

// columnNames gives every path a distinct name: that of the last attribute, with those before it if it is nested.
func columnNames(paths []string, at func(string) cty.Path) map[string]string {
	names, taken := map[string]string{}, map[string]bool{}
	for _, p := range paths {
		var words []string
		for _, step := range at(p) {
			switch s := step.(type) {
			case cty.GetAttrStep:
				words = append(words, s.Name)
			case cty.IndexStep:
				if n, _ := s.Key.AsBigFloat().Int64(); n > 0 {
					words = append(words, fmt.Sprint(n+1))
				}
			}
		}
		name := strings.Join(words, "_")
		for n := 2; taken[name]; n++ {
			name = fmt.Sprintf("%s_%d", strings.Join(words, "_"), n)
		}
		names[p], taken[name] = name, true
	}
	return names
}

// union is a value with every attribute that one of several resources of one outline has.
func union(members []*graph.Resource, at func(*graph.Resource) cty.Value) cty.Value {
	attrs := map[string]cty.Value{}
	for _, r := range members {
		v := at(r)
		for it := v.ElementIterator(); it.Next(); {
			key, value := it.Element()
			name := key.AsString()
			if _, has := attrs[name]; has || value.IsNull() {
				continue
			}
			inner := func(r *graph.Resource) cty.Value { return at(r).GetAttr(name) }
			switch {
			case isNested(value):
				value = union(members, inner)
			case isBlocks(value):
				blocks := make([]cty.Value, value.LengthInt())
				for i := range blocks {
					blocks[i] = union(members, func(r *graph.Resource) cty.Value { return inner(r).Index(cty.NumberIntVal(int64(i))) })
				}
				value = cty.TupleVal(blocks)
			}
			attrs[name] = value
		}
	}
	return cty.ObjectVal(attrs)
}

func sortExprs(list []graph.Placed) {
	sort.SliceStable(list, func(i, j int) bool { return graph.PathString(list[i].Path) < graph.PathString(list[j].Path) })
}
