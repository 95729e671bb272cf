package generator

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
)

// isIdentifier reports whether the name may stand in code without quotes.
func isIdentifier(name string) bool {
	for i := range len(name) {
		c := name[i]
		letter := c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		if !letter && (i == 0 || c != '-' && (c < '0' || c > '9')) {
			return hclsyntax.ValidIdentifier(name) // slow, and right for letters outside ASCII too
		}
	}
	return name != ""
}

// checkAddress refuses names that would not be valid code.
func checkAddress(a graph.Address) error {
	for _, name := range []string{a.Type, a.Name} {
		if !isIdentifier(name) {
			return fmt.Errorf("address %q: %q is not an identifier", a.String(), name)
		}
	}
	return nil
}

// traversalText checks that path is a traversal and returns it in canonical form.
func traversalText(path string) (string, error) {
	traversal, diags := hclsyntax.ParseTraversalAbs([]byte(path), "", hcl.InitialPos)
	if diags.HasErrors() {
		return "", diags
	}
	return string(hclwrite.TokensForTraversal(traversal).Bytes()), nil
}
