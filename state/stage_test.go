package state_test

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/state"
)

// prove runs once, with a proof put beside the files where there is one.
func prove(t *testing.T, dir string, o state.Options, r state.Run, proof string) (*state.Changes, error) {
	t.Helper()
	d, err := state.Open(dir, o)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	}()
	c, err := d.Reconcile(r)
	if err != nil {
		return nil, err
	}
	s, err := d.Stage(c)
	if err != nil {
		return c, err
	}
	defer func() {
		if err := s.Discard(); err != nil {
			t.Error(err)
		}
	}()
	if proof != "" {
		if err := s.Put(state.File{Name: "proof.json", Content: []byte(proof)}); err != nil {
			return c, err
		}
	}
	return c, s.Commit()
}

func TestProofLivesAsLongAsItsCode(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	run := everything(file("teams.tf", team("a")))
	for _, proof := range []string{"one", "one", "two"} {
		if _, err := prove(t, dir, state.Options{}, run, proof); err != nil {
			t.Fatal(err)
		}
		wantFiles(t, dir, map[string]string{"teams.tf": resource(team("a")), "proof.json": proof})
	}
	if _, err := prove(t, dir, state.Options{}, run, ""); err != nil {
		t.Fatal(err)
	}
	wantFiles(t, dir, map[string]string{"teams.tf": resource(team("a"))})

	write(t, dir, "proof.json", "of somebody else")
	_, err := prove(t, dir, state.Options{}, run, "three")
	wantHint(t, err, "--force")
	wantFiles(t, dir, map[string]string{"teams.tf": resource(team("a")), "proof.json": "of somebody else"})
}

// A directory may be a mounted volume, or stand in one that only its owner may write to: then
// nothing can be staged beside it.
func TestStageInsideWhereBesideIsImpossible(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]func(state.Step) error{
		"parent not writable": func(s state.Step) error {
			if s.Operation == "mkdir" && !strings.Contains(s.Path, ".terraformer-rootly/") && strings.Contains(s.Path, "stage") {
				return fs.ErrPermission
			}
			return nil
		},
		"other file system": func(s state.Step) error {
			if s.Operation == "rename" && strings.HasSuffix(s.Path, "probe") {
				return syscall.EXDEV
			}
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), "out")
			for _, r := range []state.Run{earlier(), later()} {
				commit(t, dir, state.OnDisk(state.Options{}, fault), r)
			}
			_, after := outcomes(t)
			delete(after, "backend.tf")
			if got := everyFile(t, dir); !maps.Equal(got, after) {
				t.Errorf("files: %v", got)
			}
			entries, err := os.ReadDir(filepath.Join(dir, ".terraformer-rootly"))
			if err != nil || len(entries) != 4 {
				t.Errorf("left inside: %v, %v", entries, err)
			}
			wantAlone(t, 0, dir)
		})
	}
}

func TestSecretsOfAnotherMachine(t *testing.T) {
	t.Parallel()
	dir := scene(t)
	if err := os.Remove(filepath.Join(dir, ".terraformer-rootly", "local.json")); err != nil {
		t.Fatal(err)
	}

	// What is there cannot be told from an edited file, unless it is what would be written.
	commit(t, dir, state.Options{}, earlier())
	if err := os.Remove(filepath.Join(dir, ".terraformer-rootly", "local.json")); err != nil {
		t.Fatal(err)
	}
	_, err := try(dir, state.Options{}, later())
	wantHint(t, err, "--force")

	// A clone has no secrets file at all.
	if err := os.Remove(filepath.Join(dir, "secrets.auto.tfvars")); err != nil {
		t.Fatal(err)
	}
	commit(t, dir, state.Options{}, later())
}

func TestNothingForVersionControlTellsASecret(t *testing.T) {
	t.Parallel()
	dir := scene(t)
	digest := read(t, dir, ".terraformer-rootly/local.json")
	_, digest, _ = strings.Cut(digest, `"secrets.auto.tfvars": "`)
	digest, _, _ = strings.Cut(digest, `"`)
	if len(digest) != 64 || strings.Contains(read(t, dir, ".terraformer-rootly/manifest.json"), digest) {
		t.Errorf("digest %q stands in the manifest, or nowhere", digest)
	}
	if ignored := read(t, dir, ".terraformer-rootly/.gitignore"); !strings.Contains(ignored, "\n*\n") || strings.Contains(ignored, "!local") {
		t.Errorf(".gitignore: %s", ignored)
	}
}

func TestNamesThatLeadElsewhere(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", "..", "../x.tf", "/x.tf", "a/b.tf", ".terraformer-rootly", barrier} {
		if _, err := try(t.TempDir(), state.Options{}, everything(file(name, team("a")))); err == nil {
			t.Errorf("%q was written", name)
		}
	}
	r := everything(file("a.tf", team("a")))
	r.Files = append(r.Files, file("a.tf"))
	if _, err := try(t.TempDir(), state.Options{}, r); err == nil {
		t.Error("one name was written twice")
	}
}
