package graph_test

import (
	"testing"

	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
)

// An id that leads nowhere and that several places hold is an entry of a map; one that a single place holds stays text.
func TestDeadIDsAreGathered(t *testing.T) {
	t.Parallel()
	const gone, once = "11111111-5d5c-4b44-9f4c-9b7f7d8f0a11", "22222222-5d5c-4b44-9f4c-9b7f7d8f0a11"
	a, b := titled("x_a", "1", "A"), titled("x_a", "2", "B")
	a.Config = cty.ObjectVal(map[string]cty.Value{"team": cty.StringVal(gone), "teams": cty.ListVal([]cty.Value{cty.StringVal(once), cty.StringVal(gone)})})
	b.Config = cty.ObjectVal(map[string]cty.Value{"team": cty.StringVal(gone)})
	all := graph.Label([]*graph.Resource{a, b}, nil, nil)
	of := rules(map[string][]graph.Rule{"x_a": {{Path: "team", To: []string{"x_team"}}, {Path: "teams", To: []string{"x_team"}}}})
	g := graph.Link(all, graph.LinkOptions{Rules: of, GatherDead: "literal_ids"})
	a, b = g.Resources[0], g.Resources[1]
	for _, u := range g.Unresolved {
		if want := map[graph.ID]string{gone: "team_11111111"}[u.ID]; u.Key != want {
			t.Errorf("%s has the key %q, want %q", u.ID, u.Key, want)
		}
	}
	if len(a.Exprs) != 2 || len(b.Exprs) != 1 || len(a.Notes) != 1 || len(b.Notes) != 0 {
		t.Errorf("expressions %v and %v, comments %v and %v", a.Exprs, b.Exprs, a.Notes, b.Notes)
	}
	if want := (graph.EntryRef{Map: "literal_ids", Key: "team_11111111", Numeric: true}); b.Exprs[0].Expr != want {
		t.Errorf("%v, want %v", b.Exprs[0].Expr, want)
	}
}

// Ids that other code may have stay text. They must not shift the ids that become entries.
func TestGatheredIDsKeepTheirKeys(t *testing.T) {
	t.Parallel()
	const known, gone = "33333333-5d5c-4b44-9f4c-9b7f7d8f0a11", "11111111-5d5c-4b44-9f4c-9b7f7d8f0a11"
	a, b := titled("x_a", "1", "A"), titled("x_a", "2", "B")
	for _, r := range []*graph.Resource{a, b} {
		r.Config = cty.ObjectVal(map[string]cty.Value{"other": cty.StringVal(known), "team": cty.StringVal(gone)})
	}
	all := []*graph.Resource{a, b}
	graph.Label(all, nil, nil)
	of := rules(map[string][]graph.Rule{"x_a": {{Path: "other", To: []string{"x_team"}}, {Path: "team", To: []string{"x_team"}}}})
	g := graph.Link(all, graph.LinkOptions{
		Rules: of, GatherDead: "literal_ids",
		Known: func(_ []string, id graph.ID) bool { return id == known },
	})
	if len(g.Unresolved) != 4 {
		t.Fatalf("%v", g.Unresolved)
	}
	for _, u := range g.Unresolved {
		if want := map[graph.ID]string{gone: "team_11111111"}[u.ID]; u.Key != want {
			t.Errorf("%s has the key %q, want %q", u.ID, u.Key, want)
		}
	}
}
