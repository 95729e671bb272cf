package verify

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/generator/plans"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph/secret"
)

// recorded reads a plan document of testdata.
func recorded(t *testing.T, name string) *plans.Plan {
	t.Helper()
	file, err := os.Open(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	plan, err := plans.Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	return &plans.Plan{
		Changes: plan.Changes, Drift: plan.Drift, Outputs: plan.Outputs,
		Deferred: plan.Deferred, Invoked: plan.Invoked, Errored: plan.Errored,
	}
}

func TestJudgeBreaksAPlanDown(t *testing.T) {
	t.Parallel()
	verdict := Judge(recorded(t, "mixed.json"), Expect{
		Show: secret.NewVeil(secret.Options{}).Show,
		Listed: []Object{
			{Type: "rootly_team", ID: "t1", Address: "rootly_team.sre"},
			{Type: "rootly_team", ID: "t2", Address: "rootly_team.known"},
			{Type: "rootly_team", ID: "t3"},
			{Type: "rootly_webhooks_endpoint", ID: "w1", Secrets: []cty.Path{cty.GetAttrPath("labels").IndexString("x")}},
			{Type: "rootly_cause", ID: "c1"},
			{Type: "rootly_secret", ID: "told"},
			{Type: "rootly_secret", ID: "untold"},
		},
		Reported: []Object{{Type: "rootly_secret", ID: "told"}},
	})

	want := []string{
		`update rootly_webhooks_endpoint.hook count: 12345678901234567890 -> 12345678901234567891`,
		`update rootly_webhooks_endpoint.hook enabled: true -> false`,
		`update rootly_webhooks_endpoint.hook labels: {"x":"(sensitive value)"} -> null`,
		`update rootly_webhooks_endpoint.hook rules[0].token: (sensitive value) -> (sensitive value)`,
		`update rootly_webhooks_endpoint.hook rules[1].name: "b" -> "c"`,
		`update rootly_webhooks_endpoint.hook rules[2]: null -> {"name":"d","token":"(sensitive value)"}`,
		`update rootly_webhooks_endpoint.hook secret: (sensitive value) -> (sensitive value)`,
		`update rootly_webhooks_endpoint.hook slug: "hook" -> (known after apply)`,
		`replace rootly_cause.replaced id: "c1" -> (known after apply)`,
		`replace rootly_cause.replaced kind: "x" -> "y" forces replacement`,
		`create rootly_cause.made`,
		`delete rootly_cause.gone`,
		`read data.rootly_user.late`,
		`update output.new`,
	}
	if diff := cmp.Diff(want, differenceLines(verdict.Differences)); diff != "" {
		t.Errorf("differences (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{`update rootly_team.drifted name: "Old" -> "New"`}, differenceLines(verdict.Drift)); diff != "" {
		t.Errorf("drift (-want +got):\n%s", diff)
	}
	counts := []int{verdict.Import, verdict.Add, verdict.Change, verdict.Destroy, verdict.Imported, verdict.Managed, verdict.Reported}
	if diff := cmp.Diff([]int{2, 2, 1, 2, 1, 2, 1}, counts); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
	}
	if got, want := verdict.Summary(), "Plan: 2 to import, 2 to add, 1 to change, 2 to destroy."; got != want {
		t.Errorf("summary %q, want %q", got, want)
	}
	if len(verdict.Missing) != 1 || verdict.Missing[0].ID != "untold" || verdict.Clean {
		t.Errorf("missing %+v, clean %v", verdict.Missing, verdict.Clean)
	}
}

func differenceLines(differences []Difference) []string {
	var lines []string
	for _, d := range differences {
		line := string(d.Action) + " " + d.Address
		if d.Path != nil {
			line += " " + d.Attribute() + ": " + string(d.Before) + " -> " + string(d.After)
		}
		if d.Forces {
			line += " forces replacement"
		}
		lines = append(lines, line)
	}
	return lines
}

func TestJudge(t *testing.T) {
	t.Parallel()
	team := Object{Type: "rootly_team", ID: "t1", Address: "rootly_team.sre"}
	imported := plans.Change{Address: "rootly_team.sre", Type: "rootly_team", Action: plans.NoOp, Import: "t1", ID: "t1"}
	managed := plans.Change{Address: "rootly_team.sre", Type: "rootly_team", Action: plans.NoOp, ID: "t1"}
	elsewhere := plans.Change{Address: "rootly_team.ops", Type: "rootly_team", Action: plans.NoOp, Import: "t1", ID: "t1"}
	drift := []plans.Change{{Address: "rootly_team.sre", Type: "rootly_team", ID: "t1", Action: plans.Delete}}

	tests := []struct {
		name       string
		result     plans.Plan
		expect     Expect
		clean      bool
		missing    int
		unexpected int
		incomplete string
	}{
		{name: "nothing asked, nothing planned", clean: true},
		{name: "imported", result: plans.Plan{Changes: []plans.Change{imported}}, expect: Expect{Listed: []Object{team}}, clean: true},
		{name: "managed", result: plans.Plan{Changes: []plans.Change{managed}}, expect: Expect{Listed: []Object{team}}, clean: true},
		{name: "reported", expect: Expect{Listed: []Object{team}, Reported: []Object{team}}, clean: true},
		{name: "left out in silence", expect: Expect{Listed: []Object{team}}, missing: 1},
		{
			name: "reported under another type", missing: 1,
			expect: Expect{Listed: []Object{team}, Reported: []Object{{Type: "rootly_service", ID: "t1"}}},
		},
		{name: "import of what nobody listed", result: plans.Plan{Changes: []plans.Change{imported}}, unexpected: 1},
		{name: "managed but not of this run", result: plans.Plan{Changes: []plans.Change{managed}}, clean: true},
		{
			name: "at another address", result: plans.Plan{Changes: []plans.Change{elsewhere}}, expect: Expect{Listed: []Object{team}},
			missing: 1, unexpected: 1,
		},
		{
			name: "imported twice", result: plans.Plan{Changes: []plans.Change{imported, elsewhere}}, unexpected: 1,
			expect: Expect{Listed: []Object{{Type: team.Type, ID: team.ID}}},
		},
		{
			name: "the provider read another object", missing: 1, unexpected: 1, expect: Expect{Listed: []Object{team}},
			result: plans.Plan{Changes: []plans.Change{{Address: team.Address, Type: team.Type, Action: plans.NoOp, Import: "t1", ID: "t9"}}},
		},
		{
			name: "imported with a change", expect: Expect{Listed: []Object{team}},
			result: plans.Plan{Changes: []plans.Change{{
				Address: team.Address, Type: team.Type, Action: plans.Update, Import: "t1", ID: "t1",
				Before: cty.EmptyObjectVal, After: cty.EmptyObjectVal,
			}}},
		},
		{
			name: "created instead of imported", missing: 1, expect: Expect{Listed: []Object{team}},
			result: plans.Plan{Changes: []plans.Change{{Address: team.Address, Type: team.Type, Action: plans.Create}}},
		},
		{
			name: "forgotten", missing: 0, expect: Expect{},
			result: plans.Plan{Changes: []plans.Change{{Address: team.Address, Type: team.Type, Action: plans.Forget, ID: "t1"}}},
		},
		{name: "output", result: plans.Plan{Outputs: []string{"x"}}},
		{name: "provider action", result: plans.Plan{Invoked: []string{"action.x.y"}}},
		{
			name: "drift that the code follows", clean: true, expect: Expect{Listed: []Object{team}},
			result: plans.Plan{Changes: []plans.Change{managed}, Drift: drift},
		},
		{
			name: "drift that was ruled out", expect: Expect{Listed: []Object{team}, RefuseDrift: true},
			result: plans.Plan{Changes: []plans.Change{managed}, Drift: drift},
		},
		{
			name: "errors", incomplete: "gave up",
			result: plans.Plan{Errored: true, Diagnostics: []plans.Diagnostic{{Severity: "error", Summary: "no"}}},
		},
		{name: "warnings", clean: true, result: plans.Plan{Diagnostics: []plans.Diagnostic{{Severity: "warning", Summary: "hm"}}}},
		{name: "put off", incomplete: "rootly_team.late", result: plans.Plan{Deferred: []string{"rootly_team.late"}}},
		{name: "another plan needed", incomplete: "another one is needed", result: plans.Plan{Incomplete: true}},
		{name: "failed checks", clean: true, result: plans.Plan{Checks: []string{"check.health: no"}}},
		{
			name: "forgotten and created", expect: Expect{Listed: []Object{team}},
			result: plans.Plan{Changes: []plans.Change{{
				Address: team.Address, Type: team.Type, Action: plans.ForgetCreate, ID: "t1",
				Before: cty.EmptyObjectVal, After: cty.EmptyObjectVal,
			}}},
		},
		{name: "only some addresses", incomplete: "restricted", result: plans.Plan{Targeted: true}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			verdict := Judge(&tt.result, tt.expect)
			if verdict.Clean != tt.clean || len(verdict.Missing) != tt.missing || len(verdict.Unexpected) != tt.unexpected {
				t.Errorf("verdict %+v", verdict)
			}
			if !strings.Contains(verdict.Incomplete, tt.incomplete) || (tt.incomplete == "") != (verdict.Incomplete == "") {
				t.Errorf("incomplete %q, want something with %q", verdict.Incomplete, tt.incomplete)
			}
		})
	}
}

