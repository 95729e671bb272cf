// Package code finds the top-level blocks in Terraform code with what they refer to.
//
//	bytes ──► Scan ──► items with byte ranges ──► cut, keep or join, by the caller
//
// It reads tokens, not expressions: that is some hundred times faster than a parser, works for
// unusual code, and keeps every byte of a block as a person wrote it.
//
// Not here: validation. Code that the engines would refuse may pass.
package code

import "strings"

// An Item is a block or an argument at the top level of a file.
type Item struct {
	Kind   string   // such as "resource"; empty for an argument
	Labels []string // of a block; the name of an argument
	Start  int      // of the comment lines directly above it, or of the item
	End    int      // of its last line, without the newline
	Head   int      // where the item without comments begins
	Args   []Arg    // the arguments directly in the block, or the argument itself
	Refs   []Ref    // in the order of the text
}

// An Arg is an argument with the range of its value.
type Arg struct {
	Name       string
	Head       int // where the name begins
	Start, End int
}

// A Ref is a chain of names, such as rootly_team.sre.id or local.users["ada@example.com"]. An index that is not plain
// text ends the chain.
type Ref struct {
	Parts []string
	Start int
	Ends  []int // where each part ends
}

// Same identifies what an item declares: a directory may have only one item with the same value. It is empty for items
// that may be repeated.
func (i Item) Same() string {
	switch i.Kind {
	case "":
		return "value." + i.Labels[0]
	case "locals", "terraform", "//":
		return ""
	case "import", "moved", "removed":
		a := "to"
		if i.Kind == "removed" {
			a = "from"
		}
		typ, name, key, ok := i.Instance(a)
		if !ok {
			return ""
		}
		return strings.TrimSuffix(strings.Join([]string{i.Kind, typ, name, key}, "."), ".")
	}
	return strings.Join(append([]string{i.Kind}, i.Labels...), ".")
}

// Arg returns the argument of that name.
func (i Item) Arg(name string) (Arg, bool) {
	for _, a := range i.Args {
		if a.Name == name {
			return a, true
		}
	}
	return Arg{}, false
}

// Target returns the address in an argument such as an import block's "to": type and name, without indexes.
func (i Item) Target(arg string) (typ, name string, ok bool) {
	typ, name, _, ok = i.Instance(arg)
	return typ, name, ok
}

// Instance returns the address in an argument with its index: a key of for_each or a number of count. The index is
// empty if there is none, or if it is an expression.
func (i Item) Instance(arg string) (typ, name, index string, ok bool) {
	a, found := i.Arg(arg)
	if !found {
		return "", "", "", false
	}
	for _, r := range i.Refs {
		if r.Start != a.Start || len(r.Parts) < 2 {
			continue
		}
		if len(r.Parts) > 2 {
			index = r.Parts[2]
		}
		return r.Parts[0], r.Parts[1], index, true
	}
	return "", "", "", false
}
