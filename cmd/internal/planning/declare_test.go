package planning

import (
	"strings"
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/providers/schema"
	"github.com/terraformer-rootly/terraformer-rootly/state"
)

// What references lack is declared once, with what the schema requires and nothing else.
func TestDeclare(t *testing.T) {
	t.Parallel()
	s, err := schema.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	lacks := func(names ...string) []state.Dangling {
		var refs []state.Dangling
		for _, name := range names {
			refs = append(refs, state.Dangling{To: name})
		}
		return refs
	}
	for name, c := range map[string]struct {
		refs          []state.Dangling
		configuration string
		want, not     []string
	}{
		"nothing":               {},
		"a variable":            {refs: lacks("var.region"), want: []string{`variable "region" {`}},
		"a local":               {refs: lacks("local.users"), want: []string{"locals {\n  users = var.terraformer_rootly_unknown\n}"}},
		"a resource":            {refs: lacks("rootly_team.sre", "rootly_team.sre"), want: []string{`resource "rootly_team" "sre" {`, "name = var.terraformer_rootly_unknown"}, not: []string{"provider", "color"}},
		"another configuration": {refs: lacks("rootly_team.sre"), configuration: "rootly.eu", want: []string{"provider = rootly.eu"}},
		"another provider":      {refs: lacks("aws_instance.web"), not: []string{"aws_instance"}},
	} {
		got := string(Declare(c.refs, s, c.configuration))
		if len(c.refs) == 0 && got != "" {
			t.Errorf("%s: %s", name, got)
		}
		got = strings.Join(strings.Fields(got), " ")
		for _, w := range c.want {
			if strings.Count(got, strings.Join(strings.Fields(w), " ")) != 1 {
				t.Errorf("%s: not once %s in %s", name, w, got)
			}
		}
		for _, n := range c.not {
			if strings.Contains(got, n) {
				t.Errorf("%s: %s in %s", name, n, got)
			}
		}
	}
}
