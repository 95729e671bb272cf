package structure

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

const module = "github.com/terraformer-rootly/terraformer-rootly"

// A source is one Go file of the project.
type source struct {
	path   string // from the project's root, with slashes
	dir    string
	test   bool
	nested bool // belongs to a module of its own inside the project
	text   []byte
	syntax *ast.File
	fset   *token.FileSet
}

// at says where a node stands, such as "state/commit.go:12".
func (s *source) at(n ast.Node) string {
	return fmt.Sprintf("%s:%d", s.path, s.fset.Position(n.Pos()).Line)
}

// lines counts the lines from the first to the last of a node.
func (s *source) lines(n ast.Node) int {
	return s.fset.Position(n.End()).Line - s.fset.Position(n.Pos()).Line + 1
}

// imports lists what the file imports.
func (s *source) imports() []string {
	var paths []string
	for _, spec := range s.syntax.Imports {
		paths = append(paths, strings.Trim(spec.Path.Value, `"`))
	}
	return paths
}

// root finds the directory that holds the project's go.mod.
var root = sync.OnceValues(func() (string, error) {
	dir, err := os.Getwd()
	for err == nil {
		text, missing := os.ReadFile(filepath.Join(dir, "go.mod"))
		if missing == nil && bytes.HasPrefix(text, []byte("module "+module+"\n")) {
			return dir, nil
		}
		if filepath.Dir(dir) == dir {
			return "", fmt.Errorf("no go.mod of %s above the tests", module)
		}
		dir = filepath.Dir(dir)
	}
	return "", err
})

// paths lists the files of the project, without what git or a build keeps there.
var paths = sync.OnceValues(func() ([]string, error) {
	top, err := root()
	if err != nil {
		return nil, err
	}
	var found []string
	err = filepath.WalkDir(top, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(top, name)
		rel = filepath.ToSlash(rel)
		if entry.IsDir() && slices.Contains([]string{".git", "bin", "dist", ".idea", ".vscode"}, rel) {
			return filepath.SkipDir
		}
		if entry.Type().IsRegular() && !slices.Contains([]string{".test", ".out", ".prof"}, path.Ext(rel)) {
			found = append(found, rel)
		}
		return err
	})
	return found, err
})

// parsed reads every Go file once for all tests.
var parsed = sync.OnceValues(func() ([]*source, error) {
	names, err := paths()
	if err != nil {
		return nil, err
	}
	top, err := root()
	if err != nil {
		return nil, err
	}
	var modules []string
	for _, name := range names {
		if path.Base(name) == "go.mod" && name != "go.mod" {
			modules = append(modules, path.Dir(name)+"/")
		}
	}
	var sources []*source
	for _, name := range names {
		if path.Ext(name) != ".go" || strings.Contains(name, "testdata/") {
			continue
		}
		s := &source{path: name, dir: path.Dir(name), test: strings.HasSuffix(name, "_test.go"), fset: token.NewFileSet()}
		s.nested = slices.ContainsFunc(modules, func(m string) bool { return strings.HasPrefix(name, m) })
		if s.text, err = os.ReadFile(filepath.Join(top, filepath.FromSlash(name))); err != nil {
			return nil, err
		}
		if s.syntax, err = parser.ParseFile(s.fset, name, s.text, parser.ParseComments); err != nil {
			return nil, err
		}
		sources = append(sources, s)
	}
	return sources, nil
})

// files gives a test the Go files that it is about.
func files(t *testing.T, of func(*source) bool) []*source {
	t.Helper()
	all, err := parsed()
	if err != nil {
		t.Fatal(err)
	}
	var chosen []*source
	for _, s := range all {
		if of(s) {
			chosen = append(chosen, s)
		}
	}
	if len(chosen) == 0 {
		t.Fatal("no Go file to look at: the test walks the wrong tree")
	}
	return chosen
}

func every(*source) bool     { return true }
func product(s *source) bool { return !s.test }
func program(s *source) bool { return !s.test && !s.nested }
func tests(s *source) bool   { return s.test }

// byPackage groups files by the directory they lie in.
func byPackage(sources []*source) map[string][]*source {
	groups := map[string][]*source{}
	for _, s := range sources {
		groups[s.dir] = append(groups[s.dir], s)
	}
	return groups
}

// read returns a file of the project by its path from the root.
func read(t *testing.T, name string) string {
	t.Helper()
	top, err := root()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(top, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
