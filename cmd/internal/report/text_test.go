package report

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terraformer-rootly/terraformer-rootly/providers/shown"
	"github.com/terraformer-rootly/terraformer-rootly/providers/visible"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// rich is a summary in which everything happened.
func rich() *Summary {
	s := &Summary{
		Directory: "./rootly",
		Types: []TypeCount{
			{Type: "rootly_workflow_incident", Listed: 96, Imported: 96},
			{Type: "rootly_service", Listed: 1204, Imported: 1203},
			{Type: "rootly_team", Listed: 41, Imported: 38},
			{Type: "rootly_cause"},
			{Type: "rootly_workflow_task_page_opsgenie_on_call_responders", Listed: 9, Imported: 9},
			{Type: "rootly_workflow_task_print", Listed: 301, Imported: 299},
			{Type: "rootly_workflow_group", Listed: 1, Imported: 1},
		},
		Requests: Requests{Total: 1082, Retries: 1, Bytes: 4_123_456, Waited: 12 * time.Second},
		Files:    Files{Written: 35, Unchanged: 12, Removed: 1, Edited: []string{"teams.tf", "services.tf"}},
		References: References{
			Resolved: 1240, Users: 35, Lookups: 1,
			Cycles: []Unresolved{{From: "rootly_service.a", Path: "escalation_policy_id", ID: "rootly_escalation_policy.b", Reason: "a reference would close a cycle"}},
		},
		NotListed: []NotListed{
			{Type: "rootly_alert_route", Reason: "GET /v1/alert_routes: 403 Forbidden", Absent: true},
			{Type: "rootly_heartbeat", Reason: "GET /v1/heartbeats: 404 Not Found", Absent: true, Requested: true},
		},
		Ignored:     []Ignored{{Address: "rootly_webhook.a", Path: "secret", Reason: "the API never shows it"}, {Address: "rootly_webhook.b", Path: "secret", Reason: "the API never shows it"}},
		Secrets:     4,
		SecretsMode: "masked",
		SecretsFile: "secrets.auto.tfvars",
		Coverage:    []Coverage{{Type: "rootly_team", Written: 120, Default: 3400, Lost: 1}, {Type: "rootly_service", Written: 8000, Computed: 2100, Secret: 4}},
		LeftOut:     map[string]string{"rootly_custom_field": "deprecated duplicate of rootly_form_field", "rootly_override_shift": "a shift that passes"},
		Kept:        []KeptCode{{Address: "rootly_team.gone", Reason: "its type was not selected"}},
		Folds: Folds{
			Blocks: 2, Objects: 11,
			Unfolded: []KeptCode{{Address: "rootly_severity.these", Reason: `the plan changes rootly_severity.these["high"] at color`}},
		},
		Seconds: 72.4,
	}
	for i := range 7 {
		s.References.Unresolved = append(s.References.Unresolved, Unresolved{
			From: fmt.Sprintf("rootly_workflow_incident.wf_%d", i), Path: "trigger_params.service_ids[0]",
			ID: fmt.Sprintf("0f0c%04d-0000-4000-8000-00000000000%d", i, i), Reason: "no such service exists any more",
		})
		s.NotListed = append(s.NotListed, NotListed{
			Type: "rootly_schedule_rotation", Parent: fmt.Sprintf("%08d-0000-4000-8000-000000000000", i),
			Reason: fmt.Sprintf("GET /v1/schedules/%08d-0000-4000-8000-000000000000/schedule_rotations: 500 Internal Server Error (after 8 attempts)", i),
		})
	}
	for i := range 3 {
		s.NotImported = append(s.NotImported, NotImported{
			Type: "rootly_team", ID: fmt.Sprint("t-", i), Title: "Plattform 平台チーム שלום \x1b[31mred\u202e" + strings.Repeat("🚒", i*10),
			Reason: fmt.Sprintf("user %d is an admin of the team but no member, which the provider refuses to plan", 4711+i),
			Hint:   "make the user a member of the team, or take away the admin's role",
		})
	}
	s.NotImported = append(s.NotImported,
		NotImported{Type: "rootly_service", ID: "s-1", Reason: `the provider does not accept "later"`},
		NotImported{Type: "rootly_workflow_task_print", ID: "w-1", Title: "Print", Reason: "another task of its workflow has position 3 too, which the provider refuses to plan"},
		NotImported{Type: "rootly_workflow_task_print", ID: "w-2", Title: "Print", Reason: "another task of its workflow has position 3 too, which the provider refuses to plan"},
	)
	for i := range 11 {
		s.Losses = append(s.Losses, Loss{Type: "rootly_service", ID: fmt.Sprint(i), Path: fmt.Sprintf("slack_channels[%d].%c", i, 'a'+i), Reason: "the provider has no such attribute"})
	}
	s.Losses = append(s.Losses, Loss{Type: "rootly_service", ID: "12", Path: "slack_channels[7].a", Reason: "the provider has no such attribute"})
	s.Proof = Proof{
		State: ProofDiffers, Plan: "Plan: 1640 to import, 0 to add, 2 to change, 1 to destroy.", Engine: "terraform 1.9.8",
		Provider: "registry.terraform.io/rootlyhq/rootly 5.20.1", Against: "recording", Imported: 1640, Managed: 6, Reported: 6, Seconds: 8.13, Sampled: 12,
		Differences: []Difference{
			{Address: "rootly_service.api", Action: "update", Path: "description", Before: `"old"`, After: `"new\u202e"`},
			{Address: "rootly_service.api", Action: "update", Path: "position", Before: "null", After: "1"},
			{Address: "rootly_service.web", Action: "update", Path: "description", Before: shown.Text(`"` + strings.Repeat("same text ", 40) + `then this"`), After: shown.Text(`"` + strings.Repeat("same text ", 40) + `then \u001b[31mthat"`)},
			{Address: "rootly_team.sre", Action: "error", Message: "rootly_team.sre: Invalid value:\nadmin_ids must be members"},
			{Action: "incomplete", Message: "the engine deferred 3 changes"},
		},
	}
	for i := range 17 {
		s.Proof.Differences = append(s.Proof.Differences, Difference{Address: fmt.Sprintf("rootly_cause.c%d", i), Action: "missing", Message: "not in the plan"})
	}
	return s
}

