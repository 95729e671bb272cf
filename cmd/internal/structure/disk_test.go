package structure

import (
	"go/ast"
	"slices"
	"testing"
)

// changing lists the functions that change files at any path, through links too.
var changing = []string{
	"os.WriteFile", "os.Create", "os.CreateTemp", "os.OpenFile", "os.Mkdir", "os.MkdirAll", "os.MkdirTemp", "os.Rename", "os.Remove", "os.RemoveAll",
	"os.Symlink", "os.Link", "os.Chmod", "os.Chown", "os.Chtimes", "os.Truncate", "os.CopyFS",
	"syscall.Rename", "syscall.Unlink", "syscall.Mkdir", "syscall.Open", "maybe.WriteFile", "renameio.WriteFile", "ioutil.WriteFile",
}

// changes lists where they may be called all the same, with the reason.
var changes = map[string]string{
	"cmd/internal/upgrade/state_upgrade.go os.MkdirAll":  "the directory that the user names with -o, however it is reached",
	"state/auditcopy/queue.go os.MkdirAll":               "the directory of the cursor, which the user names, and one in it that was looked at",
	"state/auditcopy/pgtest/unix.go os.MkdirTemp":        "a database for tests",
	"state/auditcopy/pgtest/unix.go os.Chown":            "a database for tests",
	"state/auditcopy/pgtest/unix.go os.RemoveAll":        "a database for tests",
	"cmd/internal/cli/documents.go os.WriteFile":         "run by developers in this repository",
	"cmd/internal/doctor/environment.go os.Remove":       "an empty directory that it has just made",
	"cmd/internal/documents/main.go os.MkdirAll":         "run by developers in this repository",
	"cmd/internal/schematest/schematest.go os.WriteFile": "run by developers in this repository",
	"providers/schema/refresh/main.go os.WriteFile":      "run by developers in this repository",
	"providers/schema/refresh/ask.go os.WriteFile":       "run by developers in this repository",
	"providers/schema/refresh/ask.go os.MkdirTemp":       "run by developers in this repository",
	"providers/schema/refresh/ask.go os.RemoveAll":       "run by developers in this repository",
}

func TestFilesAreChangedBelowADirectory(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	for _, s := range files(t, program) {
		if s.dir == "state/disk" {
			continue
		}
		ast.Inspect(s.syntax, func(n ast.Node) bool {
			// A function that is passed on counts as called.
			f, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			name := called(&ast.CallExpr{Fun: f})
			place := s.path + " " + name
			used[place] = true
			if slices.Contains(changing, name) && changes[place] == "" {
				t.Errorf("%s: %s follows links and leads anywhere; use state/disk, or list it with its reason in changes", s.at(n), name)
			}
			return true
		})
	}
	for place := range changes {
		if !used[place] {
			t.Errorf("%s is not called any more; take it out of changes", place)
		}
	}
}
