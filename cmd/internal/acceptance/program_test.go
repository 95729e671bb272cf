package acceptance

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/cli"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox/organisation"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/standin"
)

const token = "rootly_acceptance_token"

// large reports whether the runs that take minutes are wanted.
func large() bool { return os.Getenv("ACCEPTANCE") != "" }

// engines finds what can plan here: terraform and tofu on PATH, and the tofu that TOFU_BIN names.
func engineNames(t testing.TB) []string {
	t.Helper()
	var found []string
	for _, name := range []string{"terraform", "tofu"} {
		if named := os.Getenv(strings.ToUpper(name) + "_BIN"); named != "" {
			name = named
		}
		if path, err := exec.LookPath(name); err == nil {
			found = append(found, path)
		}
	}
	if len(found) == 0 {
		t.Skip("neither terraform nor tofu is here")
	}
	return found
}

// A provider is what an engine plans with.
type provider struct {
	name    string
	environ []string
}

// providers are the stand-in and, where a mirror has it, the official one.
func providers(t *testing.T) []provider {
	t.Helper()
	list := []provider{{name: "stand-in", environ: os.Environ()}}
	if config := mirrorSettings(t); config != "" {
		list = append(list, provider{name: "official", environ: append(os.Environ(), "TF_CLI_CONFIG_FILE="+config)})
	}
	return list
}

// mirrorSettings is a settings file for engines that takes providers from PROVIDER_MIRROR, or nothing where none is given.
func mirrorSettings(t testing.TB) string {
	t.Helper()
	mirror := os.Getenv("PROVIDER_MIRROR")
	if mirror == "" {
		return ""
	}
	config := filepath.Join(t.TempDir(), "terraformrc")
	text := fmt.Sprintf("disable_checkpoint = true\nprovider_installation {\n  filesystem_mirror {\n    path    = %q\n    include = [\"*/*/*\"]\n  }\n}\n", mirror)
	write(t, config, text)
	return config
}

func write(t testing.TB, name, content string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// serve answers for an organisation until the test ends.
func serve(t *testing.T, o sandbox.Options) (*sandbox.Server, string) {
	t.Helper()
	o.Token = token
	o.Clock = today
	server := sandbox.New(o)
	listening := httptest.NewServer(server)
	t.Cleanup(func() {
		listening.CloseClientConnections()
		listening.Close()
	})
	return server, listening.URL
}

// of makes the organisation of a size.
func of(size int) sandbox.Options {
	return sandbox.Options{Objects: organisation.New(organisation.Options{Seed: 1, Size: size}), Seed: 1}
}

// An outcome is what a run of the program left behind.
type outcome struct {
	code    int
	summary report.Summary
	talk    string
}

// program runs the command line with --json.
func program(t *testing.T, environ []string, args ...string) outcome {
	t.Helper()
	return programWith(t, nil, environ, args...)
}

// A serveProvider starts the stand-in provider, which may be one that misbehaves.
type serveProvider func(context.Context, standin.Options) (*standin.Served, error)

// today is when the program and its Rootly are. Files have the times of the computer, which are before.
func today() time.Time { return time.Date(2036, time.November, 26, 10, 30, 0, 0, time.UTC) }

// programWith runs the command line with a stand-in provider of one's own.
func programWith(t *testing.T, start serveProvider, environ []string, args ...string) outcome {
	t.Helper()
	return programSharded(t, 0, start, environ, args...)
}

// programSharded is programWith, planning about so many resources at a time; 0: as many as pays.
func programSharded(t *testing.T, size int, start serveProvider, environ []string, args ...string) outcome {
	t.Helper()
	var out, talk bytes.Buffer
	w := world.World{In: strings.NewReader(""), Out: &out, Err: &talk, Environ: func() []string { return environ }, Serve: start, Now: today, ShardSize: size}
	w.Getenv = func(name string) string {
		for _, e := range slices.Backward(environ) {
			if value, ok := strings.CutPrefix(e, name+"="); ok {
				return value
			}
		}
		return ""
	}
	o := outcome{code: cli.Main(w, append(args, "--json", "--quiet"))}
	o.talk = talk.String()
	if out.Len() > 0 {
		if err := json.Unmarshal(out.Bytes(), &o.summary); err != nil {
			t.Fatalf("the summary is no JSON: %v", err)
		}
	}
	return o
}

// imported imports an organisation into a directory of its own, with further arguments.
func imported(t *testing.T, url string, environ []string, args ...string) (string, report.Summary) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "rootly")
	o := program(t, environ, append([]string{"import", "-o", dir, "--url", url, "--token", token}, args...)...)
	if o.code != 0 {
		t.Errorf("exit code %d: %s", o.code, o.talk)
		for i, d := range o.summary.Proof.Differences {
			if i == 20 {
				t.Errorf("and %d more", len(o.summary.Proof.Differences)-i)
				break
			}
			t.Errorf("%+v", d)
		}
		t.FailNow()
	}
	return dir, o.summary
}
