package engines

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestOnlyImports(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, text string
		want       bool
	}{
		{"blocks", "# Note.\n\nimport {\n  to = rootly_team.a\n  id = \"1\"\n}\n\nimport {\n  to = rootly_team.b\n  id = \"2\"\n}\n", true},
		{"a map of ids", "import {\n  for_each = {\n    a = \"1\"\n  }\n  to = rootly_team.these[each.key]\n  id = each.value\n}\n", true},
		{"a resource after them", "import {\n  to = rootly_team.a\n  id = \"1\"\n}\n\nresource \"rootly_team\" \"a\" {\n}\n", false},
		{"a provider before them", "provider \"rootly\" {}\n\nimport {\n  to = rootly_team.a\n  id = \"1\"\n}\n", false},
		{"a comment over several lines", "/*\nimport {\n*/\n", false},
		{"not closed", "import {\n  to = rootly_team.a\n", false},
	} {
		if got := onlyImports.MatchString(tt.text); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

// TestManyImportsAreKeptFromInit looks at what init finds in the directory that it is started in.
func TestManyImportsAreKeptFromInit(t *testing.T) {
	t.Parallel()
	var imports strings.Builder
	for i := range manyImports {
		fmt.Fprintf(&imports, "import {\n  to = rootly_team.a%d\n  id = \"%d\"\n}\n\n", i, i)
	}
	required := "terraform {\n  required_providers {\n  }\n}\n"
	much := strings.Repeat("resource \"rootly_team\" \"a\" {\n}\n", muchCode/20)
	few := "import {\n  to = rootly_team.a\n  id = \"1\"\n}\n"
	for _, tt := range []struct {
		name    string
		files   map[string]string
		backend bool
		want    string
	}{
		{"few", map[string]string{"imports.tf": few, "main.tf": "# code\n"}, false, "imports.tf main.tf"},
		{"many", map[string]string{"imports.tf": imports.String(), "main.tf": "# code\n", "README.md": "no code\n"}, false, "main.tf"},
		{"many and some beside code", map[string]string{"imports.tf": imports.String(), "main.tf": few + "locals {\n}\n"}, false, "main.tf"},
		{"much code", map[string]string{"versions.tf": required, "teams.tf": much}, false, "versions.tf"},
		{"much code and another provider", map[string]string{"versions.tf": required, "teams.tf": much, "own.tf": "resource \"random_id\" \"a\" {}\n"}, false, "own.tf versions.tf"},
		{"much code that requires no provider", map[string]string{"teams.tf": much}, false, "teams.tf"},
		{"many and a module", map[string]string{"imports.tf": imports.String(), "main.tf": "module \"a\" {\n  source = \"./a\"\n}\n"}, false, "imports.tf main.tf"},
		{"many and a backend", map[string]string{"imports.tf": imports.String(), "main.tf": "# code\n"}, true, "imports.tf main.tf"},
	} {
		engine, _ := recorder(t)
		seen := filepath.Join(t.TempDir(), "seen")
		script := "#!/bin/sh\n[ \"$1\" = version ] && echo '{\"terraform_version\": \"1.11.4\"}'\n" +
			"[ \"$1\" = init ] && echo $(ls *.tf) >" + seen + " && echo '# lock' >.terraform.lock.hcl\nexit 0\n"
		dir := t.TempDir()
		for name, text := range tt.files {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		writeProgram(t, engine.Path, script)
		s, err := Open(Job{Engine: engine, Dir: dir, TempDir: t.TempDir(), Backend: tt.backend})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.init(t.Context()); err != nil {
			t.Errorf("%s: %v", tt.name, err)
		}
		got, err := os.ReadFile(seen)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tt.want, strings.TrimSpace(string(got))); diff != "" {
			t.Errorf("%s: init sees (-want +got):\n%s", tt.name, diff)
		}
		if lock, err := os.ReadFile(filepath.Join(dir, lockFile)); err != nil || string(lock) != "# lock\n" {
			t.Errorf("%s: lock file %q, %v", tt.name, lock, err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}
