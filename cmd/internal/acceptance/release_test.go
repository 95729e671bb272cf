//go:build linux

package acceptance

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
)

// dist is where `make snapshot` wrote what a release consists of.
func dist(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("ROOTLY_TEST_DIST")
	if dir == "" {
		t.Skip("make acceptance builds the release and sets ROOTLY_TEST_DIST")
	}
	return dir
}

// one is the only file that matches a pattern.
func one(t *testing.T, dir, pattern string) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, pattern))
	if err != nil || len(found) != 1 {
		t.Fatalf("%s: %v, %v", pattern, found, err)
	}
	return found[0]
}

func output(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
	return string(out)
}

// works runs a program that was taken out of a release, as a newcomer would.
func works(t *testing.T, program string) {
	t.Helper()
	var build world.Build
	if err := json.Unmarshal([]byte(output(t, program, "version", "--json")), &build); err != nil {
		t.Fatal(err)
	}
	if build.Commit == "" || build.Date == "" || build.Version == "" {
		t.Errorf("%s does not know what it is: %+v", program, build)
	}
	target := filepath.Join(t.TempDir(), "code")
	output(t, program, "import", "--synthetic", "--no-verify", "-o", target)
	if _, err := os.Stat(filepath.Join(target, "teams.tf")); err != nil {
		t.Error(err)
	}
}

// proves imports with a plan on a machine that has nothing but a file system with the program, and an engine that was put
// into it. The user is the one of the image.
func proves(t *testing.T, root, program string) {
	t.Helper()
	if os.Getuid() != 0 {
		t.Log("only root can try the program in a file system of its own")
		return
	}
	engine, err := os.ReadFile(engineNames(t)[0])
	if err != nil {
		t.Fatal(err)
	}
	home := filepath.Join(root, "home/nonroot")
	for _, err := range []error{
		os.MkdirAll(filepath.Join(root, "usr/local/bin"), 0o755),
		os.WriteFile(filepath.Join(root, "usr/local/bin/engine"), engine, 0o755),
		os.MkdirAll(filepath.Join(root, "tmp"), 0o777),
		os.Chmod(filepath.Join(root, "tmp"), 0o777),
		os.MkdirAll(home, 0o755),
		os.Chown(home, 65532, 65532),
		os.Chmod(root, 0o755),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	null := filepath.Join(root, "dev/null") // which every runtime provides
	if err := errors.Join(os.MkdirAll(filepath.Dir(null), 0o755), syscall.Mknod(null, syscall.S_IFCHR, 1<<8|3), os.Chmod(null, 0o666)); err != nil {
		t.Logf("no file system of its own: %v", err)
		return
	}
	cmd := exec.CommandContext(t.Context(), program, "import", "--synthetic", "--provider", "stand-in", "--engine", "/usr/local/bin/engine", "--json", "-o", "rootly")
	cmd.Dir, cmd.Env = "/home/nonroot", []string{"PATH=/usr/local/bin:/usr/bin", "HOME=/home/nonroot"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Chroot: root, Credential: &syscall.Credential{Uid: 65532, Gid: 65532}}
	out, err := cmd.Output()
	var s report.Summary
	if err != nil {
		var failed *exec.ExitError
		_ = errors.As(err, &failed)
		t.Fatalf("%v: %s", err, failed.Stderr)
	}
	if err := json.Unmarshal(out, &s); err != nil {
		t.Fatal(err)
	}
	if s.Proof.State != report.ProofClean || s.Proof.Imported == 0 {
		t.Errorf("%s: %+v", program, s.Proof)
	}
}

func TestReleaseHasTheChecksumsOfItsFiles(t *testing.T) {
	t.Parallel()
	dir := dist(t)
	sums, err := os.ReadFile(filepath.Join(dir, "SHA256SUMS"))
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]bool{}
	for line := range strings.Lines(string(sums)) {
		want, name, _ := strings.Cut(strings.TrimSpace(line), "  ")
		content, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(content)
		if hex.EncodeToString(sum[:]) != want {
			t.Errorf("%s has another checksum", name)
		}
		kinds[filepath.Ext(name)] = true
	}
	for _, kind := range []string{".gz", ".deb", ".rpm", ".apk", ".json"} {
		if !kinds[kind] {
			t.Errorf("SHA256SUMS has no %s", kind)
		}
	}
	one(t, dir, "homebrew/Formula/terraformer-rootly.rb")
}

