package state_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
)

// verdict is what the parser saw.
type verdict struct {
	declared map[string]int
	ids      map[string]int
	users    map[string]bool
	refs     []string
}

func (v *verdict) read(t *testing.T, name string, content []byte) {
	t.Helper()
	f, diags := hclsyntax.ParseConfig(content, name, hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatalf("%s: %v\n%s", name, diags, content)
	}
	if strings.HasSuffix(name, ".tf") && string(hclwrite.Format(content)) != string(content) {
		t.Fatalf("%s is not formatted:\n%s", name, content)
	}
	body := f.Body.(*hclsyntax.Body)
	for attr := range body.Attributes {
		v.declared["value."+attr]++
	}
	for _, b := range body.Blocks {
		v.block(b)
	}
}

// readJSON reads the JSON syntax, in the shape that inJSON writes.
func (v *verdict) readJSON(t *testing.T, content []byte) {
	t.Helper()
	var root struct {
		Resource map[string]map[string]map[string]any
		Data     map[string]map[string]map[string]any
		Variable map[string]any
		Locals   map[string]any
		Import   []struct{ To, ID string }
	}
	if err := json.Unmarshal(content, &root); err != nil {
		t.Fatalf("%v in\n%s", err, content)
	}
	for typ, named := range root.Resource {
		for name, body := range named {
			v.declared[typ+"."+name]++
			v.ids[typ+" "+body["key"].(string)]++
			for _, value := range body {
				v.template(t, value)
			}
		}
	}
	for typ, named := range root.Data {
		for name := range named {
			v.declared["data."+typ+"."+name]++
		}
	}
	for name := range root.Variable {
		v.declared["var."+name]++
		v.refs = append(v.refs, "value."+name)
	}
	for name, value := range root.Locals {
		if users, ok := value.(map[string]any); ok {
			v.declared["local."+name]++
			for user := range users {
				v.users["local."+name+"."+user] = true
			}
		}
	}
	for _, i := range root.Import {
		v.ids["import "+i.ID]++
		v.declared["import "+i.ID]++
		v.refs = append(v.refs, i.To)
	}
}

// template notes what a text refers to.
func (v *verdict) template(t *testing.T, value any) {
	t.Helper()
	text, _ := value.(string)
	expr, diags := hclsyntax.ParseTemplate([]byte(text), "", hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatalf("%v in %q", diags, text)
	}
	for _, traversal := range expr.Variables() {
		v.refs = append(v.refs, target(traversal))
	}
}

func (v *verdict) block(b *hclsyntax.Block) {
	value := func(name string) string {
		got, _ := b.Body.Attributes[name].Expr.Value(nil)
		return got.AsString()
	}
	switch b.Type {
	case "resource":
		v.declared[strings.Join(b.Labels, ".")]++
		v.ids[b.Labels[0]+" "+value("key")]++
	case "import":
		v.ids["import "+value("id")]++
		v.declared["import "+value("id")]++
	case "locals":
		for name, a := range b.Body.Attributes {
			v.declared["local."+name]++
			users, _ := a.Expr.Value(nil)
			for user := range users.AsValueMap() {
				v.users["local."+name+"."+user] = true
			}
		}
	case "variable":
		v.declared["var."+b.Labels[0]]++
		v.refs = append(v.refs, "value."+b.Labels[0])
	default:
		v.declared[strings.Join(append([]string{b.Type}, b.Labels...), ".")]++
	}
	for name, a := range b.Body.Attributes {
		if b.Type == "variable" && name == "type" {
			continue // a keyword
		}
		for _, traversal := range a.Expr.Variables() {
			v.refs = append(v.refs, target(traversal))
		}
	}
}

// target is the declaration that a traversal needs.
func target(traversal hcl.Traversal) string {
	parts := []string{traversal.RootName()}
	for _, step := range traversal[1:] {
		switch step := step.(type) {
		case hcl.TraverseAttr:
			parts = append(parts, step.Name)
		case hcl.TraverseIndex:
			parts = append(parts, step.Key.AsString())
		}
	}
	n := 2
	if parts[0] == "data" || parts[0] == "local" {
		n = 3
	}
	return strings.Join(parts[:min(n, len(parts))], ".")
}
