package structure

import (
	"go/ast"
	"go/token"
	"strconv"
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
)

// typeNames lists where code may name a resource type, each with the reason. Everywhere else, what is
// special about a type is a field of its row.
var typeNames = map[string]string{
	"providers/rootly/catalogue":            "the rows",
	"providers/rootly/sandbox/organisation": "the objects that the imitation of the API serves",
	"providers/rootly/standin":              "the imitation of the provider must not share the catalogue's facts",
	"state/legacy":                          "the names that an earlier tool used, and the types that they became",
}

func TestTypesAreNamedInTheCatalogue(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	for _, s := range files(t, program) {
		ast.Inspect(s.syntax, func(n ast.Node) bool {
			literal, ok := n.(*ast.BasicLit)
			if !ok || literal.Kind != token.STRING {
				return true
			}
			name, err := strconv.Unquote(literal.Value)
			if err != nil || catalogue.Lookup(name) == nil {
				return true
			}
			used[s.dir] = true
			if typeNames[s.dir] == "" {
				t.Errorf("%s: the code names the type %s; make it a field of the type's row in providers/rootly/catalogue", s.at(literal), name)
			}
			return true
		})
	}
	for dir := range typeNames {
		if !used[dir] {
			t.Errorf("typeNames lists %s, which names no type; take it out", dir)
		}
	}
}
