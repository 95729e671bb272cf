package overview

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
)

// written writes a page about a built-in organisation, and returns its name and content.
func written(t *testing.T, o *Settings) (string, string) {
	t.Helper()
	now := time.Date(2026, 7, 1, 9, 0, 0, 0, time.UTC)
	w := world.World{
		In: bytes.NewReader(nil), Out: &bytes.Buffer{}, Err: &bytes.Buffer{}, Getenv: func(string) string { return "" },
		Environ: func() []string { return nil }, Now: func() time.Time { return now },
	}
	o.Synthetic, o.Seed, o.Weeks, o.Parallelism, o.Since = o.URL == "", 1, 4, 16, "30d"
	o.Given = func(string) bool { return false }
	o.Output = filepath.Join(t.TempDir(), "report.html")
	if err := Run(t.Context(), w, o); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(o.Output)
	if err != nil {
		t.Fatal(err)
	}
	return o.Output, string(content)
}
