package shards_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/generator/engines"
	"github.com/terraformer-rootly/terraformer-rootly/generator/shards"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
)

// linked has resources that are referred to and others, each in a shard of its own.
const linked = `variable "name" {}
locals {
  name = "of ${terraform_data.a.id}"
}
resource "terraform_data" "a" {
  input = var.name
}
resource "terraform_data" "b" {
  input = [terraform_data.a.id, terraform_data.each["x"].id]
}
resource "terraform_data" "leaf" {
  input = "${local.name}, ${terraform_data.b.id}"
}
resource "terraform_data" "each" {
  for_each = { x = 1 }
  input    = each.value
}
output "all" {
  value = terraform_data.b.id
}
import {
  to = terraform_data.leaf
  id = "1"
}
`

func TestLinksLeaveOutWhatNothingRefersTo(t *testing.T) {
	t.Parallel()
	c := cut(t, 1, "", map[string]string{"a.tf": linked})
	want := `locals {
  rootly_verify_links_1 = [
    "-${terraform_data.b.id}",
  ]
}`
	if got := lines(c.Links()[0]["zz_rootly_verify_links.tf"]); got != want {
		t.Errorf("links\n%s\nwant\n%s", got, want)
	}
	rest := linked[:strings.Index(linked, `resource "terraform_data" "leaf"`)] +
		linked[strings.Index(linked, `resource "terraform_data" "each"`):strings.Index(linked, "import {")]
	rest = strings.Replace(rest, "  name = ", "name = ", 1) // a local begins where it begins
	if got := lines(c.Links()[0]["a.tf"]); got != strings.TrimSpace(rest) {
		t.Errorf("the rest\n%s\nwant\n%s", got, rest)
	}
}

// TestLinksProveWhatTheWholeProves validates broken code as a whole, and in shards with links: both refuse it, or neither.
// Everything that code refers to has a value, so that nothing stays together that could be cut.
func TestLinksProveWhatTheWholeProves(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"terraform", "tofu"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			engine, err := engines.Find(t.Context(), engines.Options{Engine: name})
			if err != nil {
				t.Skipf("no engine: %v", err)
			}
			for what, code := range map[string]string{
				"":                                      linked,
				"a reference to what is not there":      replace("terraform_data.b.id}", "terraform_data.none.id}"),
				"the same in an output":                 replace("value = terraform_data.b.id", "value = terraform_data.none.id"),
				"the same in a local":                   replace("of ${terraform_data.a.id}", "of ${terraform_data.none.id}"),
				"the same of what is referred to":       replace("[terraform_data.a.id", "[terraform_data.none.id"),
				"an attribute that there is not":        replace("terraform_data.b.id}", "terraform_data.b.nothing}"),
				"the same of what is referred to again": replace("[terraform_data.a.id", "[terraform_data.a.nothing"),
				"a missing key":                         replace(`terraform_data.each["x"].id`, "terraform_data.each.id"),
				"a key too many":                        replace("terraform_data.b.id}", `terraform_data.b["x"].id}`),
				"an address twice":                      linked + "resource \"terraform_data\" \"leaf\" {\n}\n",
				"the address of a target twice":         linked + "resource \"terraform_data\" \"a\" {\n}\n",
				"a cycle of two":                        replace("input = var.name", "input = terraform_data.b.id"),
				"a cycle through a local":               replace("input = var.name", "input = local.name"),
				"a variable that is not declared":       replace("var.name", "var.nobody"),
				"a local that is not declared":          replace("${local.name}", "${local.nobody}"),
				"a data source that is not declared":    replace("${local.name}", "${data.terraform_remote_state.x.id}"),
				"a variable twice":                      linked + "variable \"name\" {\n}\n",
				"a local twice":                         linked + "locals {\n  name = 1\n}\n",
				"an argument that there is not":         replace("input = \"$", "putin = \"$"),
				"an output twice":                       linked + "output \"all\" {\n  value = 1\n}\n",
			} {
				mustAgree(t, engine, what, code)
			}
			for what, code := range map[string]string{
				"":                                 chain("c0", "id"),
				"a reference to what is not there": chain("none", "id"),
				"an attribute that there is not":   chain("c0", "nothing"),
				"a cycle":                          chain("c29", "id"),
				"a cycle through a local":          strings.Replace(chain("c0", "id"), "c0\" {", "c0\" {\n  input = local.c\n", 1) + "locals {\n  c = terraform_data.c29.id\n}\n",
				"a local that nothing reads":       chain("c0", "id") + "locals {\n  unread = terraform_data.c29.nothing\n}\n",
			} {
				mustAgree(t, engine, what, code)
			}
		})
	}
}

// chain has thirty resources, each of which refers to the one before and is referred to, and one more that refers to any.
// The first one refers to nothing, or to the last one.
func chain(to, attribute string) string {
	var b strings.Builder
	for i := range 30 {
		fmt.Fprintf(&b, "resource \"terraform_data\" \"c%d\" {\n", i)
		switch {
		case i > 0:
			fmt.Fprintf(&b, "  input = terraform_data.c%d.id\n", i-1)
		case to == "c29":
			b.WriteString("  input = terraform_data.c29.id\n")
		}
		b.WriteString("}\n")
	}
	fmt.Fprintf(&b, "resource \"terraform_data\" \"last\" {\n  input = [terraform_data.%s.%s, terraform_data.c29.id]\n}\n", to, attribute)
	return b.String()
}

func TestLinksOfManyAreSeveralParts(t *testing.T) {
	t.Parallel()
	c := cut(t, 1, "", map[string]string{"a.tf": chain("c0", "id")})
	if n := len(c.Links()); n != 3 {
		t.Errorf("%d parts, want 3", n)
	}
	if n := len(cut(t, 1, "", map[string]string{"a.tf": chain("c29", "id")}).Links()); n > 0 {
		t.Errorf("%d parts of a cycle", n)
	}
}

func mustAgree(t *testing.T, engine engines.Engine, what, code string) {
	t.Helper()
	whole, parts := validateBothWays(t, engine, code)
	if refused := what != ""; (whole != nil) != refused || (parts != nil) != refused {
		t.Errorf("%q: as a whole %v, in parts %v", what, whole, parts)
	}
}

func replace(from, to string) string {
	if !strings.Contains(linked, from) {
		return fmt.Sprintf("there is no %q", from)
	}
	return strings.Replace(linked, from, to, 1)
}

// validateBothWays returns why code is refused.
func validateBothWays(t *testing.T, engine engines.Engine, code string) (whole, parts error) {
	t.Helper()
	c, err := shards.NewCutter(1).Cut(bytesOf(map[string]string{"a.tf": code}), nil, func(graph.Address, string) (cty.Value, bool) {
		return cty.StringVal("1"), true
	})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a.tf"), []byte("resource \"terraform_data\" \"a\" {\n}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	session, err := engines.Open(engines.Job{Engine: engine, Dir: dir, TempDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { err = errors.Join(err, session.Close()) }()
	if err := session.Init(t.Context()); err != nil {
		t.Fatal(err)
	}
	validate := func(files map[string][]byte) error {
		part, err := session.Share("part", files, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer part.Close()
		return part.Validate(t.Context())
	}
	whole = validate(c.Code())
	for _, part := range c.Links() {
		if parts == nil {
			parts = validate(part)
		}
	}
	if len(c.Links()) == 0 {
		parts = whole
	}
	for _, s := range c.Shards {
		if parts == nil {
			parts = validate(s.Files())
		}
	}
	return whole, parts
}
