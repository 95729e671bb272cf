package graph

import (
	"fmt"
	"sort"
	"strings"

	"github.com/zclconf/go-cty/cty"
)

// A form is a resource taken apart: an outline, which members of one fold must share, and leaves, in
// which they may differ.
type form struct {
	outline string
	leaves  map[string]leaf // by path
}

// A leaf is an attribute that is no block.
type leaf struct {
	path  cty.Path
	value cty.Value
	exprs []Placed // with paths below the leaf
	same  string   // equal leaves have the same; empty: there is none
	short bool     // whether it can stand in a map that people read
}

// long tells leaves apart that no map should hold; it is empty for the others.
func (l leaf) long() string {
	if l.short {
		return ""
	}
	return l.same
}

// leaf returns the one at a path. One that is not there is null, which says the same.
func (f *form) leaf(path string) leaf {
	if l, ok := f.leaves[path]; ok {
		return l
	}
	return leaf{value: cty.NullVal(cty.DynamicPseudoType), short: true}
}

func formOf(r *Resource) *form {
	f := &form{leaves: map[string]leaf{}}
	outline := []string{r.Group, r.Protect}
	for _, i := range r.Ignore {
		outline = append(outline, i.Path, i.Reason)
	}
	f.walk(r, r.Config, nil, &outline)
	f.outline = strings.Join(outline, "\x00")
	return f
}

// walk goes through the blocks and nested objects of a value.
func (f *form) walk(r *Resource, v cty.Value, at cty.Path, outline *[]string) {
	for it := v.ElementIterator(); it.Next(); {
		name, value := it.Element()
		path := extend(at, cty.GetAttrStep{Name: name.AsString()})
		switch {
		case value.IsNull():
		case isNested(value):
			*outline = append(*outline, PathString(path))
			f.walk(r, value, path, outline)
		case isBlocks(value):
			*outline = append(*outline, fmt.Sprintf("%s %d", PathString(path), value.LengthInt()))
			for i := range value.LengthInt() {
				key := cty.NumberIntVal(int64(i))
				f.walk(r, value.Index(key), extend(path, cty.IndexStep{Key: key}), outline)
			}
		default:
			f.leaves[PathString(path)] = leafOf(r, value, path)
		}
	}
}

func isNested(v cty.Value) bool { return v.IsKnown() && v.Type().IsObjectType() }

// isBlocks reports whether a value stands for nested blocks.
func isBlocks(v cty.Value) bool {
	if !v.IsKnown() || !v.Type().IsTupleType() || v.LengthInt() == 0 {
		return false
	}
	for _, t := range v.Type().TupleElementTypes() {
		if !t.IsObjectType() {
			return false
		}
	}
	return true
}

func leafOf(r *Resource, v cty.Value, at cty.Path) leaf {
	l := leaf{path: at, value: v, short: isShort(v)}
	parts := []string{fmt.Sprintf("%#v", v)}
	for _, p := range r.Exprs {
		if len(p.Path) < len(at) || !p.Path.HasPrefix(at) {
			continue
		}
		below := p
		below.Path = p.Path[len(at):]
		l.exprs = append(l.exprs, below)
		parts = append(parts, fmt.Sprint(PathString(below.Path), below.Key), exprText(p.Expr))
		l.short = l.short && isShortExpr(p)
	}
	l.same = strings.Join(parts, "\x00")
	return l
}

// isShort reports whether a value can stand in one line of a map.
func isShort(v cty.Value) bool {
	if !v.IsKnown() || v.IsNull() {
		return v.IsNull()
	}
	t := v.Type()
	switch {
	case t == cty.String:
		text := v.AsString()
		return len(text) <= foldLine && !strings.Contains(text, "\n")
	case t.IsPrimitiveType():
		return true
	case t.IsListType() || t.IsSetType() || t.IsTupleType():
		if v.LengthInt() > foldList {
			return false
		}
		for it := v.ElementIterator(); it.Next(); {
			if _, e := it.Element(); !e.Type().IsPrimitiveType() || !isShort(e) {
				return false
			}
		}
		return true
	}
	return false
}

// isShortExpr reports whether an expression can stand in a map. A variable cannot: a map with a
// sensitive value in it is none that for_each takes.
func isShortExpr(p Placed) bool {
	switch p.Expr.(type) {
	case Ref, UserRef, Template:
		return !p.Key && !HoldsVariable(p.Expr)
	}
	return false
}

