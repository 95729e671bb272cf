package rootly_test

import (
	"testing"

	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox"
)

// A data source with the argument enabled searches enabled objects by default, and finds the others only with enabled = false.
func TestLookupsOfDisabledObjects(t *testing.T) {
	t.Parallel()
	client, _ := connect(t, sandbox.Options{Objects: []sandbox.Object{
		served("incident_roles", "on", "", `{"name":"On","slug":"on","enabled":true}`),
		served("incident_roles", "off", "", `{"name":"Off","slug":"off","enabled":false}`),
	}})
	live := fetch(t, client, "rootly_incident_role")
	found := rootly.Lookups(live.Objects, live.Objects, snapshot(t))
	for id, want := range map[graph.ID]cty.Value{
		"on":  cty.ObjectVal(map[string]cty.Value{"slug": cty.StringVal("on")}),
		"off": cty.ObjectVal(map[string]cty.Value{"slug": cty.StringVal("off"), "enabled": cty.False}),
	} {
		d := found[graph.Target{Type: "rootly_incident_role", ID: id}]
		if d == nil || !d.Config.RawEquals(want) {
			t.Errorf("%s: %#v", id, d)
		}
	}
}
