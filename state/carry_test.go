package state_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/state"
)

// only is a run that listed the named types completely and saw no others.
func only(types string, files ...state.File) state.Run {
	r := everything(files...)
	r.Complete = func(typ string) bool { return strings.Contains(types, typ) }
	return r
}

func raw(name, content string, addresses ...graph.Address) state.File {
	return state.File{Name: name, Content: []byte(content), Addresses: addresses}
}

func TestInterruptedListingChangesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	commit(t, dir, state.Options{}, everything(file("teams.tf", team("a"), team("b"), team("c"))))
	changes := commit(t, dir, state.Options{}, only("", file("teams.tf", team("a"), team("c"))))
	if !changes.Empty() {
		t.Errorf("changes: %v %v\n%s", changes.Write, changes.Remove, read(t, dir, "teams.tf"))
	}
	if len(changes.Carried) != 1 || changes.Carried[0].ID != "id-b" || !strings.Contains(changes.Carried[0].Reason, "rootly_team was not selected, or not listed completely") {
		t.Errorf("carried: %+v", changes.Carried)
	}
}

func TestNarrowerSelectionKeepsFilesWhole(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	commit(t, dir, state.Options{}, everything(file("teams.tf", team("a")), file("services.tf", service("api"))))
	edited := "# my note\n\n" + resource(service("api"))
	write(t, dir, "services.tf", edited)
	changes := commit(t, dir, state.Options{}, only("rootly_team", file("teams.tf", team("a"), team("b"))))
	wantFiles(t, dir, map[string]string{"teams.tf": resource(team("a"), team("b")), "services.tf": edited})
	if fmt.Sprint(changes.Write) != "[teams.tf]" {
		t.Errorf("changes: %v", changes.Write)
	}

	// It is still known that the file was edited.
	changes = commit(t, dir, state.Options{}, everything(file("teams.tf", team("a")), file("services.tf", service("db"))))
	wantFiles(t, dir, map[string]string{"teams.tf": resource(team("a")), "services.tf": "# my note\n\n\n", "services_2.tf": resource(service("db"))})
	if len(changes.Gone) != 2 {
		t.Errorf("gone: %v", changes.Gone)
	}
}

func TestFilteredAndForgottenObjects(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	commit(t, dir, state.Options{}, everything(file("teams.tf", team("a"), team("b"), team("c"))))
	run := everything(file("teams.tf", team("a")))
	run.Live = map[graph.Target]bool{{Type: "rootly_team", ID: "id-b"}: true, {Type: "rootly_team", ID: "id-c"}: true}
	run.Forget = map[graph.Target]bool{{Type: "rootly_team", ID: "id-c"}: true}
	changes := commit(t, dir, state.Options{}, run)
	wantFiles(t, dir, map[string]string{"teams.tf": resource(team("a"), team("b"))})
	if fmt.Sprint(changes.Gone) != "[{rootly_team.c id-c }]" {
		t.Errorf("gone: %v", changes.Gone)
	}
}

func TestReferencesOfCarriedCodeAreMended(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	const block = "resource \"rootly_service\" \"api\" {\n  owner = rootly_team.%s\n  lead  = \"${rootly_team.%s.id}!\"\n  slug  = rootly_team.gone.slug\n}\n"
	api := graph.Address{Type: "rootly_service", Name: "api"}
	commit(t, dir, state.Options{}, everything(
		file("teams.tf", team("gone"), team("old"), team("same")),
		raw("services.tf", fmt.Sprintf(block, "gone.id", "old"), api)))

	renamed := team("old")
	renamed.Address.Name = "new"
	run := only("rootly_team", file("teams.tf", renamed, team("same")))
	run.Objects[0].ID = "id-old"
	changes := commit(t, dir, state.Options{}, run)
	want := strings.ReplaceAll(fmt.Sprintf(block, "X", "new"), "rootly_team.X", `"id-gone"`)
	if got := read(t, dir, "services.tf"); got != want {
		t.Errorf("services.tf:\n%s\nwant\n%s", got, want)
	}
	if len(changes.Carried) != 1 || len(changes.Carried[0].Notes) != 3 {
		t.Errorf("carried: %+v", changes.Carried)
	}
}

