package rootly

import (
	"slices"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
	"github.com/terraformer-rootly/terraformer-rootly/providers/schema"
)

// MayIgnore reports whether ignore_changes may name a path of a type. Everything that it hides from
// Terraform is hidden for ever, so the list of reasons is closed:
//
//   - a value that the provider's validator refuses, or a missing value for which the provider has a
//     default that its validator does not let the code override,
//   - a block that the provider requires and the live object does not have, or that it cannot store,
//   - an attribute that the provider never reads back, or that Rootly never answers,
//   - the parent's id where the API does not answer it, since changing it replaces the object,
//   - a block that the provider reads only if its state has some already,
//   - a required value that the API does not have, where the provider keeps null.
//
// The path is in Terraform's form, such as "rules[0].time_zone".
func MayIgnore(resourceType, path string, s *schema.Provider) bool {
	row, r := catalogue.Lookup(resourceType), s.Resources[resourceType]
	if row == nil || r == nil {
		return false
	}
	names := withoutIndexes(path)
	if names == row.ParentAttr || row.Read[names] == catalogue.ReadNever || slices.Contains(row.Withheld, names) || slices.Contains(row.ReadIfInState, names) {
		return true
	}
	if a := r.Block.Find(names); a != nil {
		return a.Enum != nil || row.KeepsNull && a.Mode == schema.Required && insideSingle(r.Block, names)
	}
	n := r.Block.FindNested(names)
	return n != nil && n.Mode == schema.Required
}

// insideSingle reports whether a path is an attribute of a block that exists once.
func insideSingle(b *schema.Block, path string) bool {
	i := strings.LastIndexByte(path, '.')
	if i < 0 {
		return false
	}
	n := b.FindNested(path[:i])
	return n != nil && n.Nesting == schema.NestingSingle
}

// withoutIndexes strips "[0]" and the like from a path.
func withoutIndexes(path string) string {
	var b strings.Builder
	inside := false
	for _, c := range path {
		switch {
		case c == '[':
			inside = true
		case c == ']':
			inside = false
		case !inside:
			b.WriteRune(c)
		}
	}
	return b.String()
}
