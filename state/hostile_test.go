package state_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/state"
)

// What stands here may come with a clone of somebody else's repository.

const (
	id     = "ABCDEFGHIJKLMNOPQRSTUVWXYZ" // as staged directories have one
	digest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
)

// clone is a directory as a run left it, with a directory next to it that nobody may touch. Its
// second result reads all that is around the directory, and what links in it lead to.
func clone(t *testing.T) (dir string, around func() map[string]string) {
	t.Helper()
	dir = scene(t)
	top := filepath.Dir(dir)
	for _, name := range []string{"precious", ".out.terraformer-stage-mine", ".out.terraformer-stage-" + id} {
		if err := os.MkdirAll(filepath.Join(top, name, "deep"), 0o755); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(top, name, "deep"), "photo", "of the sea")
	}
	write(t, top, "outside.txt", "mine")
	return dir, func() map[string]string {
		found := map[string]string{}
		err := filepath.WalkDir(top, func(path string, d os.DirEntry, err error) error {
			if path == dir {
				return filepath.SkipDir
			}
			if err != nil || d.IsDir() {
				found[path] = "a directory"
				return err
			}
			content, err := os.ReadFile(path)
			found[path] = string(content)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
}

// wantRefused opens a directory in every way and holds that it is refused, with a hint that says
// what to do, and that nothing was touched.
func wantRefused(t *testing.T, dir, hint string, around func() map[string]string) {
	t.Helper()
	before, own := around(), everyFile(t, dir)
	for _, o := range []state.Options{{}, {Adopt: true}} {
		_, err := try(dir, o, later())
		wantHint(t, err, hint)
		if err != nil && strings.ContainsAny(err.Error(), "\x1b\n") {
			t.Errorf("the message could mislead a terminal: %q", err)
		}
	}
	if after := around(); !maps.Equal(before, after) {
		t.Errorf("around the directory:\n%v\nwas\n%v", after, before)
	}
	if after := everyFile(t, dir); !maps.Equal(own, after) {
		t.Errorf("in the directory:\n%v\nwas\n%v", after, own)
	}
}

func hostileJournals() map[string]string {
	good := "../.out.terraformer-stage-" + id
	step := func(stage, name, rest string) string {
		return fmt.Sprintf(`{"version":1,"stage":%q,"steps":[{"name":%q%s}]}`, stage, name, rest)
	}
	out := map[string]string{
		"type":      `{"version":"1","stage":[],"steps":{}}`,
		"version":   `{"version":2,"stage":"` + good + `","steps":[]}`,
		"number":    `{"version":1e999999999,"stage":"` + good + `","steps":[]}`,
		"twice":     `{"version":1,"stage":"` + good + `","stage":"../precious","steps":[]}`,
		"folded":    `{"version":1,"stage":"` + good + `","STAGE":"../precious","steps":[]}`,
		"two":       `{"version":1,"stage":"` + good + `","steps":[]}{}`,
		"deep":      strings.Repeat(`[`, 100000),
		"null":      `null`,
		"nothing":   ``,
		"passing":   step(good, "teams.tf", `,"passing":true`),
		"barrier":   step(good, barrier, ``),
		"digest":    step(good, "teams.tf", `,"after":"../x"`),
		"same step": `{"version":1,"stage":"` + good + `","steps":[{"name":"a.tf"},{"name":"a.tf"}]}`,
	}
	for _, stage := range []string{
		"", ".", "..", "/", "../../precious", "../precious", "/tmp", "../.out.terraformer-stage-", "../.out.terraformer-stage-mine",
		"../.out.terraformer-stage-" + id + "/../precious", "../.out.terraformer-stage-" + id + "/deep", ".terraformer-rootly",
		".terraformer-rootly/../../precious", `..\precious`, `C:\precious`, `C:precious`, `\\host\share`, "../.other.terraformer-stage-" + id,
		"..//.out.terraformer-stage-" + id, "../.out.terraformer-stage-" + id + "\n", "../.out.terraformer-stage-" + id + " ",
	} {
		out["stage "+stage] = step(stage, "teams.tf", ``)
	}
	for _, name := range []string{
		"", ".", "..", "../../outside.txt", "../outside.txt", "/etc/passwd", `..\outside.txt`, "C:outside.tf", "a.tf:stream.tf", "nul.tf", "COM1.tf", "aux.json",
		"a/b.tf", ".terraformer-rootly/lock", ".terraformer-rootly/journal.json", ".terraformer-rootly", ".git", ".git/config", ".env",
		"terraform.tfstate", "a.tf\x00", "a\x1b[2J.tf", "a.tf\n", "a.tf ", "a.tf.", "-a.tf", "~.tf", "$HOME.tf",
	} {
		out["name "+name] = step(good, name, ``)
	}
	return out
}

func TestJournalThatNoRunWroteIsRefused(t *testing.T) {
	t.Parallel()
	for name, journal := range hostileJournals() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir, around := clone(t)
			write(t, dir, ".terraformer-rootly/journal.json", journal)
			wantRefused(t, dir, "delete "+filepath.Join(dir, ".terraformer-rootly", "journal.json"), around)
		})
	}
}

