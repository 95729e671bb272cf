package cli

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/schematest"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
)

// legacyState is a state of the earlier tool.
const legacyState = `{"version": 3, "serial": 1, "lineage": "l", "modules": [{"path": ["root"], "outputs": {}, "resources": {
	"rootly_team.tfer--foo-0020-bar": {"type": "rootly_team", "primary": {"id": "t1", "attributes": {"name": "Foo Bar"}}},
	"aws_instance.web": {"type": "aws_instance", "primary": {"id": "i-1"}}
}}]}`

// What commands print as JSON is what their schemas allow.
func TestOutputsMatchTheirSchemas(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	run := func(args string) []byte {
		var out bytes.Buffer
		w := world.World{In: strings.NewReader(""), Out: &out, Err: io.Discard, Getenv: os.Getenv, Environ: os.Environ, Now: today}
		Main(w, strings.Fields(args))
		return out.Bytes()
	}
	old := filepath.Join(dir, "old.tfstate")
	if err := os.WriteFile(old, []byte(legacyState), 0o600); err != nil {
		t.Fatal(err)
	}
	code, first, second := filepath.Join(dir, "code"), filepath.Join(dir, "first"), filepath.Join(dir, "second")
	for _, c := range [][2]string{
		{"summary", "import --synthetic --no-verify --json -o " + code},
		{"summary", "import --synthetic --no-verify --import-as pulumi --fold --json -o " + filepath.Join(dir, "folded")},
		{"summary", "import --synthetic --no-verify --split-by team --json -o " + filepath.Join(dir, "parts")},
		{"summary", "export --synthetic --size 150 --json -o " + first},
		{"summary", "export --synthetic --size 200 --json -o " + second},
		{"changes", "diff --json " + first + " " + second},
		{"status", "status --synthetic --json " + code},
		{"types", "types --json"},
		{"types", "types --json --count --synthetic"},
		{"lint", "lint --synthetic --format json"},
		{"doctor", "doctor --synthetic --json -o " + code},
		{"assumptions", "doctor --synthetic --assumptions --json"},
		{"version", "version --json"},
		{"audit-summary", "audit summary --synthetic --by user,hour --output json"},
		{"audit-flat", "audit list --synthetic --limit 1 --output ndjson --format flat"},
		{"upgrade", "state upgrade --json " + old + " -o " + filepath.Join(dir, "upgraded")},
	} {
		if document := run(c[1]); len(document) == 0 {
			t.Errorf("%s printed nothing", c[1])
		} else {
			schematest.Validate(t, c[0], document)
		}
	}
}
