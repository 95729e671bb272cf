package state_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/state"
)

func TestFirstRunWritesFilesWithTheirModes(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "a", "b")
	commit(t, dir, state.Options{}, everything(
		file("teams.tf", team("sre")),
		state.File{Name: "secrets.auto.tfvars", Content: []byte("token = \"x\"\n"), Secret: true},
	))
	wantFiles(t, dir, map[string]string{"teams.tf": resource(team("sre")), "secrets.auto.tfvars": "token = \"x\"\n"})
	for name, want := range map[string]os.FileMode{
		"teams.tf": 0o644, "secrets.auto.tfvars": 0o600,
		".terraformer-rootly/manifest.json": 0o644, ".terraformer-rootly/local.json": 0o600,
	} {
		stat, err := os.Stat(filepath.Join(dir, name))
		if err != nil || stat.Mode().Perm() != want {
			t.Errorf("%s: mode %v, want %v (%v)", name, stat.Mode().Perm(), want, err)
		}
	}
	manifest := read(t, dir, ".terraformer-rootly/manifest.json")
	if strings.Contains(manifest, "journal") || !strings.Contains(manifest, `"address":"rootly_team.sre"`) {
		t.Errorf("manifest:\n%s", manifest)
	}
	siblings, _ := os.ReadDir(filepath.Dir(dir))
	if len(siblings) != 1 {
		t.Errorf("something stayed beside the directory: %v", siblings)
	}
}

func TestSecondRunIsQuiet(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	run := everything(file("teams.tf", team("sre"), team("web")), file("services.tf", service("api")))
	commit(t, dir, state.Options{}, run)
	before := stats(t, dir)
	changes := commit(t, dir, state.Options{}, run)
	if !changes.Empty() || len(changes.Unchanged) != 2 {
		t.Errorf("changes: %+v", changes)
	}
	if after := stats(t, dir); fmt.Sprint(before) != fmt.Sprint(after) {
		t.Errorf("files were touched:\n%v\n%v", before, after)
	}
}

func TestEditedFileStaysUnlessForced(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	commit(t, dir, state.Options{}, everything(file("teams.tf", team("sre"))))
	edited := resource(team("sre")) + "# mine\n"
	write(t, dir, "teams.tf", edited)

	// What is written would be the same: nothing to overwrite.
	changes := commit(t, dir, state.Options{}, everything(file("teams.tf", team("sre"))))
	if len(changes.Edited) != 1 || read(t, dir, "teams.tf") != edited {
		t.Errorf("edited: %v, now %q", changes.Edited, read(t, dir, "teams.tf"))
	}

	more := everything(file("teams.tf", team("sre"), team("web")))
	changes = commit(t, dir, state.Options{}, more)
	wantFiles(t, dir, map[string]string{"teams.tf": edited, "teams_2.tf": resource(team("web"))})
	if len(changes.Edited) != 1 || len(changes.Differing) != 0 {
		t.Errorf("edited: %v, differing: %v", changes.Edited, changes.Differing)
	}
	changes = commit(t, dir, state.Options{Force: true}, more)
	if len(changes.Overwritten) != 1 {
		t.Errorf("overwritten in silence: %+v", changes)
	}
	wantFiles(t, dir, map[string]string{"teams.tf": resource(team("sre"), team("web"))})
}

func TestForeignDirectoryIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "main.tf", "# by hand\n")
	_, err := state.Open(dir, state.Options{})
	wantHint(t, err, "--force")
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("the refused directory was written to: %v", entries)
	}
	commit(t, dir, state.Options{Force: true}, everything(file("teams.tf", team("sre"))))
	if read(t, dir, "main.tf") != "# by hand\n" {
		t.Error("the foreign file was touched")
	}
}

func TestUnusableTargets(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "file", "x")
	for name, target := range map[string]string{"a file": "file", "below a file": "file/sub"} {
		_, err := state.Open(filepath.Join(dir, target), state.Options{})
		wantHint(t, err, "-o")
		if err != nil && strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: more than one line: %q", name, err)
		}
	}
}

func TestTwoRunsAtOnce(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "new")
	first, err := state.Open(dir, state.Options{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = state.Open(dir, state.Options{})
	wantHint(t, err, "wait")
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a directory that nothing was committed to remains: %v", err)
	}
}

