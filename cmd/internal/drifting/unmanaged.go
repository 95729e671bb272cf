package drifting

import (
	"context"
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/importer"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/selection"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/splitter"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
	"github.com/terraformer-rootly/terraformer-rootly/state/drift"
)

// strangers lists the live objects that neither code nor state knows, but for those that the ignore file
// names, with what is theirs.
func (d *Drifting) strangers(ctx context.Context) error {
	if !d.o.Unmanaged {
		return d.doubtKey(ctx, nil)
	}
	d.progress.Stage("list", 0)
	ignore, err := selection.ReadIgnore(d.o.Dir)
	if err != nil {
		return err
	}
	live, err := d.listed(ctx)
	if err != nil {
		return err
	}
	if err := d.doubtKey(ctx, live); err != nil {
		return err
	}
	builtIn := map[graph.Target]bool{}
	for _, o := range live.Objects {
		builtIn[graph.Target{Type: o.Type.Name, ID: o.ID}] = rootly.BuiltIn(o) != ""
	}
	resources, err := importer.Named(live, nil)
	if err != nil {
		return err
	}
	n, ignored := 0, map[graph.ID]bool{}
	for _, r := range resources {
		switch {
		case d.managed[r.Address.Type+"/"+string(r.ID)] || builtIn[graph.Target{Type: r.Address.Type, ID: r.ID}]:
			continue
		case r.Parent != "" && ignored[r.Parent] || ignore.Covers(r):
			ignored[r.ID] = true
			continue
		}
		n++
		d.Items = append(d.Items, &driftItem{
			kind: drift.Added, typ: r.Address.Type, id: string(r.ID), owner: string(r.Parent),
			Address: r.Address.Type + " " + string(r.ID), Title: r.Title,
		})
	}
	sort.SliceStable(d.Items, func(i, j int) bool { return d.Items[i].Address < d.Items[j].Address })
	d.progress.Done(report.Plural(n, "object") + " unmanaged")
	return nil
}

// listed reads the live objects that are looked at.
func (d *Drifting) listed(ctx context.Context) (*rootly.Live, error) {
	types, asked, err := d.o.Types()
	if err != nil {
		return nil, err
	}
	filters, err := d.o.Parse()
	if err != nil {
		return nil, err
	}
	live, err := rootly.Fetch(ctx, d.client, rootly.FetchOptions{Types: types, Progress: d.progress.Count})
	if err != nil {
		return nil, err
	}
	if err := selection.CheckFilters(filters, live); err != nil {
		return nil, err
	}
	selection.Apply(filters, live)
	managed := map[string]bool{}
	for object := range d.managed {
		typ, _, _ := strings.Cut(object, "/")
		managed[typ] = true
	}
	for _, s := range live.Skipped {
		d.note(fmt.Sprintf("unmanaged objects of %s are not listed: %v", s.Type, s.Err))
		d.partial = d.partial || !s.Absent() || asked[s.Type] || managed[s.Type]
	}
	return live, nil
}

// ofOthers notes what other parts manage, which is no stranger to this one.
func (d *Drifting) ofOthers() error {
	beside, err := splitter.Siblings(d.o.Dir)
	for _, objects := range beside {
		for key := range objects {
			d.managed[key.Type+"/"+string(key.ID)] = true
		}
	}
	return err
}

// doubtKey says so where the key may see only a part of the organisation: the rest looks gone then.
func (d *Drifting) doubtKey(ctx context.Context, live *rootly.Live) error {
	gone := slices.ContainsFunc(d.Items, func(i *driftItem) bool { return i.kind == drift.Removed })
	why, err := rootly.TeamKey(ctx, d.client, live, gone)
	if why != "" {
		d.note(why)
	}
	return err
}
