package shards_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/generator/shards"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
)

// ids resolves the id of every resource to its name in capitals.
func ids(a graph.Address, attr string) (cty.Value, bool) {
	return cty.StringVal(strings.ToUpper(a.Label())), attr == "id"
}

func cut(t *testing.T, size int, state string, files map[string]string) *shards.Cut {
	t.Helper()
	c, err := shards.NewCutter(size).Cut(bytesOf(files), []byte(state), ids)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func bytesOf(files map[string]string) map[string][]byte {
	out := map[string][]byte{}
	for name, text := range files {
		out[name] = []byte(text)
	}
	return out
}

// lines are the lines of a text that are not empty.
func lines(text []byte) string {
	var kept []string
	for _, line := range strings.Split(string(text), "\n") {
		if strings.TrimSpace(line) != "" {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "\n")
}

const settings = "terraform {}\nprovider \"rootly\" {}\nvariable \"token\" {}\n"

func TestReferencesToOtherShardsBecomeValues(t *testing.T) {
	t.Parallel()
	c := cut(t, 1, "", map[string]string{
		"a.tf": `resource "rootly_team" "sre" {
  name = "SRE"
}

resource "rootly_service" "api" {
  name        = var.token
  team_ids    = [rootly_team.sre.id, "literal"]
  description = "of ${rootly_team.sre.id}, ${tonumber(rootly_team.sre.id)}"
  lifecycle {
    ignore_changes = [description]
  }
}
`,
		"imports.tf": `import {
  to = rootly_team.sre
  id = "1"
}
import {
  to = rootly_service.api
  id = "2"
}
`,
		"settings.tf": settings,
	})
	if len(c.Shards) != 2 {
		t.Fatalf("%d shards, want 2", len(c.Shards))
	}
	want := `resource "rootly_service" "api" {
  name        = var.token
  team_ids    = ["SRE", "literal"]
  description = "of ${"SRE"}, ${tonumber("SRE")}"
  lifecycle {
    ignore_changes = [description]
  }
}`
	if got := lines(c.Shards[1].Files()["a.tf"]); got != want {
		t.Errorf("the shard of the service:\n%s\nwant\n%s", got, want)
	}
	if got := strings.Count(string(c.Shards[1].Files()["a.tf"][:strings.Index(string(c.Shards[1].Files()["a.tf"]), "resource")]), "\n"); got != 4 {
		t.Errorf("the service begins after %d lines, want 4 as in the whole", got)
	}
	if got := lines(c.Shards[0].Files()["imports.tf"]); !strings.Contains(got, "rootly_team.sre") || strings.Contains(got, "rootly_service") {
		t.Errorf("the imports of the first shard are\n%s", got)
	}
	for i, s := range c.Shards {
		if lines(s.Files()["settings.tf"]) != strings.TrimSpace(settings) {
			t.Errorf("shard %d has the settings\n%s", i, s.Files()["settings.tf"])
		}
	}
	if got := string(c.Code()["imports.tf"]); got != "" {
		t.Errorf("the code to validate has imports:\n%s", got)
	}
	if got := string(c.Code()["a.tf"]); !strings.Contains(got, "rootly_team.sre.id") {
		t.Errorf("the code to validate lacks its references:\n%s", got)
	}
}

// What stays together: shards by name of what they must share.
func TestResourcesStayTogether(t *testing.T) {
	t.Parallel()
	for name, code := range map[string]string{
		"a reference to more than an attribute": `resource "rootly_a" "x" {}
resource "rootly_b" "y" { all = rootly_a.x }`,
		"a reference that has no value": `resource "rootly_a" "x" {}
resource "rootly_b" "y" { kind = rootly_a.x.kind }`,
		"a reference by an expression": `resource "rootly_a" "x" { for_each = { k = 1 } }
resource "rootly_b" "y" {
  for_each = { k = 1 }
  kind     = rootly_a.x[each.key].id
}`,
		"a reference through a local": `resource "rootly_a" "x" {}
locals { rows = { k = rootly_a.x.kind } }
resource "rootly_b" "y" { for_each = local.rows }`,
		"a move": `resource "rootly_b" "y" {}
moved {
  from = rootly_a.x
  to   = rootly_b.y
}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			state := `{"version":4,"resources":[{"mode":"managed","type":"rootly_a","name":"x","instances":[]}]}`
			c := cut(t, 1, state, map[string]string{"a.tf": code})
			if len(c.Shards) != 1 {
				t.Errorf("%d shards, want one", len(c.Shards))
			}
		})
	}
}

func TestLocalsFollowWhatReadsThem(t *testing.T) {
	t.Parallel()
	c := cut(t, 1, "", map[string]string{"a.tf": `locals {
  # Everybody.
  users = { ada = 1 }
  other = data.rootly_user.bob.id
}
data "rootly_user" "bob" {
  email = "bob@example.com"
}
resource "rootly_a" "x" { owner = local.users["ada"] }
resource "rootly_b" "y" { owner = local.other }
resource "rootly_c" "z" {}
`})
	want := []string{
		`locals {
users = { ada = 1 }
}
resource "rootly_a" "x" { owner = local.users["ada"] }`,
		`locals {
other = data.rootly_user.bob.id
}
data "rootly_user" "bob" {
  email = "bob@example.com"
}
resource "rootly_b" "y" { owner = local.other }`,
		`resource "rootly_c" "z" {}`,
	}
	if len(c.Shards) != len(want) {
		t.Fatalf("%d shards, want %d", len(c.Shards), len(want))
	}
	for i, s := range c.Shards {
		if got := lines(s.Files()["a.tf"]); got != want[i] {
			t.Errorf("shard %d:\n%s\nwant\n%s", i, got, want[i])
		}
	}
}

func TestStateEntriesGoWithTheirCode(t *testing.T) {
	t.Parallel()
	const entry = `{"mode":"managed","type":"rootly_%","name":"x","instances":[{"index_key":1e30}]}`
	state := `{"version":4,"serial":7,"lineage":"l","outputs":{"o":{}},"resources":[` +
		strings.ReplaceAll(entry, "%", "a") + "," + strings.ReplaceAll(entry, "%", "b") + "," + strings.ReplaceAll(entry, "%", "gone") +
		`,{"mode":"data","type":"rootly_user","name":"x"}]}`
	c := cut(t, 1, state, map[string]string{"a.tf": `resource "rootly_a" "x" {}
resource "rootly_b" "x" {}
`})
	if len(c.Shards) != 3 {
		t.Fatalf("%d shards, want 3: what has no code is in one too", len(c.Shards))
	}
	for i, kind := range []string{"a", "b", "gone"} {
		text, err := c.Shards[i].State()
		if err != nil {
			t.Fatal(err)
		}
		got := string(text)
		if strings.Count(got, `"mode"`) != 1 || !strings.Contains(got, strings.ReplaceAll(entry, "%", kind)) || !strings.Contains(got, `"serial":7`) {
			t.Errorf("shard %d has the state %s", i, got)
		}
	}
}

func TestUnchangedShardsStayTheSame(t *testing.T) {
	t.Parallel()
	code := func(names ...string) map[string][]byte {
		text := ""
		for _, name := range names {
			text += "resource \"rootly_a\" \"" + name + "\" {\n}\n"
		}
		return bytesOf(map[string]string{"a.tf": text})
	}
	cutter := shards.NewCutter(2)
	before, err := cutter.Cut(code("a", "b", "c", "d", "e", "f"), nil, ids)
	if err != nil {
		t.Fatal(err)
	}
	after, err := cutter.Cut(code("a", "c", "d", "e", "f", "g"), nil, ids)
	if err != nil {
		t.Fatal(err)
	}
	if len(before.Shards) != 3 || len(after.Shards) != 3 {
		t.Fatalf("%d and %d shards, want 3", len(before.Shards), len(after.Shards))
	}
	for i, want := range []string{"a", "cd", "efg"} {
		text, got := string(after.Shards[i].Files()["a.tf"]), ""
		for _, name := range []string{"a", "b", "c", "d", "e", "f", "g"} {
			if strings.Contains(text, `"`+name+`"`) {
				got += name
			}
		}
		if got != want {
			t.Errorf("shard %d has %s, want %s", i, got, want)
		}
	}
}

func TestWhatCannotBeCut(t *testing.T) {
	t.Parallel()
	for want, code := range map[string]string{
		"a module block":             `module "m" { source = "./m" }`,
		"a check block":              `check "c" {}`,
		"depends_on":                 `resource "rootly_a" "x" { depends_on = [rootly_b.y] }`,
		"a provisioner":              "resource \"rootly_a\" \"x\" {\n provisioner \"local-exec\" {}\n}",
		"conditions":                 "resource \"rootly_a\" \"x\" {\n lifecycle {\n precondition {}\n }\n}",
		"code that cannot be parsed": `resource {`,
		"modules":                    "moved {\n from = rootly_a.x\n to = module.m.rootly_a.x\n}",
	} {
		_, err := shards.NewCutter(1).Cut(bytesOf(map[string]string{"a.tf": code}), nil, ids)
		var whole *shards.WholeError
		if !errors.As(err, &whole) || !strings.Contains(whole.Reason, want) {
			t.Errorf("%s: error %v, want one that names %q", code, err, want)
		}
	}
	_, err := shards.NewCutter(1).Cut(nil, []byte(`{"resources":[{"module":"module.m","mode":"managed","type":"a","name":"b"}]}`), ids)
	var whole *shards.WholeError
	if !errors.As(err, &whole) {
		t.Errorf("a state with modules: error %v", err)
	}
}