// single is a summary in which every count is one, and the stand-in proved it.
func single() *Summary {
	return &Summary{
		Directory: "rootly",
		Types:     []TypeCount{{Type: "rootly_workflow_task_print", Listed: 1, Imported: 1}},
		Requests:  Requests{Total: 1, Bytes: 812},
		Files:     Files{Written: 1},
		Secrets:   1, SecretsMode: "blank", SecretsFile: "terraform.tfvars.example",
		LeftOut: map[string]string{"rootly_override_shift": "a shift that passes"},
		Seconds: 0.84,
		Proof: Proof{
			State: ProofClean, Plan: "Plan: 1 to import, 0 to add, 0 to change, 0 to destroy.", Engine: "tofu 1.9.0", Provider: "stand-in",
			Against: "live", Imported: 1, Seconds: 1.2, Sampled: 1,
		},
	}
}

func summaries() map[string]*Summary {
	dry := single()
	dry.DryRun = true
	dry.Types[0].Listed = 2
	dry.Proof = Proof{State: ProofUnavailable, Reason: "no terraform or tofu on PATH", Hint: "install Terraform 1.5 or OpenTofu 1.6 (or newer),\nor skip the proof with --no-verify"}
	official := single()
	official.Proof.Provider, official.Proof.Against = "registry.opentofu.org/rootlyhq/rootly 5.20.1", "recording"
	return map[string]*Summary{
		"rich":     rich(),
		"single":   single(),
		"official": official,
		"dry_run":  dry,
		"empty":    {Directory: "rootly", Requests: Requests{Total: 12}, Proof: Proof{State: ProofSkipped, Reason: "--no-verify"}},
		"verify":   {Command: "verify", Directory: "rootly", Proof: official.Proof},
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs, -update rewrites it (-want +got):\n%s", path, diff)
	}
}

func TestSummaryText(t *testing.T) {
	t.Parallel()
	for name, s := range summaries() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := printed(t, Options{}, func(h Handler) error { return h.Summary(s) })
			golden(t, name+".txt", text)
			requireTidy(t, text)
		})
	}
}

