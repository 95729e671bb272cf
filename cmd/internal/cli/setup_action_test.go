package cli

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
)

// The setup action installs what the checksums name, if their signature is good.
func TestSetupVerifiesTheRelease(t *testing.T) {
	t.Parallel()
	bash, err := exec.LookPath("bash")
	if err != nil || runtime.GOOS == "windows" {
		t.Skip("no bash")
	}
	archive := fmt.Sprintf("terraformer-rootly_1.2.3_%s_%s.tar.gz", runtime.GOOS, runtime.GOARCH)
	content := packed(t)
	sum := sha256.Sum256(content)
	for name, c := range map[string]struct {
		sums, verifier, want string
	}{
		"good":            {hex.EncodeToString(sum[:]) + "  " + archive, "exit 0", ""},
		"another archive": {strings.Repeat("0", 64) + "  " + archive, "exit 0", "WARNING"},
		"not in the list": {strings.Repeat("0", 64) + "  other.tar.gz", "exit 0", "SHA256SUMS has no"},
		"bad signature":   {hex.EncodeToString(sum[:]) + "  " + archive, "echo not signed >&2; exit 1", "not signed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				switch strings.TrimPrefix(r.URL.Path, "/download/v1.2.3/") {
				case "SHA256SUMS":
					fmt.Fprintln(w, c.sums)
				case "SHA256SUMS.sigstore.json":
				case archive:
					_, _ = w.Write(content) // bash reports what is missing
				default:
					http.NotFound(w, r)
				}
			}))
			t.Cleanup(server.Close)
			if err := os.WriteFile(filepath.Join(dir, "cosign"), []byte("#!/bin/sh\n"+c.verifier+"\n"), 0o755); err != nil {
				t.Fatal(err)
			}
			target := filepath.Join(dir, "target")
			cmd := exec.CommandContext(t.Context(), bash, filepath.Join("..", "..", "..", ".github", "actions", "setup", "install.sh"), "v1.2.3", target)
			cmd.Env = append(os.Environ(), "SETUP_RELEASES="+server.URL, "PATH="+dir+string(os.PathListSeparator)+os.Getenv("PATH"))
			out, err := cmd.CombinedOutput()
			_, missing := os.Stat(filepath.Join(target, "terraformer-rootly"))
			if good := c.want == ""; good != (err == nil) || good != (missing == nil) || !strings.Contains(string(out), c.want) {
				t.Errorf("%v, installed: %v\n%s", err, missing == nil, out)
			}
		})
	}
}

// packed is an archive with a program in it.
func packed(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	for _, name := range []string{"LICENSE", "terraformer-rootly"} {
		if err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o755}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

var (
	usesAction = regexp.MustCompile(`uses: +(\S+)`)
	pinned     = regexp.MustCompile(`^[^@]+@[0-9a-f]{40}$|^\./|^terraformer-rootly/terraformer-rootly/[^@]+@v\d+\.\d+\.\d+$`)
)

// Actions of others are pinned by the hash of a commit, which nobody can move; our own by the tag of a release.
func TestActionsArePinned(t *testing.T) {
	t.Parallel()
	n := 0
	for _, pattern := range []string{"workflows/*.yml", "actions/*/action.yml", "recipes/*.md", "docs/*.md"} {
		names, err := filepath.Glob(filepath.Join("..", "..", "..", ".github", filepath.FromSlash(pattern)))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range usesAction.FindAllStringSubmatch(string(text), -1) {
				if n++; !pinned.MatchString(m[1]) {
					t.Errorf("%s: %s is not pinned by a hash", filepath.Base(name), m[1])
				}
			}
		}
	}
	if n == 0 {
		t.Error("no action was found")
	}
}
