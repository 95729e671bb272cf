package engines_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terraformer-rootly/terraformer-rootly/generator/engines"
	"github.com/terraformer-rootly/terraformer-rootly/generator/verify"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph/secret"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/standin"
)

const severityID = "11111111-1111-4111-8111-111111111111"

// oneSeverity answers for a single severity and knows nothing else.
func oneSeverity(t *testing.T) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/vnd.api+json")
		switch {
		case r.Header.Get("Authorization") != "Bearer dummy":
			w.WriteHeader(http.StatusUnauthorized)
		case r.URL.Path == "/v1/severities/"+severityID:
			_, _ = io.WriteString(w, `{"data": {"id": "`+severityID+`", "type": "severities", "attributes": {
				"slug": "sev0", "name": "SEV0", "description": "Everything is down", "severity": "critical", "color": "#ff0000",
				"position": 1, "notify_emails": ["a@example.com"], "slack_channels": [], "slack_aliases": []}}}`)
		default:
			w.WriteHeader(http.StatusNotFound)
			_, _ = io.WriteString(w, `{"errors": [{"title": "Not found", "status": "404"}]}`)
		}
	}))
	t.Cleanup(server.Close)
	return server
}

const severityCode = `
terraform {
  required_providers {
    rootly = {
      source = "rootlyhq/rootly"
    }
  }
}

import {
  to = rootly_severity.sev0
  id = "` + severityID + `"
}

resource "rootly_severity" "sev0" {
  name          = "SEV0"
  description   = "Everything is down"
  severity      = "critical"
  color         = "#ff0000"
  position      = 1
  notify_emails = ["a@example.com"]
}
`

// attached is a job whose provider is a stand-in that asks the server.
func attached(t *testing.T, engine engines.Engine, dir string) engines.Job {
	t.Helper()
	server := oneSeverity(t)
	served, err := standin.Serve(t.Context(), standin.Options{URL: server.URL, Token: "dummy"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(served.Close)
	return engines.Job{
		Engine: engine, Dir: dir, TempDir: t.TempDir(),
		API: engines.API{URL: server.URL, Token: "dummy"}, Attached: engines.Attached{Reattach: served.Reattach, StandIn: served.Name},
	}
}

func TestAttachedProvider(t *testing.T) {
	t.Parallel()
	severity := verify.Object{Type: "rootly_severity", ID: severityID, Address: "rootly_severity.sev0"}
	tests := []struct {
		name  string
		code  string
		clean bool
		want  []string
	}{
		{name: "as it is", code: severityCode, clean: true},
		{
			name: "another name and a setting less",
			code: strings.NewReplacer(`"SEV0"`, `"SEV1"`, `  color         = "#ff0000"`, "").Replace(severityCode),
			want: []string{`update rootly_severity.sev0 name: "SEV0" -> "SEV1"`},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			eachEngine(t, func(t *testing.T, engine engines.Engine) {
				result, err := engines.Plan(t.Context(), attached(t, engine, writeCode(t, map[string]string{"main.tf": tt.code})))
				if err != nil {
					t.Fatal(err)
				}
				verdict := verify.Judge(&result.Plan, verify.Expect{Show: secret.NewVeil(secret.Options{}).Show, Listed: []verify.Object{severity}})
				if verdict.Clean != tt.clean || len(verdict.Missing) > 0 {
					t.Errorf("verdict %+v, diagnostics %v", verdict, result.Diagnostics)
				}
				if diff := cmp.Diff(tt.want, lines(verdict.Differences)); diff != "" {
					t.Errorf("differences (-want +got):\n%s", diff)
				}
				if got := result.Provider.String(); got != standin.Name {
					t.Errorf("provider %q, want the stand-in by its own name", got)
				}
			})
		})
	}
}

func TestObjectThatIsGoneIsNamed(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, engine engines.Engine) {
		dir := writeCode(t, map[string]string{"main.tf": severityCode, "gone.tf": `
import {
  to = rootly_severity.gone
  id = "22222222-2222-4222-8222-222222222222"
}

resource "rootly_severity" "gone" {
  name = "gone"
}
`})
		result, err := engines.Plan(t.Context(), attached(t, engine, dir))
		if err != nil {
			t.Fatal(err)
		}
		verdict := verify.Judge(&result.Plan, verify.Expect{})
		if verdict.Clean || len(verdict.Errors) != 1 || verdict.Errors[0].Address != "rootly_severity.gone" {
			t.Errorf("errors %+v, want one about rootly_severity.gone", verdict.Errors)
		}
	})
}

func TestStateOfAnotherFile(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, engine engines.Engine) {
		state := filepath.Join(t.TempDir(), "elsewhere.tfstate")
		text := `{
  "version": 4, "terraform_version": "1.5.0", "serial": 1, "lineage": "11111111-1111-4111-8111-111111111111", "outputs": {},
  "resources": [{
    "mode": "managed", "type": "rootly_severity", "name": "sev0",
    "provider": "provider[\"registry.` + map[string]string{"terraform": "terraform.io", "tofu": "opentofu.org"}[engine.Name] + `/rootlyhq/rootly\"]",
    "instances": [{"schema_version": 0, "attributes": {"id": "` + severityID + `"}}]
  }]
}`
		if err := os.WriteFile(state, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		job := attached(t, engine, writeCode(t, map[string]string{"main.tf": severityCode}))
		job.Scope.StateFile = state
		result, err := engines.Plan(t.Context(), job)
		if err != nil {
			t.Fatal(err)
		}

		verdict := verify.Judge(&result.Plan, verify.Expect{Listed: []verify.Object{{Type: "rootly_severity", ID: severityID}}})
		if !verdict.Clean || verdict.Managed != 1 || len(result.Diagnostics) > 0 {
			t.Errorf("verdict %+v, diagnostics %v", verdict, result.Diagnostics)
		}
		if after, err := os.ReadFile(state); err != nil || string(after) != text {
			t.Errorf("the state changed: %v\n%s", err, after)
		}
		mustBeEmpty(t, job.TempDir)
	})
}
