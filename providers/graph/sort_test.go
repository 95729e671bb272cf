package graph_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
)

// Groups by name, owners by title, each followed by what it owns in the order that Rootly has.
func TestSort(t *testing.T) {
	t.Parallel()
	make := func(id, title, group, parent string, rank int) *graph.Resource {
		r := titled("x_"+group, graph.ID(id), title)
		r.Group, r.Parent, r.Rank = group, graph.ID(parent), rank
		return r
	}
	all := []*graph.Resource{
		make("w2", "Beta", "workflows", "", 0), make("t2", "Second", "tasks", "w1", 2), make("w1", "Alpha", "workflows", "", 0),
		make("s", "Zeta", "services", "", 0), make("t1", "Third", "tasks", "w1", 1), make("u", "Under", "parts", "t1", 0),
		make("o", "Orphan", "tasks", "gone", 0), make("self", "Self", "tasks", "self", 0),
	}
	const want = "s o self w1 t1 u t2 w2"
	for seed := range uint64(20) {
		rand.New(rand.NewPCG(seed, 1)).Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		sorted := graph.Sort(slices.Clone(all))
		var ids []string
		for _, r := range sorted {
			ids = append(ids, string(r.ID))
			if r.ID == "u" && r.Group != "workflows" {
				t.Errorf("what a workflow owns is in the group %s", r.Group)
			}
		}
		if got := strings.Join(ids, " "); got != want {
			t.Fatalf("order %s, want %s", got, want)
		}
		for _, r := range all { // Sort moves children into the group of their owner
			r.Group = strings.TrimPrefix(r.Address.Type, "x_")
		}
	}
}

// A level stands after its path, and its label begins with the path's; names are sorted as people do.
func TestWhatStandsBelowASibling(t *testing.T) {
	t.Parallel()
	policy, path, level, loose := titled("x_policy", "p", "Checkout"), titled("x_path", "a", "Default"), titled("x_level", "l", "level 1"), titled("x_level", "m", "level 2")
	path.Parent, level.Parent, loose.Parent = "p", "p", "p"
	level.Below, loose.Below = "a", "gone"
	path.Rank, level.Rank, loose.Rank = 2, 1, 3
	all := []*graph.Resource{level, loose, titled("x_policy", "z", "zebra 10"), titled("x_policy", "y", "Zebra 9"), titled("x_policy", "e", "Éclair"), path, policy}
	sorted := graph.Label(graph.Sort(all), nil, nil)
	want := []string{"checkout", "checkout_default", "checkout_default_level_1", "checkout_level_2", "eclair", "zebra_9", "zebra_10"}
	if got := labels(sorted); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
