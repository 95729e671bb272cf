package managed

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/generator/engines/roots"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/state"
	"github.com/terraformer-rootly/terraformer-rootly/state/tfstate"
)

func team(module, name, key, id string) tfstate.Held {
	return tfstate.Held{Module: module, Address: graph.Address{Type: "rootly_team", Name: name}, Key: key, ID: graph.ID(id)}
}

// The configuration of the organisation is the one that is asked for, else that of earlier code, else the obvious one.
func TestReadConfigurations(t *testing.T) {
	t.Parallel()
	const eu, us = "provider \"rootly\" {\n  alias = \"eu\"\n}\n", "provider \"rootly\" {\n  alias = \"us\"\n}\n"
	const plain, written = "provider \"rootly\" {}\n", "resource \"rootly_team\" \"a\" {\n  provider = rootly.us\n}\n"
	earlier := map[graph.Target]graph.Address{{Type: "rootly_team", ID: "1"}: {Type: "rootly_team", Name: "a"}}
	for name, c := range map[string]struct {
		code, asked string
		earlier     map[graph.Target]graph.Address
		want        string
		ambiguous   bool
	}{
		"no code":                   {want: roots.Provider},
		"the default one":           {code: plain + eu, want: roots.Provider},
		"the only one":              {code: eu, want: "rootly.eu"},
		"none is obvious":           {code: eu + us, ambiguous: true},
		"that of earlier code":      {code: eu + us + written, earlier: earlier, want: "rootly.us"},
		"asked for by alias":        {code: plain + eu, asked: "eu", want: "rootly.eu"},
		"asked for as code says it": {code: plain + eu, asked: "rootly.eu", want: "rootly.eu"},
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "main.tf"), []byte(c.code), 0o600); err != nil {
			t.Fatal(err)
		}
		m := &Module{}
		err := m.ReadConfigurations(dir, c.asked, c.earlier)
		if m.Ours != c.want || errors.Is(err, ErrAmbiguous) != c.ambiguous || !c.ambiguous && err != nil {
			t.Errorf("%s: %q, %v; want %q", name, m.Ours, err, c.want)
		}
	}
}

// A removed block by hand takes away an address with everything below it, and nothing that only begins like it.
func TestLeaves(t *testing.T) {
	t.Parallel()
	m := &Module{Hand: state.Handwritten{Leaves: []string{"rootly_team.a", "module.old"}}}
	for _, c := range []struct {
		held tfstate.Held
		want bool
	}{
		{team("", "a", "", "1"), true},
		{team("", "a", `"k"`, "1"), true},
		{team("", "ab", "", "1"), false},
		{team("module.old", "b", "", "1"), true},
		{team("module.older", "b", "", "1"), false},
	} {
		if got := m.Leaves(c.held); got != c.want {
			t.Errorf("%s: %v", c.held, got)
		}
	}
}

// What the engine plans comes before what the state has, since it follows moved blocks.
func TestPlaces(t *testing.T) {
	t.Parallel()
	m := &Module{Held: []tfstate.Held{team("", "before", "", "1"), team("module.m", "b", "0", "2")}, Will: []tfstate.Held{team("", "after", "", "1")}}
	places := m.Places()[graph.Target{Type: "rootly_team", ID: "1"}]
	if len(places) != 2 || places[0].Address.Name != "after" || places[1].Address.Name != "before" {
		t.Errorf("%v", places)
	}
	if got := m.HeldName(graph.Target{Type: "rootly_team", ID: "1"}); got.Name != "before" {
		t.Errorf("the state has it at %s", got)
	}
	if got := m.HeldName(graph.Target{Type: "rootly_team", ID: "2"}); !got.IsZero() {
		t.Errorf("an object of a module has the name %s in the root module", got)
	}
}

// Code by hand is code in files that no run wrote; values for variables are none.
func TestByHand(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		files map[string]bool
		want  bool
	}{
		"nothing": {nil, false},
		"ours":    {map[string]bool{"teams.tf": true}, false},
		"values":  {map[string]bool{"my.tfvars": false}, false},
		"theirs":  {map[string]bool{"teams.tf": true, "main.tf": false}, true},
		"JSON":    {map[string]bool{"main.tf.json": false}, true},
	} {
		if got := (&Module{Hand: state.Handwritten{Files: c.files}}).ByHand(); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
