package drifting

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/importer"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/selection"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/splitter"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph/secret"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
	"github.com/terraformer-rootly/terraformer-rootly/state/drift"
	"github.com/terraformer-rootly/terraformer-rootly/state/ignore"
)

// read finds what the plans do not cover: objects without code, objects that the engine did not plan, and settings that
// the provider cannot represent.
func (r *run) read(ctx context.Context) error {
	if err := r.ofOthers(); err != nil {
		return err
	}
	types, err := r.needed()
	if err != nil {
		return err
	}
	if len(types) == 0 {
		return r.doubtKey(ctx, nil)
	}
	r.progress.Stage("list", 0)
	live, err := rootly.Fetch(ctx, r.client, rootly.FetchOptions{Types: types, Progress: r.progress.Count})
	if err != nil {
		return err
	}
	if err := r.doubtKey(ctx, live); err != nil {
		return err
	}
	decoded, err := rootly.Decode(live, rootly.DecodeOptions{Schema: r.schema, Full: true, Refused: true})
	if err != nil {
		return err
	}
	found, written := byKey(decoded), map[string]*graph.Resource{}
	if r.o.WriteCode {
		minimal, err := rootly.Decode(live, rootly.DecodeOptions{Schema: r.schema, Refused: true})
		if err != nil {
			return err
		}
		written = byKey(minimal)
	}
	for _, m := range r.modules {
		m.live.found, m.live.written = found, written
		m.compare(found, live.Complete)
		m.compareSettings(found)
	}
	n, err := r.unmanaged(live, decoded.Rejected)
	if err != nil {
		return err
	}
	for _, m := range r.modules {
		slices.SortStableFunc(m.items, func(a, b *item) int { return strings.Compare(a.address, b.address) })
	}
	r.progress.Done(report.Plural(n, "object") + " unmanaged")
	return nil
}

func byKey(d *rootly.Decoded) map[string]*graph.Resource {
	all := map[string]*graph.Resource{}
	for _, res := range d.Resources {
		all[key(res.Address.Type, string(res.ID))] = res
	}
	return all
}

