package engines_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/generator/engines"
)

// fakeEngines makes a directory of programs that print a version banner. An empty banner makes a file that cannot run.
func fakeEngines(t *testing.T, banners map[string]string) string {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the fakes are shell scripts")
	}
	dir := t.TempDir()
	for name, banner := range banners {
		mode := os.FileMode(0o700)
		if banner == "" {
			mode = 0o600
		}
		script := "#!/bin/sh\necho '" + banner + "'\n"
		if err := os.WriteFile(filepath.Join(dir, name), []byte(script), mode); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestFindEngine(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		banners map[string]string
		wish    string
		want    string
		reason  string // part of the error
		hint    string // part of the hint
	}{
		{name: "terraform comes first", banners: map[string]string{"terraform": "Terraform v1.11.4", "tofu": "OpenTofu v1.9.0"}, want: "terraform 1.11.4"},
		{name: "tofu where terraform is absent", banners: map[string]string{"tofu": "OpenTofu v1.9.0"}, want: "tofu 1.9.0"},
		{name: "tofu where terraform is old", banners: map[string]string{"terraform": "Terraform v1.4.6", "tofu": "OpenTofu v1.9.0"}, want: "tofu 1.9.0"},
		{name: "tofu by wish", banners: map[string]string{"terraform": "Terraform v1.11.4", "tofu": "OpenTofu v1.9.0"}, wish: "tofu", want: "tofu 1.9.0"},
		{name: "oldest terraform", banners: map[string]string{"terraform": "Terraform v1.5.0"}, want: "terraform 1.5.0"},
		{name: "oldest tofu in preview", banners: map[string]string{"tofu": "OpenTofu v1.6.0-rc1"}, want: "tofu 1.6.0-rc1"},
		{name: "tofu under the name of terraform", banners: map[string]string{"terraform": "OpenTofu v1.9.0"}, want: "tofu 1.9.0"},
		{name: "warning before the banner", banners: map[string]string{"tofu": "\nWarning: x\n\nOpenTofu v1.9.0\non linux_amd64"}, want: "tofu 1.9.0"},
		{name: "none", reason: "neither terraform nor tofu is on the PATH", hint: "--engine PATH"},
		{name: "wished for but absent", banners: map[string]string{"terraform": "Terraform v1.11.4"}, wish: "tofu", reason: "tofu is not on the PATH", hint: "install"},
		{name: "too old", banners: map[string]string{"terraform": "Terraform v1.4.6"}, reason: "too old: import blocks need 1.5.0", hint: "install"},
		{name: "tofu too old", banners: map[string]string{"tofu": "OpenTofu v1.5.9"}, reason: "too old: import blocks need 1.6.0", hint: "install"},
		{name: "old one told rather than none", banners: map[string]string{"terraform": "", "tofu": "OpenTofu v1.5.9"}, reason: "terraform is not executable", hint: "chmod"},
		{name: "not executable", banners: map[string]string{"tofu": ""}, wish: "tofu", reason: "tofu is not executable", hint: "chmod"},
		{name: "something else", banners: map[string]string{"terraform": "Terragrunt 0.50"}, wish: "terraform", reason: "neither Terraform nor OpenTofu", hint: "--engine"},
		{name: "unknown name", wish: "pulumi", reason: "unknown engine pulumi", hint: "--engine terraform"},
		{name: "path that is not there", wish: "/nonexistent/terraform", reason: "no engine at /nonexistent/terraform", hint: "--engine"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			engine, err := engines.Find(t.Context(), engines.Options{Engine: tt.wish, SearchPath: fakeEngines(t, tt.banners)})
			if tt.want != "" {
				if err != nil || engine.String() != tt.want {
					t.Fatalf("engine %v, error %v, want %s", engine, err, tt.want)
				}
				return
			}
			var unavailable *engines.UnavailableError
			if !errors.As(err, &unavailable) {
				t.Fatalf("engine %v, error %v, want an UnavailableError", engine, err)
			}
			if !strings.Contains(err.Error(), tt.reason) || !strings.Contains(unavailable.Hint(), tt.hint) {
				t.Errorf("error %q with hint %q", err, unavailable.Hint())
			}
		})
	}
}

func TestFindEngineByPath(t *testing.T) {
	t.Parallel()
	path := filepath.Join(fakeEngines(t, map[string]string{"my-engine": "Terraform v1.9.8"}), "my-engine")
	engine, err := engines.Find(t.Context(), engines.Options{Engine: path})
	if err != nil || engine != (engines.Engine{Name: "terraform", Version: "1.9.8", Path: path}) {
		t.Errorf("engine %+v, error %v", engine, err)
	}
}

// The engine runs in other directories, where a relative path is that of another program.
func TestFindEngineByRelativePath(t *testing.T) {
	t.Parallel()
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(fakeEngines(t, map[string]string{"terraform": "Terraform v1.11.4"}), "terraform")
	relative, err := filepath.Rel(here, path)
	if err != nil {
		t.Fatal(err)
	}
	engine, err := engines.Find(t.Context(), engines.Options{Engine: relative})
	if err != nil || engine.Path != path {
		t.Errorf("%+v, %v, want %s", engine, err, path)
	}
}

func TestFindEngineStopsWhenCancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := engines.Find(ctx, engines.Options{SearchPath: fakeEngines(t, map[string]string{"terraform": "Terraform v1.9.8"})})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want the context's", err)
	}
}

func TestAtLeast(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		version, oldest string
		want            bool
	}{
		{"1.7.0", "1.7.0", true},
		{"1.10.0", "1.7.0", true},
		{"1.6.6", "1.7.0", false},
		{"2.0.0", "1.10.0", true},
		{"1.7.0-beta1", "1.7.0", true},
		{"1.7.0+ent", "1.7.0", true},
		{"one", "1.7.0", true},
	} {
		if got := (engines.Engine{Version: tt.version}).AtLeast(tt.oldest); got != tt.want {
			t.Errorf("%s at least %s: %v, want %v", tt.version, tt.oldest, got, tt.want)
		}
	}
}
