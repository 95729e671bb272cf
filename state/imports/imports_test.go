package imports_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/state/imports"
)

func TestRead(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		files   map[string]string
		environ []string
		want    string
	}{
		{
			name:  "literal",
			files: map[string]string{"a.tf": "import {\n  to = rootly_team.a\n  id = \"1\"\n}\n"},
			want:  "a.tf:1 rootly_team: rootly_team.a=1",
		},
		{
			name: "locals that lean on locals and variables",
			files: map[string]string{
				"a.tf": `
import {
  for_each = local.ids
  to       = rootly_team.a[each.key]
  id       = each.value
}
locals {
  ids  = merge({ x = local.base }, { y = "${var.two}-2" })
  base = "1"
}
variable "two" { default = "b" }
`,
			},
			want: `a.tf:2 rootly_team: rootly_team.a["x"]=1 rootly_team.a["y"]=b-2`,
		},
		{
			name: "a set from a file of values, into a module",
			files: map[string]string{
				"a.tf":             "variable \"ids\" {\n  type = set(string)\n}\nimport {\n  for_each = var.ids\n  to = module.x[each.key].rootly_team.y[0]\n  id = each.value\n}\n",
				"terraform.tfvars": `ids = ["p", "q"]`,
				"z.auto.tfvars":    `ids = ["r"]`,
			},
			want: `a.tf:4 rootly_team: module.x["r"].rootly_team.y[0]=r`,
		},
		{
			name:    "the environment, as text and as an expression",
			files:   map[string]string{"a.tf": "variable \"t\" {}\nvariable \"m\" {\n  type = map(string)\n}\nimport {\n  to = rootly_team.a[var.t]\n  id = var.m[\"k\"]\n}\n"},
			environ: []string{"TF_VAR_t=sre", `TF_VAR_m={ k = "7" }`},
			want:    `a.tf:5 rootly_team: rootly_team.a["sre"]=7`,
		},
		{
			name:  "identity",
			files: map[string]string{"a.tf": "import {\n  to = rootly_team.a\n  identity = { id = local.x }\n}\nlocals {\n  x = \"9\"\n}\n"},
			want:  "a.tf:1 rootly_team: rootly_team.a=9",
		},
		{
			name: "the JSON syntax",
			files: map[string]string{
				"a.tf.json": `{"locals": {"m": {"k": "5"}}, "import": [{"for_each": "${local.m}", "to": "rootly_team.a[each.key]", "id": "${each.value}"}]}`,
			},
			want: `a.tf.json:1 rootly_team: rootly_team.a["k"]=5`,
		},
		{
			name:  "an override file wins",
			files: map[string]string{"a.tf": "locals {\n  x = \"1\"\n}\nimport {\n  to = rootly_team.a\n  id = local.x\n}\n", "x_override.tf": "locals {\n  x = \"2\"\n}\n"},
			want:  "a.tf:4 rootly_team: rootly_team.a=2",
		},
		{
			name:  "a data source",
			files: map[string]string{"a.tf": "import {\n  to = rootly_team.a\n  id = data.external.x.result\n}\n"},
			want:  "a.tf:1 rootly_team: unknown variable",
		},
		{
			name:  "a variable without a value",
			files: map[string]string{"a.tf": "variable \"x\" {}\nimport {\n  to = rootly_team.a\n  id = var.x\n}\n"},
			want:  "a.tf:2 rootly_team: it depends on a value that is not known here",
		},
		{
			name:    "a value among arguments",
			files:   map[string]string{"a.tf": "variable \"x\" {\n  default = \"1\"\n}\nimport {\n  to = rootly_team.a\n  id = var.x\n}\n"},
			environ: []string{"TF_CLI_ARGS_plan=-var x=2"},
			want:    "a.tf:4 rootly_team: it depends on a value that is not known here",
		},
		{
			name:  "a local that leans on a resource",
			files: map[string]string{"a.tf": "locals {\n  ids = { a = rootly_team.z.id, b = \"2\" }\n}\nimport {\n  for_each = local.ids\n  to = rootly_team.a[each.key]\n  id = each.value\n}\n"},
			want:  "a.tf:4 rootly_team: it depends on a value that is not known here",
		},
		{
			name:  "a ring of locals",
			files: map[string]string{"a.tf": "locals {\n  x = local.y\n  y = local.x\n}\nimport {\n  to = rootly_team.a\n  id = local.x\n}\n"},
			want:  "a.tf:5 rootly_team: it depends on a value that is not known here",
		},
		{
			name:  "none at all",
			files: map[string]string{"a.tf": "import {\n  for_each = {}\n  to = rootly_team.a[each.key]\n  id = each.value\n}\n"},
			want:  "a.tf:1 rootly_team:",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			for name, text := range tt.files {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			blocks, err := imports.Read(dir, tt.environ)
			if err != nil {
				t.Fatal(err)
			}
			var lines []string
			for _, b := range blocks {
				lines = append(lines, line(b))
			}
			if got := strings.Join(lines, "\n"); got != tt.want {
				t.Errorf("got:\n%s\nwant:\n%s", got, tt.want)
			}
		})
	}
}

func line(b imports.Block) string {
	text := fmt.Sprintf("%s:%d %s:", b.File, b.Line, b.Type)
	if b.Err != nil {
		return text + " " + b.Err.Error()
	}
	for _, o := range b.Objects {
		text += " " + o.To + "=" + o.ID
	}
	return text
}

// TestMoreValues reads files of values that the command line names, over those in the directory.
func TestMoreValues(t *testing.T) {
	t.Parallel()
	dir, other := t.TempDir(), t.TempDir()
	for path, text := range map[string]string{
		filepath.Join(dir, "a.tf"):             "variable \"ids\" {\n  type = map(string)\n}\nimport {\n  for_each = var.ids\n  to = rootly_team.a[each.key]\n  id = each.value\n}\n",
		filepath.Join(dir, "terraform.tfvars"): "ids = { a = \"1\" }\n",
		filepath.Join(other, "prod.tfvars"):    "ids = { a = \"2\" }\n",
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	blocks, err := imports.Read(dir, nil, filepath.Join(other, "prod.tfvars"))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := line(blocks[0]), `a.tf:4 rootly_team: rootly_team.a["a"]=2`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