func TestSummaryWithoutChanges(t *testing.T) {
	t.Parallel()
	if got := (Verdict{Managed: 3}).Summary(); got != "No changes." {
		t.Errorf("summary %q", got)
	}
	if got := (Verdict{Forget: 1}).Summary(); got != "Plan: 0 to add, 0 to change, 0 to destroy, 1 to forget." {
		t.Errorf("summary %q", got)
	}
}

func TestSecretBehindASetHidesTheSet(t *testing.T) {
	t.Parallel()
	element := cty.ObjectVal(map[string]cty.Value{"token": cty.StringVal("x")})
	hidden := cty.GetAttrPath("headers").Index(element).GetAttr("token")
	headers := func(token string) cty.Value {
		header := cty.ObjectVal(map[string]cty.Value{"token": cty.StringVal(token)})
		return cty.ObjectVal(map[string]cty.Value{"headers": cty.TupleVal([]cty.Value{header})})
	}
	change := plans.Change{Action: plans.Update, Before: headers("one"), After: headers("two")}
	got := differenceLines(differencesOf(change, []cty.Path{hidden}, secret.NewVeil(secret.Options{}).Show))
	if diff := cmp.Diff([]string{"update  headers: (sensitive value) -> (sensitive value)"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestJudgeRefusesTwoAddressesOfOneObject(t *testing.T) {
	t.Parallel()
	listed := []Object{{Type: "rootly_team", ID: "t1"}}
	changed := func(c plans.Change) plans.Change {
		c.Before, c.After = cty.EmptyObjectVal, cty.ObjectVal(map[string]cty.Value{"name": cty.StringVal("x")})
		return c
	}
	first := plans.Change{Address: "rootly_team.a", Type: "rootly_team", ID: "t1", Action: plans.NoOp}
	for name, tt := range map[string]struct {
		second plans.Change
		twice  bool
	}{
		"in state":           {plans.Change{Address: "rootly_team.b", Type: "rootly_team", ID: "t1", Action: plans.NoOp}, true},
		"imported":           {plans.Change{Address: "module.m.rootly_team.b", Type: "rootly_team", ID: "t1", Import: "t1", Action: plans.NoOp}, true},
		"imported, changing": {changed(plans.Change{Address: "rootly_team.b", Type: "rootly_team", ID: "t1", Import: "t1", Action: plans.Update}), true},
		"another type":       {plans.Change{Address: "rootly_cause.b", Type: "rootly_cause", ID: "t1", Action: plans.NoOp}, false},
		"let go":             {changed(plans.Change{Address: "rootly_team.b", Type: "rootly_team", ID: "t1", Action: plans.Forget}), false},
	} {
		// What people edited may differ, and what was so before may stay: having two addresses is neither.
		expect := Expect{Listed: listed, Edited: map[string]bool{"rootly_team.b": true, "module.m.rootly_team.b": true}}
		verdict := Judge(&plans.Plan{Changes: []plans.Change{first, tt.second}}, expect)
		if got := verdict.Twice[tt.second.Address] == "rootly_team.a"; got != tt.twice || tt.twice == verdict.Clean {
			t.Errorf("%s: twice %v, clean %v: %+v", name, verdict.Twice, verdict.Clean, verdict.Unexpected)
		}
	}
}

func FuzzJudge(f *testing.F) {
	text, err := os.ReadFile(filepath.Join("testdata", "mixed.json"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	for _, change := range []string{
		`"before": {"a": [1, {"b": null}]}, "after": {"a": [{"c": 1e400}]}, "after_unknown": {"a": [{}, true]}`,
		`"before": {"a": {"x": "s"}}, "after": {"a": ["s"]}, "before_sensitive": {"a": [[true]]}, "after_sensitive": {"a": {"x": true}}, "replace_paths": [["a", null], [1.5]]`,
	} {
		f.Add([]byte(`{"format_version": "1.2", "planned_values": {}, "resource_changes": [{"address": "a.b", "type": "a", "change": {"actions": ["update"], ` + change + `}}]}`))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		plan, err := plans.Decode(bytes.NewReader(text))
		if err != nil {
			return
		}
		verdict := Judge(&plan, Expect{Show: secret.NewVeil(secret.Options{}).Show})
		for _, d := range verdict.Differences {
			_ = d.Attribute()
		}
		acts := func(c plans.Change) bool { return c.Action != plans.NoOp }
		if verdict.Clean && slices.ContainsFunc(plan.Changes, acts) {
			t.Errorf("clean, with %+v", plan.Changes)
		}
	})
}
