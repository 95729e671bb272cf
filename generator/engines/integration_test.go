package engines_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terraformer-rootly/terraformer-rootly/generator/engines"
	"github.com/terraformer-rootly/terraformer-rootly/generator/verify"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph/secret"
)

// eachEngine runs a test on every engine of this machine: terraform and tofu on the PATH, and the tofu that TOFU_BIN
// names.
func eachEngine(t *testing.T, test func(t *testing.T, engine engines.Engine)) {
	t.Helper()
	names := []string{"terraform", "tofu"}
	if path := os.Getenv("TOFU_BIN"); path != "" {
		names[1] = path
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".exe"), func(t *testing.T) {
			t.Parallel()
			engine, err := engines.Find(t.Context(), engines.Options{Engine: name})
			if err != nil {
				t.Skipf("no engine: %v", err)
			}
			test(t, engine)
		})
	}
}

// writeCode makes a directory with one file per pair of name and text.
func writeCode(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// listing gives every file below dir with its content, for before-and-after comparisons.
func listing(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		found[strings.TrimPrefix(path, dir)] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func mustBeEmpty(t *testing.T, dir string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		t.Errorf("left behind in the temporary directory: %s", entry.Name())
	}
}

const twoImports = `
resource "terraform_data" "one" {}

resource "terraform_data" "two" {}

import {
  to = terraform_data.one
  id = "abc"
}

import {
  to = terraform_data.two
  id = "def"
}
`

func TestPlanOfImportsIsClean(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, engine engines.Engine) {
		dir, temp := writeCode(t, map[string]string{"main.tf": twoImports}), t.TempDir()
		before := listing(t, dir)
		var steps []string
		result, err := engines.Plan(t.Context(), engines.Job{
			Engine: engine, Dir: dir, TempDir: temp,
			Progress: func(p engines.Progress) { steps = append(steps, p.Step) },
		})
		if err != nil {
			t.Fatal(err)
		}

		verdict := verify.Judge(&result.Plan, verify.Expect{Show: secret.NewVeil(secret.Options{}).Show, Listed: []verify.Object{
			{Type: "terraform_data", ID: "abc", Address: "terraform_data.one"},
			{Type: "terraform_data", ID: "def"},
		}})
		if !verdict.Clean || verdict.Imported != 2 {
			t.Errorf("not clean: %+v", verdict)
		}
		if got, want := verdict.Summary(), "Plan: 2 to import, 0 to add, 0 to change, 0 to destroy."; got != want {
			t.Errorf("summary %q, want %q", got, want)
		}
		if diff := cmp.Diff([]string{"init", "plan", "plan", "plan", "show"}, steps); diff != "" {
			t.Errorf("progress (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(before, listing(t, dir)); diff != "" {
			t.Errorf("the directory changed (-before +after):\n%s", diff)
		}
		mustBeEmpty(t, temp)
	})
}

func TestPlanShowsWhatDiffers(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, engine engines.Engine) {
		dir := writeCode(t, map[string]string{"main.tf": strings.Replace(twoImports, `"two" {}`, `"two" { input = { a = [1, "x"] } }`, 1) + `
resource "terraform_data" "extra" {}
output "seen" { value = "x" }
`})
		result, err := engines.Plan(t.Context(), engines.Job{Engine: engine, Dir: dir, TempDir: t.TempDir()})
		if err != nil {
			t.Fatal(err)
		}

		verdict := verify.Judge(&result.Plan, verify.Expect{Show: secret.NewVeil(secret.Options{}).Show, Listed: []verify.Object{
			{Type: "terraform_data", ID: "abc"}, {Type: "terraform_data", ID: "def"}, {Type: "terraform_data", ID: "ghi"},
		}})
		if got, want := verdict.Summary(), "Plan: 2 to import, 1 to add, 1 to change, 0 to destroy."; got != want || verdict.Clean {
			t.Errorf("clean %v, summary %q, want %q", verdict.Clean, got, want)
		}
		want := []string{
			"create terraform_data.extra :  -> ",
			`update terraform_data.two input: null -> {"a":[1,"x"]}`,
			"update terraform_data.two output: null -> (known after apply)",
			"update output.seen :  -> ",
		}
		if diff := cmp.Diff(want, lines(verdict.Differences)); diff != "" {
			t.Errorf("differences (-want +got):\n%s", diff)
		}
		if len(verdict.Missing) != 1 || verdict.Missing[0].ID != "ghi" {
			t.Errorf("missing %+v, want the object ghi", verdict.Missing)
		}
	})
}

// lines writes differences in a form that is easy to compare.
func lines(differences []verify.Difference) []string {
	var text []string
	for _, d := range differences {
		text = append(text, string(d.Action)+" "+d.Address+" "+d.Attribute()+": "+string(d.Before)+" -> "+string(d.After))
	}
	return text
}