func TestNarrowerSelectionKeepsReferences(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	api := graph.Address{Type: "rootly_service", Name: "api"}
	const whole = "resource \"rootly_service\" \"api\" {\n  name  = \"%s\"\n  owner = rootly_team.a.id # the owner\n}\n"
	const alone = "# rootly_team is not part of this run.\nresource \"rootly_service\" \"api\" {\n  name  = \"%s\"\n  owner = \"%s\"\n}\n"
	commit(t, dir, state.Options{}, everything(file("teams.tf", team("a")), raw("services.tf", fmt.Sprintf(whole, "x"), api)))
	commit(t, dir, state.Options{}, only("rootly_service", raw("services.tf", fmt.Sprintf(alone, "x", "id-a"), api)))
	if got, want := read(t, dir, "services.tf"), fmt.Sprintf(whole, "x"); got != want {
		t.Errorf("nothing changed, and services.tf is\n%s", got)
	}

	// What did change is written as the run has it.
	for _, next := range []string{fmt.Sprintf(alone, "x", "id-b"), fmt.Sprintf(alone, "y", "id-a")} {
		commit(t, dir, state.Options{}, only("rootly_service", raw("services.tf", next, api)))
		if got := read(t, dir, "services.tf"); got != next {
			t.Errorf("services.tf is\n%s\nwant\n%s", got, next)
		}
	}
}

func TestCarriedCodeKeepsCommentsAndPlace(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	b := team("b")
	b.text = "# why b\n// is as it is\n" + strings.TrimSuffix(b.text, "\n") + " # end\n"
	header := "# Made by a program.\n\n"
	first := file("teams.tf", team("a"), b, team("c"), team("d"))
	first.Content = append([]byte(header), first.Content...)
	commit(t, dir, state.Options{}, everything(first))

	second := file("teams.tf", team("a"), team("c"), team("e"))
	second.Content = append([]byte(header), second.Content...)
	commit(t, dir, state.Options{}, only("", second))
	if got, want := read(t, dir, "teams.tf"), header+resource(team("a"), b, team("c"), team("d"), team("e")); got != want {
		t.Errorf("teams.tf:\n%s\nwant\n%s", got, want)
	}

	// The layout changes, and b stays where it was, alone.
	third := file("main.tf", team("a"), team("c"), team("d"), team("e"))
	commit(t, dir, state.Options{}, only("", third))
	if got, want := read(t, dir, "teams.tf"), header+b.text; got != want {
		t.Errorf("teams.tf:\n%s\nwant\n%s", got, want)
	}
}

func TestCodeThatMustStayAndCannotBeRead(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	commit(t, dir, state.Options{}, everything(file("teams.tf", team("a"), team("b"))))
	write(t, dir, "teams.tf", "resource \"rootly_team\" \"a\" {\n")
	_, err := try(dir, state.Options{Force: true}, only("", file("teams.tf", team("a"))))
	wantHint(t, err, "fix the file")
}

func TestBlocksMovedByHand(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	commit(t, dir, state.Options{}, everything(file("teams.tf", team("a")), file("services.tf", service("api"))))
	write(t, dir, "services.tf", "")
	write(t, dir, "mine.tf", resource(service("api")))

	changes, err := try(dir, state.Options{Force: true}, only("rootly_team", file("teams.tf", team("a"))))
	if err != nil || len(changes.Carried) != 1 || changes.Carried[0].File != "mine.tf" {
		t.Errorf("carried: %+v, %v", changes, err)
	}
	_, err = try(dir, state.Options{Force: true}, everything(file("teams.tf", team("a")), file("services.tf", service("api"))))
	if err == nil || !strings.Contains(err.Error(), "rootly_service.api in mine.tf") {
		t.Errorf("declared twice: %v", err)
	}
}

func TestAddressTakenByAnotherObject(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	commit(t, dir, state.Options{}, everything(file("teams.tf", team("a"))))
	run := only("", file("teams.tf", team("a")))
	run.Objects[0].ID = "another"
	if _, err := try(dir, state.Options{}, run); err == nil || !strings.Contains(err.Error(), "rootly_team.a") {
		t.Errorf("error: %v", err)
	}
}

