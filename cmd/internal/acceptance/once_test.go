package acceptance

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/standin"
)

// TestEngineInitialisesOnce repairs code in two rounds, and counts what the engine
// was asked to do.
func TestEngineInitialisesOnce(t *testing.T) {
	t.Parallel()
	for _, engine := range engineNames(t) {
		t.Run(filepath.Base(engine), func(t *testing.T) {
			t.Parallel()
			_, url := serve(t, of(60))
			dir, log := filepath.Join(t.TempDir(), "out"), filepath.Join(t.TempDir(), "log")
			o := programWith(t, restless, os.Environ(), "import", "-o", dir, "--url", url, "--token", token,
				"--provider", "stand-in", "--engine", counted(t, engine, log))
			if o.code != 0 {
				t.Fatalf("exit code %d: %s", o.code, o.talk)
			}
			calls, err := os.ReadFile(log)
			if err != nil {
				t.Fatal(err)
			}
			inits, plans := strings.Count(string(calls), "init\n"), strings.Count(string(calls), "plan\n")
			if inits != 1 || plans != 3 || o.summary.Proof.State != report.ProofClean || !ways(o.summary)["set"] || !ways(o.summary)["drop"] {
				t.Errorf("%d times init, %d plans, proof %s, repairs %+v: want 1 and 3, clean, with a setting that is left to the provider at last",
					inits, plans, o.summary.Proof.State, o.summary.Repairs)
			}
		})
	}
}

// restless is a provider that reads another description of a severity each time.
func restless(ctx context.Context, o standin.Options) (*standin.Served, error) {
	var mu sync.Mutex
	reads := 0
	o.Sabotage = func(resource, _ string, attributes map[string]any) error {
		mu.Lock()
		defer mu.Unlock()
		if resource == "rootly_severity" {
			reads++
			attributes["description"] = fmt.Sprint("read ", reads)
		}
		return nil
	}
	return standin.Serve(ctx, o)
}

// counted makes an engine that notes each command before it does it.
func counted(t *testing.T, engine, log string) string {
	t.Helper()
	if os.PathSeparator != '/' {
		t.Skip("the engine that counts is a shell script")
	}
	path := filepath.Join(t.TempDir(), filepath.Base(engine))
	text := fmt.Sprintf("#!/bin/sh\necho \"$1\" >>'%s'\nexec '%s' \"$@\"\n", log, engine)
	if err := os.WriteFile(path, []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

// ways are the kinds of repairs of a run.
func ways(s report.Summary) map[string]bool {
	found := map[string]bool{}
	for _, r := range s.Repairs {
		found[r.How] = true
	}
	return found
}