func TestJournalOfAStageThatNoRunMadeIsRefused(t *testing.T) {
	t.Parallel()
	dir, around := clone(t)
	write(t, dir, ".terraformer-rootly/journal.json", `{"version":1,"stage":"../.out.terraformer-stage-`+id+`","steps":[]}`)
	wantRefused(t, dir, "delete ", around)

	// With a mark, but with other files than the journal says, or links.
	stage := filepath.Join(filepath.Dir(dir), ".out.terraformer-stage-"+id)
	write(t, stage, ".terraformer-rootly-stage", "The files of a run")
	write(t, stage, "teams.tf", "# not what was staged\n")
	write(t, dir, ".terraformer-rootly/journal.json",
		`{"version":1,"stage":"../.out.terraformer-stage-`+id+`","steps":[{"name":"teams.tf","after":"`+digest+`"}]}`)
	_, err := try(dir, state.Options{Force: true}, later())
	wantHint(t, err, "delete ")
	link(t, "../outside.txt", filepath.Join(stage, "teams.tf"))
	wantRefused(t, dir, "link", around)
}

func TestManifestThatNoRunWroteIsRefused(t *testing.T) {
	t.Parallel()
	object := func(address, more string) string {
		return fmt.Sprintf(`{"version":1,"objects":[{"address":%q,"id":"1"%s}]}`, address, more)
	}
	manifests := map[string]string{
		"type": `{"version":1,"files":{}}`, "version": `{"version":99}`, "null": `null`, "number": `{"version":1e999}`,
		"twice": `{"version":1,"version":1}`, "digest": `{"version":1,"files":[{"name":"a.tf","sha256":"x"}]}`,
		"file twice":   `{"version":1,"files":[{"name":"a.tf"},{"name":"a.tf"}]}`,
		"object twice": `{"version":1,"objects":[{"address":"rootly_team.a","id":"1"},{"address":"rootly_team.a","id":"2"}]}`,
		"file":         object("rootly_team.a", `,"file":"../x.tf"`), "import": object("rootly_team.a", `,"import":".env"`),
	}
	for _, name := range []string{"../../outside.txt", "/etc/passwd", ".env", "terraform.tfstate", `..\x.tf`, "con.tf", "a:b.tf", "a\x07.tf", ""} {
		manifests["name "+name] = fmt.Sprintf(`{"version":1,"files":[{"name":%q}]}`, name)
	}
	for _, address := range []string{
		"", "rootly_team", "rootly_team.", ".a", "rootly_team.a b", "rootly_team.a\" {}\nresource \"x\" \"y", "rootly_team.a.b", "rootly_team.${x}",
		"rootly_team.1", "rootly_team.a[0]", `rootly_team.a["x"`, `rootly_team.a["x"] `, "data.rootly_team.a", "rootly-team\n.a", "rootly_team." + strings.Repeat("a", 9000),
	} {
		manifests["address "+address[:min(len(address), 20)]] = object(address, "")
	}
	for name, manifest := range manifests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir, around := clone(t)
			write(t, dir, ".terraformer-rootly/manifest.json", manifest)
			wantRefused(t, dir, "restore it from version control", around)
		})
	}
}

