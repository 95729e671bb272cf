package graph_test

import (
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
)

func TestPathString(t *testing.T) {
	t.Parallel()
	for want, path := range map[string]cty.Path{
		"":                                   nil,
		"rules[0].time_zone":                 cty.GetAttrPath("rules").IndexInt(0).GetAttr("time_zone"),
		`labels["team"]`:                     cty.GetAttrPath("labels").IndexString("team"),
		`labels["a \"b\" \\ déjà <"]`:        cty.GetAttrPath("labels").IndexString(`a "b" \ déjà <`),
		`labels["$${a} %%{b} $$"]`:           cty.GetAttrPath("labels").IndexString("${a} %{b} $$"),
		`labels["\n\u0000\u202e\U000e0001"]`: cty.GetAttrPath("labels").IndexString("\n\x00\u202e\U000e0001"),
		"set[?].name":                        cty.GetAttrPath("set").Index(cty.EmptyObjectVal).GetAttr("name"),
	} {
		if got := graph.PathString(path); got != want {
			t.Errorf("%#v is %s, want %s", path, got, want)
		}
	}
}

// What a path is written as, the language reads as that path, and its own writer spells it so: that is
// what others compare with.
func TestPathStringReadsBack(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"team", `"`, `\`, "${x}", "%{x}", "$${", "\n\t\r\x00\x7f", "\u00ad\u202e", "日本 👩\u200d💻", "\U000e0001", "] ["} {
		code := graph.PathString(cty.GetAttrPath("a").IndexString(key).GetAttr("b"))
		if want := "a[" + string(hclwrite.TokensForValue(cty.StringVal(key)).Bytes()) + "].b"; code != want {
			t.Errorf("%q is written as %s, want %s", key, code, want)
		}
		traversal, diags := hclsyntax.ParseTraversalAbs([]byte(code), "", hcl.InitialPos)
		if diags.HasErrors() {
			t.Errorf("%s: %v", code, diags)
			continue
		}
		if got := traversal[1].(hcl.TraverseIndex).Key.AsString(); got != key {
			t.Errorf("%s reads back as %q, want %q", code, got, key)
		}
	}
}

func TestIsUUID(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]bool{
		string(uuid(1)): true, "ABCDEF12-0000-4000-8000-00000000000f": true,
		"": false, "22": false, string(uuid(1)) + "0": false, "00000001_0000-4000-8000-000000000000": false, "0000000g-0000-4000-8000-000000000000": false,
	} {
		if graph.IsUUID(s) != want {
			t.Errorf("%q: %t", s, !want)
		}
	}
}