func TestAddressesAreRemembered(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	f := file("teams.tf", team("a"))
	run := everything(f, state.File{Name: "imports.tf", Content: []byte("import {\n  to = rootly_team.a\n  id = \"id-a\"\n}\n"), Imports: f.Addresses})
	commit(t, dir, state.Options{}, run)
	d, err := state.Open(dir, state.Options{LookOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	a := f.Addresses[0]
	files, imports := d.Files()
	if d.Addresses()[graph.Target{Type: "rootly_team", ID: "id-a"}] != a || files[a] != "teams.tf" || imports[a] != "imports.tf" {
		t.Errorf("%v %v %v", d.Addresses(), files, imports)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}

	// A manifest that cannot be read is no reason to start anew in silence.
	write(t, dir, ".terraformer-rootly/manifest.json", "<<<<<<< HEAD\n")
	_, err = state.Open(dir, state.Options{})
	wantHint(t, err, "version control")
}

func TestStageHoldsTheFutureDirectory(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "out")
	commit(t, dir, state.Options{}, everything(file("teams.tf", team("a")), file("old.tf", service("x"))))
	write(t, dir, "backend.tf", "# mine\n")
	write(t, dir, "terraform.tfstate", "{}")
	d, err := state.Open(dir, state.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	changes, err := d.Reconcile(everything(file("teams.tf", team("b"))))
	if err != nil {
		t.Fatal(err)
	}
	s, err := d.Stage(changes)
	if err != nil {
		t.Fatal(err)
	}
	wantFiles(t, s.Dir(), map[string]string{"teams.tf": resource(team("b")), "backend.tf": "# mine\n", "terraform.tfstate": "{}"})

	// A repair takes another round; what the engine left in the stage stays there.
	write(t, s.Dir(), ".terraform.lock.hcl", "# lock\n")
	if changes, err = d.Reconcile(everything(file("more.tf", team("c")))); err != nil {
		t.Fatal(err)
	}
	if err := s.Update(changes); err != nil {
		t.Fatal(err)
	}
	if err := s.Put(state.File{Name: "proof.json", Content: []byte("{}\n")}); err != nil {
		t.Fatal(err)
	}
	wantFiles(t, s.Dir(), map[string]string{"more.tf": resource(team("c")), "proof.json": "{}\n", "backend.tf": "# mine\n",
		"terraform.tfstate": "{}", ".terraform.lock.hcl": "# lock\n"})
	if err := s.Commit(); err != nil {
		t.Fatal(err)
	}
	wantFiles(t, dir, map[string]string{"more.tf": resource(team("c")), "proof.json": "{}\n", "backend.tf": "# mine\n", "terraform.tfstate": "{}"})
}

// TestPeoplesReferencesStay holds that what people's code refers to is there after a run that has no use for it.
func TestPeoplesReferencesStay(t *testing.T) {
	t.Parallel()
	const block = "resource \"rootly_service\" \"api\" {\n  policy = local.literal_ids[\"e\"]\n  token  = var.token\n  user   = data.rootly_user.ada.id\n  team   = local.fixed\n}\n"
	api := graph.Address{Type: "rootly_service", Name: "api"}
	entry := func(keys ...string) string {
		text := "locals {\n  literal_ids = {\n"
		for _, k := range keys {
			text += "    " + k + " = \"id-" + k + "\"\n"
		}
		return text + "  }\n}\n"
	}
	const variable, value, data, fixed = "variable \"token\" {\n  type = string\n}\n", "token = \"t\"\n", "data \"rootly_user\" \"ada\" {\n  email = \"ada@example.com\"\n}\n", "locals {\n  fixed = 1\n}\n"
	before := everything(raw("services.tf", block, api), raw("literal_ids.tf", entry("e", "f")), raw("variables.tf", variable),
		raw("secrets.auto.tfvars", value), raw("data.tf", data), raw("fixed.tf", fixed))
	without := "resource \"rootly_service\" \"api\" {\n}\n"
	for name, test := range map[string]struct {
		edit func(t *testing.T, dir string)
		next []state.File
		ids  string
	}{
		"an edited file": {
			edit: func(t *testing.T, dir string) { write(t, dir, "services.tf", "# mine\n"+block) },
			next: []state.File{raw("services.tf", without, api), raw("literal_ids.tf", entry("f"))}, ids: entry("e", "f"),
		},
		"an edited file, and no map": {
			edit: func(t *testing.T, dir string) { write(t, dir, "services.tf", "# mine\n"+block) },
			next: []state.File{raw("services.tf", without, api)}, ids: entry("e", "f"),
		},
		"a file of one's own": {
			edit: func(t *testing.T, dir string) { write(t, dir, "mine.tf", block); write(t, dir, "services.tf", "") },
			next: []state.File{raw("literal_ids.tf", entry("g"))}, ids: entry("e", "g"),
		},
		"a module of one's own": {
			edit: func(t *testing.T, dir string) {
				write(t, dir, "services.tf", "")
				write(t, dir, "mine.tf", strings.ReplaceAll(block, `resource "rootly_service" "api"`, `module "api"`))
			},
			next: []state.File{raw("literal_ids.tf", entry("f"))}, ids: entry("e", "f"),
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			commit(t, dir, state.Options{}, before)
			test.edit(t, dir)
			for range 2 {
				commit(t, dir, state.Options{}, everything(test.next...))
				for name, want := range map[string]string{"literal_ids.tf": test.ids, "variables.tf": variable, "secrets.auto.tfvars": value, "data.tf": data, "fixed.tf": fixed} {
					if got := read(t, dir, name); got != want {
						t.Errorf("%s: %q, want %q", name, got, want)
					}
				}
			}
		})
	}
}
