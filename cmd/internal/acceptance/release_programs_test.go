//go:build linux

package acceptance

import (
	"archive/tar"
	"archive/zip"
	"bufio"
	"bytes"
	"compress/gzip"
	"debug/buildinfo"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
)

// The file of a program in a release archive, by its path in it.
const releasedProgram = "terraformer-rootly"

// Programs for other systems cannot run here. Go writes into each what it was built for, and from which commit.
func TestReleaseHasAProgramForEverySystem(t *testing.T) {
	t.Parallel()
	dir := dist(t)
	commits := map[string]bool{}
	for _, system := range []string{"linux", "darwin", "windows"} {
		for _, arch := range []string{"amd64", "arm64"} {
			archive := one(t, dir, "*_"+system+"_"+arch+map[bool]string{true: ".zip", false: ".tar.gz"}[system == "windows"])
			info, err := buildinfo.Read(bytes.NewReader(programOf(t, archive)))
			if err != nil {
				t.Fatalf("%s: %v", archive, err)
			}
			settings := map[string]string{}
			for _, s := range info.Settings {
				settings[s.Key] = s.Value
			}
			if settings["GOOS"] != system || settings["GOARCH"] != arch || settings["CGO_ENABLED"] != "0" || settings["-trimpath"] != "true" {
				t.Errorf("%s was built with %v", archive, settings)
			}
			commits[settings["vcs.revision"]] = true
			hasBill(t, one(t, dir, "*_"+system+"_"+arch+".cdx.json"), info)
		}
	}
	if len(commits) != 1 || commits[""] {
		t.Errorf("the programs are of the commits %v", commits)
	}
}

// programOf reads the program out of an archive.
func programOf(t *testing.T, archive string) []byte {
	t.Helper()
	if strings.HasSuffix(archive, ".zip") {
		r, err := zip.OpenReader(archive)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = r.Close() }() // read only
		f, err := r.Open(releasedProgram + ".exe")
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(f)
		if err != nil {
			t.Fatal(err)
		}
		return content
	}
	packed, err := os.ReadFile(archive)
	if err != nil {
		t.Fatal(err)
	}
	return filesOfTar(t, bytes.NewReader(packed))[releasedProgram]
}

// filesOfTar reads the files of one or several compressed tar archives that follow each other, by path.
func filesOfTar(t *testing.T, packed io.Reader) map[string][]byte {
	t.Helper()
	plain, err := gzip.NewReader(bufio.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for r := tar.NewReader(plain); ; {
		head, err := r.Next()
		if errors.Is(err, io.EOF) {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		if files[head.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
}

// hasBill checks that a bill of materials names every module that is in the program.
func hasBill(t *testing.T, path string, info *buildinfo.BuildInfo) {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var bill struct {
		Components []struct{ Name, Version string }
	}
	if err := json.Unmarshal(raw, &bill); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	listed := map[string]bool{}
	for _, c := range bill.Components {
		listed[c.Name+"@"+c.Version] = true
	}
	for _, m := range info.Deps {
		if !listed[m.Path+"@"+m.Version] {
			t.Errorf("%s does not name %s@%s", path, m.Path, m.Version)
		}
	}
}

// The packages for the other package managers have the same files as the deb, and the program in them runs.
func TestReleasePackagesOfOtherManagers(t *testing.T) {
	t.Parallel()
	dir := dist(t)
	arch := map[string]string{"amd64": "x86_64", "arm64": "aarch64"}[runtime.GOARCH]
	for kind, read := range map[string]func(*testing.T, []byte) map[string][]byte{
		"apk": func(t *testing.T, raw []byte) map[string][]byte { return filesOfTar(t, bytes.NewReader(raw)) },
		"rpm": filesOfRPM,
	} {
		raw, err := os.ReadFile(one(t, dir, "*"+arch+"."+kind))
		if err != nil {
			t.Fatal(err)
		}
		files := read(t, raw)
		for name, text := range map[string]string{
			"usr/share/man/man1/terraformer-rootly-import.1":              "prove it with a plan",
			"usr/share/bash-completion/completions/terraformer-rootly":    "__start_terraformer-rootly",
			"usr/share/zsh/vendor-completions/_terraformer-rootly":        "#compdef terraformer-rootly",
			"usr/share/fish/vendor_completions.d/terraformer-rootly.fish": "complete -c terraformer-rootly",
		} {
			if !strings.Contains(string(files[name]), text) {
				t.Errorf("%s has no %s with %q", kind, name, text)
			}
		}
		program := filepath.Join(t.TempDir(), releasedProgram)
		if err := os.WriteFile(program, files["usr/bin/"+releasedProgram], 0o755); err != nil {
			t.Fatal(err)
		}
		works(t, program)
	}
}

// filesOfRPM reads the files of an RPM: after its headers comes a compressed cpio archive.
func filesOfRPM(t *testing.T, raw []byte) map[string][]byte {
	t.Helper()
	start := bytes.Index(raw, []byte{0x1f, 0x8b, 0x08})
	if start < 0 {
		t.Fatal("the RPM has no compressed files")
	}
	plain, err := gzip.NewReader(bytes.NewReader(raw[start:]))
	if err != nil {
		t.Fatal(err)
	}
	archive, err := io.ReadAll(plain)
	if err != nil {
		t.Fatal(err)
	}
	files, err := filesOfCPIO(archive)
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// filesOfCPIO reads the format "newc": a header of 13 numbers in hexadecimal, the name and the content, each padded to
// four bytes.
func filesOfCPIO(archive []byte) (map[string][]byte, error) {
	const header = 6 + 13*8
	padded := func(n int) int { return (n + 3) &^ 3 }
	files := map[string][]byte{}
	for at := 0; at+header <= len(archive); {
		field := func(i int) int {
			n, err := strconv.ParseInt(string(archive[at+6+8*i:at+14+8*i]), 16, 32)
			if err != nil {
				return -1
			}
			return int(n)
		}
		size, named := field(6), field(11)
		content := at + padded(header+named)
		if string(archive[at:at+5]) != "07070" || size < 0 || named < 1 || content+size > len(archive) {
			return nil, fmt.Errorf("no file begins at byte %d", at)
		}
		name := string(archive[at+header : at+header+named-1])
		if name == "TRAILER!!!" {
			return files, nil
		}
		files[strings.TrimPrefix(strings.TrimPrefix(name, "."), "/")] = archive[content : content+size]
		at = content + padded(size)
	}
	return nil, errors.New("the archive has no end")
}

// The formula downloads the archives of the release.
func TestReleaseFormulaHasTheChecksums(t *testing.T) {
	t.Parallel()
	dir := dist(t)
	formula, err := os.ReadFile(one(t, dir, "homebrew/Formula/terraformer-rootly.rb"))
	if err != nil {
		t.Fatal(err)
	}
	sums, err := os.ReadFile(filepath.Join(dir, "SHA256SUMS"))
	if err != nil {
		t.Fatal(err)
	}
	archives := 0
	for line := range strings.Lines(string(sums)) {
		sum, name, _ := strings.Cut(strings.TrimSpace(line), "  ")
		if !strings.HasSuffix(name, ".tar.gz") {
			continue
		}
		archives++
		if !strings.Contains(string(formula), name) || !strings.Contains(string(formula), sum) {
			t.Errorf("the formula does not download %s with its checksum", name)
		}
	}
	if archives != 4 {
		t.Errorf("%d archives for Linux and macOS", archives)
	}
}
