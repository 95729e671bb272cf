package pulumi

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/schema"
)

// absent are the types that Pulumi's provider does not have, since it is made from an older version of the Terraform provider.
var absent = []string{"rootly_status_page_component", "rootly_status_page_component_group", "rootly_user_on_call_role"}

// One rule names every type, and every name that Pulumi's provider has is that of a type.
func TestTokensAreThoseOfTheProvider(t *testing.T) {
	t.Parallel()
	provider, err := schema.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	made := map[string]bool{}
	var unknown []string
	for name := range provider.Resources {
		token, ok := Token(name)
		made[token] = ok
		if !ok {
			unknown = append(unknown, name)
		}
	}
	slices.Sort(unknown)
	if diff := cmp.Diff(absent, unknown); diff != "" {
		t.Errorf("types without a token in the provider (-want +got):\n%s", diff)
	}
	for _, token := range strings.Fields(known) {
		if !made[token] {
			t.Errorf("the provider has %s, which the rule makes of no type", token)
		}
	}
	if token, ok := Token("rootly_team"); token != "rootly:index/team:Team" || !ok {
		t.Errorf("rootly_team is %q", token)
	}
}

func TestFile(t *testing.T) {
	t.Parallel()
	resource := func(typ, name, key string, id, parent graph.ID) *graph.Resource {
		return &graph.Resource{Address: graph.Address{Type: typ, Name: name, Key: key}, ID: id, Parent: parent}
	}
	content, leftOut, err := File([]*graph.Resource{
		resource("rootly_escalation_level", "first", "", "l1", "p1"),
		resource("rootly_escalation_path", "main", "", "p1", "e1"),
		resource("rootly_escalation_policy", "ops", "", "e1", ""),
		resource("rootly_team", "these", "a b", "t1", ""),
		resource("rootly_team", "these", "a-b", "t2", ""),
		resource("rootly_status_page_component", "web", "", "s1", "x"),
	}, func(typ string) []string {
		return map[string][]string{
			"rootly_escalation_level": {"rootly_team", "rootly_escalation_path"}, "rootly_escalation_path": {"rootly_escalation_policy"},
		}[typ]
	})
	if err != nil {
		t.Fatal(err)
	}
	want := `{
  "resources": [
    {
      "type": "rootly:index/escalationPolicy:EscalationPolicy",
      "name": "escalation_policy-ops",
      "id": "e1"
    },
    {
      "type": "rootly:index/team:Team",
      "name": "team-these--a-b",
      "id": "t1"
    },
    {
      "type": "rootly:index/team:Team",
      "name": "team-these--a-b-2",
      "id": "t2"
    },
    {
      "type": "rootly:index/escalationPath:EscalationPath",
      "name": "escalation_path-main",
      "id": "p1",
      "parent": "escalation_policy-ops"
    },
    {
      "type": "rootly:index/escalationLevel:EscalationLevel",
      "name": "escalation_level-first",
      "id": "l1",
      "parent": "escalation_path-main"
    }
  ]
}
`
	if diff := cmp.Diff(want, string(content)); diff != "" {
		t.Errorf("file (-want +got):\n%s", diff)
	}
	if leftOut["rootly_status_page_component"] != 1 || len(leftOut) != 1 {
		t.Errorf("left out: %v", leftOut)
	}
}
