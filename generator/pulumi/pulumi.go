// Package pulumi writes what Pulumi needs to import resources.
//
//	resources ──► File ──► pulumi import --file
//
// Pulumi's provider for Rootly is made from the Terraform provider, so every name follows from that of the Terraform type.
//
// Not here: programs for Pulumi, which it writes itself when it imports.
package pulumi

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
)

// FileName is the name of the file.
const FileName = "pulumi-import.json"

// Version is the version of Pulumi's provider that the list of types was taken from.
const Version = "3.8.0"

// The list of types is that of the schema in the repository rootlyhq/pulumi-rootly.
//
//go:embed types.txt
var known string

// Token is Pulumi's name of a Terraform type: rootly:index/team:Team for rootly_team. It reports false if Pulumi's
// provider lacks the type.
func Token(terraformType string) (token string, isKnown bool) {
	pkg, rest, _ := strings.Cut(terraformType, "_")
	var name strings.Builder
	for word := range strings.SplitSeq(rest, "_") {
		if word != "" {
			name.WriteString(strings.ToUpper(word[:1]) + word[1:])
		}
	}
	pascal := name.String()
	if pascal == "" {
		return "", false
	}
	token = fmt.Sprintf("%s:index/%s:%s", pkg, strings.ToLower(pascal[:1])+pascal[1:], pascal)
	return token, slices.Contains(strings.Fields(known), token)
}

// An entry is a resource in Pulumi's bulk import.
type entry struct {
	Type   string   `json:"type"`
	Name   string   `json:"name"`
	ID     graph.ID `json:"id"`
	Parent string   `json:"parent,omitempty"` // the name of another entry
}

// File returns the file for Pulumi's bulk import. It also returns how many resources of each type are left out because
// Pulumi's provider does not have the type. Owners are the types that may own a resource. Parents come before their
// children.
func File(resources []*graph.Resource, owners func(terraformType string) []string) (content []byte, leftOut map[string]int, err error) {
	names, taken := map[graph.Target]string{}, map[string]bool{}
	leftOut = map[string]int{}
	for _, r := range resources {
		if _, ok := Token(r.Address.Type); ok {
			names[graph.Target{Type: r.Address.Type, ID: r.ID}] = unique(name(r.Address), taken)
		} else {
			leftOut[r.Address.Type]++
		}
	}
	entries := []entry{}
	for _, r := range resources {
		token, ok := Token(r.Address.Type)
		if !ok {
			continue
		}
		e := entry{Type: token, Name: names[graph.Target{Type: r.Address.Type, ID: r.ID}], ID: r.ImportID()}
		for _, owner := range owners(r.Address.Type) {
			if r.Parent != "" && e.Parent == "" {
				e.Parent = names[graph.Target{Type: owner, ID: r.Parent}]
			}
		}
		entries = append(entries, e)
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	err = encoder.Encode(struct {
		Resources []entry `json:"resources"`
	}{parentsFirst(entries)})
	return b.Bytes(), leftOut, err
}

// unique adds a number to a name that is already used.
func unique(name string, taken map[string]bool) string {
	free := name
	for n := 2; taken[free]; n++ {
		free = fmt.Sprintf("%s-%d", name, n)
	}
	taken[free] = true
	return free
}

// parentsFirst moves each entry after its parent, and otherwise keeps the order.
func parentsFirst(entries []entry) []entry {
	depth := map[string]int{}
	parents := map[string]string{}
	for _, e := range entries {
		parents[e.Name] = e.Parent
	}
	for _, e := range entries {
		for up := e.Parent; up != "" && depth[e.Name] <= len(entries); up = parents[up] {
			depth[e.Name]++
		}
	}
	slices.SortStableFunc(entries, func(a, b entry) int { return depth[a.Name] - depth[b.Name] })
	return entries
}

// name begins with the type, since parents are referred to by name only.
func name(a graph.Address) string {
	_, short, _ := strings.Cut(a.Type, "_")
	return short + "-" + plain(strings.TrimPrefix(a.String(), a.Type+"."))
}

// plain keeps the characters of a folded resource's key that a name can have.
func plain(s string) string {
	return strings.Trim(strings.Map(func(c rune) rune {
		if c == '_' || c == '-' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' {
			return c
		}
		return '-'
	}, s), "-")
}
