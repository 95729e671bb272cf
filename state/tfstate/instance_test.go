package tfstate_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/state/tfstate"
)

func cause(key string) tfstate.Resource {
	team := graph.Address{Type: "rootly_team", Name: "these", Key: "sre"}
	return tfstate.Resource{
		Address: graph.Address{Type: "rootly_cause", Name: "these", Key: key}, ID: graph.ID("id-of-" + key),
		Dependencies: []graph.Address{team, {Type: "rootly_team", Name: "these", Key: "web"}},
	}
}

// The objects of one block with for_each are instances of one resource, whenever they are added.
func TestInstancesOfOneBlock(t *testing.T) {
	t.Parallel()
	content, err := tfstate.New([]tfstate.Resource{cause("deploy"), cause("disk")}, tfstate.Options{Lineage: "l"})
	if err != nil {
		t.Fatal(err)
	}
	content, added, err := tfstate.Extend(content, []tfstate.Resource{cause("disk"), cause("quorum")}, tfstate.Options{})
	if err != nil || fmt.Sprint(added) != `[rootly_cause.these["quorum"]]` {
		t.Fatalf("added %v, %v", added, err)
	}
	held, err := tfstate.Objects(content)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, h := range held {
		a, own := h.Instance()
		got = append(got, fmt.Sprintf("%s=%s %t %t", a, h.ID, own, h.Plain()))
	}
	want := []string{
		`rootly_cause.these["deploy"]=id-of-deploy true false`,
		`rootly_cause.these["disk"]=id-of-disk true false`,
		`rootly_cause.these["quorum"]=id-of-quorum true false`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("held %q, want %q", got, want)
	}
	text := string(content)
	if n := strings.Count(text, `"name": "these"`); n != 1 {
		t.Errorf("%d resources, want 1:\n%s", n, text)
	}
	if n := strings.Count(text, `"rootly_team.these"`); n != 3 {
		t.Errorf("%d dependencies, want one of each instance:\n%s", n, text)
	}

	// Another object with the same key is a conflict.
	other := cause("disk")
	other.ID = "another"
	if _, _, err := tfstate.Extend(content, []tfstate.Resource{other}, tfstate.Options{}); err == nil {
		t.Error("two objects with one key")
	}
}

// What is counted or in a module is nobody's by itself.
func TestInstanceOfCountOrModule(t *testing.T) {
	t.Parallel()
	a := graph.Address{Type: "rootly_team", Name: "each"}
	for _, h := range []tfstate.Held{{Address: a, Key: "0"}, {Address: a, Key: `"k"`, Module: "module.m"}, {Address: a, Module: "module.m"}} {
		if got, own := h.Instance(); own {
			t.Errorf("%s is taken for %s", h, got)
		}
	}
	if got, own := (tfstate.Held{Address: a}).Instance(); !own || got != a {
		t.Errorf("a plain resource: %s, %t", got, own)
	}
}
