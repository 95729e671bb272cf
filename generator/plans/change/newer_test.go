package change_test

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terraformer-rootly/terraformer-rootly/generator/plans"
	"github.com/terraformer-rootly/terraformer-rootly/generator/plans/change"
)

// What Terraform 1.12 to 1.14 added to plans is part of what they change.
func TestPlansOfNewerEngines(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/newer.json")
	if err != nil {
		t.Fatal(err)
	}
	p := read(t, string(text), change.Options{})
	if want := "1 created, 2 forgotten, 2 invoked, 1 deferred, 3 checks failed"; p.Summary() != want {
		t.Errorf("summary %q, want %q", p.Summary(), want)
	}
	var got []string
	for _, c := range p.Changes {
		got = append(got, strings.Join(append([]string{c.Address, string(c.Action), c.Module, c.Reason}, lines(c.Attributes)...), "|"))
	}
	want := []string{
		"aws_instance.web|forgotten||replace because cannot update",
		`aws_instance.web|created||replace because cannot update|ami: "ami-1" -> "ami-2" replaces`,
		"module.db.aws_instance.old|forgotten|module.db|forget because no resource config|" + `ami: "ami-1" -> `,
		"aws_instance.later|deferred||resource config unknown",
		"module.db.action.aws_lambda_invoke.notify|invoked|module.db|triggered by module.db.aws_instance.old",
		"action.aws_lambda_invoke.once|invoked||",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	checks := []string{"check.health: The service answers 503 to (sensitive value).", "aws_instance.web[1]", "check.off"}
	if diff := cmp.Diff(checks, p.Checks); diff != "" || !p.Partial || p.Errored {
		t.Errorf("partial %v, errored %v: %s", p.Partial, p.Errored, diff)
	}
	if text := p.Markdown(20); strings.Contains(text, "hunter2") || !strings.Contains(text, "- `action.aws_lambda_invoke.once` **invoked**\n") {
		t.Error(text)
	}

	decoded, err := plans.Decode(strings.NewReader(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	if a := []plans.Action{decoded.Changes[0].Action, decoded.Changes[1].Action}; a[0] != plans.ForgetCreate || a[1] != plans.Forget {
		t.Errorf("actions %v", a)
	}
	if !decoded.Incomplete || len(decoded.Deferred) != 2 || len(decoded.Invoked) != 2 || len(decoded.Checks) != 3 {
		t.Errorf("%+v", decoded)
	}
}

func TestOnlyFailedChecksAreNoChange(t *testing.T) {
	t.Parallel()
	p := read(t, `{"format_version":"1.2","planned_values":{},"complete":true,"checks":[{"address":{"to_display":"check.a"},"status":"fail"}]}`, change.Options{})
	if !p.Empty() || p.Partial || p.Summary() != "no changes, 1 check failed" {
		t.Errorf("%q, %+v", p.Summary(), p)
	}
}
