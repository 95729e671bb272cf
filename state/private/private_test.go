package private_test

import (
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/state/private"
)

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

func TestDirectoriesOfOthersAreRemovedOnceTheirOwnerIsGone(t *testing.T) {
	t.Parallel()
	parent := t.TempDir()
	for name, text := range map[string]string{"terraformer-rootly-plan-1/.owner": "", "terraformer-rootly-plan-1/secret": "x", "terraformer-rootly-plan-3/secret": "x", "other-plan-1/.owner": "", "terraformer-rootly-plan-x/.owner": ""} {
		path := filepath.Join(parent, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(parent, "terraformer-rootly-plan-2"), 0o700); err != nil {
		t.Fatal(err)
	}
	precious := filepath.Join(t.TempDir(), "precious")
	if err := os.WriteFile(precious, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Dir(precious), filepath.Join(parent, "terraformer-rootly-plan-1", "link")); err != nil {
		t.Skip(err)
	}

	first, err := private.Make(parent, "plan")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := first.Write("state", []byte("x")); err != nil {
		t.Fatal(err)
	}
	second, err := private.Make(parent, "plan")
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]bool{
		filepath.Join(parent, "terraformer-rootly-plan-1"): false, filepath.Join(parent, "terraformer-rootly-plan-2"): false, // left behind, and not yet used
		filepath.Join(parent, "terraformer-rootly-plan-3"): true, filepath.Join(parent, "terraformer-rootly-plan-x"): true, filepath.Join(parent, "other-plan-1"): true, // not ours
		first.Path(): true, second.Path(): true, precious: true,
	} {
		if exists(path) != want {
			t.Errorf("%s exists: %v, want %v", path, !want, want)
		}
	}
	for _, d := range []*private.Dir{first, second, nil} {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	}
	if exists(first.Path()) || exists(second.Path()) {
		t.Error("a directory outlives its Close")
	}
}

// Many that make directories at once do not take each other's for abandoned.
func TestMakeAtOnce(t *testing.T) {
	t.Parallel()
	parent := t.TempDir()
	var all sync.WaitGroup
	for range 40 {
		all.Go(func() {
			d, err := private.Make(parent, "plan")
			if err != nil {
				t.Error(err)
				return
			}
			if _, err := d.Write("state", []byte("x")); err != nil {
				t.Error(err)
			}
			if err := d.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if left, _ := os.ReadDir(parent); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
