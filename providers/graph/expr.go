package graph

import (
	"iter"
	"slices"

	"github.com/zclconf/go-cty/cty"
)

// An Expr is written into the code instead of a literal. It is one of Ref, EntryRef, VariableRef, EachRef, Template and
// Encoded.
type Expr interface {
	expr()
}

// A Ref reads an attribute of another resource or data source: rootly_team.sre.id.
type Ref struct {
	Target  Address
	Index   string // of one of several instances, as the language writes it, such as ["a"] or [0]; usually empty
	Attr    string // most often "id"
	Numeric bool   // whether a number is wanted where the attribute is text: tonumber(...)
}

// An EntryRef reads a map in locals: local.users["ada@example.com"].
type EntryRef struct {
	Map     string
	Key     string
	Numeric bool // whether a number is wanted: the map holds numbers, so text needs tostring(...)
}

// A VariableRef reads an input variable: var.webhook_token.
type VariableRef struct {
	Name string
}

// An EachRef reads the element that a block with for_each is repeated for: each.value.color, or
// each.value where Attr is empty.
type EachRef struct {
	Attr string
}

// A Template is text with expressions in it: "team ${rootly_team.sre.id}".
// A part is either Text or Expr.
type Template struct {
	Parts []Part
}

// A Part is a piece of a Template.
type Part struct {
	Text string
	Expr Expr
}

// Encoded is a JSON text written as jsonencode(...) of Value, with expressions placed in it.
// Value's objects are ordered by key.
type Encoded struct {
	Value cty.Value
	Exprs []Placed
}

func (Ref) expr()         {}
func (EntryRef) expr()    {}
func (VariableRef) expr() {}
func (EachRef) expr()     {}
func (Template) expr()    {}
func (Encoded) expr()     {}

// Leaves are the expressions that the expression is made of, at whatever depth: itself, if it is made of none.
func (p Placed) Leaves() iter.Seq[Expr] {
	return func(yield func(Expr) bool) { leaves(p.Expr, yield) }
}

func leaves(e Expr, yield func(Expr) bool) (more bool) {
	switch e := e.(type) {
	case nil: // a text
		return true
	case Template:
		return !slices.ContainsFunc(e.Parts, func(p Part) bool { return !leaves(p.Expr, yield) })
	case Encoded:
		return !slices.ContainsFunc(e.Exprs, func(p Placed) bool { return !leaves(p.Expr, yield) })
	}
	return yield(e)
}

// Refs are the references in the expression, at whatever depth.
func (p Placed) Refs() iter.Seq[Ref] {
	return func(yield func(Ref) bool) {
		for leaf := range p.Leaves() {
			if ref, ok := leaf.(Ref); ok && !yield(ref) {
				return
			}
		}
	}
}

// ReadsResource reports whether the value of an expression is unknown until a resource is created.
func ReadsResource(e Expr) bool {
	for ref := range (Placed{Expr: e}).Refs() {
		if !ref.Target.Data {
			return true
		}
	}
	return false
}

// HoldsVariable reports whether the expression reads an input variable, at whatever depth.
func (p Placed) HoldsVariable() bool {
	for leaf := range p.Leaves() {
		if _, variable := leaf.(VariableRef); variable {
			return true
		}
	}
	return false
}
