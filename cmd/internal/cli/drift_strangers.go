package cli

import (
	"context"
	"fmt"
	"slices"
	"sort"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
	"github.com/terraformer-rootly/terraformer-rootly/state/drift"
)

// strangers lists the live objects that neither code nor state knows, but for those that the ignore file
// names, with what is theirs.
func (d *drifting) strangers(ctx context.Context) error {
	if !d.o.unmanaged {
		return nil
	}
	d.progress.Stage("list", 0)
	ignore, err := readIgnore(d.o.dir)
	if err != nil {
		return err
	}
	live, err := d.listed(ctx)
	if err != nil {
		return err
	}
	builtIn := map[graph.Target]bool{}
	for _, o := range live.Objects {
		builtIn[graph.Target{Type: o.Type.Name, ID: o.ID}] = rootly.BuiltIn(o) != ""
	}
	resources, err := named(live, nil)
	if err != nil {
		return err
	}
	n, ignored := 0, map[graph.ID]bool{}
	for _, r := range resources {
		switch {
		case d.managed[r.Address.Type+"/"+string(r.ID)] || builtIn[graph.Target{Type: r.Address.Type, ID: r.ID}]:
			continue
		case r.Parent != "" && ignored[r.Parent] || ignore.covers(r):
			ignored[r.ID] = true
			continue
		}
		n++
		d.items = append(d.items, &driftItem{
			kind: drift.Added, typ: r.Address.Type, id: string(r.ID), owner: string(r.Parent),
			address: r.Address.Type + " " + string(r.ID), title: r.Title,
		})
	}
	sort.SliceStable(d.items, func(i, j int) bool { return d.items[i].address < d.items[j].address })
	d.progress.Done(report.Plural(n, "object") + " unmanaged")
	return nil
}

// listed reads the live objects that are looked at.
func (d *drifting) listed(ctx context.Context) (*rootly.Live, error) {
	types, _, err := d.o.types()
	if err != nil {
		return nil, err
	}
	filters, err := d.o.parse()
	if err != nil {
		return nil, err
	}
	live, err := rootly.Fetch(ctx, d.client, rootly.FetchOptions{Types: types, Progress: d.progress.Count})
	if err != nil {
		return nil, err
	}
	if err := checkFilters(filters, live); err != nil {
		return nil, err
	}
	apply(filters, live)
	for _, s := range live.Skipped {
		d.note(fmt.Sprintf("unmanaged objects of %s are not told: %v", s.Type, s.Err))
	}
	d.partial = slices.ContainsFunc(live.Skipped, func(s rootly.Skipped) bool { return !rootly.Absent(s.Err) })
	return live, nil
}
