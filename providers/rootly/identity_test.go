package rootly_test

import (
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/api"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
)

func TestObjectsAreKnownByTheirIDAndElseByTheirSlug(t *testing.T) {
	t.Parallel()
	live := &rootly.Live{}
	add := func(typ, id, slug string) {
		attributes := map[string]any{}
		if slug != "" {
			attributes["slug"] = slug
		}
		live.Objects = append(live.Objects, &rootly.Object{
			Type: catalogue.Lookup(typ), ID: graph.ID(id), Node: &api.Object{Attributes: attributes},
		})
	}
	add("rootly_team", "1", "sre")
	add("rootly_team", "2", "1")       // a slug that is the id of another
	add("rootly_team", "3", "twice")   // which Rootly does not allow
	add("rootly_team", "4", "twice")   //
	add("rootly_severity", "5", "sre") // of another type
	add("rootly_team", "6", "")
	ids := rootly.IDs{}
	ids.Add(live.Objects)
	for _, tt := range []struct{ typ, called, want string }{
		{"rootly_team", "1", "1"},
		{"rootly_team", "sre", "1"},
		{"rootly_team", "2", "2"},
		{"rootly_team", "twice", "twice"},
		{"rootly_team", "gone", "gone"},
		{"rootly_team", "6", "6"},
		{"rootly_severity", "sre", "5"},
		{"rootly_cause", "sre", "sre"},
	} {
		if got := ids.Of(tt.typ, graph.ID(tt.called)); string(got) != tt.want {
			t.Errorf("%s %s is %s, want %s", tt.typ, tt.called, got, tt.want)
		}
	}
	if got := (rootly.IDs{}).Of("rootly_team", "sre"); got != "sre" {
		t.Errorf("without objects: %s", got)
	}
}
