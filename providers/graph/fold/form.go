package fold

import (
	"fmt"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
)

const (
	lineWidth  = 100 // of a text in a map
	listLength = 4   // of a list in a map
)

// A form is a resource in two parts: an outline, which all members of a fold must share, and leaves, in which they may
// differ.
type form struct {
	outline string
	leaves  map[string]leaf // by path
}

// A leaf is an attribute that is not a block.
type leaf struct {
	path  cty.Path
	value cty.Value
	exprs []graph.Placed // with paths below the leaf
	same  string         // equal leaves have the same one; empty: there is no leaf
	short bool           // whether it can be in a map that people read
}

// long distinguishes leaves that are too long for a map; it is empty for the others.
func (l leaf) long() string {
	if l.short {
		return ""
	}
	return l.same
}

// leaf returns the leaf at a path. A missing leaf is null, which means the same.
func (f *form) leaf(path string) leaf {
	if l, ok := f.leaves[path]; ok {
		return l
	}
	return leaf{value: cty.NullVal(cty.DynamicPseudoType), short: true}
}

func formOf(r *graph.Resource) *form {
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
func (f *form) walk(r *graph.Resource, v cty.Value, at cty.Path, outline *[]string) {
	for it := v.ElementIterator(); it.Next(); {
		name, value := it.Element()
		path := below(at, cty.GetAttrStep{Name: name.AsString()})
		switch {
		case value.IsNull():
		case isNested(value):
			*outline = append(*outline, graph.PathString(path))
			f.walk(r, value, path, outline)
		case isBlocks(value):
			*outline = append(*outline, fmt.Sprintf("%s %d", graph.PathString(path), value.LengthInt()))
			for i := range value.LengthInt() {
				key := cty.NumberIntVal(int64(i))
				f.walk(r, value.Index(key), below(path, cty.IndexStep{Key: key}), outline)
			}
		default:
			f.leaves[graph.PathString(path)] = leafOf(r, value, path)
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

func leafOf(r *graph.Resource, v cty.Value, at cty.Path) leaf {
	l := leaf{path: at, value: v, short: isShort(v)}
	parts := []string{fmt.Sprintf("%#v", v)}
	for _, p := range r.Exprs {
		if len(p.Path) < len(at) || !p.Path.HasPrefix(at) {
			continue
		}
		rest := p
		rest.Path = p.Path[len(at):]
		l.exprs = append(l.exprs, rest)
		parts = append(parts, fmt.Sprint(graph.PathString(rest.Path), rest.Key), exprText(p.Expr))
		l.short = l.short && isShortExpr(p)
	}
	l.same = strings.Join(parts, "\x00")
	return l
}

// isShort reports whether a value fits on one line of a map.
func isShort(v cty.Value) bool {
	if !v.IsKnown() || v.IsNull() {
		return v.IsNull()
	}
	t := v.Type()
	switch {
	case t == cty.String:
		text := v.AsString()
		return len(text) <= lineWidth && !strings.Contains(text, "\n")
	case t.IsPrimitiveType():
		return true
	case t.IsListType() || t.IsSetType() || t.IsTupleType():
		if v.LengthInt() > listLength {
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

// isShortExpr reports whether an expression can be in a map. A variable cannot: for_each does not accept a map with a
// sensitive value.
func isShortExpr(p graph.Placed) bool {
	switch p.Expr.(type) {
	case graph.Ref, graph.EntryRef, graph.Template:
		return !p.Key && !p.HoldsVariable()
	}
	return false
}

// exprText tells expressions apart.
func exprText(e graph.Expr) string {
	switch e := e.(type) {
	case graph.Template:
		var b strings.Builder
		for _, p := range e.Parts {
			b.WriteString(p.Text + "\x01")
			if p.Expr != nil {
				b.WriteString(exprText(p.Expr) + "\x02")
			}
		}
		return b.String()
	case graph.Encoded:
		var b strings.Builder
		for _, p := range e.Exprs {
			fmt.Fprintf(&b, "%s %t\x01%s\x02", graph.PathString(p.Path), p.Key, exprText(p.Expr))
		}
		return b.String()
	}
	return fmt.Sprintf("%T%v", e, e)
}

// below returns the path with one more step, without shared memory.
func below(p cty.Path, step cty.PathStep) cty.Path { return append(p.Copy(), step) }
