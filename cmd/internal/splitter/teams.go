package splitter

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/importer"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
)

// A teamList knows the teams and the names of their parts. The team itself is shared: its members are
// the organisation's to decide, and almost everything refers to it.
type teamList struct {
	slugs map[graph.ID]string // as Rootly writes them
	names map[graph.ID]string // of the parts
}

// findTeams reads the teams from what was fetched, or asks for them where they were not to be taken.
// A team keeps the directory that it has, whatever it is called now.
func findTeams(ctx context.Context, live *importer.Live, earlier []partV1) (*teamList, error) {
	objects, err := live.All(ctx, catalogue.Lookup(catalogue.Team))
	if err != nil {
		return nil, err
	}
	t := &teamList{slugs: map[graph.ID]string{}, names: map[graph.ID]string{}}
	taken := map[string]bool{sharedPart: true}
	for _, p := range earlier {
		taken[p.Name] = true
		if p.Team != "" {
			t.names[p.Team] = p.Name
		}
	}
	var ids []graph.ID
	for _, o := range objects {
		t.slugs[o.ID] = cmp.Or(o.Text("slug"), o.Title())
		ids = append(ids, o.ID)
	}
	slices.SortFunc(ids, func(a, b graph.ID) int {
		return cmp.Or(strings.Compare(t.slugs[a], t.slugs[b]), strings.Compare(string(a), string(b)))
	})
	for _, id := range ids {
		if t.names[id] == "" {
			t.names[id] = freeName(partName(t.slugs[id], id), taken)
		}
	}
	return t, nil
}

// part is the part of a team, or nothing for a team that there is not.
func (t *teamList) part(id graph.ID) string {
	if _, lives := t.slugs[id]; !lives {
		return ""
	}
	return t.names[id]
}

// of is the team of a part, or nothing.
func (t *teamList) of(name string) graph.ID {
	for id, n := range t.names {
		if n == name {
			return id
		}
	}
	return ""
}
