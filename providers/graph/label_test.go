package graph_test

import (
	"strings"
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
)

// titled makes a resource without an address yet.
func titled(typ string, id graph.ID, title string) *graph.Resource {
	return &graph.Resource{Address: graph.Address{Type: typ}, ID: id, Title: title}
}

func labels(resources []*graph.Resource) []string {
	var all []string
	for _, r := range resources {
		all = append(all, r.Address.Name)
	}
	return all
}

func TestLabel(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a very long title ", 10)
	owner, child := titled("x_team", "1", "SRE"), titled("x_form_field", "2", "Größe & Maß")
	child.Parent = owner.ID
	resources := []*graph.Resource{
		owner, child,
		titled("x_team", "3", "sre"), titled("x_team", "4", "s.r.e"), titled("x_service", "5", "SRE"),
		titled("x_team", "6", "7 days"), titled("x_team", "7", "for"), titled("x_team", "abcdef12-9999", "!!!"),
		titled("x_team", "9", "東京"), titled("x_team", "10", "it's ours"),
		titled("x_team", "11", long+"one"), titled("x_team", "12", long+"two"),
	}
	resources = graph.Label(resources, nil, []graph.Address{{Type: "x_service", Name: "sre"}})
	got := labels(resources)
	want := []string{
		"sre", "sre_grosse_mass", "sre_2", "s_r_e", "sre_2", "team_7_days", "team_for", "team_abcdef12", "dong_jing", "its_ours",
	}
	for i, name := range want {
		if got[i] != name {
			t.Errorf("%q is labelled %s, want %s", resources[i].Title, got[i], name)
		}
	}
	one, two := got[10], got[11]
	if len(one) > 64 || one == two || !strings.HasPrefix(one, "a_very_long_title_") {
		t.Errorf("long titles are labelled %s and %s", one, two)
	}
}

// What had a name keeps it, whatever it is called now and whoever else would like to have it.
func TestLabelRemembers(t *testing.T) {
	t.Parallel()
	renamed, other := titled("x_team", "1", "Platform"), titled("x_team", "2", "SRE")
	list := graph.Label([]*graph.Resource{other, renamed}, func(typ string, id graph.ID) graph.Address {
		if typ == "x_team" && id == "1" {
			return graph.Address{Type: typ, Name: "sre"}
		}
		return graph.Address{}
	}, nil)
	if got := labels(list); got[1] != "sre" || got[0] != "sre_2" || other.Address.Name != "" {
		t.Errorf("labels %q, and %q in what was given", got, other.Address.Name)
	}
}

func TestWord(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]string{
		"": "", "--": "", "A b": "a_b", "a__b": "a_b", " x ": "x", "Ünï": "uni", "C++/C#": "c_c", "don't": "dont", "v1.2": "v1_2",
	} {
		if got := graph.Word(s); got != want {
			t.Errorf("%q is %q, want %q", s, got, want)
		}
	}
}