// exprText tells expressions apart.
func exprText(e Expr) string {
	switch e := e.(type) {
	case Template:
		var b strings.Builder
		for _, p := range e.Parts {
			b.WriteString(p.Text + "\x01")
			if p.Expr != nil {
				b.WriteString(exprText(p.Expr) + "\x02")
			}
		}
		return b.String()
	case Encoded:
		var b strings.Builder
		for _, p := range e.Exprs {
			fmt.Fprintf(&b, "%s %t\x01%s\x02", PathString(p.Path), p.Key, exprText(p.Expr))
		}
		return b.String()
	}
	return fmt.Sprintf("%T%v", e, e)
}

// Fold makes the folds of a linked graph from the keys that resources have. It returns the resources
// that do not fit into theirs, which must be without keys; none if all do.
func (g *Graph) Fold() (misfits []*Resource) {
	f := &folding{g: g, forms: map[*Resource]*form{}}
	groups := map[Address][]*Resource{}
	var order []Address
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
	g.Folds = nil
	for _, block := range order {
		members := groups[block]
		if fit := f.alike(members, maxColumns); len(fit) < len(members) {
			misfits = append(misfits, without(members, fit)...)
			continue
		}
		g.Folds = append(g.Folds, f.fold(block, members))
	}
	return misfits
}

// fold makes one block of members that are alike.
func (f *folding) fold(block Address, members []*Resource) *Fold {
	members = append([]*Resource(nil), members...)
	sort.Slice(members, func(i, j int) bool { return members[i].Address.Key < members[j].Address.Key })
	first := members[0]
	paths, _ := f.differing(members)
	columns := columnNames(paths, func(p string) cty.Path { return f.pathOf(members, p) })
	out := &Fold{Members: members, Local: FoldLocal(block)}
	out.Template = &Resource{
		Address: block, ID: first.ID, Parent: first.Parent, Group: first.Group, Ignore: first.Ignore, Protect: first.Protect,
		Config: union(members, func(r *Resource) cty.Value { return r.Config }),
	}
	differs := map[string]bool{}
	for _, p := range paths {
		differs[p] = true
		out.Template.Exprs = append(out.Template.Exprs, Placed{Path: f.pathOf(members, p), Expr: EachRef{Attr: columns[p]}})
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
	sortPlaced(out.Template.Exprs)
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
	sortPlaced(out.Exprs)
}

// note puts a comment where it belongs: into the block where it is on every member, else into the map.
func (f *folding) note(out *Fold, key string, n Note, columns map[string]string) {
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
		n.Text = PathString(n.Path) + ": " + n.Text
	}
	out.Notes = append(out.Notes, Note{Path: at, Text: n.Text})
}

// columnOf is the path of the leaf that a path leads to or into.
func columnOf(p cty.Path) string {
	for len(p) > 0 {
		if _, index := p[len(p)-1].(cty.IndexStep); !index {
			break
		}
		p = p[:len(p)-1]
	}
	return PathString(p)
}

func everywhere(members []*Resource, n Note) bool {
	for _, r := range members {
		found := false
		for _, other := range r.Notes {
			found = found || other.Text == n.Text && PathString(other.Path) == PathString(n.Path)
		}
		if !found {
			return false
		}
	}
	return true
}

// pathOf finds the path that members differ at.
func (f *folding) pathOf(members []*Resource, path string) cty.Path {
	for _, r := range members {
		if l, ok := f.form(r).leaves[path]; ok {
			return l.path
		}
	}
	return nil
}

// columnNames gives every path a name of its own: the last attribute's, with those before it where
// it is nested.
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

// union is a value with every attribute that one of several of one outline has.
func union(members []*Resource, at func(*Resource) cty.Value) cty.Value {
	attrs := map[string]cty.Value{}
	for _, r := range members {
		v := at(r)
		for it := v.ElementIterator(); it.Next(); {
			key, value := it.Element()
			name := key.AsString()
			if _, has := attrs[name]; has || value.IsNull() {
				continue
			}
			inner := func(r *Resource) cty.Value { return at(r).GetAttr(name) }
			switch {
			case isNested(value):
				value = union(members, inner)
			case isBlocks(value):
				blocks := make([]cty.Value, value.LengthInt())
				for i := range blocks {
					blocks[i] = union(members, func(r *Resource) cty.Value { return inner(r).Index(cty.NumberIntVal(int64(i))) })
				}
				value = cty.TupleVal(blocks)
			}
			attrs[name] = value
		}
	}
	return cty.ObjectVal(attrs)
}
