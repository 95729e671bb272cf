package generator_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/terraformer-rootly/terraformer-rootly/generator"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/schema"
)

var update = flag.Bool("update", false, "rewrite the golden files")

const goldenDir = "../testdata/generator"

// TestGolden holds what each kind of graph looks like as code.
func TestGolden(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name    string
		graph   *graph.Graph
		options generator.Options
	}{
		{"empty", &graph.Graph{}, generator.Options{}},
		{"organisation", organisation(), generator.Options{}},
		{"json", organisation(), generator.Options{Syntax: generator.JSON}},
		{"single", organisation(), generator.Options{Layout: generator.Single, Blank: true, Version: "5.20.1"}},
		{"by-object", organisation(), generator.Options{Layout: generator.ByObject}},
		{"texts", texts(), generator.Options{}},
		{"values", values(), generator.Options{}},
		{"values-json", values(), generator.Options{Syntax: generator.JSON}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			files := render(t, c.graph, c.options)
			compareGolden(t, c.name, archive(files))
			if c.options.Syntax == generator.HCL {
				requireFormatted(t, files)
			}
		})
	}
}

func render(t testing.TB, g *graph.Graph, o generator.Options) []generator.File {
	t.Helper()
	s, err := schema.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	files, err := generator.Render(g, s, o)
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func archive(files []generator.File) []byte {
	a := &txtar.Archive{}
	for _, f := range files {
		a.Files = append(a.Files, txtar.File{Name: f.Name, Data: f.Content})
	}
	return txtar.Format(a)
}

func compareGolden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join(goldenDir, name+".txtar")
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (run go test ./generator -update)", err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s differs (run go test ./generator -update if that is right):\n%s", path, diff)
	}
}

// requireFormatted holds that `terraform fmt` would change nothing.
func requireFormatted(t testing.TB, files []generator.File) {
	t.Helper()
	for _, f := range files {
		if filepath.Ext(f.Name) != ".tf" && filepath.Ext(f.Name) != ".tfvars" {
			continue
		}
		if diff := cmp.Diff(string(hclwrite.Format(f.Content)), string(f.Content)); diff != "" {
			t.Errorf("%s is not formatted:\n%s", f.Name, diff)
		}
	}
}

func TestRenderIsDeterministic(t *testing.T) {
	t.Parallel()
	for _, syntax := range []generator.Syntax{generator.HCL, generator.JSON} {
		first := render(t, organisation(), generator.Options{Syntax: syntax})
		for range 5 {
			again := render(t, organisation(), generator.Options{Syntax: syntax})
			if diff := cmp.Diff(first, again); diff != "" {
				t.Fatalf("two runs differ:\n%s", diff)
			}
		}
	}
}

func TestSecretsArePrivate(t *testing.T) {
	t.Parallel()
	for _, f := range render(t, organisation(), generator.Options{}) {
		if want := f.Name == "secrets.auto.tfvars"; f.Secret != want {
			t.Errorf("%s: secret %v", f.Name, f.Secret)
		} else if want && f.Mode() != 0o600 || !want && f.Mode() != 0o644 {
			t.Errorf("%s: mode %o", f.Name, f.Mode())
		}
	}
}
