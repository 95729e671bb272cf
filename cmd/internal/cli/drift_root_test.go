package cli

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/hashicorp/terraform-exec/tfexec"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/drifting"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/generator/engines"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/standin"
)

func TestRemoteWorkspacesAreTold(t *testing.T) {
	t.Parallel()
	for kind, told := range map[string]bool{"remote": true, "cloud": true, "s3": false} {
		dir := t.TempDir()
		if err := os.Mkdir(filepath.Join(dir, ".terraform"), 0o755); err != nil {
			t.Fatal(err)
		}
		content := []byte(`{"version":3,"backend":{"type":"` + kind + `"}}`)
		if err := os.WriteFile(filepath.Join(dir, ".terraform", "terraform.tfstate"), content, 0o600); err != nil {
			t.Fatal(err)
		}
		failed := errors.New("no plan")
		err := drifting.Place{Dir: dir, Data: filepath.Join(dir, ".terraform")}.RunsRemotely(failed)
		var f *exit.Fault
		if !errors.Is(err, failed) || errors.As(err, &f) != told || told && !strings.Contains(f.Hint(), "execution mode") {
			t.Errorf("%s: %v", kind, err)
		}
	}
}

// A cloud answers as HCP Terraform does for one workspace that runs remotely and has no state yet.
type cloud struct {
	mu    sync.Mutex
	wrote []string
}

func (c *cloud) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet {
		c.mu.Lock()
		c.wrote = append(c.wrote, r.Method+" "+r.URL.Path)
		c.mu.Unlock()
	}
	w.Header().Set("Content-Type", "application/vnd.api+json")
	w.Header().Set("TFP-API-Version", "2.5")
	switch {
	case strings.HasSuffix(r.URL.Path, "/ping"):
		fmt.Fprint(w, "{}")
	case strings.HasSuffix(r.URL.Path, "/entitlement-set"):
		fmt.Fprint(w, `{"data":{"id":"o","type":"entitlement-sets","attributes":{"operations":true,"state-storage":true}}}`)
	case strings.HasSuffix(r.URL.Path, "/workspaces/w"):
		fmt.Fprint(w, `{"data":{"id":"ws-1","type":"workspaces","attributes":{"name":"w","operations":true,"execution-mode":"remote","terraform-version":"latest",`+
			`"permissions":{"can-update":true,"can-queue-run":true,"can-lock":true,"can-unlock":true}}}}`)
	default:
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprint(w, `{"errors":[{"status":"404","title":"not found"}]}`)
	}
}

// Drift plans a workspace that runs remotely on this machine, says so, and starts no run.
func TestRemoteWorkspaceStartsNoRun(t *testing.T) {
	t.Parallel()
	if testing.Short() || !engineOnPath() {
		t.Skip("no terraform or tofu")
	}
	there := &cloud{}
	hosted, rootly := httptest.NewServer(there), httptest.NewServer(sandbox.New(sandbox.Options{Token: scriptToken}))
	defer hosted.Close()
	defer rootly.Close()
	dir, settings := t.TempDir(), filepath.Join(t.TempDir(), "settings")
	for path, text := range map[string]string{
		settings: `host "tfe.local" {` + "\n" + `services = { "tfe.v2" = "` + hosted.URL + `/api/v2/", "state.v2" = "` + hosted.URL + `/api/v2/" }` + "\n}\n" +
			`credentials "tfe.local" {` + "\n" + `token = "t"` + "\n}\n",
		filepath.Join(dir, "main.tf"): `terraform {
  required_providers { rootly = { source = "rootlyhq/rootly" } }
  cloud {
    hostname     = "tfe.local"
    organization = "o"
    workspaces { name = "w" }
  }
}
resource "rootly_cause" "a" { name = "Remote" }
`,
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	environ := append(os.Environ(), "TF_CLI_CONFIG_FILE="+settings, "CHECKPOINT_DISABLE=1")
	initialise(t, dir, settings, rootly.URL)

	var out, talk bytes.Buffer
	w := world.World{In: strings.NewReader(""), Out: &out, Err: &talk, Environ: func() []string { return environ }, Getenv: os.Getenv, Now: today}
	code := Main(w, []string{"drift", dir, "--provider", "stand-in", "--unmanaged=false", "--url", rootly.URL, "--token", scriptToken})
	if code != exit.Differs || !strings.Contains(out.String(), "* rootly_cause.a") || !strings.Contains(talk.String(), "whose workspace may run remotely: this plan was made on this machine") {
		t.Errorf("exit code %d: %s%s", code, out.String(), talk.String())
	}
	if len(there.wrote) > 0 {
		t.Errorf("the workspace was written to: %s", there.wrote)
	}
}

// initialise runs init in a directory, with the stand-in provider.
func initialise(t *testing.T, dir, settings, url string) {
	t.Helper()
	engine, err := engines.Find(t.Context(), engines.Options{})
	if err != nil {
		t.Fatal(err)
	}
	tf, err := tfexec.NewTerraform(dir, engine.Path)
	if err != nil {
		t.Fatal(err)
	}
	if err := tf.SetEnv(map[string]string{"TF_CLI_CONFIG_FILE": settings, "CHECKPOINT_DISABLE": "1", "PATH": os.Getenv("PATH"), "HOME": t.TempDir()}); err != nil {
		t.Fatal(err)
	}
	served, err := standin.Serve(t.Context(), standin.Options{URL: url, Token: scriptToken})
	if err != nil {
		t.Fatal(err)
	}
	defer served.Close()
	if err := tf.Init(t.Context(), tfexec.Reattach(served.Reattach)); err != nil {
		t.Fatal(err)
	}
}
