package engines

import (
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/generator/plans"
)

func TestPanicIsFoundInWhatEnginesWrite(t *testing.T) {
	t.Parallel()
	const want = "interface conversion: interface {} is string, not *schema.Set"
	for name, text := range map[string]string{
		"printed by Terraform":   "exit status 1\n\nStack trace from the terraform-provider-rootly_v5.20.1 plugin:\n\npanic: " + want + "\n\ngoroutine 2694 [running]:\n",
		"in the log of OpenTofu": "2026-11-21T13:02:52.056Z [ERROR] provider.terraform-provider-rootly_v5.20.1: panic: " + want + "\n",
	} {
		if got := panicIn(text); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if got := panicIn("2026 [ERROR] provider.x: no panic: at all\nError: a panic: in prose\n"); got != "" {
		t.Errorf("%q is no panic", got)
	}
}

func TestCrashAtConfigurationIsOfNoObject(t *testing.T) {
	t.Parallel()
	of := func(calls ...string) bool {
		e := &CrashError{RefusedError: &RefusedError{}}
		for _, call := range calls {
			e.Diagnostics = append(e.Diagnostics, plans.Diagnostic{Severity: "error", Summary: "Plugin did not respond",
				Detail: "failed to respond to the plugin6.(*GRPCProvider)." + call + " call."})
		}
		return e.ofObject()
	}
	if !of("ReadResource", "ImportResourceState") || of("ConfigureProvider") || of("ReadResource", "ConfigureProvider") || of() {
		t.Error("crashes are told apart wrongly")
	}
}