func TestLinksAreNotWrittenThrough(t *testing.T) {
	t.Parallel()
	for name, target := range map[string]string{
		".terraformer-rootly": "../precious", ".terraformer-rootly/lock": "../../outside.txt", ".terraformer-rootly/manifest.json": "../../outside.txt",
		".terraformer-rootly/local.json": "../../outside.txt", ".terraformer-rootly/journal.json": "../../outside.txt",
		".terraformer-rootly/.gitignore": "../../outside.txt", "services.tf": "../outside.txt", "old.tf": "../old.tf", "more.tf": "../new.tf",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir, around := clone(t)
			write(t, filepath.Dir(dir), "old.tf", resource(team("old"))) // as the run wrote it
			path := filepath.Join(dir, name)
			if name == "services.tf" {
				write(t, filepath.Dir(dir), "outside.txt", read(t, dir, name))
			}
			link(t, target, path)
			before := around()
			_, err := try(dir, state.Options{}, later())
			if name != "more.tf" || err != nil { // a link that leads nowhere is a person's: the file gets another name
				wantHint(t, err, "link")
			}
			if after := around(); !maps.Equal(before, after) {
				t.Errorf("around the directory:\n%v\nwas\n%v", after, before)
			}
			if now, err := os.Readlink(path); err != nil || now != target {
				t.Errorf("the link leads to %q (%v)", now, err)
			}
		})
	}
}

func TestLinksOfPeopleAreRead(t *testing.T) {
	t.Parallel()
	dir, around := clone(t)
	link(t, "../outside.tf", filepath.Join(dir, "mine.tf"))
	write(t, filepath.Dir(dir), "outside.tf", resource(service("handmade")))
	before := around()
	commit(t, dir, state.Options{}, later())
	if after := around(); !maps.Equal(before, after) {
		t.Errorf("around the directory:\n%v\nwas\n%v", after, before)
	}
	_, err := try(dir, state.Options{}, everything(file("services.tf", service("handmade"))))
	wantHint(t, err, "remove it there")
}

func TestPipesAndHugeFilesAreNotRead(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"journal.json", "manifest.json", "local.json"} {
		dir, _ := clone(t)
		path := filepath.Join(dir, ".terraformer-rootly", name)
		write(t, filepath.Dir(path), name, "")
		if err := os.Truncate(path, 1<<40); err != nil {
			t.Skip(err)
		}
		_, err := try(dir, state.Options{}, later())
		wantHint(t, err, "move it away")
		if err := os.Truncate(path, 0); err != nil {
			t.Fatal(err)
		}
	}
	dir, _ := clone(t)
	if _, err := os.Stat("/dev/zero"); err == nil {
		link(t, "/dev/zero", filepath.Join(dir, "mine.tf"))
		d, err := state.Open(dir, state.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		_, err = d.Handwritten()
		wantHint(t, err, "move it away")
	}
}

// link puts a link in the place of whatever is there.
func link(t *testing.T, target, path string) {
	t.Helper()
	if err := os.RemoveAll(path); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, path); err != nil {
		t.Skip(err)
	}
}

func FuzzJournal(f *testing.F) {
	for _, journal := range hostileJournals() {
		f.Add([]byte(journal))
	}
	f.Add([]byte(`{"version":1,"stage":"../.out.terraformer-stage-` + id + `","steps":[{"name":"teams.tf","after":"` + digest + `"}]}`))
	f.Fuzz(func(t *testing.T, content []byte) {
		stage, names, err := state.ReadJournal(content, ".out.terraformer-stage-")
		if err != nil {
			return
		}
		parent := filepath.Dir(filepath.FromSlash(stage))
		if parent != ".." && parent != ".terraformer-rootly" || !strings.Contains(stage, "terraformer-stage-") {
			t.Errorf("stage %q", stage)
		}
		for _, name := range names {
			if !filepath.IsLocal(name) || strings.ContainsAny(name, "\\:\x00") || strings.Count(name, "/") > 1 {
				t.Errorf("name %q", name)
			}
		}
	})
}

func FuzzManifest(f *testing.F) {
	f.Add([]byte(`{"version":1,"files":[{"name":"a.tf"}],"objects":[{"address":"rootly_team.a","id":"1"}]}`), []byte(`{"version":1}`))
	f.Add([]byte(`{"version":1,"files":[{"name":"../a.tf","secret":true}]}`), []byte(`{"digests":{"../a.tf":null}}`))
	f.Fuzz(func(t *testing.T, public, local []byte) {
		names, addresses, err := state.ReadManifest(public, local)
		if err != nil {
			return
		}
		for _, name := range names {
			if name != filepath.Base(name) || strings.ContainsAny(name, "\\/:\x00") {
				t.Errorf("name %q", name)
			}
		}
		for _, a := range addresses {
			if strings.ContainsAny(a.Type+a.Name, " \n\"{}.") {
				t.Errorf("address %q", a)
			}
		}
	})
}
