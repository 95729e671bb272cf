package state

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestBarrierStopsEveryEngine plans a directory of which half is there, with each engine that is here.
func TestBarrierStopsEveryEngine(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, text := range map[string]string{barrierName: barrier, "main.tf": "output \"half\" {\n  value = 1\n}\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	tried := false
	for _, engine := range []string{"terraform", "tofu"} {
		path, err := exec.LookPath(engine)
		if err != nil {
			continue
		}
		tried = true
		for _, command := range []string{"init", "plan"} {
			run := exec.CommandContext(t.Context(), path, command, "-input=false")
			run.Dir = dir
			run.Env = append(os.Environ(), "CHECKPOINT_DISABLE=1", "TF_DATA_DIR="+t.TempDir())
			if out, err := run.CombinedOutput(); err == nil || !strings.Contains(string(out), "import_was_interrupted") {
				t.Errorf("%s %s: %v\n%s", engine, command, err, out)
			}
		}
	}
	if !tried {
		t.Skip("neither terraform nor tofu is here")
	}
}
