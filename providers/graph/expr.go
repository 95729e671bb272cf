package graph

import (
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

// ReadsResource reports whether the value of an expression is unknown until a resource is created.
func ReadsResource(e Expr) bool {
	return slices.ContainsFunc(targetsOf(e), func(a Address) bool { return !a.Data })
}

// HoldsVariable reports whether an expression reads an input variable, at whatever depth.
func HoldsVariable(e Expr) bool {
	switch e := e.(type) {
	case VariableRef:
		return true
	case Template:
		for _, p := range e.Parts {
			if p.Expr != nil && HoldsVariable(p.Expr) {
				return true
			}
		}
	case Encoded:
		for _, p := range e.Exprs {
			if HoldsVariable(p.Expr) {
				return true
			}
		}
	}
	return false
}
