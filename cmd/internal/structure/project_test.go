package structure

import (
	"bytes"
	"go/format"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// topLevel is what may lie at the project's root, each with what it is for.
var topLevel = map[string]string{
	"cmd": "commands", "providers": "reading", "generator": "writing", "state": "keeping", "testdata": "expected outputs",
	"go.mod": "Go", "go.sum": "Go", "Makefile": "targets", "README.md": "users", "LICENSE": "users", "CHANGELOG.md": "users",
	".github": "contributors", ".ci": "what CI runs", ".golangci.yml": "linters in editors", ".goreleaser.yaml": "what a release consists of",
	".gitignore": "git", ".gitattributes": "git",
}

func TestTopLevelIsKnown(t *testing.T) {
	t.Parallel()
	names, err := paths()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		top, _, _ := strings.Cut(name, "/")
		if topLevel[top] == "" {
			t.Errorf("%s lies beside the project's folders; it belongs into cmd, providers, generator or state", name)
		}
	}
}

func TestCodeIsFormatted(t *testing.T) {
	t.Parallel()
	for _, s := range files(t, every) {
		formatted, err := format.Source(s.text)
		if err != nil {
			t.Errorf("%s: %v", s.path, err)
		} else if !bytes.Equal(formatted, s.text) {
			t.Errorf("%s is not formatted; run gofmt -w %s", s.path, s.path)
		}
	}
}

// empty are words that say nothing about what a thing is.
var empty = regexp.MustCompile(`(?i)(^|_)(utils?|helpers?|common|misc|managers?|processors?|handlers?|info)($|_)`)

func TestNamesSaySomething(t *testing.T) {
	t.Parallel()
	for _, s := range files(t, every) {
		for _, name := range []string{s.syntax.Name.Name, strings.TrimSuffix(path.Base(s.path), ".go")} {
			if empty.MatchString(name) {
				t.Errorf("%s: %q names nothing; call it by what it holds", s.path, name)
			}
		}
	}
}

// foreign are words that only make sense where the program was written, not where it is read.
var foreign = []string{"issue #", "/work" + "/main", "/work" + "/shared", "/work" + "/.", "/root/", "/opt" + "/official", "/tmp" + "/team", "fixme"}

func TestTextsSpeakToTheReader(t *testing.T) {
	t.Parallel()
	names, err := paths()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if path.Base(name) == "go.sum" || name == "cmd/internal/structure/project_test.go" {
			continue
		}
		text := strings.ToLower(read(t, name))
		for _, word := range foreign {
			if i := strings.Index(text, word); i >= 0 {
				t.Errorf("%s:%d: %q means nothing to a reader elsewhere; say it without", name, strings.Count(text[:i], "\n")+1, word)
			}
		}
	}
}

// A requirement is a line of go.mod.
var requirement = regexp.MustCompile(`(?m)^\s+(\S+) v\S+( // indirect)?$`)

func TestRequirementsAreTidy(t *testing.T) {
	t.Parallel()
	direct, indirect := map[string]bool{}, map[string]bool{}
	for _, m := range requirement.FindAllStringSubmatch(read(t, "go.mod"), -1) {
		if m[2] == "" {
			direct[m[1]] = false
		} else {
			indirect[m[1]] = true
		}
	}
	for _, s := range files(t, func(s *source) bool { return !s.nested }) {
		for _, imported := range s.imports() {
			first, _, _ := strings.Cut(imported, "/")
			if !strings.Contains(first, ".") || strings.HasPrefix(imported, module) {
				continue
			}
			owner := longest(imported, direct)
			if hidden := longest(imported, indirect); len(hidden) > len(owner) || owner == "" {
				t.Errorf("%s imports %s, which go.mod does not list as a direct requirement; run go mod tidy", s.path, imported)
			}
			direct[owner] = true
		}
	}
	for name, used := range direct {
		if name != "" && !used {
			t.Errorf("go.mod requires %s, which nothing imports; run go mod tidy", name)
		}
	}
}

// longest finds the module that a package belongs to.
func longest(imported string, modules map[string]bool) string {
	var names []string
	for name := range modules {
		if imported == name || strings.HasPrefix(imported, name+"/") {
			names = append(names, name)
		}
	}
	slices.SortFunc(names, func(a, b string) int { return len(b) - len(a) })
	if len(names) == 0 {
		return ""
	}
	return names[0]
}

// link finds what a document points at inside the project.
var link = regexp.MustCompile(`\]\(([^)#:]+)\)`)

func TestLinksLeadSomewhere(t *testing.T) {
	t.Parallel()
	names, err := paths()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if path.Ext(name) != ".md" {
			continue
		}
		for _, m := range link.FindAllStringSubmatch(read(t, name), -1) {
			if target := path.Join(path.Dir(name), m[1]); !slices.Contains(names, target) {
				t.Errorf("%s points at %s, which is not there; correct the link", name, target)
			}
		}
	}
}
