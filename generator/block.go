package generator

import (
	"github.com/zclconf/go-cty/cty"
)

// A block is a block of code before it is printed: resource "rootly_team" "sre" { ... }.
type block struct {
	kind   string
	labels []string
	notes  []string
	body   body
}

// A body is the content between the braces: arguments in order, then blocks in order.
type body struct {
	args   []argument
	blocks []block
}

// An argument is name = value, with an overlay on the value.
type argument struct {
	name   string
	value  cty.Value
	over   *overlay
	notes  []string
	spread bool // whether each element of a collection gets its own line, however short it is
	rows   bool // whether all elements are written the same way: each on one line, or none
	apart  bool // whether a blank line follows
	whole  bool // whether the whole list is unknown until all of it is known
}

// text returns an argument whose value is text.
func text(name, value string) argument {
	return argument{name: name, value: cty.StringVal(value)}
}

// bare returns an argument whose value is a traversal or keyword.
func bare(name, code string) argument {
	return argument{name: name, value: cty.StringVal(code), over: &overlay{bare: code}}
}
