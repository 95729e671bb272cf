package rootly

import (
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
	"github.com/terraformer-rootly/terraformer-rootly/providers/schema"
)

// mayIgnoreAlso lists what ignore_changes may name beyond what the schema itself gives reason for.
func mayIgnoreAlso() map[string][]string {
	return map[string][]string{
		// Read back only when the state already has some, which it does not at import. The time is read
		// as null where the API has none, and the code must have one.
		rotationType: {"active_time_attributes", membersName, "schedule_rotationable_attributes.handoff_time"},
		// Never read back.
		"rootly_edge_connector_action": {"edge_connector_id"},
	}
}

// MayIgnore reports whether ignore_changes may name a path of a type. Everything that it hides from
// Terraform is hidden for ever, so the list of reasons is closed:
//
//   - a value that the provider's validator refuses, or whose absence it would fill by a default
//     that the validator keeps from being spelt otherwise,
//   - a block that the provider demands and the live object lacks, or that it cannot store,
//   - the owner's id where the API does not answer it, since changing it replaces the object,
//   - the few paths of mayIgnoreAlso.
//
// The path is in Terraform's form, such as "rules[0].time_zone".
func MayIgnore(resourceType, path string, s *schema.Provider) bool {
	row, r := catalogue.Lookup(resourceType), s.Resources[resourceType]
	if row == nil || r == nil {
		return false
	}
	names := withoutIndexes(path)
	for _, also := range mayIgnoreAlso()[resourceType] {
		if also == names {
			return true
		}
	}
	if names == row.ParentAttr {
		return true
	}
	if a := r.Block.Find(names); a != nil {
		return a.Enum != nil
	}
	n := r.Block.FindNested(names)
	return n != nil && n.Mode == schema.Required
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