// needed are the types that have to be read.
func (r *run) needed() ([]*catalogue.Type, error) {
	wanted := map[string]bool{}
	for _, m := range r.modules {
		for _, o := range m.recorded.Objects {
			wanted[o.Type] = true
		}
		for _, i := range m.items {
			wanted[i.typ] = wanted[i.typ] || r.o.WriteCode && len(i.edits) > 0
		}
		for address := range m.unplanned {
			if c := m.typeAt(address); c != "" {
				wanted[c] = true
			}
		}
	}
	if r.o.Unmanaged {
		types, _, err := r.o.Types()
		if err != nil {
			return nil, err
		}
		for _, t := range types {
			wanted[t.Name] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(catalogue.Types()), func(t *catalogue.Type) bool { return !wanted[t.Name] }), nil
}

// unmanaged lists the live objects that neither code nor state has, each once, with their children, except those that
// an ignore file names. Objects that an import refuses are listed separately.
func (r *run) unmanaged(live *rootly.Live, rejected []rootly.Rejected) (int, error) {
	if !r.o.Unmanaged {
		return 0, nil
	}
	if err := r.selected(live); err != nil {
		return 0, err
	}
	ignored, err := r.ignoreFiles()
	if err != nil {
		return 0, err
	}
	builtIn := map[graph.Target]bool{}
	for _, o := range live.Objects {
		builtIn[graph.Target{Type: o.Type.Name, ID: o.ID}] = rootly.BuiltIn(o) != ""
	}
	refused := map[graph.Target]rootly.Rejected{}
	for _, o := range rejected {
		refused[graph.Target{Type: o.Type, ID: o.ID}] = o
	}
	resources, err := importer.Named(live, nil)
	if err != nil {
		return 0, err
	}
	roots := rootsOf(r.modules)
	n, at := 0, placesIn(r.modules)
	left := map[graph.ID]bool{}
	for _, res := range resources {
		t := graph.Target{Type: res.Address.Type, ID: res.ID}
		if _, known := at[key(t.Type, string(t.ID))]; known || builtIn[t] || r.beyond[key(t.Type, string(t.ID))] {
			continue
		}
		place, inherited := at[string(res.Parent)]
		if !inherited {
			place = splitter.PlaceOf(res, roots)
		}
		at[string(res.ID)] = place
		if res.Parent != "" && left[res.Parent] || slices.ContainsFunc(ignored, func(f ignore.File) bool { return f.Covers(res) }) {
			left[res.ID] = true
			continue
		}
		if why, is := refused[t]; is {
			r.refused = append(r.refused, report.NotImported{Type: t.Type, ID: string(t.ID), Title: res.Title, Reason: secret.Mask(why.Reason), Hint: why.Fix})
			continue
		}
		n++
		m := r.modules[place]
		if m.live.labels == nil {
			m.live.labels = map[string]string{}
		}
		m.live.labels[key(t.Type, string(t.ID))] = res.Address.Name
		m.items = append(m.items, &item{
			module: m, kind: drift.Added, typ: t.Type, id: string(t.ID), owner: string(res.Parent),
			address: t.Type + " " + string(t.ID), title: res.Title,
		})
	}
	return n, nil
}

// placesIn are the modules of objects, by "type/id" and by id.
func placesIn(modules []*module) map[string]int {
	at := map[string]int{}
	for n, m := range modules {
		for k := range m.managed {
			_, id, _ := strings.Cut(k, "/")
			at[k], at[id] = n, n
		}
	}
	return at
}

func rootsOf(modules []*module) []splitter.Root {
	var roots []splitter.Root
	for _, m := range modules {
		roots = append(roots, m.root)
	}
	return roots
}

// ignoreFiles are those of the directory and of its parts.
func (r *run) ignoreFiles() ([]ignore.File, error) {
	dirs := []string{r.o.Dir}
	for _, m := range r.modules {
		dirs = append(dirs, m.root.Dir)
	}
	var files []ignore.File
	for _, dir := range slices.Compact(dirs) {
		f, err := selection.ReadIgnore(dir)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	return files, nil
}

// selected drops live objects that are not selected, and records what could not be listed.
func (r *run) selected(live *rootly.Live) error {
	types, asked, err := r.o.Types()
	if err != nil {
		return err
	}
	filters, err := r.o.Parse()
	if err != nil {
		return err
	}
	chosen := map[string]bool{}
	for _, t := range types {
		chosen[t.Name] = true
	}
	live.Objects = slices.DeleteFunc(live.Objects, func(o *rootly.Object) bool { return !chosen[o.Type.Name] })
	if err := selection.CheckFilters(filters, live); err != nil {
		return err
	}
	selection.Apply(filters, live)
	managed := map[string]bool{}
	for _, m := range r.modules {
		for k := range m.managed {
			typ, _, _ := strings.Cut(k, "/")
			managed[typ] = true
		}
	}
	for _, s := range live.Skipped {
		r.note(fmt.Sprintf("unmanaged objects of %s are not listed: %v", s.Type, s.Err))
		r.partial = r.partial || !s.Absent() || asked[s.Type] || managed[s.Type]
	}
	return nil
}

// ofOthers records what other parts manage, if only one part is examined.
func (r *run) ofOthers() error {
	r.beyond = map[string]bool{}
	if len(r.modules) > 1 {
		return nil
	}
	parts, err := splitter.Siblings(r.o.Dir)
	for _, objects := range parts {
		for t := range objects {
			r.beyond[key(t.Type, string(t.ID))] = true
		}
	}
	return err
}

// doubtKey says so if the key may see only a part of the organisation: the rest would look deleted.
func (r *run) doubtKey(ctx context.Context, live *rootly.Live) error {
	gone := slices.ContainsFunc(r.items(), func(i *item) bool { return i.kind == drift.Removed })
	why, err := rootly.TeamKey(ctx, r.client, live, gone)
	if why != "" {
		r.note(why)
	}
	return err
}

// typeAt is the type of the resource at an address, or nothing for one that is not Rootly's.
func (m *module) typeAt(address string) string {
	row := catalogue.Lookup(cmp.Or(resourceType(address), "none"))
	if row == nil {
		return ""
	}
	return row.Name
}
