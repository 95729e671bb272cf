package part_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph/part"
)

func at(name string) graph.Address { return graph.Address{Type: "rootly_thing", Name: name} }

// graphOf makes a graph of lines "name [<parent]: target target...". The owner is the first word
// of a name, up to its underscore; "shared" has none.
func graphOf(lines ...string) *graph.Graph {
	g := &graph.Graph{}
	for _, line := range lines {
		head, targets, _ := strings.Cut(line, ":")
		name, parent, _ := strings.Cut(head, "<")
		r := &graph.Resource{Address: at(name), ID: graph.ID(name), Parent: graph.ID(parent)}
		for i, target := range strings.Fields(targets) {
			r.Exprs = append(r.Exprs, graph.Placed{Path: cty.GetAttrPath(fmt.Sprint("a", i)), Expr: graph.Ref{Target: at(target), Attr: "id"}})
		}
		g.Resources = append(g.Resources, r)
	}
	return g
}

// divide takes names that begin with "soft" after their owner for what can be looked up.
func divide(g *graph.Graph) *part.Division {
	return part.Divide(g, part.Options{
		Shared: "shared",
		Owner: func(r *graph.Resource) string {
			owner, _, _ := strings.Cut(r.Address.Name, "_")
			return strings.TrimPrefix(owner, "shared")
		},
		Found: func(a graph.Address) bool { return strings.Contains(a.Name, "_soft") },
	})
}

func TestDivide(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		lines []string
		parts string
		of    map[string]string // where that is not the owner's
		taken string
	}{
		"owners and children": {
			lines: []string{"shared_team", "a_flow:shared_team", "b_task<a_flow:a_flow", "b_svc:shared_team"},
			parts: "shared a b", of: map[string]string{"b_task": "a"},
		},
		"one reads another": {lines: []string{"a_svc:c_policy", "c_policy", "b_svc:a_svc"}, parts: "shared c a b"},
		"shared refers to an owner's": {
			lines: []string{"shared_page:a_svc", "a_svc:a_policy", "a_policy:a_soft", "a_soft", "a_rest:a_svc"},
			parts: "shared a", of: map[string]string{"a_svc": "shared", "a_policy": "shared"}, taken: "a_svc of a by shared_page, a_policy of a by a_svc",
		},
		"shared looks up": {lines: []string{"shared_page:a_soft", "a_soft:shared_page"}, parts: "shared a"},
		"two of each other": {
			lines: []string{"a_one:b_one b_two", "a_two", "b_one:a_two", "b_two"},
			parts: "shared b a", of: map[string]string{"a_two": "shared"}, taken: "a_two of a by b_one",
		},
		"two look each other up": {lines: []string{"a_soft:b_soft", "a_other:b_other", "b_other", "b_soft:a_soft"}, parts: "shared b a"},
		"below what is referred to": {
			lines: []string{"shared_x:a_path", "a_policy", "a_path<a_policy:a_policy"},
			parts: "shared", of: map[string]string{"a_policy": "shared", "a_path": "shared"}, taken: "a_policy of a by shared_x",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := divide(graphOf(c.lines...))
			if got := strings.Join(d.Parts, " "); got != c.parts {
				t.Errorf("parts %s, want %s", got, c.parts)
			}
			for a, got := range d.Of {
				want, moved := c.of[a.Name]
				if owner, _, _ := strings.Cut(a.Name, "_"); !moved {
					want = owner
				}
				if got != want {
					t.Errorf("%s is in %s, want %s", a.Name, got, want)
				}
			}
			var taken []string
			for _, m := range d.Taken {
				taken = append(taken, fmt.Sprintf("%s of %s by %s", m.Address.Name, m.Part, m.By.Name))
			}
			if got := strings.Join(taken, ", "); got != c.taken {
				t.Errorf("taken %q, want %q", got, c.taken)
			}
		})
	}
}

// Whatever refers to whatever: no state is read that comes later, nothing is lost, and families
// stay together.
func TestDivideLeavesNoCycle(t *testing.T) {
	t.Parallel()
	for seed := range uint64(300) {
		random := rand.New(rand.NewPCG(seed, 0))
		names := make([]string, 30)
		for i := range names {
			names[i] = fmt.Sprintf("%c_%s%d", 'a'+rune(random.IntN(5)), []string{"", "soft"}[random.IntN(2)], i)
			if random.IntN(3) == 0 {
				names[i] = fmt.Sprintf("shared_%d", i)
			}
		}
		lines := make([]string, len(names))
		for i, name := range names {
			if i > 0 && random.IntN(4) == 0 {
				name += "<" + names[random.IntN(i)]
			}
			lines[i] = name + ":"
			for range random.IntN(3) {
				lines[i] += " " + names[random.IntN(len(names))]
			}
		}
		g := graphOf(lines...)
		d := divide(g)
		if !reflect.DeepEqual(d, divide(g)) {
			t.Fatalf("seed %d: two divisions of one graph", seed)
		}
		holdDivision(t, g, d)
	}
}

// What a part read before decides where nothing else does; and a reference to it may not close a
// cycle with code that stays.
func TestDivideKeepsTheOrder(t *testing.T) {
	t.Parallel()
	found := func(a graph.Address) bool { return strings.Contains(a.Name, "_soft") }
	owner := func(r *graph.Resource) string {
		owner, _, _ := strings.Cut(r.Address.Name, "_")
		return owner
	}
	each := graphOf("a_soft:b_soft", "b_soft:a_soft")
	for want, reads := range map[string]map[string][]string{"shared b a": nil, "shared a b": {"b": {"a", "shared"}, "gone": {"b"}}} {
		if d := part.Divide(each, part.Options{Shared: "shared", Owner: owner, Found: found, Reads: reads}); strings.Join(d.Parts, " ") != want {
			t.Errorf("parts %v, want %s", d.Parts, want)
		}
	}
	o := part.Options{Shared: "shared", Owner: owner, Found: found, Reads: map[string][]string{"b": {"a"}, "c": {"b"}}}
	hard := graphOf("a_one:b_two", "b_two")
	if d := part.Divide(hard, o); strings.Join(d.Parts, " ") != "shared b a" || len(d.Taken) != 0 {
		t.Errorf("a new reference gives way to what is no more: %v, %v", d.Parts, d.Taken)
	}
	o.Stays = true
	if d := part.Divide(hard, o); strings.Join(d.Parts, " ") != "shared a b c" || len(d.Taken) != 1 {
		t.Errorf("a new reference closes a cycle with code that stays: %v, %v", d.Parts, d.Taken)
	}
}

func holdDivision(t *testing.T, g *graph.Graph, d *part.Division) {
	t.Helper()
	rank := map[string]int{}
	for i, name := range d.Parts {
		rank[name] = i
	}
	parts := map[graph.ID]string{}
	for _, r := range g.Resources {
		in, there := d.Of[r.Address]
		if _, listed := rank[in]; !there || !listed {
			t.Fatalf("%s is in no part", r.Address)
		}
		if above, owned := parts[r.Parent]; owned && above != in {
			t.Errorf("%s is in %s, and its owner in %s", r.Address, in, above)
		}
		parts[r.ID] = in
		for _, p := range r.Exprs {
			for ref := range p.Refs() {
				to := ref.Target
				if !strings.Contains(to.Name, "_soft") && rank[d.Of[to]] > rank[in] {
					t.Errorf("%s of %s refers to %s of %s, which comes later", r.Address, in, to, d.Of[to])
				}
			}
		}
	}
}