func TestPlanNamesTheObjectThatFails(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, engine engines.Engine) {
		dir, temp := writeCode(t, map[string]string{"main.tf": twoImports, "wrong.tf": `
resource "terraform_data" "wrong" {
  inputt = 5
}
`}), t.TempDir()
		result, err := engines.Plan(t.Context(), engines.Job{Engine: engine, Dir: dir, TempDir: temp})
		if err != nil {
			t.Fatal(err)
		}

		verdict := verify.Judge(&result.Plan, verify.Expect{Show: secret.NewVeil(secret.Options{}).Show})
		if verdict.Clean || verdict.Incomplete == "" || len(verdict.Errors) != 1 {
			t.Fatalf("verdict %+v", verdict)
		}
		got := verdict.Errors[0]
		if got.Address != "terraform_data.wrong" || got.File != "wrong.tf" || got.Line != 3 {
			t.Errorf("place %s %s:%d", got.Address, got.File, got.Line)
		}
		mustBeEmpty(t, temp)
	})
}

func TestBrokenCodeIsNamedByFileAndLine(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, engine engines.Engine) {
		dir, temp := writeCode(t, map[string]string{"main.tf": "\nresource \"terraform_data\" \"x\" {\n  input = [\n"}), t.TempDir()
		_, err := engines.Plan(t.Context(), engines.Job{Engine: engine, Dir: dir, TempDir: temp})

		var refused *engines.RefusedError
		if !errors.As(err, &refused) {
			t.Fatalf("error %v, want an EngineError", err)
		}
		if refused.Step != "init" || refused.Diagnostics[0].File != "main.tf" || refused.Diagnostics[0].Line < 2 {
			t.Errorf("place %+v", refused)
		}
		if !strings.Contains(refused.Hint(), "main.tf") {
			t.Errorf("hint %q does not name the file", refused.Hint())
		}
		mustBeEmpty(t, temp)
	})
}

func TestProviderThatCannotBeInstalledIsUnavailable(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, engine engines.Engine) {
		settings := writeCode(t, map[string]string{"rc": "provider_installation {\n  filesystem_mirror {\n    path = \"" +
			filepath.ToSlash(t.TempDir()) + "\"\n  }\n}\n"})
		dir, temp := writeCode(t, map[string]string{"main.tf": `
terraform {
  required_providers {
    rootly = {
      source = "rootlyhq/rootly"
    }
  }
}

resource "rootly_team" "sre" {
  name = "SRE"
}
`}), t.TempDir()
		_, err := engines.Plan(t.Context(), engines.Job{
			Engine: engine, Dir: dir, TempDir: temp,
			Environ: append(os.Environ(), "TF_CLI_CONFIG_FILE="+filepath.Join(settings, "rc")),
		})

		var unavailable *engines.UnavailableError
		if !errors.As(err, &unavailable) {
			t.Fatalf("error %v, want an UnavailableError", err)
		}
		if !strings.Contains(err.Error(), "rootlyhq/rootly") || strings.Contains(err.Error(), "\n") {
			t.Errorf("error %q", err)
		}
		for _, word := range []string{"mirror", "registry"} {
			if !strings.Contains(unavailable.Hint(), word) {
				t.Errorf("hint %q does not mention the %s", unavailable.Hint(), word)
			}
		}
		mustBeEmpty(t, temp)
	})
}

const oneInState = `{
  "version": 4, "terraform_version": "1.5.0", "serial": 1, "lineage": "11111111-1111-4111-8111-111111111111", "outputs": {},
  "resources": [{
    "mode": "managed", "type": "terraform_data", "name": "one",
    "provider": "provider[\"terraform.io/builtin/terraform\"]",
    "instances": [{"schema_version": 0, "attributes": {"id": "abc", "input": null, "output": null, "triggers_replace": null}}]
  }]
}`

func TestObjectsInStateCountAsManaged(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, engine engines.Engine) {
		dir := writeCode(t, map[string]string{"main.tf": twoImports, "terraform.tfstate": oneInState})
		before := listing(t, dir)
		result, err := engines.Plan(t.Context(), engines.Job{Engine: engine, Dir: dir, TempDir: t.TempDir()})
		if err != nil {
			t.Fatal(err)
		}

		verdict := verify.Judge(&result.Plan, verify.Expect{Show: secret.NewVeil(secret.Options{}).Show, Listed: []verify.Object{
			{Type: "terraform_data", ID: "abc"}, {Type: "terraform_data", ID: "def"},
		}})
		if !verdict.Clean || verdict.Managed != 1 || verdict.Imported != 1 {
			t.Errorf("verdict %+v", verdict)
		}
		if diff := cmp.Diff(before, listing(t, dir)); diff != "" {
			t.Errorf("the directory changed (-before +after):\n%s", diff)
		}
	})
}