func TestFileThatIsNoLongerGeneratedLeaves(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	commit(t, dir, state.Options{}, everything(file("teams.tf", team("sre")), file("services.tf", service("api"))))
	write(t, dir, "backend.tf", "# mine\n")
	changes := commit(t, dir, state.Options{}, everything(file("teams.tf", team("sre"))))
	wantFiles(t, dir, map[string]string{"teams.tf": resource(team("sre")), "backend.tf": "# mine\n"})
	if fmt.Sprint(changes.Remove, changes.Gone) != "[services.tf] [{rootly_service.api id-api }]" {
		t.Errorf("changes: %v %v", changes.Remove, changes.Gone)
	}
}

func TestIgnoreFileIsMerged(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, ".gitignore", "mine\n*.tfstate")
	run := everything(state.File{Name: ".gitignore", Content: []byte("# ours\n*.tfstate\nsecrets.auto.tfvars\n")})
	for range 2 {
		commit(t, dir, state.Options{}, run)
		if got := read(t, dir, ".gitignore"); got != "mine\n*.tfstate\nsecrets.auto.tfvars\n" {
			t.Errorf(".gitignore: %q", got)
		}
	}
}

// The rest of this file is what the tests of the package have in common.

type thing struct {
	state.Object
	text string
}

func team(name string) thing    { return make1("rootly_team", name) }
func service(name string) thing { return make1("rootly_service", name) }

func make1(typ, name string) thing {
	a := graph.Address{Type: typ, Name: name}
	return thing{
		Object: state.Object{Address: a, ID: graph.ID("id-" + name)},
		text:   fmt.Sprintf("resource %q %q {\n  name = %q\n}\n", typ, name, name),
	}
}

func resource(things ...thing) string {
	var parts []string
	for _, t := range things {
		parts = append(parts, t.text)
	}
	return strings.Join(parts, "\n")
}

func file(name string, things ...thing) state.File {
	f := state.File{Name: name, Content: []byte(resource(things...))}
	for _, t := range things {
		f.Addresses = append(f.Addresses, t.Address)
	}
	return f
}

// everything is a run that listed all types completely.
func everything(files ...state.File) state.Run {
	r := state.Run{Files: files, Complete: func(string) bool { return true }}
	for _, f := range files {
		for _, a := range f.Addresses {
			r.Objects = append(r.Objects, state.Object{Address: a, ID: graph.ID("id-" + a.Name)})
		}
	}
	return r
}

func try(dir string, o state.Options, r state.Run) (c *state.Changes, err error) {
	d, err := state.Open(dir, o)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	if c, err = d.Reconcile(r); err != nil {
		return c, err
	}
	s, err := d.Stage(c)
	if err != nil {
		return c, err
	}
	if err := s.Commit(); err != nil {
		return c, errors.Join(err, s.Discard())
	}
	return c, nil
}

func commit(t *testing.T, dir string, o state.Options, r state.Run) *state.Changes {
	t.Helper()
	c, err := try(dir, o, r)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func read(t *testing.T, dir, name string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func write(t *testing.T, dir, name, content string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

// contents reads the files of a directory, without the private ones.
func contents(dir string) map[string]string {
	out := map[string]string{}
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		if content, err := os.ReadFile(filepath.Join(dir, e.Name())); err == nil && e.Name() != ".terraformer-rootly-stage" {
			out[e.Name()] = string(content)
		}
	}
	return out
}

func wantFiles(t *testing.T, dir string, want map[string]string) {
	t.Helper()
	if got := contents(dir); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("files:\n%v\nwant\n%v", got, want)
	}
}

func stats(t *testing.T, dir string) []string {
	t.Helper()
	var out []string
	err := filepath.Walk(dir, func(path string, stat os.FileInfo, err error) error {
		if err == nil && !stat.IsDir() && filepath.Base(path) != "lock" {
			out = append(out, fmt.Sprint(path, stat.ModTime(), stat.Size()))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	sort.Strings(out)
	return out
}

func wantHint(t *testing.T, err error, part string) {
	t.Helper()
	var hint interface{ Hint() string }
	if err == nil || !errors.As(err, &hint) || !strings.Contains(hint.Hint(), part) {
		t.Errorf("error %v, want one with a hint about %q", err, part)
	}
}
