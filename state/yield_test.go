package state_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/state"
)

// quiet holds that another run of the same changes nothing.
func quiet(t *testing.T, dir string, o state.Options, r state.Run) {
	t.Helper()
	before := contents(dir)
	if c := commit(t, dir, o, r); !c.Empty() {
		t.Errorf("another run writes %v and removes %v", c.Write, c.Remove)
	}
	wantFiles(t, dir, before)
}

func TestBlocksMovedBetweenFilesByHand(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := everything(file("teams.tf", team("a"), team("b")), file("services.tf", service("api")))
	commit(t, dir, state.Options{}, r)
	write(t, dir, "teams.tf", resource(team("a")))
	write(t, dir, "services.tf", resource(service("api"), team("b")))
	want := contents(dir)
	c := commit(t, dir, state.Options{}, r)
	wantFiles(t, dir, want)
	if len(c.Edited) != 2 || len(c.Differing) != 0 {
		t.Errorf("edited: %v, differing: %v", c.Edited, c.Differing)
	}
	quiet(t, dir, state.Options{}, r)
}

func TestEditedBlocksAreToldWhenTheyDiffer(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	commit(t, dir, state.Options{}, everything(file("teams.tf", team("a"), team("b"))))
	mine := strings.Replace(resource(team("a"), team("b")), `name = "a"`, `name = "mine"`, 1)
	write(t, dir, "teams.tf", mine)
	other := team("b")
	other.text = strings.Replace(other.text, `"b"`+"\n}", `"changed"`+"\n}", 1)
	c := commit(t, dir, state.Options{}, everything(file("teams.tf", team("a"), other)))
	wantFiles(t, dir, map[string]string{"teams.tf": mine})
	if fmt.Sprint(c.Differing) != "[{rootly_team.a id-a } {rootly_team.b id-b }]" {
		t.Errorf("differing: %v", c.Differing)
	}
}

func TestGoneObjectsLeaveEditedFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	commit(t, dir, state.Options{}, everything(file("teams.tf", team("a"), team("b"), team("c"))))
	write(t, dir, "teams.tf", "# mine\n"+strings.Replace(resource(team("a"), team("b"), team("c")), `name = "c"`, `name = "edited"`, 1))
	r := everything(file("teams.tf", team("a")))
	c := commit(t, dir, state.Options{}, r)
	text := read(t, dir, "teams.tf")
	if !strings.HasPrefix(text, "# mine\n") || strings.Contains(text, `"b"`) || !strings.Contains(text, `"edited"`) {
		t.Errorf("teams.tf:\n%s", text)
	}
	if fmt.Sprint(c.Left) != "[{rootly_team.c id-c }]" {
		t.Errorf("left: %v", c.Left)
	}
	quiet(t, dir, state.Options{}, r)
}

func TestMapsInEditedFilesGetTheEntriesTheyLack(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	users := func(entries string) state.File { return raw("users.tf", "locals {\n  users = {\n"+entries+"  }\n}\n") }
	commit(t, dir, state.Options{}, everything(users("    \"a\" = 1\n")))
	write(t, dir, "users.tf", "# mine\nlocals {\n  users = {\n    \"a\" = 1 # Ada\n  }\n  more = 2\n}\n")
	r := everything(users("    \"a\" = 1\n    \"b\" = 2\n"))
	commit(t, dir, state.Options{}, r)
	wantFiles(t, dir, map[string]string{
		"users.tf": "# mine\nlocals {\n  users = {\n    \"a\" = 1 # Ada\n    \"b\" = 2\n  }\n  more = 2\n}\n",
	})
	quiet(t, dir, state.Options{}, r)
}

func TestSecretsBesideAnEditedFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	run := func(values string) state.Run {
		return everything(raw(".gitignore", "secrets.auto.tfvars\n"), state.File{Name: "secrets.auto.tfvars", Content: []byte(values), Secret: true})
	}
	commit(t, dir, state.Options{}, run("a = \"1\"\n"))
	write(t, dir, "secrets.auto.tfvars", "a = \"mine\"\n")
	r := run("a = \"1\"\nb = \"2\"\n")
	commit(t, dir, state.Options{}, r)
	wantFiles(t, dir, map[string]string{
		".gitignore":            "secrets.auto.tfvars\nsecrets_2.auto.tfvars\n",
		"secrets.auto.tfvars":   "a = \"mine\"\n",
		"secrets_2.auto.tfvars": "b = \"2\"\n",
	})
	quiet(t, dir, state.Options{}, r)
}