func TestPlanPutsTheBackendAside(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, engine engines.Engine) {
		dir := writeCode(t, map[string]string{"main.tf": twoImports, "terraform.tfstate": oneInState, "backend.tf": `
terraform {
  backend "http" {
    address = "http://127.0.0.1:1/state"
  }
}
`})
		before := listing(t, dir)
		result, err := engines.Plan(t.Context(), engines.Job{Engine: engine, Dir: dir, TempDir: t.TempDir()})
		if err != nil {
			t.Fatal(err)
		}
		if len(result.Changes) != 2 {
			t.Errorf("%d changes, want 2", len(result.Changes))
		}
		if diff := cmp.Diff(before, listing(t, dir)); diff != "" {
			t.Errorf("the directory changed (-before +after):\n%s", diff)
		}
	})
}

func TestBackendOfTheDirectoryIsAskedOnWish(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, engine engines.Engine) {
		dir := writeCode(t, map[string]string{"main.tf": twoImports, "elsewhere.tfstate": oneInState, "backend.tf": `
terraform {
  backend "local" {
    path = "elsewhere.tfstate"
  }
}
`})
		listed := []verify.Object{{Type: "terraform_data", ID: "abc"}, {Type: "terraform_data", ID: "def"}}
		for backend, managed := range map[bool]int{false: 0, true: 1} {
			result, err := engines.Plan(t.Context(), engines.Job{Engine: engine, Dir: dir, TempDir: t.TempDir(), Backend: backend})
			if err != nil {
				t.Fatal(err)
			}
			verdict := verify.Judge(&result.Plan, verify.Expect{Show: secret.NewVeil(secret.Options{}).Show, Listed: listed})
			if !verdict.Clean || verdict.Managed != managed {
				t.Errorf("backend %v: verdict %+v", backend, verdict)
			}
		}
		if got := listing(t, dir)["/elsewhere.tfstate"]; got != oneInState {
			t.Errorf("the state changed:\n%s", got)
		}
	})
}

func TestVariableWithoutValue(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, engine engines.Engine) {
		dir := writeCode(t, map[string]string{"main.tf": "variable \"secret\" {}\n"})
		_, err := engines.Plan(t.Context(), engines.Job{Engine: engine, Dir: dir, TempDir: t.TempDir()})
		var refused *engines.RefusedError
		if !errors.As(err, &refused) || refused.Step != "plan" || !strings.Contains(err.Error(), `"secret"`) {
			t.Fatalf("error %v, want one about the variable", err)
		}
		if !strings.Contains(refused.Hint(), "TF_VAR_") {
			t.Errorf("hint %q does not say how to set it", refused.Hint())
		}
	})
}

func TestVariablesOfTheEnvironmentReachThePlan(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, engine engines.Engine) {
		dir := writeCode(t, map[string]string{
			"main.tf": `
variable "text" {}
variable "many" { type = list(string) }
variable "filed" {}
resource "terraform_data" "x" {
  input = "${var.text}/${join(",", var.many)}/${var.filed}"
}
`,
			"values.auto.tfvars": `filed = "file"`,
		})
		result, err := engines.Plan(t.Context(), engines.Job{Engine: engine, Dir: dir, TempDir: t.TempDir(), Environ: append(os.Environ(),
			`TF_VAR_text=a "quoted" ${text}`, `TF_VAR_many=["b", "c"]`, `TF_VAR_filed=environment`, `TF_VAR_undeclared=x`)})
		if err != nil {
			t.Fatal(err)
		}

		got := result.Changes[0].After.GetAttr("input").AsString()
		if want := `a "quoted" ${text}/b,c/file`; got != want {
			t.Errorf("value %q, want %q", got, want)
		}
		if len(result.Diagnostics) > 0 {
			t.Errorf("diagnostics %v", result.Diagnostics)
		}
	})
}

// TestCancelledPlanLeavesNothing interrupts the engine while it waits for an answer.
func TestCancelledPlanLeavesNothing(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, engine engines.Engine) {
		asked, done := make(chan struct{}, 10), make(chan struct{})
		server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			asked <- struct{}{}
			select {
			case <-r.Context().Done():
			case <-done:
			}
		}))
		defer server.Close()
		defer close(done)

		dir, temp := writeCode(t, map[string]string{"main.tf": `
data "terraform_remote_state" "slow" {
  backend = "http"
  config = {
    address   = "` + server.URL + `"
    retry_max = 0
  }
}
`}), t.TempDir()
		before := listing(t, dir)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go func() {
			<-asked
			cancel()
		}()
		within, stop := context.WithTimeout(t.Context(), 15*time.Second)
		defer stop()
		_, err := engines.Plan(ctx, engines.Job{Engine: engine, Dir: dir, TempDir: temp})

		if !errors.Is(err, context.Canceled) {
			t.Errorf("error %v, want one that says cancelled", err)
		}
		if within.Err() != nil {
			t.Error("took more than 15 seconds to end")
		}
		if diff := cmp.Diff(before, listing(t, dir)); diff != "" {
			t.Errorf("the directory changed (-before +after):\n%s", diff)
		}
		mustBeEmpty(t, temp)
	})
}
