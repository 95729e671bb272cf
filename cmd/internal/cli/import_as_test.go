package cli

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/planning"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox/organisation"
	"github.com/terraformer-rootly/terraformer-rootly/state/tfstate"
)

// A state that somebody else extended while the run read Rootly stops the run.
func TestStateThatMovesStopsTheImport(t *testing.T) {
	t.Parallel()
	if !engineOnPath() {
		t.Skip("no terraform and no tofu")
	}
	dir := t.TempDir()
	path := filepath.Join(dir, planning.StateName)
	first, err := tfstate.New(nil, tfstate.Options{Lineage: "theirs"})
	if err != nil {
		t.Fatal(err)
	}
	other := tfstate.Resource{Address: graph.Address{Type: "rootly_team", Name: "theirs"}, ID: "1"}
	second, _, err := tfstate.Extend(first, []tfstate.Resource{other}, tfstate.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, first, 0o600); err != nil {
		t.Fatal(err)
	}

	rootly := sandbox.New(sandbox.Options{Objects: organisation.New(organisation.Options{Size: 60, Seed: 1}), Token: scriptToken})
	var once sync.Once
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		once.Do(func() {
			if err := os.WriteFile(path, second, 0o600); err != nil {
				t.Error(err)
			}
		})
		rootly.ServeHTTP(w, r)
	}))
	defer server.Close()

	var stderr bytes.Buffer
	world := world.World{In: strings.NewReader(""), Out: &stderr, Err: &stderr, Getenv: os.Getenv, Environ: os.Environ, Now: today}
	code := Main(world, []string{"import", "-o", dir, "--url", server.URL, "--token", scriptToken, "--import-as", "state", "--no-verify"})
	if code != exit.Failed || !strings.Contains(stderr.String(), "changed during the run") || !strings.Contains(stderr.String(), "nothing was written") {
		t.Errorf("exit code %d:\n%s", code, &stderr)
	}
	if now, err := os.ReadFile(path); err != nil || !bytes.Equal(now, second) {
		t.Errorf("the state is not what the other one left: %v\n%s", err, now)
	}
	if written, _ := filepath.Glob(filepath.Join(dir, "*.tf")); len(written) > 0 {
		t.Errorf("written: %s", written)
	}
}
