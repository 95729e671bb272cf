package record_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/pipeline"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/record"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/generator/plans/change"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph/secret"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/post"
)

func planOf(addresses ...string) *change.Plan {
	p := &change.Plan{Content: "c", Source: "s"}
	for _, a := range addresses {
		p.Changes = append(p.Changes, change.Change{Address: a, Action: change.Changed})
	}
	return p
}

func TestTies(t *testing.T) {
	t.Parallel()
	plan := planOf(`module.db["eu"].aws_db_instance.main[0]`, "aws_s3_bucket.logs")
	for text, want := range map[string]string{
		"module.db.* = service:postgres":              "",
		"module.db* = service:postgres":               "service:postgres",
		`module.db["eu"].* = service:postgres`:        "service:postgres",
		"*.main[?]=team:data":                         "team:data",
		"  aws_s3_bucket.logs  =  environment : prod": "environment:prod",
		"aws_s3_bucket.log = service:x":               "",
		"aws_s3_bucket?logs = incident-type:x":        "incident-type:x",
		"* = cause:x":                                 "cause:x",
		"a=b = functionality:x":                       "",
	} {
		tie, err := record.ParseTie(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		got := ""
		for _, a := range record.Applying([]record.Tie{tie, tie}, plan) {
			got += a.String()
		}
		if got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
	for _, text := range []string{"", "x", "x = ", "x = service", "x = service:", "= service:x", "x = person:ann", "x = service:a b"} {
		if tie, err := record.ParseTie(text); err == nil {
			t.Errorf("%q is taken as %v", text, tie)
		}
	}
	moved := &change.Plan{Changes: []change.Change{{Address: "b.c", Previous: "module.db.a"}}}
	tie, _ := record.ParseTie("module.db.* = service:postgres")
	if len(record.Applying([]record.Tie{tie, {Kind: post.Service, Slug: "always"}}, moved)) != 2 {
		t.Error("what was moved away is not counted")
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	for want, run := range map[string]pipeline.Run{
		"prod":      {Workspace: "prod", Directory: "envs/x"},
		"payments":  {Workspace: "default", Directory: "envs/payments", Repository: "acme/infra"},
		"infra":     {Directory: ".", Repository: "acme/infra"},
		"terraform": {},
	} {
		if got := record.Name(run); got != want {
			t.Errorf("%+v: %s, want %s", run, got, want)
		}
	}
	root := t.TempDir()
	deep := filepath.Join(root, "envs", "prod")
	if err := os.MkdirAll(filepath.Join(deep, ".terraform"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(deep, ".terraform", "environment"), []byte("staging\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if got := record.Directory(deep); got != "prod" {
		t.Errorf("outside of a repository: %s", got)
	}
	if err := os.Mkdir(filepath.Join(root, ".git"), 0o755); err != nil {
		t.Fatal(err)
	}
	if got := record.Directory(deep); got != "envs/prod" {
		t.Errorf("in a repository: %s", got)
	}
	if got := record.Workspace(deep); got != "staging" {
		t.Errorf("workspace %q", got)
	}
	if got := record.Workspace(root); got != "" {
		t.Errorf("workspace %q where none is selected", got)
	}
}

func account() record.Account {
	return record.Account{
		Plan: planOf("a.b", "a.c", "a.d"), Status: record.Applied, Name: "payments", Most: 2,
		Run: pipeline.Run{
			System: "GitHub Actions", ID: "7", URL: "https://ci/7", Commit: "aaaa", Branch: "main", Actor: "ann", Approver: "bob",
			PullRequest: "9", PullRequestURL: "https://x/pull/9", Repository: "acme/infra", Workspace: "prod",
		},
		Started: time.Unix(0, 0), Ended: time.Unix(90, 0),
	}
}

func TestIncidentsSayItInMarkdown(t *testing.T) {
	t.Parallel()
	got := account().Incident(record.Form{Severity: "low"})
	want := `- Status: applied
- Run: https://ci/7
- Pull request: https://x/pull/9
- Approved by: bob
- Started by: ann
- Repository: acme/infra
- Branch: main
- Commit: aaaa
- Workspace: prod
- Took: 1m30s

Changes:

` + "- `a.b` **changed**\n- `a.c` **changed**\n- and 1 more\n"
	if diff := cmp.Diff(want, got.Summary); diff != "" {
		t.Error(diff)
	}
	if got.Title != "payments: 3 changed" || got.Severity != "low" {
		t.Errorf("%+v", got)
	}
}

func TestWhatPeopleGiveIsMaskedToo(t *testing.T) {
	t.Parallel()
	const hook = "https://hooks.slack.com/services/T00000001/B00000001/abcdefABCDEF123456789012"
	a := account()
	a.Summary, a.Name = "see "+hook, hook
	a.Labels = []post.Pair{{Key: "api_token", Value: "k1k1k1"}, {Key: "note", Value: hook}}
	p, err := a.Pulse()
	if err != nil {
		t.Fatal(err)
	}
	if text := fmt.Sprintf("%+v", p.Labels) + p.Summary; strings.Contains(text, "abcdefABCDEF") || strings.Contains(text, "k1k1k1") {
		t.Error(text)
	}
}

func TestPlanFilesNeedAnEngine(t *testing.T) {
	t.Parallel()
	for _, plan := range []string{"PK\x03\x04 archive", `{"remote_plan_format":1}`} {
		s := record.Source{Veil: secret.NewVeil(secret.Options{}), Path: "-", In: strings.NewReader(plan), Directory: t.TempDir(), World: world.World{Getenv: func(string) string { return "/nowhere" }, Environ: os.Environ}}
		if _, err := s.Load(t.Context()); err == nil || !strings.Contains(err.Error(), "neither terraform nor tofu") {
			t.Errorf("%s: %v", plan, err)
		}
	}
}

// An engine that fails is quoted; what it is given of the environment does not change its output.
func TestWhatAnEngineSays(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	script := "#!/bin/sh\nif [ \"$1\" = version ]; then echo 'Terraform v1.11.4'; exit 0; fi\n" +
		"[ -z \"$TF_CLI_ARGS_show\" ] || exit 0\necho '╷' >&2\necho '│ Error: Failed to read plan' >&2\nexit 1\n"
	engine := filepath.Join(dir, "terraform")
	if err := os.WriteFile(engine, []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	s := record.Source{
		Veil: secret.NewVeil(secret.Options{}),
		Path: "-", In: strings.NewReader("PK\x03\x04"), Directory: dir, Engine: engine,
		World: world.World{Getenv: os.Getenv, Environ: func() []string { return append(os.Environ(), "TF_CLI_ARGS_show=-x") }},
	}
	_, err := s.Load(t.Context())
	var failed *record.ShowError
	if !errors.As(err, &failed) || failed.Said != "Failed to read plan" || failed.Hint() == "" {
		t.Errorf("%v", err)
	}
	ended, end := context.WithCancel(t.Context())
	end()
	s.In = strings.NewReader("PK\x03\x04")
	if _, err := s.Load(ended); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