func TestBesideCodeByHand(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	const main = "terraform {\n  required_providers {\n    rootly = {}\n  }\n}\n\nprovider \"rootly\" {}\n"
	write(t, dir, "main.tf", main)
	write(t, dir, "teams.tf", resource(team("theirs")))
	r := everything(
		raw("versions.tf", "terraform {\n  required_version = \"1\"\n  required_providers {}\n}\n"),
		raw("provider.tf", "provider \"rootly\" {}\n"),
		file("teams.tf", team("a")), file("services.tf", service("api")))
	if _, err := try(dir, state.Options{}, r); err == nil {
		t.Fatal("code by hand was taken over without being asked to")
	}
	adopt := state.Options{Adopt: true}
	commit(t, dir, adopt, r)
	wantFiles(t, dir, map[string]string{
		"main.tf": main, "teams.tf": resource(team("theirs")),
		"teams_2.tf": resource(team("a")), "services.tf": resource(service("api")),
	})
	quiet(t, dir, adopt, r)
	quiet(t, dir, state.Options{}, r)
}

func TestEditedJSON(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	block := func(names ...string) state.File {
		f := state.File{Name: "teams.tf.json"}
		var bodies []string
		for _, n := range names {
			bodies = append(bodies, fmt.Sprintf("      %q: {\n        \"name\": %q\n      }", n, n))
			f.Addresses = append(f.Addresses, graph.Address{Type: "rootly_team", Name: n})
		}
		f.Content = []byte("{\n  \"resource\": {\n    \"rootly_team\": {\n" + strings.Join(bodies, ",\n") + "\n    }\n  }\n}\n")
		return f
	}
	commit(t, dir, state.Options{}, everything(block("a")))
	edited := strings.Replace(string(block("a").Content), `"name": "a"`, `"name": "mine"`, 1)
	write(t, dir, "teams.tf.json", edited)
	r := everything(block("a", "b"))
	c := commit(t, dir, state.Options{}, r)
	wantFiles(t, dir, map[string]string{"teams.tf.json": edited, "teams_2.tf.json": string(block("b").Content)})
	if len(c.Differing) != 1 {
		t.Errorf("differing: %v", c.Differing)
	}
	quiet(t, dir, state.Options{}, r)
}

func TestHandwritten(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	commit(t, dir, state.Options{}, everything(file("teams.tf", team("a"), team("b")), file("services.tf", service("api"))))
	write(t, dir, "teams.tf", strings.Replace(resource(team("a"), team("b")), `name = "a"`, `name = "mine"`, 1))
	write(t, dir, "mine.tf", `
locals { lead = rootly_service.api.id }
import {
  to = module.x["a"].rootly_team.this[0]
  id = "parent/id-x"
}
import {
  for_each = local.all
  to       = rootly_team.each[each.key]
  id       = each.value
}
`)
	d, err := state.Open(dir, state.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	h, err := d.Handwritten()
	if err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(h.Files) != "map[mine.tf:false teams.tf:true]" || len(h.Declared) != 2 {
		t.Errorf("files %v, declared %v", h.Files, h.Declared)
	}
	if !h.Changed[team("a").Address] || h.Changed[team("b").Address] {
		t.Errorf("changed: %v", h.Changed)
	}
	if h.Mentioned[service("api").Address].File != "mine.tf" || h.Locals["lead"] != "mine.tf" {
		t.Errorf("mentioned %v, locals %v", h.Mentioned, h.Locals)
	}
	if fmt.Sprint(h.Imports) != `[{module.x["a"].rootly_team.this[0] id-x false}]` {
		t.Errorf("imports: %v", h.Imports)
	}
}

func TestTidy(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	block := func(name string) string {
		return fmt.Sprintf("import {\n  to = rootly_team.%s\n  id = \"id-%s\"\n}\n", name, name)
	}
	run := everything(file("teams.tf", team("a"), team("b")), state.File{
		Name: "imports.tf", Content: []byte("# About imports.\n\n" + block("a") + "\n" + block("b")),
		Imports: []graph.Address{team("a").Address, team("b").Address},
	})
	commit(t, dir, state.Options{}, run)
	if n := tidy(t, dir, "a"); n != 1 {
		t.Errorf("%d blocks cut", n)
	}
	wantFiles(t, dir, map[string]string{"teams.tf": resource(team("a"), team("b")), "imports.tf": "# About imports.\n\n" + block("b")})

	// The memory agrees with what was written: nothing counts as edited.
	run.Files[1] = state.File{Name: "imports.tf", Content: []byte("# About imports.\n\n" + block("b")), Imports: []graph.Address{team("b").Address}}
	quiet(t, dir, state.Options{}, run)
	if n := tidy(t, dir, "a", "b"); n != 1 {
		t.Errorf("%d blocks cut", n)
	}
	wantFiles(t, dir, map[string]string{"teams.tf": resource(team("a"), team("b"))})
	quiet(t, dir, state.Options{}, everything(run.Files[0]))
}

func tidy(t *testing.T, dir string, names ...string) int {
	t.Helper()
	held := map[state.Import]bool{}
	for _, n := range names {
		held[state.Import{To: "rootly_team." + n, ID: graph.ID("id-" + n), Ours: true}] = true
	}
	d, err := state.Open(dir, state.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	c, n, err := d.Tidy(func(i state.Import) bool { i.Ours = true; return held[i] })
	if err != nil {
		t.Fatal(err)
	}
	s, err := d.Stage(c)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Commit(); err != nil {
		t.Fatal(err)
	}
	return n
}