// The package is installed below a directory of its own, used and removed.
func TestReleasePackageInstalls(t *testing.T) {
	t.Parallel()
	dir := dist(t)
	if _, err := exec.LookPath("dpkg"); err != nil || os.Getuid() != 0 {
		t.Skip("no dpkg, or not root")
	}
	root := t.TempDir()
	for _, sub := range []string{"var/lib/dpkg/updates", "var/lib/dpkg/info"} {
		if err := os.MkdirAll(filepath.Join(root, sub), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, file := range []string{"status", "available"} {
		if err := os.WriteFile(filepath.Join(root, "var/lib/dpkg", file), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	output(t, "dpkg", "--root="+root, "--install", one(t, dir, "*_"+runtime.GOARCH+".deb"))
	works(t, filepath.Join(root, "usr/bin/terraformer-rootly"))
	proves(t, root, "/usr/bin/terraformer-rootly")
	for name, text := range map[string]string{
		"usr/share/man/man1/terraformer-rootly-import.1":              "prove it with a plan",
		"usr/share/bash-completion/completions/terraformer-rootly":    "__start_terraformer-rootly",
		"usr/share/zsh/vendor-completions/_terraformer-rootly":        "#compdef terraformer-rootly",
		"usr/share/fish/vendor_completions.d/terraformer-rootly.fish": "complete -c terraformer-rootly",
		"usr/share/doc/terraformer-rootly/copyright":                  "Apache License",
	} {
		if content, err := os.ReadFile(filepath.Join(root, name)); err != nil || !strings.Contains(string(content), text) {
			t.Errorf("%s: %v, without %q", name, err, text)
		}
	}
	output(t, "dpkg", "--root="+root, "--purge", "terraformer-rootly")
	if _, err := os.Stat(filepath.Join(root, "usr/bin/terraformer-rootly")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the program is still there: %v", err)
	}
}

func TestReleaseArchiveRuns(t *testing.T) {
	t.Parallel()
	dir := dist(t)
	target := t.TempDir()
	output(t, "tar", "-xzf", one(t, dir, "*_"+runtime.GOOS+"_"+runtime.GOARCH+".tar.gz"), "-C", target)
	works(t, filepath.Join(target, "terraformer-rootly"))
	for _, pattern := range []string{"man/terraformer-rootly.1", "completions/terraformer-rootly.bash", "schemas/summary.json", "LICENSE"} {
		one(t, target, pattern)
	}
}

// The image is unpacked as a runtime does, and its program is run by the path that it names.
func TestReleaseImageRuns(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(dist(t), "image")
	read := func(digest string, into any) {
		raw, err := os.ReadFile(filepath.Join(dir, "blobs", strings.ReplaceAll(digest, ":", "/")))
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(raw, into); err != nil {
			t.Fatal(err)
		}
	}
	var index struct {
		Manifests []struct {
			Digest   string
			Platform struct{ Architecture string }
		}
	}
	raw, err := os.ReadFile(filepath.Join(dir, "index.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &index); err != nil {
		t.Fatal(err)
	}
	for _, m := range index.Manifests {
		if m.Platform.Architecture != runtime.GOARCH {
			continue
		}
		var manifest struct {
			Config struct{ Digest string }
			Layers []struct{ Digest string }
		}
		var config struct {
			Config struct {
				User       string
				Entrypoint []string
			}
		}
		read(m.Digest, &manifest)
		read(manifest.Config.Digest, &config)
		if config.Config.User != "65532:65532" {
			t.Errorf("the image runs as %q", config.Config.User)
		}
		root := t.TempDir()
		for _, l := range manifest.Layers {
			unpack(t, filepath.Join(dir, "blobs", strings.ReplaceAll(l.Digest, ":", "/")), root)
		}
		works(t, filepath.Join(root, config.Config.Entrypoint[0]))
		proves(t, root, config.Config.Entrypoint[0])
		one(t, root, "etc/ssl/certs/ca-certificates.crt")
		return
	}
	t.Errorf("the image has nothing for %s", runtime.GOARCH)
}

// unpack writes the files of a layer.
func unpack(t *testing.T, layer, root string) {
	t.Helper()
	content, err := os.ReadFile(layer)
	if err != nil {
		t.Fatal(err)
	}
	var r io.Reader = bytes.NewReader(content)
	if bytes.HasPrefix(content, []byte{0x1f, 0x8b}) {
		if r, err = gzip.NewReader(bufio.NewReader(r)); err != nil {
			t.Fatal(err)
		}
	}
	for files := tar.NewReader(r); ; {
		head, err := files.Next()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(root, head.Name)
		if head.Typeflag == tar.TypeDir {
			err = os.MkdirAll(path, 0o755)
		} else if err = os.MkdirAll(filepath.Dir(path), 0o755); err == nil {
			var body []byte
			if body, err = io.ReadAll(files); err == nil {
				err = os.WriteFile(path, body, head.FileInfo().Mode())
			}
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}
