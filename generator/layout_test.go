package generator_test

import (
	"bytes"
	"fmt"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terraformer-rootly/terraformer-rootly/generator"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
)

const smallFile = 6000

// remember returns the options of the run that follows one which left these files.
func remember(o generator.Options, files []generator.File) generator.Options {
	o.Remembered, o.RememberedImports = map[graph.Address]string{}, map[graph.Address]string{}
	for _, f := range files {
		for _, a := range f.Addresses {
			o.Remembered[a] = f.Name
		}
		for _, a := range f.Imports {
			o.RememberedImports[a] = f.Name
		}
	}
	return o
}

// changed returns the names of files that differ, sorted.
func changed(before, after []generator.File) []string {
	old := map[string][]byte{}
	for _, f := range before {
		old[f.Name] = f.Content
	}
	var names []string
	for _, f := range after {
		content, known := old[f.Name]
		if delete(old, f.Name); !known || !bytes.Equal(content, f.Content) {
			names = append(names, f.Name)
		}
	}
	for name := range old {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

func fileOf(t *testing.T, files []generator.File, a graph.Address) string {
	t.Helper()
	for _, f := range files {
		if slices.Contains(f.Addresses, a) {
			return f.Name
		}
	}
	t.Fatalf("%s is in no file", a)
	return ""
}

func service(name string) *graph.Resource {
	return &graph.Resource{Address: addr("rootly_service", name), ID: graph.ID("id-" + name), Group: "services",
		Config: obj(object{"name": str(name), "description": str("One of many.")})}
}

func TestByTypeSplitsLargeFiles(t *testing.T) {
	t.Parallel()
	for _, syntax := range []generator.Syntax{generator.HCL, generator.JSON} {
		g := large(600)
		o := generator.Options{MaxBytes: smallFile, Syntax: syntax}
		files := render(t, g, o)
		if len(files) < 20 {
			t.Errorf("%d files, want the groups split", len(files))
		}
		for _, f := range files {
			// The nesting of the JSON syntax takes some room of its own.
			if len(f.Content) > smallFile*9/10 {
				t.Errorf("%s has %d bytes, which leaves no room", f.Name, len(f.Content))
			}
		}
		for _, r := range g.Resources {
			if strings.HasPrefix(r.Address.Type, "rootly_workflow_task") {
				workflow := addr("rootly_workflow_incident", r.Address.Name[:len("workflow_00000")])
				if a, b := fileOf(t, files, r.Address), fileOf(t, files, workflow); a != b {
					t.Fatalf("%s is in %s, its workflow in %s", r.Address, a, b)
				}
			}
		}
		if diff := cmp.Diff(files, render(t, g, remember(o, files))); diff != "" {
			t.Errorf("a second run writes something else:\n%s", diff)
		}
	}
}

// A type that is too large for one file has a file for each letter, and the imports one for each type.
func TestLargeFilesAreSplitByLetter(t *testing.T) {
	t.Parallel()
	g := &graph.Graph{}
	for _, letter := range []string{"a", "b", "c"} {
		for i := range 20 {
			g.Resources = append(g.Resources, service(fmt.Sprintf("%s_%02d", letter, i)))
		}
	}
	team := &graph.Resource{Address: addr("rootly_team", "sre"), ID: "t", Group: "teams", Config: obj(object{"name": str("SRE")})}
	g.Resources = append(g.Resources, team)
	files := render(t, g, generator.Options{MaxBytes: 3000})
	var names []string
	for _, f := range files {
		names = append(names, f.Name)
	}
	want := []string{".gitattributes", ".gitignore", "imports_services.tf", "imports_services_2.tf", "imports_teams.tf", "provider.tf", "services_a.tf", "services_b.tf", "services_c.tf", "teams.tf", "versions.tf"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("files:\n%s", diff)
	}
	if diff := cmp.Diff(files, render(t, g, remember(generator.Options{MaxBytes: 3000}, files))); diff != "" {
		t.Errorf("a second run writes something else:\n%s", diff)
	}
	o := remember(generator.Options{MaxBytes: 3000}, files)
	g.Resources = append(g.Resources, service("b_between"), service("d"))
	files = render(t, g, o)
	for name, file := range map[string]string{"b_between": "services_b.tf", "d": "services_d.tf"} {
		if got := fileOf(t, files, addr("rootly_service", name)); got != file {
			t.Errorf("%s is in %s, want %s", name, got, file)
		}
	}
}

func TestNewObjectMovesNoOther(t *testing.T) {
	t.Parallel()
	o := generator.Options{MaxBytes: smallFile}
	g := large(600)
	for round := range 30 {
		before := render(t, g, o)
		o = remember(o, before)
		// Each goes into the same gap, so that its file fills up.
		at := 100 + round
		added := service(fmt.Sprintf("between_%02d", round))
		g.Resources = slices.Insert(g.Resources, at, added)
		after := render(t, g, o)
		now := remember(o, after)
		for a, name := range o.Remembered {
			if now.Remembered[a] != name {
				t.Fatalf("%s moved from %s to %s", a, name, now.Remembered[a])
			}
		}
		for a, name := range o.RememberedImports {
			if now.RememberedImports[a] != name {
				t.Fatalf("the import of %s moved from %s to %s", a, name, now.RememberedImports[a])
			}
		}
		want := []string{now.RememberedImports[added.Address], fileOf(t, after, added.Address)}
		if diff := cmp.Diff(want, changed(before, after)); diff != "" {
			t.Fatalf("round %d changed other files:\n%s", round, diff)
		}
		for _, f := range after {
			if len(f.Content) > smallFile {
				t.Fatalf("%s has grown to %d bytes", f.Name, len(f.Content))
			}
		}
	}
}

func TestRemovedObjectMovesNoOther(t *testing.T) {
	t.Parallel()
	o := generator.Options{MaxBytes: smallFile}
	g := large(600)
	before := render(t, g, o)
	gone := g.Resources[120].Address
	g.Resources = slices.Delete(g.Resources, 120, 121)
	after := render(t, g, remember(o, before))
	want := []string{remember(o, before).RememberedImports[gone], fileOf(t, before, gone)}
	if diff := cmp.Diff(want, changed(before, after)); diff != "" {
		t.Errorf("other files changed:\n%s", diff)
	}
}

func TestByObject(t *testing.T) {
	t.Parallel()
	option := func(name, parent string) *graph.Resource {
		return &graph.Resource{Address: addr("rootly_form_field_option", name), ID: graph.ID("o-" + name), Parent: graph.ID(parent),
			Group: "form_field_options", Config: obj(object{"value": str(name)})}
	}
	field := &graph.Resource{Address: addr("rootly_form_field", "option_x"), ID: "f1", Group: "form_fields", Config: obj(object{"name": str("x")})}
	g := &graph.Graph{Resources: []*graph.Resource{
		service("api"), service("API"), service("override"), service(strings.Repeat("long", 80)), field, option("y", "f1"), option("x", "gone"),
	}}
	o := generator.Options{Layout: generator.ByObject}
	files := render(t, g, o)
	want := map[graph.Address]string{
		addr("rootly_service", "api"): "service_api.tf",
		// Some file systems take these two for one.
		addr("rootly_service", "API"): "service_API_2.tf",
		// Terraform would merge service_override.tf into other files.
		addr("rootly_service", "override"):                 "service_override_2.tf",
		addr("rootly_service", strings.Repeat("long", 80)): "service_" + strings.Repeat("long", 43) + ".tf",
		addr("rootly_form_field", "option_x"):              "form_field_option_x.tf",
		addr("rootly_form_field_option", "y"):              "form_field_option_x.tf",
		addr("rootly_form_field_option", "x"):              "form_field_option_x_2.tf",
	}
	if diff := cmp.Diff(want, remember(o, files).Remembered); diff != "" {
		t.Errorf("files:\n%s", diff)
	}

}

func TestGrandchildrenStayWithTheirRoot(t *testing.T) {
	t.Parallel()
	member := func(name, id, parent string) *graph.Resource {
		r := service(name)
		r.ID, r.Parent = graph.ID(id), graph.ID(parent)
		return r
	}
	g := &graph.Graph{Resources: []*graph.Resource{
		member("a", "1", ""), member("a_child", "2", "1"), member("a_grandchild", "3", "2"),
		member("b", "1", ""), member("b_child", "4", "1"), // another type that counts its ids from 1
	}}
	o := generator.Options{Layout: generator.ByObject}
	for a, name := range remember(o, render(t, g, o)).Remembered {
		if want := "service_" + a.Name[:1] + ".tf"; name != want {
			t.Errorf("%s is in %s, want %s", a, name, want)
		}
	}
}

func TestFirstComerKeepsItsFile(t *testing.T) {
	t.Parallel()
	option := &graph.Resource{Address: addr("rootly_form_field_option", "x"), ID: "o", Config: obj(object{"value": str("x")})}
	field := &graph.Resource{Address: addr("rootly_form_field", "option_x"), ID: "f", Config: obj(object{"name": str("x")})}
	o := generator.Options{Layout: generator.ByObject}
	o = remember(o, render(t, &graph.Graph{Resources: []*graph.Resource{option}}, o))
	want := map[graph.Address]string{option.Address: "form_field_option_x.tf", field.Address: "form_field_option_x_2.tf"}
	files := render(t, &graph.Graph{Resources: []*graph.Resource{field, option}}, o)
	if diff := cmp.Diff(want, remember(o, files).Remembered); diff != "" {
		t.Errorf("files:\n%s", diff)
	}
}

func TestReservedNames(t *testing.T) {
	t.Parallel()
	var g graph.Graph
	for _, group := range []string{"imports", "data", "overrides_override", "override", ""} {
		r := service("s_" + group)
		r.Group = group
		g.Resources = append(g.Resources, r)
	}
	want := map[graph.Address]string{
		addr("rootly_service", "s_imports"):            "imports_2.tf",
		addr("rootly_service", "s_data"):               "data_2.tf",
		addr("rootly_service", "s_overrides_override"): "overrides_override_2.tf",
		addr("rootly_service", "s_override"):           "override_2.tf",
		addr("rootly_service", "s_"):                   "service.tf",
	}
	if diff := cmp.Diff(want, remember(generator.Options{}, render(t, &g, generator.Options{})).Remembered); diff != "" {
		t.Errorf("files:\n%s", diff)
	}
}

func TestAnotherLayoutForgets(t *testing.T) {
	t.Parallel()
	g := large(100)
	byObject := render(t, g, generator.Options{Layout: generator.ByObject})
	byType := render(t, g, generator.Options{})
	got := render(t, g, remember(generator.Options{}, byObject))
	if diff := cmp.Diff(byType, got); diff != "" {
		t.Errorf("a run with another layout left traces:\n%s", diff)
	}
}

func TestSingle(t *testing.T) {
	t.Parallel()
	files := render(t, large(600), generator.Options{Layout: generator.Single, MaxBytes: smallFile})
	var names []string
	for _, f := range files {
		names = append(names, f.Name)
	}
	if diff := cmp.Diff([]string{".gitattributes", ".gitignore", "imports.tf", "main.tf"}, names); diff != "" {
		t.Errorf("files:\n%s", diff)
	}
}

func TestImportIsTheCallersChoice(t *testing.T) {
	t.Parallel()
	o := generator.Options{Import: func(r *graph.Resource) bool { return r.Address.Type == "rootly_team" }}
	for _, f := range render(t, organisation(), o) {
		if f.Name == "imports.tf" {
			if diff := cmp.Diff([]graph.Address{addr("rootly_team", "sre")}, f.Imports); diff != "" {
				t.Errorf("imports:\n%s", diff)
			}
			return
		}
	}
	t.Error("no imports.tf")
}
