package generator

import (
	"sort"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/providers/schema"
)

// Ranks of arguments: what a reader looks for first stands first.
const (
	rankKind = iota // what determines the meaning of the other arguments
	rankID
	rankName
	rankTitle
	rankDescription
	rankOwner // a required reference, which names the owner of the object
	rankOther
)

// rankOf returns the rank of an argument; s is nil where the schema does not know it.
func rankOf(name string, s *schema.Attribute) int {
	switch name {
	case "id":
		return rankID
	case "name":
		return rankName
	case "title":
		return rankTitle
	case "description":
		return rankDescription
	case "task_type", "trigger_type":
		return rankKind
	case "task", "label":
		if s != nil && s.Mode == schema.Required {
			return rankName
		}
	}
	if s != nil && s.Mode == schema.Required && strings.HasSuffix(name, "_id") {
		return rankOwner
	}
	return rankOther
}

// orderedNames returns the names of an object's attributes in the order of writing.
func orderedNames(t cty.Type, s *schema.Block) []string {
	types := t.AttributeTypes()
	names := make([]string, 0, len(types))
	for name := range types {
		names = append(names, name)
	}
	sort.Strings(names)
	rank := func(name string) int {
		if s == nil {
			return rankOf(name, nil)
		}
		return rankOf(name, s.Attribute(name))
	}
	sort.SliceStable(names, func(i, j int) bool { return rank(names[i]) < rank(names[j]) })
	return names
}
