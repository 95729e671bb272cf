package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox"
)

// A team that cannot be named in CODEOWNERS stops the run before it writes, and is named.
func TestForgedOwners(t *testing.T) {
	t.Parallel()
	for slug, code := range map[string]int{`sre`: exit.Done, `sre @evil`: exit.Failed, `sre\n* @evil`: exit.Failed, `sre#`: exit.Failed} {
		server := sandbox.New(sandbox.Options{Objects: []sandbox.Object{
			{API: "groups", ID: "t1", Body: []byte(`{"id":"t1","type":"groups","attributes":{"name":"SRE","slug":"` + slug + `"}}`)},
			{API: "services", ID: "s1", Body: []byte(`{"id":"s1","type":"services","attributes":{"name":"Pay","owner_group_ids":["t1"]}}`)},
		}})
		dir := filepath.Join(t.TempDir(), "out")
		got, _, said := runOn(t, server, "import", "-o", dir, "--split-by", "team", "--no-verify")
		_, err := os.Stat(dir)
		if got != code || (code == exit.Done) != (err == nil) {
			t.Errorf("%s: code %d, %v: %s", slug, got, err, said)
		}
		if code == exit.Failed && !strings.Contains(said, "team \""+slug+"\" (id t1)") {
			t.Errorf("%s: the team is not named: %s", slug, said)
		}
	}
}