// requireTidy holds what is true of every summary: harmless, no line too long, no blanks at ends.
func requireTidy(t *testing.T, text string) {
	t.Helper()
	for i, line := range strings.Split(text, "\n") {
		if n := columns(line); n > 100 {
			t.Errorf("line %d has %d columns: %s", i+1, n, line)
		}
		if strings.TrimRight(line, " \t") != line {
			t.Errorf("line %d ends in blanks: %q", i+1, line)
		}
		if i := strings.IndexFunc(line, visible.Harmful); i >= 0 {
			t.Errorf("line holds a character that a terminal obeys: %q", line)
		}
	}
}

func TestSummaryJSON(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"rich", "empty"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := summaries()[name]
			text := printed(t, Options{Format: "json"}, func(h Handler) error { return h.Summary(s) })
			golden(t, name+".json", text)
			if strings.Contains(text, "null") && name == "empty" {
				t.Error("a list is null")
			}
			if i := strings.IndexFunc(strings.ReplaceAll(text, "\n", ""), visible.Harmful); i >= 0 {
				t.Error("the document holds a character that a terminal obeys")
			}
			var back Summary
			if err := json.Unmarshal([]byte(text), &back); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(*sorted(s), back); diff != "" {
				t.Errorf("reads back as something else (-want +got):\n%s", diff)
			}
		})
	}
}

// TestSummaryOrder: what is listed at the same time comes in any order, and is told in one.
func TestSummaryOrder(t *testing.T) {
	t.Parallel()
	forth, back := rich(), rich()
	slices.Reverse(back.Types)
	slices.Reverse(back.NotListed)
	slices.Reverse(back.Losses)
	slices.Reverse(back.NotImported)
	slices.Reverse(back.Coverage)
	a := printed(t, Options{Format: "json"}, func(h Handler) error { return h.Summary(forth) })
	b := printed(t, Options{Format: "json"}, func(h Handler) error { return h.Summary(back) })
	if diff := cmp.Diff(a, b); diff != "" {
		t.Errorf("order depends on that of the run:\n%s", diff)
	}
	if back.Types[0].Type != rich().Types[len(back.Types)-1].Type {
		t.Error("the summary itself was sorted")
	}
}

// TestVerdict holds that a plan that is not made of this program's doing alone is not called clean and
// no more.
func TestVerdict(t *testing.T) {
	t.Parallel()
	const plan = "Plan: 0 to add, 1 to change, 0 to destroy."
	tests := []struct {
		name  string
		proof Proof
		again Rerun
		want  string
	}{
		{"plain", Proof{State: ProofClean}, Rerun{}, "Clean: "},
		{"edited", Proof{State: ProofClean}, Rerun{Differing: []string{"a.b"}}, "Clean except for 1 resource that people edited: "},
		{"by hand", Proof{State: ProofClean}, Rerun{Before: []string{"a.b", "a.c"}}, "Clean except for 2 resources that the plan changed before: "},
		{"both", Proof{State: ProofClean, StandIn: true}, Rerun{Differing: []string{"a.b", "a.c"}, Before: []string{"a.d"}},
			"Clean with stand-in provider except for 2 resources that people edited, and 1 that the plan changed before: "},
		{"script", Proof{State: ProofClean, ImportAs: "script"}, Rerun{}, "Clean once import.sh has run: "},
		{"none", Proof{State: ProofClean, ImportAs: "none"}, Rerun{}, "Clean once all objects are in the state: "},
		{"state", Proof{State: ProofClean, ImportAs: "state"}, Rerun{}, "Clean: "},
		{"sample", Proof{State: ProofClean, Subset: 57}, Rerun{}, "Clean in a sample of 57 of 1,200 resources: "},
		{"not clean", Proof{State: ProofDiffers, ImportAs: "script"}, Rerun{Differing: []string{"a.b"}}, "Not clean: "},
	}
	for _, tt := range tests {
		tt.proof.Plan = plan
		if got, _ := verdict(&tt.proof, tt.again, 1200); got != tt.want+plan {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want+plan)
		}
	}
}
