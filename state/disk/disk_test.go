package disk_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/state/disk"
)

// scene is a directory with links that lead out of it and to another place in it.
func scene(t *testing.T) (top string, dir disk.Dir) {
	t.Helper()
	top = t.TempDir()
	for _, name := range []string{"dir/real", "precious"} {
		if err := os.MkdirAll(filepath.Join(top, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"outside", "precious/file", "dir/real/file"} {
		if err := os.WriteFile(filepath.Join(top, name), []byte("mine"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, target := range map[string]string{"out": "../precious", "in": "real", "link": "../outside", "inner": "real/file", "nowhere": "../new"} {
		if err := os.Symlink(target, filepath.Join(top, "dir", name)); err != nil {
			t.Skip(err)
		}
	}
	return top, disk.Dir(filepath.Join(top, "dir"))
}

func TestNothingIsChangedThroughLinks(t *testing.T) {
	t.Parallel()
	top, dir := scene(t)
	for _, name := range []string{"../outside", "../precious/file", "/etc/passwd", "", "out/file", "in/file", "out/new", "in/new", "real/../../outside"} {
		for what, err := range map[string]error{
			"create": dir.Create(name, nil, 0o600), "remove": dir.Remove(name), "remove all": dir.RemoveAll(name), "replace": dir.Replace(name, nil, 0o600),
			"write": dir.Write(name, nil, 0o600), "make": dir.Mkdir(name, 0o700), "link": dir.Link("x", name), "flush": dir.Flush(name),
			"rename from": dir.Rename(name, "fresh"), "rename to": dir.Rename("real/file", name), "free": dir.Free(name),
		} {
			if err == nil {
				t.Errorf("%s %q: no error", what, name)
			}
		}
		if _, err := dir.Read(name, disk.MostNote); err == nil {
			t.Errorf("read %q: no error", name)
		}
		if _, err := dir.Open(name, os.O_RDWR|os.O_CREATE, 0o600); err == nil {
			t.Errorf("open %q: no error", name)
		}
	}
	for _, name := range []string{"link", "inner", "nowhere", "out"} {
		_, read := dir.Read(name, disk.MostNote)
		_, open := dir.Open(name, os.O_RDWR|os.O_CREATE, 0o600)
		for _, err := range []error{read, open, dir.Replace(name, nil, 0o600), dir.Write(name, nil, 0o600), dir.Free(name), dir.Real(name)} {
			var hint interface{ Hint() string }
			if !errors.Is(err, disk.ErrLink) || !errors.As(err, &hint) || hint.Hint() == "" {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	for _, name := range []string{"outside", "precious/file", "dir/real/file"} {
		if text, err := os.ReadFile(filepath.Join(top, name)); err != nil || string(text) != "mine" {
			t.Errorf("%s: %q, %v", name, text, err)
		}
	}
	if _, err := os.Lstat(filepath.Join(top, "new")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("made through a link: %v", err)
	}
}

func TestRemovingADirectoryLeavesWhatItsLinksLeadTo(t *testing.T) {
	t.Parallel()
	top, dir := scene(t)
	above, name := disk.Of(string(dir) + "/")
	if err := above.RemoveAll(name); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"outside", "precious/file"} {
		if _, err := os.Stat(filepath.Join(top, name)); err != nil {
			t.Error(err)
		}
	}
}

func TestReplaceIsWholeAndKeepsItsMode(t *testing.T) {
	t.Parallel()
	dir := disk.Dir(t.TempDir())
	for _, text := range []string{"one", "two"} {
		if err := dir.Replace("file", []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := dir.Read("file", 3); err != nil || string(got) != text {
			t.Errorf("%q, %v", got, err)
		}
	}
	if _, err := dir.Read("file", 2); !errors.Is(err, disk.ErrLarge) {
		t.Errorf("more than was allowed: %v", err)
	}
	entries, err := os.ReadDir(string(dir))
	if err != nil || len(entries) != 1 {
		t.Errorf("left: %v, %v", entries, err)
	}
	if err := dir.Mkdir("folder", 0o700); err != nil {
		t.Fatal(err)
	}
	if err := dir.Replace("folder", nil, 0o600); !errors.Is(err, disk.ErrKind) {
		t.Errorf("a directory was replaced: %v", err)
	}
}
